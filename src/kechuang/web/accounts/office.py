"""The list of accounts: open, change, close, set a new password. For administrators."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from kechuang.errors import KechuangError
from kechuang.messages import Message, say
from kechuang.web.access import Hidden, account, page
from kechuang.web.accounts import doors
from kechuang.web.accounts.making import LEAST, check, open_account, weak
from kechuang.web.accounts.mine import Session
from kechuang.web.accounts.setup import by_field
from kechuang.web.api.tokens import revoke_all
from kechuang.web.models import SignedIn, User
from kechuang.web.rendering import Page
from kechuang.web.roles import ADMINISTRATORS, ROLES, Role
from kechuang.web.workspaces import served


@dataclass(frozen=True)
class Row:
    """An account in the list."""

    number: int
    name: str
    title: str
    role: Role
    place: str
    active: bool
    last: datetime | None


@dataclass(frozen=True)
class Accounts:
    """All accounts, and the form for a new one."""

    rows: list[Row]
    roles: list[Role]
    counties: list[tuple[str, str]]
    least: int = LEAST
    given: dict[str, str] = field(default_factory=dict)
    wrong: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class One:
    """One account, to be changed."""

    row: Row
    region: str
    uscc: str
    email: str
    roles: list[Role]
    counties: list[tuple[str, str]]
    sessions: list[Session]
    least: int = LEAST
    wrong: dict[str, list[str]] = field(default_factory=dict)
    done: Message | None = None


_FIELDS = ("name", "title", "role", "region", "uscc", "email")


@page("admin/accounts/", "accounts", ADMINISTRATORS, ("GET", "POST"))
def accounts(request: HttpRequest) -> Page | HttpResponse:
    given = {key: str(request.POST.get(key, "")).strip() for key in _FIELDS}
    wrong: dict[str, list[str]] = {}
    if request.method == "POST":
        try:
            open_account(
                name=given["name"],
                title=given["title"],
                role=given["role"],
                region=given["region"],
                uscc=given["uscc"],
                email=given["email"],
                password=str(request.POST.get("password", "")),
                by=account(request).name,
                must_change=True,
            )
            return redirect("/admin/accounts/")
        except KechuangError as error:
            wrong = by_field(error)
    rows = [_row(user) for user in User.objects.all()]
    context = Accounts(rows, list(ROLES.values()), _counties(), given=given, wrong=wrong)
    return Page("kechuang/accounts.html", context, 422 if wrong else 200)


@page("admin/accounts/<int:number>/", "one-account", ADMINISTRATORS, ("GET", "POST"))
def one_account(request: HttpRequest, number: int) -> Page | HttpResponse:
    user = User.objects.filter(pk=number).first()
    if user is None:
        raise Hidden
    wrong: dict[str, list[str]] = {}
    done: Message | None = None
    if request.method == "POST":
        try:
            done = _changed(request, user)
        except KechuangError as error:
            wrong = by_field(error)
    context = One(
        _row(user),
        user.region,
        user.uscc,
        user.email,
        list(ROLES.values()),
        _counties(),
        [
            Session(one.key, one.at, one.address, one.agent, one.key == request.session.session_key)
            for one in SignedIn.objects.filter(user=user).order_by("-at")
        ],
        wrong=wrong,
        done=done,
    )
    return Page("kechuang/one_account.html", context, 422 if wrong else 200)


def _changed(request: HttpRequest, user: User) -> Message:
    by, what = account(request).name, request.POST.get("do")
    if what == "sessions":
        ended = doors.end_sessions(user, but=request.session.session_key)
        doors.told(request, "account-changed", by, name=user.name, sessions=ended)
        return say("已退出{n}处登录", n=ended)
    if what == "password":
        password = str(request.POST.get("password", ""))
        problems = weak(password, user.name)
        if problems:
            raise _refused("password", problems)
        user.set_password(password)
        user.must_change = True
        user.save()
        doors.end_sessions(user)
        revoke_all(user)  # whoever had the password may have made one
        doors.told(request, "account-password", by, name=user.name)
        return say("新密码已设；下次登录须自己再改一次")
    role, region = str(request.POST.get("role", user.role)), str(request.POST.get("region", "")).strip()
    active = what != "close" and (user.is_active or what == "open")
    if _last_administrator(user) and (role != "administrator" or not active):
        raise _refused("role", [say("这是最后一个系统管理员，不能停用或改作他用")])
    if what in ("close", "open"):
        user.is_active = active
        doors.end_sessions(user)
        revoke_all(user)
    else:
        check(
            name=user.name,
            role=role,
            region=region,
            password=None,
            texts={key: str(request.POST.get(key, "")).strip() for key in ("title", "uscc", "email")},
            regions=served().regions,
            within=served().settings.region,
        )
        user.role, user.region = role, region
        for key in ("title", "uscc", "email"):
            setattr(user, key, str(request.POST.get(key, "")).strip())
    user.save()
    doors.told(
        request, "account-changed", by, name=user.name, role=user.role, region=user.region, active=active
    )
    return {"close": say("账号已停用"), "open": say("账号已启用")}.get(str(what), say("已保存"))


def _refused(field_: str, problems: list[Message]) -> KechuangError:
    from kechuang.errors import Fault, Place

    faults = [Fault("account-invalid", problem, Place(field=field_)) for problem in problems]
    return KechuangError("account-invalid", problems[0], faults=faults)


def _last_administrator(user: User) -> bool:
    others = User.objects.filter(role="administrator", is_active=True).exclude(pk=user.pk)
    return user.role == "administrator" and user.is_active and not others.exists()


def _row(user: User) -> Row:
    last = SignedIn.objects.filter(user=user).order_by("-at").first()
    place = user.uscc or (served().name_of(user.region) if user.region else "")
    seen = last.at if last else user.last_login
    return Row(user.pk, user.name, user.title, user.office, place, user.is_active, seen)


def _counties() -> list[tuple[str, str]]:
    workspace = served()
    return [(region.code, region.name) for region in workspace.regions.children(workspace.settings.region)]
