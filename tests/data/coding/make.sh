#!/usr/bin/env bash
# Write what the tools' own libraries read in claims.argdown and talks.ann, both written by Standoff: argdown.json, by
# Argdown's parser (@argdown/core 2.0.1 of npm; @argdown/cli 2.0.0 asks for a package that is not there), and brat.json,
# by bratly-io-fs 0.1.4 of PyPI, which holds each span's words against its offsets as brat's server does.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-fund --no-audit @argdown/core@2.0.1
cat > read.mjs <<'J'
import {readFileSync, writeFileSync} from "fs";
import * as a from "@argdown/core";
const app = new a.ArgdownApplication();
app.addPlugin(new a.ParserPlugin(), "parse");
for (const plugin of [new a.DataPlugin(), new a.ModelPlugin()]) app.addPlugin(plugin, "model");
const maps = [a.PreselectionPlugin, a.StatementSelectionPlugin, a.ArgumentSelectionPlugin, a.MapPlugin];
for (const plugin of maps) app.addPlugin(new plugin(), "map");
const read = app.run({input: readFileSync(process.argv[2], "utf8"), process: ["parse", "model", "map"]});
const statements = Object.values(read.statements).map((one) => ({
  name: one.title, texts: one.members.filter((m) => !m.isReference).map((m) => m.text.trim()),
  tags: one.tags || [], section: one.members[0].section.title,
}));
const against = read.relations.map((r) => [r.relationType, r.from.title, r.to.title]);
const errors = (read.lexerErrors || []).length + (read.parserErrors || []).length;
const shown = read.map.nodes.map((n) => [n.title, n.labelText.trim()]);
const found = {errors, title: read.frontMatter.title, statements, against, shown};
writeFileSync(process.argv[3], JSON.stringify(found, null, 1) + "\n");
J
node read.mjs "$here/claims.argdown" "$here/argdown.json"
"${PYTHON:-python3}" -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check bratly-io-fs==0.1.4
venv/bin/python - "$here" <<'P'
import json
import sys
from pathlib import Path

import bratly as b
from bratly.io import read_and_load_ann_file

here = Path(sys.argv[1])
text = (here / "talks.txt").read_text(encoding="utf-8")
found = {}
for one in read_and_load_ann_file(str(here / "talks.ann")).annotations:
    if isinstance(one, b.EntityAnnotation):
        spans = [text[f.start : f.end] for f in one.fragments]
        found[one.id] = {"label": one.label, "spans": spans, "content": one.content, "attributes": {}}
    elif isinstance(one, b.AttributeAnnotation):
        found[getattr(one.component, "id", one.component)]["attributes"][one.label] = " ".join(one.values)
    elif isinstance(one, b.NoteAnnotation):
        found[getattr(one.component, "id", one.component)]["note"] = one.value
(here / "brat.json").write_text(json.dumps(list(found.values()), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
P
