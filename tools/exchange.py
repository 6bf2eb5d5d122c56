"""Write the tables of formats into docs/exchange.md, and leave the rest of the page as it is.

python tools/exchange.py
"""

from pathlib import Path

from standoff.exchange.exports import export_lines
from standoff.exchange.formats import formats_lines

PAGE = Path(__file__).parents[1] / "docs" / "exchange.md"


def main() -> None:
    """Replace what stands between the page's head and the first section after the tables."""
    text = PAGE.read_text(encoding="utf-8")
    start = text.index("| format | files |")
    end = text.index("## The System Dynamics test suite")
    lines = "\n".join(
        [*formats_lines(), "", "`standoff export STUDY --as FORM --out DIR` writes:", "", *export_lines()]
    )
    PAGE.write_text(f"{text[:start]}{lines}\n\n{text[end:]}", encoding="utf-8")


if __name__ == "__main__":
    main()
