"""Paragraphs to sentences, in the language of the document.

A sentence ends at a sign that ends sentences, with the quotation marks, brackets and notes that close behind it,
unless the sign belongs to an abbreviation, an ordinal, an initial or a clause's number, stands inside a quotation, or
the same sentence goes on behind it. All passes over a text are linear in its length.
"""

from __future__ import annotations

import re
from bisect import bisect_right

from standoff.evidence.reading.abbreviations import Words, words_of

__all__ = ["guess_language", "split_sentences"]

_ENDS = re.compile(
    r"(?P<wide>[。！？｡]++|[!?](?=[\"'”’»」』）)\]]*+[\u3040-\u30ff\u4e00-\u9fff]))(?P<after>[\"'”’»」』）)\]]*+)"
    r"|(?P<sign>[.!?…؟।۔]++)(?P<closing>[\"'”’“»›」』)\]*_]*+(?:\[[\w,–-]{1,8}\]|[¹²³⁴⁵⁶⁷⁸⁹⁰]++)*+[\"'”’“»)\]]*+)(?=\s|$)"
)
_TOKEN = re.compile(r"[^\s\"“”„«»‘(\[—–/]++")
_NEXT = re.compile(r"\s*+(?P<opening>[-–—\"'“„«‹‘「『(\[•*_¿¡\s]*+)(?P<word>[^\s,.;:!?…\"“”„«»)\]]*+)")
_ENUMERATOR = re.compile(r"\W*+(?:§+\s*)?(?:\d+(?:\.\d+)*|[A-Za-zА-Яа-я]|[ivxlcIVXLC]+)\W*+")
_NUMERAL = re.compile(r"\d|[IVXLC]+\b")
_BEFORE_LETTERS = frozenset(
    ("plan", "vitamin", "type", "group", "grade", "section", "option", "case", "part", "annex", "article", "team")
)
_QUOTES = re.compile(r"[\"“”„«»‹›「」『』()（）《》]")
_CLOSERS = {
    "“": "”",
    "„": "“”",
    "«": "»",
    "»": "«",
    "‹": "›",
    "「": "」",
    "『": "』",
    "(": ")",
    "（": "）",
    '"': '"',
    "《": "》",
}
_SOURCE = re.compile(r"[(\[][^()\[\].!?]{1,60}[)\]]\.?")
_LONGEST_QUOTE = 700  # characters: in a longer one, sentences are told apart
_SPOKEN_ZH = re.compile(
    r"[^。！？“”：]{0,24}?(?:说|說|道|称|稱|表示|指出|写|寫|问|問|回答|认为|認為|强调|強調|补充|解释|警告)[^。！？“”：]{0,6}[。！？]"
)
_MONTHS = re.compile(
    r"(?:jan|feb|mar|mär|apr|ma[ijy]|jun|jul|aug|sep|o[ck]t|nov|de[cz]|stycz|lut|kwiet|czerw|lip|sierp|wrz|paź|list|grud"
    r"|ocak|şubat|nisan|haz|tem|ağu|eyl|eki|kas|ara)",
    re.I,
)
_COMMON: tuple[tuple[str, frozenset[str]], ...] = tuple(
    (language, frozenset(words.split()))
    for language, words in (
        ("en", "the of and to in that is was for it with as by on not are this but from have"),
        ("de", "der die und den das von zu mit sich des auf für ist im dem nicht ein eine als auch"),
        ("fr", "le la les et des en un une du que est dans pour qui sur pas par plus au ne"),
        ("es", "el la los las que y en un una por con para se del no es al lo como más"),
        ("it", "il di che la e un una per non sono del della con le gli dei nel si da è"),
        ("pt", "o os que de e do da em um uma para com não se na por mais as dos no"),
        ("pl", "i w na się z nie że do to jest po od za jak ale przez jego tak są już"),
        ("nl", "de het een van en in is dat op te zijn met voor niet aan er om ook als bij"),
        ("tr", "ve bir bu da de için ile çok gibi daha olarak ama var olan ne kadar sonra yeniden çünkü ki"),
        ("ru", "и в не на что с он как это по но из у за от о к же для так"),
        ("uk", "і в не на що з він як це по але із у за від до й для та є"),
    )
)


def split_sentences(text: str, language: str = "en") -> tuple[str, ...]:
    """The sentences of a paragraph.

    Args:
        text: The paragraph, on one line.
        language: Two letters; a language without tables is read by the signs alone, and English abbreviations.
    """
    words = words_of(language)
    quoted = _quotations(text)
    found: list[str] = []
    start = 0
    for match in _ENDS.finditer(text):
        at, end = match.start(), match.end()
        if end < start or _is_inside(quoted, end) or end == len(text):
            continue
        if match.group("wide"):
            ends = _ends_wide(text, start, end, bool(match.group("after")))
        else:
            ends = _ends(text, start, at, match, words=words)
        if ends:
            _add(found, text[start:end].strip())
            start = end
    _add(found, text[start:].strip())
    return tuple(found)


