"""What happens to an article between one reading and the next: mechanical edits of a file's text."""

import html
import random
import re
import textwrap
from collections.abc import Callable

from standoff.evidence.reading.documents import read_document_text
from standoff.evidence.reading.passages import sentences

SEED = 20250228
STRAIGHT = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "—": "-", "–": "-", "\u00a0": " ", "…": "..."})


def paragraphs(text: str) -> list[str]:
    """The body alone, a paragraph a piece."""
    return [block.text for block in read_document_text(text).body]


def boilerplate_added(text: str) -> str:
    """Another site's copy: menus, a newsletter box amid the text, links and readers' comments after it."""
    body = paragraphs(text)
    head = ["Home | World | Opinion | Video", "Skip to main content", "By Our Correspondent", "Advertisement"]
    box = [
        "Sign up for our daily briefing and get the best of the world in your inbox.",
        "Read more: Ten things to see",
    ]
    tail = ["Share this article", "3 Comments", "Reader One: I have seldom read anything so wrong about the matter."]
    tail += ["Leave a reply", "© 2026 The Daily Mirror of Nowhere. All rights reserved."]
    return "\n\n".join([*head, *body[:3], *box, *body[3:], *tail])


def boilerplate_removed(text: str) -> str:
    return "\n\n".join(paragraphs(text))


def rewrapped(text: str) -> str:
    return "\n\n".join(textwrap.fill(paragraph, 72) for paragraph in paragraphs(text))


def straight_quotes(text: str) -> str:
    return text.translate(STRAIGHT)


def as_page(text: str) -> str:
    """The page of another site that took the article over."""
    document = read_document_text(text)
    tags = {"body": "<p>{}</p>", "heading": "<h2>{}</h2>", "caption": "<figcaption>{}</figcaption>", "title": ""}
    pieces = [tags.get(block.kind, "<p>{}</p>").format(html.escape(block.text)) for block in document.blocks]
    title = html.escape(document.metadata.title or "An article")
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{title} | A Site</title>'
        '<meta property="og:site_name" content="A Site"><style>p { margin: 0 }</style></head><body class="sidebar-on">'
        '<nav><ul><li><a href="/">Home</a></li><li><a href="/world">World</a></li></ul></nav>'
        '<div class="cookie">We use cookies to make this site work better for you and for us.</div>'
        f"<main><article><h1>{title}</h1>{''.join(pieces[:4])}"
        '<div class="newsletter-box"><p>Sign up for our weekly letter, which tells you all there is to know.</p></div>'
        f"{''.join(pieces[4:])}</article>"
        '<section id="comments"><h3>2 comments</h3><p>Ann: I doubt that this is how it will turn out in the end.</p>'
        "</section></main><aside><p>Most read: what else has happened in the world this week.</p></aside>"
        "<footer><p>© 2026 A Site. All rights reserved.</p></footer></body></html>"
    )


INSERTED = (
    "Editors who took this over have put a remark here. It speaks of the weather in the capital, which was fine."
    " It says nothing that bears on the matter."
)


def paragraph_inserted(text: str) -> str:
    body = paragraphs(text)
    return "\n\n".join([*body[:2], INSERTED, *body[2:]])


def sentence_deleted(text: str) -> str:
    """Every sixth sentence is gone."""
    kept: dict[int, list[str]] = {}
    for passage in kept_sentences(text):
        paragraph, sentence = passage
        kept.setdefault(paragraph, []).append(sentence)
    return "\n\n".join(" ".join(parts) for parts in kept.values())


def kept_sentences(text: str) -> list[tuple[int, str]]:
    found = [(p.address.paragraph, p.text) for p in sentences(read_document_text(text)) if p.address]
    return [entry for i, entry in enumerate(found) if i % 6 != 3]


def typos(text: str) -> str:
    """In 3 % of words two letters change places, one is lost, doubled or replaced."""
    chance = random.Random(SEED)
    return "\n\n".join(re.sub(r"[A-Za-z]{3,}", lambda m: _typo(m.group(), chance), p) for p in paragraphs(text))


def _typo(word: str, chance: random.Random) -> str:
    if chance.random() >= 0.03:
        return word
    i = chance.randrange(len(word) - 1)
    kinds = (
        word[:i] + word[i + 1] + word[i] + word[i + 2 :],
        word[:i] + word[i + 1 :],
        word[: i + 1] + word[i:],
        word[:i] + chance.choice("abcdefghijklmnopqrstuvwxyz") + word[i + 1 :],
    )
    return chance.choice(kinds)


def other_punctuation(text: str) -> str:
    """Dashes and semicolons become commas, commas before `and` go, sentences stand two spaces apart."""
    text = "\n\n".join(paragraphs(text))
    text = re.sub(r"\s*[—–]\s*|;\s*", ", ", text)
    text = text.replace(", and ", " and ").replace("U.S.", "US")
    return re.sub(r"(?<=[a-z]\.) (?=[A-Z])", "  ", text)


def paragraphs_merged(text: str) -> str:
    """Each second paragraph is joined to the one before."""
    body = paragraphs(text)
    return "\n\n".join(" ".join(body[i : i + 2]) for i in range(0, len(body), 2))


def paragraphs_reordered(text: str) -> str:
    """The first paragraph becomes the last, and two in the middle change places."""
    body = paragraphs(text)
    middle = len(body) // 2
    body[middle], body[middle + 1] = body[middle + 1], body[middle]
    return "\n\n".join([*body[1:], body[0]])


def words_replaced(text: str) -> str:
    """A sub-editor's spelling, and a note's number after each paragraph."""
    body = [
        re.sub(r"iz(e|ed|es|ing|ation)\b", r"is\1", p).replace("percent", "per cent").replace(" toward ", " towards ")
        for p in paragraphs(text)
    ]
    return "\n\n".join(f"{paragraph}[{i}]" for i, paragraph in enumerate(body, 1))


def as_markdown(text: str) -> str:
    """With front matter, its first words in bold and each paragraph followed by a picture."""
    body = ["**" + p.split(" ", 2)[0] + "** " + p.split(" ", 1)[1] for p in paragraphs(text)]
    front = "---\ntitle: Another headline\nlang: en\n---\n\n# Another headline\n\n"
    return front + "\n\n![a picture](/p.jpg)\n\n".join(body)


EDITS: dict[str, Callable[[str], str]] = {
    "boilerplate added": boilerplate_added,
    "boilerplate removed": boilerplate_removed,
    "lines wrapped": rewrapped,
    "straight quotes": straight_quotes,
    "page of another site": as_page,
    "paragraph inserted": paragraph_inserted,
    "sentences deleted": sentence_deleted,
    "typos": typos,
    "other punctuation": other_punctuation,
    "paragraphs merged": paragraphs_merged,
    "paragraphs reordered": paragraphs_reordered,
    "spelling and notes": words_replaced,
    "markdown": as_markdown,
}
