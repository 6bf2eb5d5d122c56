"""What every request must be before anything else looks at it: for this host, from this page, small, and in time.

See docs/threat-model.md for what this defends against, and what it does not.
"""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Collection
from typing import Any

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["COOKIE", "HEADERS", "MOST_BYTES", "Guard", "same"]

COOKIE = "standoff"
MOST_BYTES = 64_000
"""Of a request's body."""
_MOST_TEXT = 12_000_000
"""Of a study's text and what an editor keeps with it, from whoever has the token."""
_MOST_FILE = 5_200_000
"""Of a document that is dropped in, likewise."""
_FORM, _FILE = "application/x-www-form-urlencoded", "multipart/form-data"
_PATIENCE = 10.0
"""Seconds in which a body must have come."""
HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "referrer-policy": "same-origin",  # under `no-referrer` browsers send forms with `Origin: null`
    "x-content-type-options": "nosniff",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}


def same(one: str, other: str) -> bool:
    """Whether two secrets are the same, in a time that does not tell how much of them is."""
    return hmac.compare_digest(one.encode("utf-8", "surrogateescape"), other.encode("utf-8", "surrogateescape"))


class Guard:
    """Refuses what no page of this server sends, and puts the headers on every answer.

    Args:
        app: What answers.
        hosts: Names and ports by which the server may be addressed, such as `127.0.0.1:8700`.
        token: Of this launch: who has it in a cookie may send more.
    """

    def __init__(self, app: ASGIApp, hosts: Collection[str], token: str) -> None:
        self.app = app
        self.hosts = frozenset(hosts)
        self.token = token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or say why not."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":
            return
        headers = _headers(scope)
        refused = self._refused(scope, headers)
        if refused is not None:
            await _refuse(refused, scope, receive, send)
            return
        body = b""
        if scope["method"] == "POST":
            most = self._most(scope, headers)
            try:
                body = await asyncio.wait_for(_body(receive, most), _PATIENCE)
            except TimeoutError:
                await _refuse((408, "the request did not come in time"), scope, receive, send)
                return
            except ValueError:
                await _refuse((413, f"a request like this has at most {most:,} bytes"), scope, receive, send)
                return
        await self.app(scope, _again(body, receive), _with_headers(send))

    def _refused(self, scope: Scope, headers: dict[str, str]) -> tuple[int, str] | None:
        if headers.get("host", "") not in self.hosts:
            return 421, "this server does not answer to that name"
        if scope["method"] not in ("GET", "HEAD", "POST"):
            return 405, "only GET and POST are answered"
        if len(scope["path"]) > 200 or len(scope.get("query_string", b"")) > 2000:
            return 414, "that address is too long"
        if scope["method"] == "POST":
            origin = headers.get("origin", "")
            if origin.partition("://")[2] not in self.hosts or not origin.startswith(("http://", "https://")):
                return 403, "this was not sent by a page of this server"
            kind = _FILE if self._is_upload(scope) else _FORM
            if not headers.get("content-type", "").startswith(kind):
                return 415, f"forms like this are sent as {kind}"
        return None

    def _most(self, scope: Scope, headers: dict[str, str]) -> int:
        """How many bytes a body may have: a study's text has more than a form, a document still more."""
        if not scope["path"].startswith("/study/") or not same(cookie_of(headers.get("cookie", "")), self.token):
            return MOST_BYTES
        return _MOST_FILE if self._is_upload(scope) else _MOST_TEXT if "/edit/" in scope["path"] else MOST_BYTES

    @staticmethod
    def _is_upload(scope: Scope) -> bool:
        path = str(scope["path"])
        return path.startswith("/study/") and path.endswith("/drop")


def cookie_of(header: str) -> str:
    """This server's cookie in a header; empty where it is not there."""
    for part in header.split(";"):
        name, _, value = part.strip().partition("=")
        if name == COOKIE:
            return value
    return ""


def _headers(scope: Scope) -> dict[str, str]:
    """The last of each header; a host that is given twice is none."""
    found: dict[str, str] = {}
    for name, value in scope["headers"]:
        key = name.decode("latin-1").lower()
        found[key] = "" if key in ("host", "origin") and key in found else value.decode("latin-1")
    return found


async def _body(receive: Receive, most: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return b""
        part = message.get("body", b"")
        size += len(part)
        if size > most:
            raise ValueError
        parts.append(part)
        if not message.get("more_body", False):
            return b"".join(parts)


def _again(body: bytes, receive: Receive) -> Receive:
    """The body once more, and then whatever comes after it."""
    given = False

    async def replay() -> Message:
        nonlocal given
        if not given:
            given = True
            return {"type": "http.request", "body": body, "more_body": False}
        return await receive()

    return replay


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            own = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
            there = {name for name, _ in message["headers"]}
            message = {**message, "headers": [*message["headers"], *(one for one in own if one[0] not in there)]}
        await send(message)

    return sending


async def _refuse(why: tuple[int, str], scope: Scope, receive: Receive, send: Send) -> None:
    status, text = why
    answer: Any = PlainTextResponse(text + "\n", status_code=status)
    await answer(scope, receive, _with_headers(send))
