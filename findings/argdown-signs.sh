#!/usr/bin/env bash
# @argdown/core 2.0.1: plain words of a statement become signs, or are lost, without an error.
#
# Seen: "in the U.A.E. today" is read as "in the U∀E. today" (`.A.` is its short code for ∀), ":smile:" becomes a smiley,
# "see https://example.org/a and more #(tag)" as "see https:", as `//` begins a comment to the end of the line: the tag is
# lost as well. Each is as written once a backslash stands before the mark: `U\.A\.E.`, `https:/\/`.
# Expected by who generates Argdown from people's sentences: words stay; the syntax page tells of neither inside a line.
# What to do: escape `.` and `:` that come again before a space, and `/` before `/` or `*`, besides [ ] < > { } # @ * _ \.
# The script exits 0 as long as it behaves so, 1 as soon as it does not.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-fund --no-audit @argdown/core@2.0.1
cat > read.mjs <<'J'
import * as a from "@argdown/core";
const app = new a.ArgdownApplication();
app.addPlugin(new a.ParserPlugin(), "parse");
for (const plugin of [new a.DataPlugin(), new a.ModelPlugin()]) app.addPlugin(plugin, "model");
const cases = [
  ["in the U.A.E. today", "in the U∀E. today", 0],
  ["in the U\\.A\\.E. today", "in the U.A.E. today", 0],
  ["see https://example.org/a and more #(tag)", "see https:", 0],
  ["see https:/\\/example.org/a and more #(tag)", "see https://example.org/a and more #(tag)", 1],
];
let same = true;
for (const [written, expected, tags] of cases) {
  const read = app.run({input: `[x]: ${written}\n`, process: ["parse", "model"]});
  const one = read.statements.x.members[0];
  const errors = (read.lexerErrors || []).length + (read.parserErrors || []).length;
  console.log(JSON.stringify(written), "->", JSON.stringify(one.text), "tags", (one.tags || []).length, "errors", errors);
  same = same && one.text.trim() === expected && (one.tags || []).length === tags && errors === 0;
}
console.log("behaviour:", same ? "words become signs, and addresses comments" : "CHANGED");
process.exit(same ? 0 : 1);
J
node read.mjs
