"""Saved web pages: the page inside an archive of a browser (MHTML, or Safari's)."""

from __future__ import annotations

import email
import email.policy
import plistlib
from xml.parsers.expat import ExpatError

from standoff.evidence.reading.formats.encoding import Decoded, decode_as

__all__ = ["unpacked"]

_MOST_PARTS = 2_000


def unpacked(data: bytes) -> tuple[Decoded, str | None] | None:
    """The page inside a web archive, with its address; None where it is no archive.

    Raises:
        ValueError: It is an archive, and no page can be read from it.
    """
    head = data[:4000].lower()
    if data.startswith(b"bplist00") or (b"<plist" in head and b"<key>webmainresource</key>" in head):
        return _safari(data)
    if b"mime-version:" not in head or b"multipart/related" not in head:
        return None
    return _mhtml(data)


def _mhtml(data: bytes) -> tuple[Decoded, str | None]:
    try:
        message = email.message_from_bytes(data, policy=email.policy.compat32)
        url = message.get("Snapshot-Content-Location")
        for i, part in enumerate(message.walk()):
            if i > _MOST_PARTS:
                break
            if part.get_content_type() == "text/html":
                content = part.get_payload(decode=True)
                if isinstance(content, bytes):
                    return decode_as(content, part.get_content_charset()), None if url is None else str(url)
    except (RecursionError, LookupError, ValueError, TypeError, AttributeError):
        raise ValueError("it is a web archive whose parts cannot be read") from None
    raise ValueError("it is a web archive without a page")


def _safari(data: bytes) -> tuple[Decoded, str | None]:
    try:
        main = plistlib.loads(data)["WebMainResource"]
        content, url, encoding = (main.get(f"WebResource{key}") for key in ("Data", "URL", "TextEncodingName"))
    except (plistlib.InvalidFileException, ExpatError, RecursionError, OverflowError, MemoryError):
        raise ValueError("it is a web archive that cannot be read") from None
    except (ValueError, KeyError, TypeError, AttributeError, LookupError):
        content = None
    if not isinstance(content, bytes):
        raise ValueError("it is a web archive without a page")
    name = encoding if isinstance(encoding, str) else None
    return decode_as(content, name), url if isinstance(url, str) else None
