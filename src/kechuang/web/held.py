"""Pages held whole, so that the next reader of the same page costs next to nothing.

Only a page that follows from the state of the records alone may be held (``@page(…, held=True)``), and it is held
under everything it is made of: that state, the address with all that is asked, the role and what the account is
bound to, the language. What differs from account to account or from answer to answer (the name, the looks, the
token of forms) are holes in it, filled for each answer. A page made of values of an earlier state is never held.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.html import escape

from kechuang.messages import language
from kechuang.web.packed import Packed
from kechuang.web.rendering import Page, rendered
from kechuang.web.standing import older, state_of
from kechuang.web.workspaces import served

if TYPE_CHECKING:
    from kechuang.web.models import User

#: Bytes of pages a process holds at most, and characters of a query that may be held by.
MOST, ASKED = 48 * 1024 * 1024, 200
_NONCE = secrets.token_hex(8)  # so that no text of a record can look like a hole
#: What is filled in for each answer.
HOLES = ("who", "theme", "token")
#: Files beside the records that pages are made of; those of the state itself are in it.
_FILES = ("places.csv", "regions.yaml", "published")


def hole(name: str) -> str:
    """What stands in a page while it is made, where ``name`` will be filled in."""
    return f"\ue000{_NONCE}{name}\ue001"


class Pages:
    """Pages by what they are made of; who was not asked for the longest time goes first."""

    def __init__(self, most: int = MOST) -> None:
        self._held: OrderedDict[Hashable, tuple[Packed, bool]] = OrderedDict()
        self._lock = threading.Lock()
        self._size = 0
        self._most = most

    def get(self, key: Hashable) -> tuple[Packed, bool] | None:
        """The page and whether it tells more than the public's."""
        with self._lock:
            found = self._held.get(key)
            if found is not None:
                self._held.move_to_end(key)
            return found

    def put(self, key: Hashable, page: Packed, more: bool) -> None:
        with self._lock:
            before = self._held.pop(key, None)
            self._size += page.size - (before[0].size if before else 0)
            self._held[key] = (page, more)
            while self._size > self._most and len(self._held) > 1:
                _, (gone, _) = self._held.popitem(last=False)
                self._size -= gone.size


_pages = Pages()


def answered(request: HttpRequest, make: Callable[[], Page | HttpResponse]) -> HttpResponse:
    """The answer of a page that may be held: the one held, else one made now and held from now on."""
    if not _holdable(request):
        made = make()
        return rendered(request, made) if isinstance(made, Page) else made
    key = _key(request)
    held = _pages.get(key)
    if held is not None:
        found, more = held
        request.tells_more = more  # type: ignore[attr-defined]  # a read is kept of a held page, too
    else:
        made = make()
        if not isinstance(made, Page):
            return made
        if made.status != 200:
            return rendered(request, made)
        request.hollow = True  # type: ignore[attr-defined]
        try:
            found = _packed(rendered(request, made, {"csrf_token": hole("token")}).content)
        finally:
            del request.hollow  # type: ignore[attr-defined]
        if not older():
            _pages.put(key, found, getattr(request, "tells_more", False))
    return _filled(request, found)


def _holdable(request: HttpRequest) -> bool:
    asked = request.META.get("QUERY_STRING", "")
    still = getattr(request, "still", False)
    return request.method in ("GET", "HEAD") and not still and len(asked) <= ASKED and "format=" not in asked


def _key(request: HttpRequest) -> Hashable:
    workspace, user = served(), _user(request)
    marks = [_mark(name) for name in _FILES]
    return (
        state_of(workspace),
        *marks,
        request.get_full_path(),
        bool(request.headers.get("HX-Request")) and not request.headers.get("HX-History-Restore-Request"),
        language(),
        (user.role, user.region, user.uscc) if user is not None else None,
    )


def _mark(name: str) -> int:
    try:
        return (served().folder / name).stat().st_mtime_ns
    except OSError:
        return 0


def _user(request: HttpRequest) -> User | None:
    return request.user if request.user.is_authenticated else None  # type: ignore[return-value]


def _packed(content: bytes) -> Packed:
    """A page in parts, cut at its holes."""
    parts, holes = [], []
    begin, end = f"\ue000{_NONCE}".encode(), "\ue001".encode()
    head, *rest = content.split(begin)
    parts.append(head)
    for piece in rest:
        name, _, text = piece.partition(end)
        holes.append(name.decode())
        parts.append(text)
    return Packed.of(parts, holes)


def _filled(request: HttpRequest, page: Packed) -> HttpResponse:
    """The page for whoever asks; 304 where they have it already."""
    user = _user(request)
    fillings = dict.fromkeys(HOLES, b"")
    if user is not None:
        fillings["who"] = escape(user.shown).encode()
        fillings["theme"] = f' data-theme="{escape(user.theme)}"'.encode() if user.theme else b""
    secret = ""
    if "token" in page.holes:
        fillings["token"] = get_token(request).encode()
        secret = request.META.get("CSRF_COOKIE", "")
    packs = "gzip" in request.headers.get("Accept-Encoding", "")
    digest = hashlib.blake2b(digest_size=12)
    # The token differs in every answer and is of one secret: what was sent before is as good as what would be now.
    for part in (page.plain({**fillings, "token": b""}), secret.encode()):
        digest.update(part)
    etag = f'W/"{digest.hexdigest()}"'
    answer = get_conditional_response(request, etag)
    if answer is None:
        answer = HttpResponse(page.gzipped(fillings) if packs else page.plain(fillings))
        if packs:
            answer["Content-Encoding"] = "gzip"
        answer["ETag"] = etag
    patch_vary_headers(answer, ("Cookie", "HX-Request", "Accept-Encoding"))
    return answer
