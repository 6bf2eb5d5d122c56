"""Bytes to text: which encoding, and what is no text at all."""

from __future__ import annotations

import codecs
import re

__all__ = ["decode"]

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SIGNATURES = (
    (b"%PDF-", "a PDF"),
    (b"PK\x03\x04", "a compressed file, such as a Word document"),
    (b"\xd0\xcf\x11\xe0", "an old Word document"),
    (b"{\\rtf", "a rich-text file"),
    (b"\x1f\x8b", "a compressed file"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"bplist00", "a web archive of Safari"),
)
_DECLARED = re.compile(
    rb"<(?:meta|\?xml)\b[^>]{0,200}?(?:charset|encoding)\s*=\s*[\"']?\s*([A-Za-z0-9_\-]{2,30})", re.I
)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_GUESSED = 200_000  # bytes that are enough to guess an encoding from
_MOST_CONTROL = 0.002


def decode(data: bytes) -> str:
    """The text of a file: by its byte-order mark, as UTF-8, as it declares itself, or as its bytes suggest.

    Line ends become `\\n`; nothing else is changed.

    Raises:
        ValueError: It is no text; the message says what it is, as far as can be told.
    """
    kind = next((name for start, name in _SIGNATURES if data.startswith(start)), None)
    if kind is not None:
        raise ValueError(f"it is {kind}, and not text")
    text = _decoded(data)
    _refuse_control(text[:_GUESSED])
    return _CONTROL.sub("", text).replace("\r\n", "\n").replace("\r", "\n")


def _decoded(data: bytes) -> str:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _strict(data[len(mark) :], encoding)
    wide = _wide(data)
    if wide is not None:
        return _strict(data, wide)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    declared = _DECLARED.search(data[:4096])
    if declared is not None:
        text = _attempt(data, declared.group(1).decode("ascii"))
        if text is not None:
            return text
    return _guessed(data)


def _refuse_control(sample: str) -> None:
    if len(_CONTROL.findall(sample)) > _MOST_CONTROL * len(sample):
        raise ValueError("it holds control characters, and is not text")


def _strict(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise ValueError(f"it begins as {encoding.upper()} text, and is not") from None


def _wide(data: bytes) -> str | None:
    """UTF-16 without its mark: every other byte of Latin text is 0."""
    sample = data[:4000]
    if len(sample) < 8 or sample.count(0) < len(sample) // 4:
        return None
    return "utf-16-le" if sample[1::2].count(0) > sample[0::2].count(0) else "utf-16-be"


def _attempt(data: bytes, encoding: str) -> str | None:
    """Decoded, or None. The web's rule: what says latin-1 or ASCII means Windows-1252 (WHATWG, Encoding, 4.2)."""
    try:
        name = codecs.lookup(encoding).name
        text = data.decode("cp1252" if name in ("iso8859-1", "ascii") else name)
    except (LookupError, UnicodeError, ValueError):
        return None
    return text


def _guessed(data: bytes) -> str:
    """Western text with a few marks of Windows-1252, else the best guess of charset-normalizer."""
    sample = data[:_GUESSED]
    _refuse_control(sample.decode("latin-1"))
    beyond = sum(byte >= 0x80 for byte in sample)
    if beyond < 0.05 * len(sample):
        text = _attempt(data, "cp1252")
        if text is not None:
            return text
    from charset_normalizer import from_bytes  # noqa: PLC0415 (slow to import, and seldom needed)

    best = from_bytes(sample).best()
    text = None if best is None else _attempt(data, best.encoding)
    if text is None:
        raise ValueError("its encoding cannot be told")
    return text
