"""One deed for one form: a button pressed twice, or a form sent again by the way back, does its work once.

Every page that is rendered carries a token of its own in its forms, so the same token with the same content is
the same form sent again. Whoever comes second waits for the first and is led where the first was led. What the
first came to lies in a file below ``jobs/once`` for a while, named by a hash nobody else can make: every process
of the site sees it, and where a process dies its lock goes with it.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from kechuang.web.workspaces import served

Answer = Callable[[HttpRequest], HttpResponse]

#: Seconds for which a form that was sent is known again.
KNOWN = 600
TOKEN = "csrfmiddlewaretoken"
#: Doors make a session: its cookie cannot be given a second time.
DOORS = ("/login/", "/logout/", "/setup/")


def once(answer: Answer) -> Answer:
    class Guard:
        def __call__(self, request: HttpRequest) -> HttpResponse:
            return answer(request)

        def process_view(
            self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, given: dict[str, Any]
        ) -> HttpResponse | None:
            """After the token of the form was looked at, before the page is asked to do anything."""
            if not _a_deed(request):
                return None
            with _turn(_folder() / _name(request)) as place:
                before = _before(place)
                if before is not None:
                    return redirect(before)
                response = view(request, *args, **given)
                _keep(place, request, response)
                return response

    return Guard()


def _a_deed(request: HttpRequest) -> bool:
    """A form of a page, sent by a person: programs and queues carry marks of their own."""
    if request.method != "POST" or request.path.startswith("/api/") or request.path in DOORS:
        return False
    return bool(request.POST.get(TOKEN)) and request.GET.get("format") != "json"


def _name(request: HttpRequest) -> str:
    """The name of a form as sent: who, where, what, down to the bytes of its files."""
    who = request.session.session_key or request.COOKIES.get("csrftoken", "")
    found = hmac.new(settings.SECRET_KEY.encode(), digestmod=hashlib.sha256)
    fields = sorted((name, value) for name, values in request.POST.lists() for value in values)
    found.update(json.dumps([who, request.get_full_path(), fields]).encode())
    for name, files in sorted(request.FILES.lists()):
        for file in files:
            found.update(f"{name} {file.name} {file.size}".encode(errors="replace"))
            for piece in file.chunks():
                found.update(piece)
            file.seek(0)
    return found.hexdigest()


def _folder() -> Path:
    folder: Path = served().folder / "jobs" / "once"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    before = time.time() - KNOWN
    for old in folder.iterdir():
        try:
            if old.stat().st_mtime < before:
                old.unlink()
        except OSError:  # another process has cleared it, or holds it
            continue
    return folder


@contextmanager
def _turn(path: Path) -> Iterator[IO[bytes]]:
    """The file of a form, held: one sender at a time."""
    with path.open("a+b") as handle:
        _hold(handle)
        yield handle


def _hold(handle: IO[bytes]) -> None:
    """Wait for the lock; it goes with the handle, and with the process."""
    try:
        import fcntl
    except ImportError:  # Windows
        import msvcrt

        handle.seek(0)
        msvcrt.locking(handle.fileno(), msvcrt.LK_LOCK, 1)  # type: ignore[attr-defined]
        return
    fcntl.flock(handle, fcntl.LOCK_EX)


def _before(place: IO[bytes]) -> str | None:
    """Where whoever sent this form first was led; None where nobody did, or it came to nothing."""
    place.seek(0)
    return place.read().decode() or None


def _keep(place: IO[bytes], request: HttpRequest, response: HttpResponse) -> None:
    """What was refused may be sent again as it is; a page shown in the stead of a redirect is opened anew."""
    if response.status_code < 400:
        place.write((response.headers.get("Location") or request.get_full_path()).encode())
        place.flush()
