"""The set-up of a new site: the first administrator. There is no default password anywhere."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from kechuang.errors import KechuangError
from kechuang.messages import say
from kechuang.records import database
from kechuang.web.access import Hidden, page
from kechuang.web.accounts import doors
from kechuang.web.accounts.making import LEAST, open_account
from kechuang.web.models import User
from kechuang.web.rendering import Page
from kechuang.web.roles import PUBLIC
from kechuang.web.workspaces import served


@dataclass(frozen=True)
class SetUp:
    """The set-up form: what was typed, and by field what is wrong with it."""

    office: str
    least: int = LEAST
    name: str = ""
    title: str = ""
    wrong: dict[str, list[str]] = field(default_factory=dict)


@page("setup/", "setup", PUBLIC, ("GET", "POST"))
def setup(request: HttpRequest) -> Page | HttpResponse:
    if User.objects.filter(role="administrator").exists():
        raise Hidden
    name, title = (str(request.POST.get(key, "")).strip() for key in ("name", "title"))
    if request.method == "GET":
        return Page("kechuang/setup.html", SetUp(served().settings.name))
    password = str(request.POST.get("password", ""))
    wrong: dict[str, list[str]] = {}
    if password != request.POST.get("again", ""):
        wrong = {"again": [str(say("两次输入的密码不同"))]}
    else:
        try:
            with database.writing(served().store.alias):  # of two who come at once, the second comes too late
                if User.objects.filter(role="administrator").exists():
                    raise Hidden
                open_account(
                    name=name, title=title, role="administrator", password=password, by=name or "setup"
                )
        except KechuangError as error:
            wrong = by_field(error)
    if wrong:
        return Page(
            "kechuang/setup.html", SetUp(served().settings.name, name=name, title=title, wrong=wrong), 422
        )
    doors.enter(request, User.objects.get(name=name))
    return redirect("/")


def by_field(error: KechuangError) -> dict[str, list[str]]:
    """The faults of a form by the field they are about."""
    found: dict[str, list[str]] = {}
    for fault in error.faults:
        found.setdefault(fault.place.field or "name", []).append(str(fault.message))
    return found
