"""What each piece of a document is: body, or one of the things that are set aside.

Order matters: the first rule that fits settles a piece. Rules look at the words only where the format's own
marks (a heading's tag, a picture) do not say. They are written for news and analysis in English; in other
languages the marks and the shape of a piece (no full stop, all link) still work. A closing sentence about
the author counts as body: readers who count paragraphs count it.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence

from standoff.evidence.reading.blocks import Block, Kind, RawBlock

__all__ = ["classify", "is_dated", "is_prose", "is_running", "squeezed"]

_END = re.compile(r"[.!?…。！？][\"'”’»)\]*_]*(?:\[\d+\]|[¹²³⁴-⁹⁰])*(?: [(\[][^()\[\].!?]{1,60}[)\]])?$")
_NAMES = r"[^\W\d_][\w'’.\-]+(?: [^\W\d_][\w'’.\-]*){1,3}"
_COPYRIGHT = re.compile(r"^\W*(?:©|\(c\)\s*\d{4}|copyright\b)|\ball rights reserved\b|^©?\s*\d{4} .{0,60}©", re.I)
_COMMENT_BOX = re.compile(
    r"^(?:no comments?(?: yet)?|\d+ comments?|comments?(?: \(\d+\))?|leave a (?:reply|comment)\b.*|post (?:a )?comment"
    r"|your email address will not be published.*|required fields are marked.*|save my name, email.*"
    r"|(?:log|sign) in to (?:comment|reply)\b.*|you must be logged in .*|view (?:all )?comments.*"
    r"|join the (?:conversation|discussion).*|reply|add a comment.*)\W*$",
    re.I,
)
_ADVERT = re.compile(
    r"^(?:advertisements?\b.{0,40}|ads?|sponsored\b.{0,60}|paid (?:post|content)\b.{0,60}|promoted\b.{0,60}"
    r"|(?:sign up|signup|subscribe|register)\b.{0,140}|get (?:our|the) .{0,80}(?:newsletter|inbox|app).{0,60}"
    r"|.{0,80}\bnewsletters?\b.{0,40}\binbox\b.{0,40}|download (?:our|the) app.{0,60}|donate\b.{0,80}"
    r"|support (?:our|independent) journalism.{0,80}|(?:story|article) continues below.*|continue reading below.*"
    r"|this (?:article|story|content) is for subscribers.*|already a subscriber.*|become a (?:member|subscriber).*"
    r"|we use cookies\b.*|accept (?:all )?cookies.*|enter your e-?mail.*)$",
    re.I,
)
_NAVIGATION = re.compile(
    r"^(?:(?:read|see|learn|know) more\b.*|read also\b.*|also read\b.*|see also\b.*|related\b.{0,80}|more from\b.{0,60}"
    r"|more stories.*|recommended\b.{0,60}|most (?:read|popular|viewed).*|trending\b.{0,40}|up next.*"
    r"|skip to .{0,40}|share\b.{0,60}|follow us\b.*|tags?:.*|filed under.*|categor(?:y|ies):.*|topics?:.*"
    r"|click here\b.*|print(?: this.*)?|email(?: this.*)?|back to .{0,30}|previous (?:article|post|story).*"
    r"|next (?:article|post|story).*|menu|search|home|log ?in|sign in|contact(?: us)?|about(?: us)?"
    r"|.{0,60}(?: [|›»>/•·] .{1,40}){2,})$",
    re.I,
)
_CREDIT = re.compile(
    r"(?:\b(?:photo|image|picture|photograph|illustration|graphic|screengrab|credit|courtesy)s?(?: credit)?"
    r"(?: ?:| by\b| of\b| courtesy\b|/).{1,80}|[/(|—–-] ?(?:reuters|afp|ap|ap photo|epa|getty images|shutterstock"
    r"|yonhap|kcna|xinhua|anadolu|alamy|istock)[^.!?]{0,40})$",
    re.I,
)
_OF_PICTURES = re.compile(
    r"photo|image|picture|illustration|graphic|screengrab|credit|courtesy|epa|shutterstock|alamy", re.I
)
_BYLINE = re.compile(
    rf"^(?:(?:written )?by|von|par|por|di|przez|автор|текст)[: ]\s*{_NAMES}"
    r"(?:(?:,| and| und| et| y| e| i| и| \|) .{1,60})?$",
    re.I,
)
_DATELINE = re.compile(
    r"^(?:(?:published|updated|posted|last (?:updated|modified))(?: on)?:?\s*)?(?:\w+day,? )?"
    r"(?:\d{1,2}\.?(?: de)? [^\W\d]{3,12}\.?,?(?: de)? \d{4}(?: ?(?:г|р|r)\.)?|[^\W\d]{3,9}\.? \d{1,2},? \d{4}"
    r"|\d{4}-\d\d-\d\d|\d{1,2}\. ?\d{1,2}\. ?\d{4}|\d{4} ?[年년] ?\d{1,2} ?[月월] ?\d{1,2} ?[日일])"
    r"(?:[ ,T|·-].{0,40})?$",
    re.I,
)
_TITLE_WORD = re.compile(r"^[^a-z]|^(?:a|an|and|as|at|but|by|for|from|in|into|of|on|or|over|the|to|vs|with)$")

_NAME, _SHORT, _LINE, _CAPTION = 6, 15, 40, 80  # words: of a name, a heading, a line of boilerplate, a caption


def classify(raw: Sequence[RawBlock], title: str | None = None) -> tuple[Block, ...]:
    """Settle the kind of each piece and number the body's paragraphs.

    Args:
        raw: The pieces in the order of the document.
        title: The document's title, if it is known; pieces that repeat it are set aside.
    """
    kinds: list[Kind] = [_kind(block, title) for block in raw]
    _mark_authors(raw, kinds)
    _mark_comments(raw, kinds)
    _mark_repeats(raw, kinds)
    blocks: list[Block] = []
    paragraph = 0
    for block, kind in zip(raw, kinds, strict=True):
        paragraph += kind == "body"
        blocks.append(Block(kind, block.text, block.links, paragraph if kind == "body" else None))
    return tuple(blocks)


def is_prose(text: str) -> bool:
    """Whether a piece ends as a sentence does, or is too long for a heading."""
    return bool(_END.search(text)) or len(text.split()) > _SHORT or len(text) > 150


def is_running(text: str, least: int = 80) -> bool:
    """Whether a piece is running text, whatever its tag: several sentences, or one that is long for a heading."""
    size = len(text) + 2 * len(_WIDE.findall(text))  # a sign of Chinese says as much as three letters
    sentences = len(_ENDED.findall(text))
    return bool(_END.search(text)) and ((sentences >= 2 and size > least) or size > _LONG)


_ENDED = re.compile(r"\w\w[.!?…](?=[\"'”’»)\]]*(?:\s|$))|[。！？]")
_WIDE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
_LONG = 160  # characters


def is_dated(text: str) -> bool:
    """Whether a piece is the line below a title that says who wrote, or when."""
    if len(text.split()) > _SHORT:
        return False
    parts = (text, *(part.strip() for part in text.split("|")))
    return bool(_BYLINE.match(text) or _SIGNED.match(text)) or any(_DATELINE.match(part) for part in parts)


_SIGNED = re.compile(r"^(?:[^\s@|]+ ){0,4}\(?[\w.+-]+@[\w-]+(?:\.[\w-]+)+\)?(?: \(end\))?$|^\(end\)$", re.I)
"""An address below an agency's report, and its sign for the end."""
_AUTHOR = re.compile(r"^[^\W\d_a-z]\S* (?:\S+ )?[^\W\d_a-z]\S*, \w[^,:;.!?]*$")
"""A name and what its bearer is: `Ivan Petrov, columnist`."""