def guess_language(text: str) -> str:
    """The language whose commonest words a text has most of; `en` where none stands out."""
    words = re.findall(r"[^\W\d_]+", text.casefold())[:2_000]
    counts = [(sum(word in common for word in words), language) for language, common in _COMMON]
    most = max(count for count, _ in counts)
    return next(language for count, language in counts if count == most) if most > 0.08 * len(words) else "en"


def _add(found: list[str], piece: str) -> None:
    """Add a sentence; signs without a word, and a source in brackets, belong to the one before."""
    if found and not any(map(str.isalnum, piece)):
        found[-1] += piece
    elif found and _SOURCE.fullmatch(piece):
        found[-1] += f" {piece}"
    elif piece:
        found.append(piece)


def _ends(text: str, start: int, at: int, match: re.Match[str], *, words: Words) -> bool:
    """Whether a sentence that began at `start` ends at the sign at `at`."""
    following = _NEXT.match(text, match.end())
    assert following is not None
    opening, word = following.group("opening").strip(), following.group("word")
    is_clause = text[following.end() : following.end() + 1] == ")"
    if not word or _goes_on(opening, word, is_clause=is_clause):
        return not word
    sign, closing = match.group("sign"), match.group("closing")
    if closing.strip("[]") and word.istitle() and _is_attribution(text, following.end(), words):
        return False
    if sign != ".":
        return True
    if _ENUMERATOR.fullmatch(text, start, at):
        return False
    token = _token(text, start, at)
    return not token or _ends_at(token, _token(text, start, at - len(token)), word, words)


def _goes_on(opening: str, word: str, *, is_clause: bool) -> bool:
    """Whether what follows goes on with the sentence: small letters, unless they are a clause's sign, as in `(a)`."""
    first = word.lstrip("-–—’'")[:1]
    return first.islower() and not (is_clause and len(word) <= 4) and not any(sign in opening for sign in "•*")


def _is_attribution(text: str, at: int, words: Words) -> bool:
    """`Kim said`, behind a quotation."""
    said = (word.rstrip(".,") for word in text[at : at + 40].split()[:3] if word.endswith((".", ",")))
    return any(word in words.said for word in said)


def _ends_at(token: str, before: str, following: str, words: Words) -> bool:
    """Whether a full stop behind a token ends a sentence that goes on with a capital or a figure."""
    small = re.split(r"['’](?=\w\w)", token.casefold().lstrip("(['’"))[-1].rstrip("°º")
    next_word = following.casefold()
    starts = next_word in words.starters or re.split(r"[’']", next_word)[0] in words.starters
    if small in words.before_numbers and _NUMERAL.match(following):
        return False
    if small in words.titles:
        return False
    if small in words.may_end or (small.count(".") and small.replace(".", "").isalpha()):
        return starts
    if small.isdigit():
        is_short = len(small) <= 2 and words.ordinals
        return not is_short or (starts and not _MONTHS.match(following))
    if len(token) == 1 and token.isalpha():
        return before.casefold() in _BEFORE_LETTERS or (token.islower() and starts)
    return True


def _token(text: str, start: int, at: int) -> str:
    """The word that ends at a place, with the full stops in it; of spaced abbreviations (`z. B.`) the last part."""
    begin = max(start, at - 40)
    piece = text[begin:at].rstrip(" .") if at and text[at - 1 : at] in (" ", ".") else text[begin:at]
    parts = _TOKEN.findall(piece)
    return parts[-1] if parts and piece.endswith(parts[-1]) else ""


def _ends_wide(text: str, start: int, end: int, is_closed: bool) -> bool:
    """Whether a Chinese or Japanese sentence ends: not before the words that say who spoke."""
    if not is_closed:
        return True
    if text.startswith(("と", "って", "など"), end):
        return False
    opens = text[start:end].lstrip()[:1] in '“「『"‘«'
    return not (opens and _SPOKEN_ZH.match(text, end))


def _quotations(text: str) -> tuple[list[int], list[int]]:
    """Beginnings and ends of quotations and brackets that close within the paragraph, outermost ones only."""
    opened: list[tuple[str, int]] = []
    spans: list[tuple[int, int]] = []
    for match in _QUOTES.finditer(text):
        sign, at = match.group(), match.start()
        if opened and sign in _CLOSERS[opened[-1][0]]:
            _, begin = opened.pop()
            if at - begin <= _LONGEST_QUOTE:
                while spans and spans[-1][0] > begin:
                    spans.pop()
                spans.append((begin, at))
        elif sign in _CLOSERS and not (sign == "»" and not opened):
            opened.append((sign, at))
            del opened[:-_DEEPEST]
    return [begin for begin, _ in spans], [end for _, end in spans]


_DEEPEST = 8  # quotations within each other


def _is_inside(quoted: tuple[list[int], list[int]], at: int) -> bool:
    """Whether a place lies within a quotation, its closing mark not counted."""
    i = bisect_right(quoted[0], at - 1) - 1
    return i >= 0 and at <= quoted[1][i]
