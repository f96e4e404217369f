"""One's own account: log in and out, password, language, appearance, sessions."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme

from kechuang.messages import LANGUAGES, Message, say
from kechuang.web.access import VOUCHED, account, page
from kechuang.web.accounts import doors
from kechuang.web.accounts.making import LEAST, weak
from kechuang.web.expired import resumed
from kechuang.web.models import SignedIn
from kechuang.web.oidc.words import button, said
from kechuang.web.rendering import Page
from kechuang.web.roles import INSIDE, PUBLIC, Role

#: Marks in a browser's own description, the particular before what all of them claim to be.
_BROWSERS = (
    ("Edg/", "Edge"),
    ("MicroMessenger", "微信"),
    ("UOS", "统信浏览器"),
    ("QQBrowser", "QQ浏览器"),
    ("360SE", "360浏览器"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True)
class LogIn:
    """The log-in form."""

    next: str
    name: str = ""
    wrong: Message | None = None
    carried: str = ""
    provider: Message | None = field(default_factory=button)


@dataclass(frozen=True)
class Session:
    """A place where the account is logged in."""

    key: str = field(repr=False)
    at: datetime
    address: str
    agent: str
    here: bool

    @property
    def browser(self) -> str:
        """The browser and system of the agent's text, as people call them."""
        named = [
            next((shown for mark, shown in pairs if mark in self.agent), "")
            for pairs in (_BROWSERS, _SYSTEMS)
        ]
        return " · ".join(one for one in named if one) or self.agent[:40]


@dataclass(frozen=True)
class Mine:
    """The account's own page."""

    name: str
    title: str
    role: Role
    region: str
    sessions: list[Session]
    language: str
    theme: str
    must_change: bool
    least: int = LEAST
    wrong: tuple[Message, ...] = ()
    done: Message | None = None


@page("login/", "login", PUBLIC, ("GET", "POST"))
def log_in(request: HttpRequest) -> Page | HttpResponse:
    after = after_of(request)
    if request.method == "GET":
        if request.user.is_authenticated:
            return redirect("/desk/" if after == "/" else after)
        wrong, status = said(request.GET.get("told", ""))
        return Page("kechuang/login.html", LogIn(after, wrong=wrong), status)
    name, password = str(request.POST.get("name", "")).strip(), str(request.POST.get("password", ""))
    carried = str(request.POST.get("carried", ""))
    try:
        user = doors.admitted(request, name, password)
    except doors.Locked:
        wrong = say("失败次数过多，已暂停登录15分钟；也可请系统管理员重设密码")
        return Page("kechuang/login.html", LogIn(after, name, wrong, carried), 429)
    if user is None:
        return Page("kechuang/login.html", LogIn(after, name, say("账号名或密码不对"), carried), 422)
    doors.enter(request, user)
    if user.must_change:
        return redirect("/account/")
    return resumed(request, after) or redirect("/desk/" if after == "/" else after)


@page("logout/", "logout", PUBLIC, ("POST",))
def log_out(request: HttpRequest) -> HttpResponse:
    doors.leave(request)
    return redirect("/")


@page("account/", "account", INSIDE, ("GET", "POST"))
def mine(request: HttpRequest) -> Page | HttpResponse:
    user = account(request)
    wrong: list[Message] = []
    done = None
    match request.POST.get("do") if request.method == "POST" else None:
        case "password":
            old, new = str(request.POST.get("old", "")), str(request.POST.get("password", ""))
            if not user.check_password(old):
                wrong.append(say("现在的密码不对"))
            elif new != request.POST.get("again", ""):
                wrong.append(say("两次输入的密码不同"))
            else:
                wrong = weak(new, user.name)
            if not wrong:
                user.set_password(new)
                user.must_change = False
                user.save()
                doors.end_sessions(user)
                doors.enter(request, user)
                doors.told(request, "account-password", user.name)
                done = say("密码已改，其他地方的登录已退出")
        case "looks":
            user.language = (
                str(request.POST.get("language", "")) if request.POST.get("language") in LANGUAGES else ""
            )
            user.theme = (
                str(request.POST.get("theme", "")) if request.POST.get("theme") in ("light", "dark") else ""
            )
            user.save()
            return redirect("/account/")
        case "sessions":
            doors.end_sessions(user, but=request.session.session_key)
            done = say("其他地方的登录已退出")
    here = request.session.session_key
    sessions = [
        Session(one.key, one.at, one.address, one.agent, one.key == here)
        for one in SignedIn.objects.filter(user=user).order_by("-at")
    ]
    context = Mine(
        user.name,
        user.title,
        user.office,
        user.region,
        sessions,
        user.language,
        user.theme,
        user.must_change and not request.session.get(VOUCHED),
        wrong=tuple(wrong),
        done=done,
    )
    return Page("kechuang/account.html", context, 422 if wrong else 200)


def after_of(request: HttpRequest) -> str:
    """Where to go after logging in: a page of this site, or home."""
    wanted = str(request.POST.get("next") or request.GET.get("next") or "/")
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if safe and wanted.startswith("/") else "/"