def squeezed(text: str) -> str:
    """A text for comparing: small letters and digits only, one space between words, in one Unicode form.

    The dot that İ leaves behind as a small letter goes, so that `istanbul` is found.
    """
    if text.isascii():
        return " ".join(_WORD.findall(text.casefold()))
    folded = unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold()).replace("i\u0307", "i")
    return " ".join(_WORD.findall(folded))


_WORD = re.compile(r"\w+")


def _kind(block: RawBlock, title: str | None) -> Kind:
    text = block.text.strip()
    if title is not None and text and squeezed(text) == squeezed(title):
        return "title"
    hint = block.hint or "body"
    if hint == "heading" and is_running(text):
        hint = "body"
    if hint not in ("body", "navigation"):
        return hint
    words = len(text.split())
    for kind, most, fits in _RULES:
        if words <= most and fits(block, text) and (hint == "body" or kind in ("copyright", "comment box", "advert")):
            return kind
    return hint


def _is_all_link(block: RawBlock, text: str) -> bool:
    linked = sum(len(link.text.strip()) for link in block.links)
    return bool(block.links) and linked >= len(text) - 3 and not (_END.search(text) and len(text.split()) > 8)


def _is_caption(block: RawBlock, text: str) -> bool:
    """A credit at the end; an agency alone may also be the source of what was said in a whole sentence."""
    credit = _CREDIT.search(text)
    if credit is None or is_running(text):
        return False
    return bool(_OF_PICTURES.search(credit.group())) or not _END.search(text[: credit.start()].rstrip(" (|/–—-["))


