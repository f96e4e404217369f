"""What stands before every page: the content policy, the language, the set-up, the record of reads."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import cache

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from kechuang.messages import LANGUAGES, in_language
from kechuang.web.addresses import address_of

Answer = Callable[[HttpRequest], HttpResponse]

#: Nothing from elsewhere, no script or style in the page itself.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)
#: A page that looks after its own progress is kept once in this time, not once a second.
MINUTE = timedelta(minutes=1)
#: Bytes a form may have beside the file it carries.
BESIDE = 2 * 2**20
#: Refusals of somebody without an account that are kept in a minute, of one address: more is noise.
MOST = 60
#: A body up to so many bytes is read to its end where it is refused.
DRAINED = 16 * 2**20
#: Of a body larger than any upload so many bytes are read and dropped, and no longer waited than so many seconds.
UNWANTED, SILENT = 256 * 2**20, 3.0
#: Open before there is an administrator.
BEFORE_SET_UP = ("/setup/", "/static/", "/healthz", "/favicon.ico")


def policy(answer: Answer) -> Answer:
    def guarded(request: HttpRequest) -> HttpResponse:
        response = answer(request)
        response.setdefault("Content-Security-Policy", POLICY)
        response.setdefault("X-Frame-Options", "DENY")
        response.setdefault("X-Content-Type-Options", "nosniff")
        response.setdefault("Referrer-Policy", "same-origin")
        response.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        response.setdefault("Permissions-Policy", "geolocation=(self), camera=(), microphone=()")
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if not request.path.startswith("/static/"):
            response.setdefault("Cache-Control", "no-store" if _private(request, response) else "no-cache")
        if request.method == "HEAD" and not response.streaming:
            length = str(len(response.content))
            response.content = b""
            response["Content-Length"] = length  # of what a GET would get
        return response

    return guarded


def _private(request: HttpRequest, response: HttpResponse) -> bool:
    """Whether an answer is for whoever asked and nobody else: no copy of it is to be kept anywhere."""
    shown = "kechuang" in request.COOKIES or "Authorization" in request.headers
    return (
        shown
        or bool(response.cookies)
        or request.method not in ("GET", "HEAD")
        or response.status_code >= 400
    )


def bounded(answer: Answer) -> Answer:
    """Refuses a body larger than any upload may be before a byte of it lands on the disk, and text that no
    database holds."""
    from kechuang.web.site import UPLOAD
    from kechuang.web.troubles import malformed, too_large
    from kechuang.web.workspaces import served

    def guarded(request: HttpRequest) -> HttpResponse:
        most = max(UPLOAD, served().settings.evidence_mb * 2**20)
        try:
            length = int(request.META.get("CONTENT_LENGTH") or 0)
        except ValueError:
            length = 0
        if length > most + BESIDE:
            _drain(request, UNWANTED)
            return too_large(request, most)
        asked = request.path_info + request.META.get("QUERY_STRING", "")
        response = _read(request, answer, asked)
        if response.status_code == 400 and length <= DRAINED:
            _drain(request, DRAINED)
        return response

    def _read(request: HttpRequest, answer: Answer, asked: str) -> HttpResponse:
        nul = "\x00" in asked or "%00" in asked or (request.method == "POST" and _unholdable(request))
        if nul and not request.path.startswith("/api/"):  # its door says so in the form of the API
            return malformed(request)
        return answer(request)

    return guarded


def _drain(request: HttpRequest, most: int) -> None:
    """Read on, of what is refused, as long as it keeps coming: or the sender never hears why."""
    link = request.META.get("gunicorn.socket")
    if link is not None:
        link.settimeout(SILENT)
    with suppress(OSError):
        while most > 0 and (piece := request.read(65536)):
            most -= len(piece)


def _unholdable(request: HttpRequest) -> bool:
    """Whether a form has a character no database holds."""
    try:
        return any("\x00" in value for name, values in request.POST.lists() for value in (name, *values))
    except OSError:  # it broke off on the way
        return True


#: A session is noted as seen, and its end put off, at most once in this time.
SEEN = timedelta(minutes=5)
NOTED = "seen"


def seen(answer: Answer) -> Answer:
    """Puts off the end of a session that is in use, and notes when it was."""
    from kechuang.web.models import SignedIn

    def guarded(request: HttpRequest) -> HttpResponse:
        key = request.session.session_key
        if key and request.user.is_authenticated:
            now = timezone.now()
            if request.session.get(NOTED, 0) < (now - SEEN).timestamp():
                request.session[NOTED] = int(now.timestamp())  # saved with the answer, and so lasts on
                SignedIn.objects.filter(key=key).update(seen=now)
        return answer(request)

    return guarded


def speaking(answer: Answer) -> Answer:
    """The language of ``?lang=``, else the account's, else the cookie's, else the workspace's."""
    from kechuang.web.workspaces import served

    def guarded(request: HttpRequest) -> HttpResponse:
        asked = request.GET.get("lang", "")
        user = request.user
        chosen = getattr(user, "language", "") if user.is_authenticated else ""
        named = [asked, chosen, request.COOKIES.get("lang", ""), served().settings.language]
        language = next(name for name in [*named, "zh"] if name in LANGUAGES)
        with in_language(language):
            response = answer(request)
        if asked in LANGUAGES:
            response.set_cookie(
                "lang",
                asked,
                max_age=31536000,
                samesite="Lax",
                httponly=True,
                secure=served().settings.https,
            )
        response["Content-Language"] = "zh-CN" if language == "zh" else "en"
        return response

    return guarded


