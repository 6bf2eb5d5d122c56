"""Starts the application, and says where it is."""

from __future__ import annotations

import secrets
import socket
from collections.abc import Callable
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

from standoff.workbench.app import make_app
from standoff.workbench.handling.desk import Desk
from standoff.workbench.prompt import Prompt

__all__ = ["configured", "serve"]

LOOPBACK = "127.0.0.1"


def serve(folder: Path, host: str, port: int, say: Callable[[str, str], None]) -> None:
    """Serve a folder's studies until it is stopped.

    Args:
        folder: Where studies, and what is kept of them, are.
        host: The address to listen on.
        port: Likewise; 0 for one that is free.
        say: Told the address with this launch's token, and a warning or nothing, before it begins.

    Raises:
        OSError: The address cannot be had.
        ValueError: What is kept there cannot be read.
    """
    token = secrets.token_urlsafe(24)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio sends at once only on sockets that say TCP: else each answer waits 40 ms for an acknowledgement
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind((host, port))
    listening.listen(1024)  # from here on a browser that comes early waits, and is not turned away
    bound = listening.getsockname()[1]
    shown = f"[{host}]" if ":" in host else host
    names = {f"{shown}:{bound}", f"{LOOPBACK}:{bound}", f"localhost:{bound}"}
    if host not in (LOOPBACK, "::1"):
        names.add(f"{socket.gethostname()}:{bound}")
    desk = Desk(folder, token)
    app = make_app(desk, tuple(sorted(names)))
    warning = (
        "" if host in (LOOPBACK, "::1")
        else "anyone who can reach this machine can try this address, and what is sent is not encrypted"
    )  # fmt: skip
    say(f"http://{shown}:{bound}/?token={token}", warning)
    desk.begin()
    try:
        uvicorn.Server(configured(app)).run(sockets=[listening])
    finally:
        desk.end()


def configured(app: ASGIApp) -> uvicorn.Config:
    """How the application is served: with bounds on what a connection may hold, and for how long."""
    return uvicorn.Config(
        app, http=Prompt, ws="none", log_level="warning", access_log=False, server_header=False, limit_concurrency=400,
        timeout_keep_alive=15, h11_max_incomplete_event_size=32_000, timeout_graceful_shutdown=2, lifespan="off",
    )  # fmt: skip