def _is_heading(block: RawBlock, text: str) -> bool:
    words = text.split()
    if block.is_item and len(words) >= 4:
        return False
    if text.endswith(":") and len(words) > 4:
        return False
    if text.rstrip("\"'”’").endswith("?"):
        capital = sum(bool(_TITLE_WORD.match(word)) for word in words)
        return len(words) <= 12 and capital >= len(words) - 1 and len(words) > 1
    return not _END.search(text)


_Rule = tuple[Kind, int, Callable[[RawBlock, str], bool]]
_RULES: tuple[_Rule, ...] = (
    ("picture", 10_000, lambda block, text: not any(c.isalnum() for c in text)),
    ("copyright", _LINE, lambda block, text: bool(_COPYRIGHT.search(text))),
    ("comment box", _LINE, lambda block, text: bool(_COMMENT_BOX.match(text))),
    ("advert", _LINE, lambda block, text: bool(_ADVERT.match(text))),
    ("navigation", _SHORT, lambda block, text: bool(_NAVIGATION.match(text))),
    ("link", _LINE, _is_all_link),
    ("caption", _CAPTION, _is_caption),
    ("byline", _SHORT, lambda block, text: is_dated(text)),
    ("heading", _SHORT, _is_heading),
)


def _mark_authors(raw: Sequence[RawBlock], kinds: list[Kind]) -> None:
    """Who wrote stands above the day on which it was written, and below the title."""
    for i in range(1, len(kinds) - 1):
        stands_so, text = kinds[i - 1 : i + 2] == ["title", "heading", "byline"], raw[i].text.strip()
        if stands_so and len(text.split()) <= _NAME and _AUTHOR.match(text):
            kinds[i] = "byline"


def _mark_comments(raw: Sequence[RawBlock], kinds: list[Kind]) -> None:
    """What follows the box for comments is comments, once most of the body is past."""
    sizes = [len(block.text) if kind == "body" else 0 for block, kind in zip(raw, kinds, strict=True)]
    before, total = 0, sum(sizes)
    for i, kind in enumerate(kinds):
        before += sizes[i]
        if kind == "comment box" and before > 0.6 * total:
            kinds[i:] = ["comment box" if k in ("body", "heading", "byline", "link") else k for k in kinds[i:]]
            return


def _mark_repeats(raw: Sequence[RawBlock], kinds: list[Kind]) -> None:
    """Pull quotes: short pieces whose words stand, in their order, in one other piece of the body.

    Compared by runs of three words; four fifths of a piece's runs must stand in the other, which is longer or
    the same.
    """
    body = [i for i, kind in enumerate(kinds) if kind in ("body", "heading")]
    runs = {i: _runs(raw[i].text) for i in body}
    holders: dict[str, list[int]] = defaultdict(list)
    for i in body:
        for run in runs[i]:
            if len(holders[run]) < _MOST_HOLDERS:
                holders[run].append(i)
    for i in body:
        if not _LEAST_RUNS <= len(runs[i]) <= _MOST_RUNS:
            continue
        counts = Counter(other for run in runs[i] for other in holders[run] if other != i)
        for other, count in counts.most_common(3):
            is_part = len(runs[i]) <= 0.8 * len(runs[other]) and count >= 0.8 * len(runs[i])
            is_same = other < i and runs[i] == runs[other]
            if (is_part or is_same) and kinds[other] == "body":
                kinds[i] = "pull quote"
                break


_LEAST_RUNS, _MOST_RUNS, _MOST_HOLDERS = 4, 60, 20


def _runs(text: str) -> set[str]:
    words = squeezed(text).split()
    return {" ".join(words[i : i + 3]) for i in range(len(words) - 2)}