def set_up_first(answer: Answer) -> Answer:
    """Until there is an administrator every way of a browser leads to the set-up page; programs read what is public."""
    from kechuang.web.models import User

    ready = [False]

    def guarded(request: HttpRequest) -> HttpResponse:
        if not ready[0] and not request.path.startswith(BEFORE_SET_UP):
            ready[0] = User.objects.filter(role="administrator", is_active=True).exists()
            if not ready[0] and _by_browser(request):
                return redirect("/setup/")
        return answer(request)

    return guarded


def _by_browser(request: HttpRequest) -> bool:
    """Whether a person's browser asks for a page, or sends one's form."""
    asks = "text/html" in request.headers.get("Accept", "") and request.GET.get("format") != "json"
    return asks or request.method not in ("GET", "HEAD", "OPTIONS")


def kept(answer: Answer) -> Answer:
    """Keeps who opened what is not public, and who was refused."""
    from kechuang.web import reads
    from kechuang.web.access import PAGES
    from kechuang.web.api.endpoints import is_public
    from kechuang.web.models import Read

    open_ = cache(
        lambda name: any("public" in page.sees for page in PAGES if page.name == name) or is_public(name)
    )

    def guarded(request: HttpRequest) -> HttpResponse:
        response = answer(request)
        match = request.resolver_match
        name = match.url_name if match else None
        public = open_(name)
        refused = response.status_code in (401, 403, 404)
        public = public and not getattr(request, "tells_more", False)
        known = request.user.is_authenticated
        guessed = response.status_code == 401 and "Authorization" in request.headers
        if (known and not public) or (known and refused) or response.status_code == 403 or guessed:
            now, user = timezone.now(), request.user.name if known else ""  # type: ignore[union-attr]
            if request.headers.get("HX-Request") and request.method == "GET":
                same = Read.objects.filter(user=user, at__gt=now - MINUTE, status=response.status_code)
                if same.filter(path=request.get_full_path()[:300]).exists():
                    return response
            if (
                not known
                and Read.objects.filter(user="", at__gt=now - MINUTE, address=address_of(request)).count()
                >= MOST
            ):
                return response
            reads.keep(
                Read(
                    at=now,
                    user=user,
                    role=request.user.role if known else "public",  # type: ignore[union-attr]
                    address=address_of(request),
                    method=str(request.method),
                    path=request.get_full_path()[:300],
                    status=response.status_code,
                )
            )
        return response

    return guarded
