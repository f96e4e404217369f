"""What every page has around it: the office's name, the ways to the rooms, who is here, the looks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from kechuang.messages import Message, language, say
from kechuang.web.held import hole
from kechuang.web.roles import (
    ADMINISTRATORS,
    EVALUATORS,
    FIELD,
    INSIDE,
    OFFICE,
    PUBLIC,
    READERS,
    REPORTERS,
)
from kechuang.web.standing import older
from kechuang.web.workspaces import served


@dataclass(frozen=True)
class Way:
    """A link of the navigation; ``rooms`` are the names of the pages that belong to it. ``minor``: at the foot
    of the page, where the head has enough for whoever works here."""

    label: Message
    href: str
    rooms: tuple[str, ...]
    sees: frozenset[str]
    minor: bool = False


_DESK = ("desk", "visit", "self-check", "desk-figure")

WAYS = (
    Way(say("工作台"), "/desk/", _DESK, FIELD),
    Way(say("总览"), "/", ("home",), PUBLIC),
    Way(say("工作台"), "/desk/", _DESK, OFFICE | EVALUATORS),
    Way(say("规划目标"), "/targets/", ("targets", "target"), PUBLIC),
    Way(say("工程与任务"), "/programmes/", ("programmes", "programme"), PUBLIC),
    Way(say("预警"), "/warnings/", ("warnings", "warning"), READERS),
    Way(
        say("台账"),
        "/records/",
        (
            "records",
            "records-of",
            "record",
            "record-figures",
            "edit-record",
            "import",
            "uploaded",
            "batches",
            "batch",
        ),
        REPORTERS,
    ),
    Way(say("报表审核"), "/review/", ("review", "review-batch"), OFFICE),
    Way(say("期限"), "/deadlines/", ("deadlines", "deadline", "reminders"), READERS | REPORTERS),
    Way(say("报告"), "/reports/", ("reports",), READERS),
    Way(
        say("规划室"),
        "/plan/",
        ("plan", "plan-entry", "plan-confirm", "plan-finding", "plan-versions", "plan-compare"),
        PUBLIC,
    ),
    Way(say("地图"), "/map/", ("map", "map-of", "map-in"), PUBLIC),
    Way(
        say("管理"),
        "/admin/",
        ("admin", "accounts", "one-account", "audit", "reads", "verify", "units", "webhooks", "webhook"),
        ADMINISTRATORS,
    ),
    Way(say("指标口径"), "/indicators/", ("indicators", "indicator", "indicator-figure"), PUBLIC, minor=True),
    Way(say("开放数据"), "/open/", ("open-data",), PUBLIC, minor=True),
    Way(say("征求意见"), "/consultation/", ("consultation",), PUBLIC, minor=True),
    Way(say("意见处理"), "/plan/comments/", ("comments",), OFFICE, minor=True),
)


@dataclass(frozen=True)
class Frame:
    """The frame of a page. ``direction`` is of the script: prepared for right-to-left languages; ``still``: the
    page is a file of the static portal, without a server behind it; ``older``: the page shows values of the
    state before, while those of the present one are computed."""

    office: str
    ways: list[tuple[Way, bool]]
    more: list[tuple[Way, bool]]
    who: str
    known: bool
    sample: bool
    language: str
    tag: str
    direction: str
    theme: SafeString
    other: str
    here: str
    elsewhere: str
    still: bool
    older: bool


def frame(request: HttpRequest) -> dict[str, Any]:
    """The context every template gets beside its page."""
    workspace = served()
    user = getattr(request, "user", None)
    known = user is not None and user.is_authenticated
    role = user.role if known else "public"  # type: ignore[union-attr]
    match = request.resolver_match
    name = match.url_name if match else ""
    pseudo = request.GET.get("lang") == "rtl"  # the looks of a right-to-left language, for the tests
    open_ = [(way, name in way.rooms) for way in WAYS if role in way.sees and _there(way)]
    hollow = known and getattr(request, "hollow", False)  # what differs between accounts is filled in (held)
    made = Frame(
        office=workspace.settings.name,
        ways=[one for one in open_ if not (known and one[0].minor)],
        more=[one for one in open_ if known and one[0].minor],
        who=hole("who") if hollow else user.shown if known else "",  # type: ignore[union-attr]
        known=known,
        sample=workspace.settings.sample,
        language=language(),
        tag="zh-CN" if language() == "zh" else "en",
        direction="rtl" if pseudo else "ltr",
        theme=_looks(hole("theme") if hollow else "", user.theme if known else ""),  # type: ignore[union-attr]
        other="en" if language() == "zh" else "zh",
        here=request.path,
        elsewhere=_in(request, "en" if language() == "zh" else "zh"),
        still=getattr(request, "still", False),
        older=older(),
    )
    return {"frame": made}


def _looks(hole: str, theme: str) -> SafeString:
    """The attribute of the looks an account has chosen."""
    return mark_safe(hole) if hole else format_html(' data-theme="{}"', theme) if theme else mark_safe("")


def _in(request: HttpRequest, other: str) -> str:
    """This very page, with what it was asked to show, in the other language."""
    asked = request.GET.copy()
    asked["lang"] = other
    return f"?{asked.urlencode()}"


def _there(way: Way) -> bool:
    """A way is shown once its room is built: no empty pages for what is to come."""
    from kechuang.web.access import PAGES

    return any(page.name == way.rooms[0] for page in PAGES)


__all__ = ["INSIDE", "WAYS", "Frame", "Way", "frame"]
