"""What every page has around it: the office's name, the ways to the rooms, who is here, the looks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from kechuang.messages import Message, language, say
from kechuang.progress.outlook.wording import Named
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
    """A link of the navigation; ``rooms`` are the names of the pages that belong to it, beside those whose
    address begins with its own."""

    label: Message
    href: str
    rooms: tuple[str, ...]
    sees: frozenset[str]


@dataclass(frozen=True)
class Group:
    """Ways that belong together: one word in the head, its ways in the row below while one is in it."""

    label: Message
    ways: tuple[Way, ...]


_DESK = ("desk", "visit", "self-check", "desk-figure")
_PLAN = (
    *("plan", "plan-entry", "plan-confirm", "plan-finding"),
    *("plan-versions", "plan-version", "plan-compare"),
)

#: At most seven for any role, so that the head is one line; what is to come gets a group once it has a room.
GROUPS = (
    Group(say("工作台"), (Way(say("工作台"), "/desk/", _DESK, FIELD),)),
    Group(
        say("总览"),
        (
            Way(say("总览"), "/", ("home", "changes"), PUBLIC),
            Way(say("工作台"), "/desk/", _DESK, OFFICE | EVALUATORS),
            Way(say("预警"), "/warnings/", ("warnings", "warning"), READERS),
            Way(say("地图"), "/map/", ("map", "map-of", "map-in"), PUBLIC),
        ),
    ),
    Group(
        Named("目标", "Targets"),
        (
            Way(Named("规划目标", "Targets"), "/targets/", ("targets", "target"), PUBLIC),
            Way(say("指标口径"), "/indicators/", ("indicators", "indicator", "figure"), PUBLIC),
        ),
    ),
    Group(
        say("工程"),
        (
            Way(
                Named("工程与任务", "Programmes and tasks"),
                "/programmes/",
                ("programmes", "programme"),
                PUBLIC,
            ),
        ),
    ),
    Group(
        Named("台账", "Records"),
        (
            Way(
                Named("台账", "Records"),
                "/records/",
                (
                    "records",
                    "records-of",
                    "record",
                    "record-figures",
                    "edit-record",
                    "import",
                    "uploaded",
                    "batch",
                ),
                READERS | REPORTERS,
            ),
            Way(say("报送记录"), "/batches/", ("batches",), REPORTERS),
            Way(say("报表审核"), "/review/", ("review", "review-batch"), OFFICE),
            Way(
                Named("期限", "Deadlines"),
                "/deadlines/",
                ("deadlines", "deadline", "reminders"),
                READERS | REPORTERS,
            ),
        ),
    ),
    Group(
        Named("规划", "Plan"),
        (
            Way(say("规划室"), "/plan/", _PLAN, PUBLIC),
            Way(Named("征求意见", "Consultation"), "/consultation/", ("consultation",), PUBLIC),
            Way(say("意见处理"), "/plan/comments/", ("comments",), OFFICE),
        ),
    ),
    Group(
        say("报告"),
        (
            Way(say("报告"), "/reports/", ("reports",), READERS),
            Way(say("开放数据"), "/open/", ("open-data",), PUBLIC),
        ),
    ),
    Group(
        say("管理"),
        (
            Way(Named("概况", "State"), "/admin/", ("admin", "verify"), ADMINISTRATORS),
            Way(Named("账号", "Accounts"), "/admin/accounts/", ("accounts", "one-account"), ADMINISTRATORS),
            Way(Named("单位", "Units"), "/admin/units/", ("units",), ADMINISTRATORS),
            Way(Named("审计链", "Audit chain"), "/admin/audit/", ("audit",), ADMINISTRATORS),
            Way(Named("查阅记录", "Reads"), "/admin/reads/", ("reads",), ADMINISTRATORS),
            Way(Named("通知", "Notices"), "/admin/webhooks/", ("webhooks", "webhook"), ADMINISTRATORS),
        ),
    ),
)


@dataclass(frozen=True)
class Place:
    """A link as it is shown; ``here``: ``page`` for this very page or one of its room, ``true`` for the group
    one is in, empty elsewhere."""

    label: Message
    href: str
    here: str


@dataclass(frozen=True)
class Shown:
    """A group as it is shown to a role: its own link, and its ways where there are several."""

    own: Place
    places: tuple[Place, ...]


@dataclass(frozen=True)
class Frame:
    """The frame of a page. ``direction`` is of the script: prepared for right-to-left languages; ``still``: the
    page is a file of the static portal, without a server behind it; ``older``: the page shows values of the
    state before, while those of the present one are computed."""

    office: str
    groups: list[Shown]
    rooms: tuple[Place, ...]
    trail: list[Message]
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
    groups = groups_for(role, name or "", request.path)
    inside = next((one for one in groups if one.own.here), None)
    hollow = known and getattr(request, "hollow", False)  # what differs between accounts is filled in (held)
    made = Frame(
        office=workspace.settings.name,
        groups=groups,
        rooms=inside.places if inside else (),
        trail=_trail(inside),
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


def groups_for(role: str, name: str, path: str) -> list[Shown]:
    """What a role sees of the navigation on the page ``name`` at ``path``."""
    seen = [
        (group, ways)
        for group in GROUPS
        if (ways := [way for way in group.ways if role in way.sees and _there(way)])
    ]
    every = [way for _, ways in seen for way in ways]
    current = next((way for way in every if name in way.rooms), None) or max(
        (way for way in every if way.href != "/" and path.startswith(way.href)),
        key=lambda way: len(way.href),
        default=None,
    )
    shown = []
    for group, ways in seen:
        alone = len(ways) == 1
        places = tuple(Place(way.label, way.href, "page" if way is current else "") for way in ways)
        here = "" if current not in ways else "page" if alone or ways[0] is current else "true"
        label = ways[0].label if alone and len(group.ways) > 1 else group.label
        shown.append(Shown(Place(label, ways[0].href, here), () if alone else places))
    return shown


def _trail(inside: Shown | None) -> list[Message]:
    """Where one is, in words, for the closed menu of a phone."""
    if inside is None:
        return []
    room = next((one for one in inside.places if one.here), None)
    same = room is None or str(room.label) == str(inside.own.label)
    return [inside.own.label] if room is None or same else [inside.own.label, room.label]


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


__all__ = ["GROUPS", "INSIDE", "Frame", "Group", "Way", "frame", "groups_for"]
