// Bundles CodeMirror 6 into one minified module of the pages, with the licences of all that is in it.
// Run `npm ci --ignore-scripts && node build.mjs` here after a change of package-lock.json.
import {readFileSync, readdirSync, existsSync, writeFileSync} from "node:fs";
import {fileURLToPath} from "node:url";
import {build} from "esbuild";

const here = fileURLToPath(new URL(".", import.meta.url));
const pages = `${here}../../src/standoff/workbench/pages/`;
const built = await build({
  entryPoints: [`${here}entry.js`], absWorkingDir: here, bundle: true, minify: true, format: "esm", target: "es2020",
  legalComments: "none", metafile: true, write: false, charset: "ascii",
});
const used = [...new Set(Object.keys(built.metafile.inputs).map(
  (path) => (path.match(/node_modules\/((?:@[^/]+\/)?[^/]+)/) || [])[1]).filter(Boolean))].sort();
const licences = used.map((name) => {
  const folder = `${here}node_modules/${name}/`;
  const said = JSON.parse(readFileSync(`${folder}package.json`, "utf8"));
  const file = readdirSync(folder).find((one) => /^licen[cs]e/i.test(one));
  if (!file || !existsSync(folder + file)) throw new Error(`${name} has no licence`);
  return `${name} ${said.version}\n\n${readFileSync(folder + file, "utf8").trim()}\n`;
});
writeFileSync(`${pages}codemirror.js`, built.outputFiles[0].text);
writeFileSync(`${pages}codemirror.LICENSE.txt`, licences.join(`\n${"-".repeat(72)}\n\n`));
