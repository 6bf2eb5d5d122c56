#!/usr/bin/env bash
# pypdfium2 5.15.2: a word that is hyphenated at the end of a line comes out with U+FFFE in it, neither hyphen nor break.
#
# Seen: a page whose lines read "sanc-" and "tions bite" gives "sanc\ufffetions bite" from `get_text_range()`: the hyphen
# and the line break are gone, and a noncharacter stands in the word. "sanctions" and "sanc-" are both not found, a
# quotation held against the text fails, and XML written from the text is not well-formed, since XML 1.0 bars U+FFFE.
# Expected by a reader: "sanc-\r\ntions bite", as other breaks are given, or the joined word.
# What to do: replace U+FFFE by nothing (or by a hyphen and a break where passages keep the page's own lines).
# The script exits 0 as long as it behaves so, 1 as soon as it does not.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check pypdfium2==5.15.2 fpdf2==2.8.4
"$folder/venv/bin/python" - <<'P'
import sys
import xml.etree.ElementTree as ET
from importlib.metadata import version

import pypdfium2
from fpdf import FPDF

page = FPDF()
page.add_page()
page.set_font("Helvetica", size=12)
for line in ("Some say that sanc-", "tions bite, and others", "that they do not."):
    page.cell(text=line, new_x="LMARGIN", new_y="NEXT")
text = pypdfium2.PdfDocument(bytes(page.output()))[0].get_textpage().get_text_range()
print("pypdfium2", version("pypdfium2"), "fpdf2", version("fpdf2"))
print(repr(text))
try:
    ET.fromstring(f"<p>{text}</p>")
    is_xml = True
except ET.ParseError as error:
    print("as XML:", error)
    is_xml = False
same = "sanc\ufffetions bite, and others\r\nthat" in text and not is_xml
print("behaviour:", "U+FFFE in place of hyphen and break" if same else "CHANGED")
sys.exit(0 if same else 1)
P
