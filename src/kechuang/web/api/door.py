"""Who calls, and whether they may: by a token, by the session of a page, or as anybody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import HttpRequest

from kechuang.messages import say
from kechuang.web.addresses import address_of
from kechuang.web.api import tokens
from kechuang.web.api.rate import buckets
from kechuang.web.api.refusals import Refused
from kechuang.web.models import User
from kechuang.web.workspaces import served

if TYPE_CHECKING:
    from kechuang.web.api.endpoints import Endpoint

BEARER = "bearer "


@dataclass(frozen=True)
class Caller:
    """Who calls. ``user`` is None for anybody; ``scopes`` None for a session, which may all its role may."""

    user: User | None
    scopes: frozenset[str] | None
    bucket: str

    @property
    def role(self) -> str:
        return self.user.role if self.user else "public"

    def may(self, sees: frozenset[str], scope: str) -> bool:
        return self.role in sees and (self.user is None or self.scopes is None or scope in self.scopes)


def calling(request: HttpRequest) -> Caller:
    """Who calls; Refused where a token is shown that opens nothing, or a page's form lacks its own."""
    shown = request.headers.get("Authorization", "")
    if shown:
        token = (
            tokens.recognised(shown[len(BEARER) :].strip())
            if shown[: len(BEARER)].lower() == BEARER
            else None
        )
        if token is None:
            raise Refused(401, "token-unknown", say("令牌无效、已过期或已撤销"))
        request.user = token.user  # whoever keeps what was read is told of the account
        return Caller(token.user, token.purposes, f"token {token.pk}")
    if request.user.is_authenticated:
        assert isinstance(request.user, User)
        return Caller(request.user, None, f"account {request.user.pk}")
    return Caller(None, None, f"address {address_of(request)}")


class Door:
    """Stands before one operation: who calls, may they, have they called too often, is it their own form."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint

    def __call__(self, request: HttpRequest) -> Caller:
        endpoint, caller = self.endpoint, calling(request)
        if not caller.may(endpoint.sees, endpoint.scope):
            if caller.user is None:
                raise Refused(401, "token-needed", say("请出示令牌，或先登录"))
            if caller.role in endpoint.sees:
                raise Refused(403, "scope-missing", say("令牌没有用途“{scope}”", scope=endpoint.scope))
            raise Refused(403, "not-yours", say("您的账号没有这项操作的权限；这次访问已记录。"))
        charge(caller, endpoint.cost)
        if endpoint.method != "GET" and caller.scopes is None and _forged(request):
            raise Refused(403, "csrf", say("写操作须带令牌，或带页面表单的 X-CSRFToken"))
        posted = request.POST if request.method == "POST" else {}
        for value in (*request.GET.values(), *request.GET, request.path_info, *posted, *posted.values()):
            if "\x00" in str(value):
                raise Refused(422, "parameter-invalid", say("参数含有不能有的字符"))
        return caller


def charge(caller: Caller, cost: int) -> None:
    """Take ``cost`` from the caller's bucket; Refused where it is empty."""
    taken = buckets.take(caller.bucket, served().settings.api_per_minute, cost)
    if not taken.allowed:
        raise Refused(429, "too-often", say("请求过于频繁，请过{n}秒再试", n=taken.wait), wait=taken.wait)


def caller_of(request: HttpRequest) -> Caller:
    """The caller whom the door let in."""
    found = request.auth  # type: ignore[attr-defined]
    assert isinstance(found, Caller)
    return found


def user_of(request: HttpRequest) -> User:
    """The account of an operation that is not public."""
    user = caller_of(request).user
    assert user is not None
    return user


def _forged(request: HttpRequest) -> bool:
    """Whether a write by a session lacks the token of its page."""
    from ninja.utils import check_csrf

    return check_csrf(request) is not None
