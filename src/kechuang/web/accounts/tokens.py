"""An account's tokens for programs: made (the secret shown once), listed, revoked."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from kechuang.errors import KechuangError
from kechuang.messages import Message, say
from kechuang.web.access import Hidden, account, page
from kechuang.web.accounts import doors
from kechuang.web.accounts.setup import by_field
from kechuang.web.api import tokens
from kechuang.web.api.scopes import SCOPES, Scope, scopes_of
from kechuang.web.asked import whole
from kechuang.web.models import Token
from kechuang.web.rendering import Page
from kechuang.web.roles import INSIDE


@dataclass(frozen=True)
class TokenRow:
    """A live token in the list; ``hint`` are the last characters of its secret."""

    number: int
    name: str
    hint: str
    purposes: list[Message]
    made: datetime
    expires: datetime
    used: datetime | None


@dataclass(frozen=True)
class Tokens:
    """The tokens of an account, the form for another; ``secret``: of the one just made, shown this once."""

    heading: Message
    rows: list[TokenRow]
    scopes: list[Scope]
    days: tuple[int, ...]
    secret: str | None = None
    made: str = ""
    given: dict[str, str] = field(default_factory=dict)
    chosen: tuple[str, ...] = ()
    wrong: dict[str, list[str]] = field(default_factory=dict)


@page("account/tokens/", "tokens", INSIDE, ("GET", "POST"))
def mine(request: HttpRequest) -> Page | HttpResponse:
    user = account(request)
    given = {"name": str(request.POST.get("name", "")), "days": str(request.POST.get("days", "90"))}
    chosen = tuple(request.POST.getlist("scopes"))
    wrong: dict[str, list[str]] = {}
    fresh: tokens.Fresh | None = None
    if request.POST.get("do") == "revoke":
        number = whole(request.POST.get("number", ""))
        gone = tokens.revoke(user, number) if number is not None else None
        if gone is None:
            raise Hidden
        doors.told(request, "token-revoked", user.name, token=gone.name, number=gone.pk)
        return redirect("/account/tokens/")
    if request.method == "POST":
        try:
            fresh = tokens.make(user, given["name"], chosen, whole(given["days"]) or 0)
            detail = {"scopes": fresh.token.scopes, "expires": fresh.token.expires_at.date().isoformat()}
            doors.told(
                request, "token-made", user.name, token=fresh.token.name, number=fresh.token.pk, **detail
            )
        except KechuangError as error:
            wrong = by_field(error)
    rows = [_row(one) for one in tokens.live(user)]
    context = Tokens(
        heading=say("{n}个有效的令牌", n=len(rows)) if rows else say("还没有令牌"),
        rows=rows,
        scopes=scopes_of(user.role),
        days=tokens.DAYS,
        secret=fresh.secret if fresh else None,
        made=fresh.token.name if fresh else "",
        given={} if fresh else given,
        chosen=() if fresh else chosen,
        wrong=wrong,
    )
    return Page("kechuang/tokens.html", context, 422 if wrong else 200)


def _row(one: Token) -> TokenRow:
    purposes = [SCOPES[name].label for name in sorted(one.purposes) if name in SCOPES]
    return TokenRow(one.pk, one.name, one.hint, purposes, one.made_at, one.expires_at, one.used_at)
