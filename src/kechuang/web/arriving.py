"""What arrives: a body that was cut off is no body (one that is too large is refused by ``guards.bounded``).

A browser that loses its connection half way through an upload leaves a body shorter than it said. The server
would hand on what came as if it were all; here the missing rest is an error, so that no half of a file is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import IO, Any

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class Cut(OSError):
    """The sender went away before all was sent."""


class Whole:
    """A body of ``length`` bytes; ends only when all of them have come."""

    def __init__(self, stream: IO[bytes], length: int) -> None:
        self._stream, self._left = stream, length

    def read(self, size: int = -1) -> bytes:
        wanted = self._left if size is None or size < 0 else min(size, self._left)
        return self._counted(self._stream.read(wanted) if wanted else b"", wanted)

    def readline(self, size: int = -1) -> bytes:
        wanted = self._left if size is None or size < 0 else min(size, self._left)
        return self._counted(self._stream.readline(wanted) if wanted else b"", wanted)

    def _counted(self, got: bytes, wanted: int) -> bytes:
        if wanted and not got:
            raise Cut("the body ended early")
        self._left -= len(got)
        return got


def whole(application: Wsgi) -> Wsgi:
    """The application, given bodies that are whole or an error."""

    def answer(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        length = str(environ.get("CONTENT_LENGTH") or "")
        if length.isdecimal() and int(length):
            environ["wsgi.input"] = Whole(environ["wsgi.input"], int(length))
        return application(environ, start)

    return answer
