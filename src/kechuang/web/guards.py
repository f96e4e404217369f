"""What stands before every page: the content policy, the language, the set-up, the record of reads."""

from __future__ import annotations

from collections.abc import Callable
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
#: Open before there is an administrator.
BEFORE_SET_UP = ("/setup/", "/static/", "/healthz", "/favicon.ico")


def policy(answer: Answer) -> Answer:
    def guarded(request: HttpRequest) -> HttpResponse:
        response = answer(request)
        response.setdefault("Content-Security-Policy", POLICY)
        response.setdefault("Permissions-Policy", "geolocation=(self), camera=(), microphone=()")
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if not request.path.startswith("/static/"):
            response.setdefault(
                "Cache-Control", "no-store" if request.COOKIES.get("kechuang") else "no-cache"
            )
        if request.method == "HEAD" and not response.streaming:
            length = str(len(response.content))
            response.content = b""
            response["Content-Length"] = length  # of what a GET would get
        return response

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
            response.set_cookie("lang", asked, max_age=31536000, samesite="Lax", httponly=True)
        response["Content-Language"] = "zh-CN" if language == "zh" else "en"
        return response

    return guarded


def set_up_first(answer: Answer) -> Answer:
    """Until there is an administrator every way leads to the set-up page."""
    from kechuang.web.models import User

    ready = [False]

    def guarded(request: HttpRequest) -> HttpResponse:
        if not ready[0] and not request.path.startswith(BEFORE_SET_UP):
            ready[0] = User.objects.filter(role="administrator", is_active=True).exists()
            if not ready[0]:
                return redirect("/setup/")
        return answer(request)

    return guarded


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
        known = request.user.is_authenticated
        if (known and not public) or (known and refused) or response.status_code == 403:
            now, user = timezone.now(), request.user.name if known else ""  # type: ignore[union-attr]
            if request.headers.get("HX-Request") and request.method == "GET":
                same = Read.objects.filter(user=user, at__gt=now - MINUTE, status=response.status_code)
                if same.filter(path=request.get_full_path()[:300]).exists():
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
