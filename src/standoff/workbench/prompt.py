"""HTTP for clients that send their requests promptly: a connection on which one does not come is closed.

Reference:
    uvicorn closes a connection that is idle after an answer, and waits for the head of a request without end.
"""

from __future__ import annotations

import asyncio

from uvicorn.protocols.http.h11_impl import H11Protocol

__all__ = ["PATIENCE", "Prompt"]

PATIENCE = 10.0
"""Seconds in which the head of a request must have come, once its connection is open or its first byte is there."""


class Prompt(H11Protocol):
    """uvicorn's protocol, with a time for the head of each request."""

    _late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for a first request, but not for ever."""
        super().connection_made(transport)
        self._late = self.loop.call_later(PATIENCE, transport.close)

    def data_received(self, data: bytes) -> None:
        """Go on waiting until a request has begun to be answered."""
        if self._late is None and self._is_idle():
            self._late = self.loop.call_later(PATIENCE, self.transport.close)
        super().data_received(data)
        if not self._is_idle():
            self._heard()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer."""
        self._heard()
        super().connection_lost(exc)

    def _is_idle(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def _heard(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None
