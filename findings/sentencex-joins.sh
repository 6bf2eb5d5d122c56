#!/usr/bin/env bash
# sentencex 1.0.32: sentences are joined after a marker at the start of the text, and after "May." and "no.".
#
# Seen, in English: "(1) The treaty ends. The talks begin." is one sentence, so with "(a)" and a bullet, while the same
# words without the marker are two. "They met in May. Nobody came." and "The answer was no. Nobody asked again." are
# one each: as if the words were abbreviations; "June." and "yes." end a sentence.
# Expected by a reader: two sentences each. Treaties and resolutions are lists of such clauses.
# What to do: cut the marker off before splitting and put it back; split after "May." and "no." where a capital follows.
# The script exits 0 as long as it behaves so, 1 as soon as it does not.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check sentencex==1.0.32
"$folder/venv/bin/python" - <<'P'
import sys
from importlib.metadata import version

from sentencex import segment

SEEN = {
    "The treaty ends. The talks begin.": 2,
    "(1) The treaty ends. The talks begin.": 1,
    "(a) The commission meets monthly. It decides by majority.": 1,
    "\u2022 Inspectors have access to all sites. They report to the council.": 1,
    "They met in May. Nobody came.": 1,
    "They met in June. Nobody came.": 2,
    "The answer was no. Nobody asked again.": 1,
    "The answer was yes. Nobody asked again.": 2,
}
print("sentencex", version("sentencex"))
same = True
for text, expected in SEEN.items():
    found = list(segment("en", text))
    print(len(found), found)
    same = same and len(found) == expected
print("behaviour:", "five of eight pairs are joined" if same else "CHANGED")
sys.exit(0 if same else 1)
P
