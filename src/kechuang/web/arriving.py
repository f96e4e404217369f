"""What arrives: a body that was cut off is no body, and one that is too large is not taken in.

A browser that loses its connection half way through an upload leaves a body shorter than it said. The server
would hand on what came as if it were all; here the missing rest is an error, so that no half of a file is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import IO, Any

from django.http import HttpRequest, HttpResponse

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
#: What forms and boundaries may add to the files of an upload.
BESIDE = 2 * 1024 * 1024
#: So much of what is not wanted is read all the same, so that the browser gets to see the answer.
PATIENCE = 256 * 1024 * 1024


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


def bounded(answer: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Refuses a body larger than any upload may be, before any of it is kept."""
    from kechuang.web.site import UPLOAD
    from kechuang.web.troubles import too_large

    def guarded(request: HttpRequest) -> HttpResponse:
        length = str(request.META.get("CONTENT_LENGTH") or "")
        if not length.isdecimal() or int(length) <= UPLOAD + BESIDE:
            return answer(request)
        left = min(int(length), PATIENCE)
        try:
            while left > 0 and (piece := request.read(min(left, 2**20))):
                left -= len(piece)
        except OSError:
            pass
        return too_large(request, UPLOAD // 2**20)

    return guarded
