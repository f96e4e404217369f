"""Who may open which page: every page says so where it is declared, and nothing is open by default.

``@page`` registers a view with its address, its name and the roles that may open it; ``urls.py`` is made
of this register, so a page that does not say who may see it has no address. Views give a :class:`Page`:
a template with its typed context, whose ``?format=json`` twin is the context itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from typing import TYPE_CHECKING, Any

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.utils.http import urlencode

from kechuang.errors import KechuangError
from kechuang.web.held import answered
from kechuang.web.rendering import Page, rendered
from kechuang.web.standing import watched
from kechuang.web.troubles import busy, forbidden, not_found, told

if TYPE_CHECKING:
    from kechuang.web.models import User

View = Callable[..., Page | HttpResponse]


@dataclass(frozen=True)
class Declared:
    """A page as declared: ``route`` as Django writes it, ``sees`` the roles that may open it."""

    route: str
    name: str
    sees: frozenset[str]
    methods: tuple[str, ...]
    view: Callable[..., HttpResponse] = field(compare=False)


PAGES: list[Declared] = []
#: In a session that an identity provider vouched for: no password was used, none is owed.
VOUCHED = "vouched"


def page(
    route: str, name: str, sees: frozenset[str], methods: tuple[str, ...] = ("GET",), *, held: bool = False
) -> Callable[[View], Callable[..., HttpResponse]]:
    """Declare a page. HEAD goes with GET; other methods than those named answer 405. ``held``: all it shows
    follows from the state of the records, the role, the region and the language (``held``)."""

    def declare(view: View) -> Callable[..., HttpResponse]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method not in (*methods, *(("HEAD",) if "GET" in methods else ())):
                return HttpResponseNotAllowed(methods)
            if role_of(request) not in sees:
                if not request.user.is_authenticated:
                    return _to_login(request)
                return forbidden(request)
            if _owes_password(request) and "public" not in sees and name != "account":
                return _to_account(request)
            if request.method == "HEAD":  # what GET answers: no view may take it for a form that was sent
                request.method = "GET"
            try:
                with watched():
                    if held:
                        return answered(request, lambda: view(request, *args, **kwargs))
                    answer = view(request, *args, **kwargs)
                    return rendered(request, answer) if isinstance(answer, Page) else answer
            except Hidden:
                return not_found(request)
            except OperationalError as error:
                if "locked" not in str(error):
                    raise
                return busy(request)
            except KechuangError as error:  # the office's data is at fault: told, never a traceback
                return told(request, error)

        PAGES.append(Declared(route, name, sees, methods, guarded))
        return guarded

    return declare


class Hidden(Exception):
    """What was asked for is not there, or is not this account's to know of: both answer 404."""


def role_of(request: HttpRequest) -> str:
    """The role of whoever asks; ``public`` when nobody is logged in."""
    return account(request).role if request.user.is_authenticated else "public"


def account(request: HttpRequest) -> User:
    """The account of a page that is not public."""
    assert request.user.is_authenticated
    return request.user  # type: ignore[return-value]


def not_public(request: HttpRequest) -> None:
    """Note that this answer of a page open to everybody tells its reader more than everybody: such reads are
    kept too (``guards.kept``)."""
    request.tells_more = True  # type: ignore[attr-defined]


def within(request: HttpRequest, region: str) -> bool:
    """Whether a region is this account's to see: a county's account sees its county alone."""
    from kechuang.web.workspaces import served

    user = account(request)
    tree = served().regions
    bound = user.region or served().settings.region
    return region == bound or any(child.code == region for child in tree.descendants(bound))


def own(request: HttpRequest, region: str) -> str:
    """``region`` where it is this account's; 404 where it is not."""
    if not within(request, region):
        raise Hidden
    return region


def _owes_password(request: HttpRequest) -> bool:
    """Whether somebody else chose the account's password: it is changed before anything else is opened."""
    if not request.user.is_authenticated or request.session.get(VOUCHED):
        return False
    return account(request).must_change


def _to_account(request: HttpRequest) -> HttpResponse:
    if request.GET.get("format") == "json" or request.headers.get("HX-Request"):
        return forbidden(request)
    return redirect("/account/")


def _to_login(request: HttpRequest) -> HttpResponse:
    """Who is not logged in is asked to; a program is told so."""
    if request.GET.get("format") == "json" or request.headers.get("HX-Request"):
        return forbidden(request, 401)
    if request.method == "POST" and request.resolver_match and request.resolver_match.url_name != "logout":
        from kechuang.web.expired import expired

        return expired(request)
    after = urlencode({"next": request.get_full_path()})
    return redirect(f"/login/?{after}" if request.method == "GET" else "/login/")
