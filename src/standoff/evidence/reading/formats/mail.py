"""A message of e-mail: its text, with what it answers set aside."""

from __future__ import annotations

import email
import email.policy
import re
from email.message import EmailMessage
from email.utils import parsedate_to_datetime

from standoff.evidence.reading.blocks import Metadata, RawBlock
from standoff.evidence.reading.formats.encoding import decode_as
from standoff.evidence.reading.formats.pages import page_blocks
from standoff.evidence.reading.formats.plain import read_plain

__all__ = ["looks_like_mail", "read_mail"]

_MOST_PARTS = 2_000
_FIELD = re.compile(rb"[A-Za-z][A-Za-z0-9-]{0,60}:")
_OF_MAIL = re.compile(rb"^(?:message-id|received|mime-version|return-path|delivered-to):", re.I | re.M)
_QUOTED = re.compile(r"^\s*>")
_WROTE = re.compile(
    r"^(?:On .{4,200} wrote:|Am .{4,200} schrieb.{0,80}:|Le .{4,200} a écrit ?:|-+ ?Original Message.*)$", re.M
)


def looks_like_mail(data: bytes) -> bool:
    """Whether bytes begin with the header of a message; a web archive's is another's matter."""
    head = re.split(rb"\r?\n\r?\n", data[:20_000], maxsplit=1)[0]
    if _FIELD.match(head) is None or b"multipart/related" in head.lower():
        return False
    return _OF_MAIL.search(head) is not None and re.search(rb"^(?:from|subject):", head, re.I | re.M) is not None


def read_mail(data: bytes) -> tuple[tuple[RawBlock, ...], Metadata]:
    """Cut a message into pieces; the plain text is read where there is one, else the page.

    Raises:
        ValueError: The message cannot be read, or has no text.
    """
    try:
        message = email.message_from_bytes(data, _class=EmailMessage, policy=email.policy.default)
        subject, sender = message.get("Subject"), message.get("From")
        date = message.get("Date")
        plain = page = None
        for i, part in enumerate(message.walk()):
            if i > _MOST_PARTS:
                break
            kind = part.get_content_type()
            if part.is_multipart() or kind not in ("text/plain", "text/html") or part.get_filename():
                continue
            content = part.get_payload(decode=True)
            if isinstance(content, bytes) and content.strip():
                text = decode_as(content, part.get_content_charset()).text
                plain, page = (plain or text, page) if kind == "text/plain" else (plain, page or text)
    except (RecursionError, LookupError, TypeError, AttributeError, IndexError):
        raise ValueError("it is a message whose parts cannot be read") from None
    if plain is None and page is None:
        raise ValueError("it is a message without a text")
    blocks = _plain(plain) if plain is not None else page_blocks(page or "")
    metadata = Metadata(str(subject) if subject else None, _name(str(sender)) if sender else None, None, _day(date))
    return blocks, metadata


def _plain(text: str) -> tuple[RawBlock, ...]:
    """The writer's own words; what is quoted, and the signature, are set aside."""
    own, _, signature = text.partition("\n-- \n")
    own = _WROTE.sub("", own)
    lines = own.split("\n")
    said = "\n".join("" if _QUOTED.match(line) else line for line in lines)
    quoted = "\n".join(_QUOTED.sub("", line).strip() if _QUOTED.match(line) else "" for line in lines)
    blocks = read_plain(said)[0]
    if quoted.strip():
        blocks += tuple(RawBlock(b.text, b.links, "pull quote") for b in read_plain(quoted)[0])
    if signature.strip():
        blocks += tuple(RawBlock(b.text, b.links, "author note") for b in read_plain(signature)[0])
    return blocks


def _name(sender: str) -> str:
    return re.sub(r"\s*<[^>]*>\s*$", "", sender).strip('" ') or sender


def _day(date: object) -> str | None:
    try:
        return parsedate_to_datetime(str(date)).date().isoformat() if date else None
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
