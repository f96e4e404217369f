"""The home of each role: what is to be done now. One address, a page by role."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from kechuang.messages import Message, literal, say
from kechuang.packs.model import Label
from kechuang.progress.status import Mark
from kechuang.progress.warnings.model import Warned
from kechuang.records.workflow.due import Owed
from kechuang.web.access import Hidden, account, page
from kechuang.web.asked import whole
from kechuang.web.models import User
from kechuang.web.rendering import Page
from kechuang.web.roles import INSIDE, READERS
from kechuang.web.rooms.batches import WAITING, BatchRow, batch_rows
from kechuang.web.rooms.lineage import Why, why_of
from kechuang.web.rooms.rows import decimals_of, names_of
from kechuang.web.rooms.selfcheck import RuleRow, enterprise_rules
from kechuang.web.rooms.stores import own_batches, store_for
from kechuang.web.rooms.uploads import Waiting, waiting_of
from kechuang.web.standing import kept, standing, state_of
from kechuang.web.workspaces import served

#: Names, batches and warnings shown before “and so many more”.
NAMES, BATCHES, WARNINGS, NEXT = 8, 12, 5, 6


@page("desk/", "desk", INSIDE)
def desk(request: HttpRequest) -> Page | HttpResponse:
    user = account(request)
    match user.role:
        case "commissioner":
            return redirect("/visit/")
        case "leader":
            return redirect("/")
        case "county":
            return Page("kechuang/desk_county.html", _county(user, request))
        case "evaluator":
            return Page("kechuang/desk_evaluator.html", _evaluator())
        case "enterprise":
            return Page("kechuang/desk_enterprise.html", EnterpriseDesk(user.shown, enterprise_rules()))
    return Page("kechuang/desk_office.html", _office())


# -- the prefecture's office


@dataclass(frozen=True)
class Group:
    """Returns of one register and year in the same state: how many, and whose."""

    type: str
    label: Label
    year: int
    count: int
    names: list[str]
    more: int
    deadline: date
    days: int
    estimated: bool


@dataclass(frozen=True)
class OfficeDesk:
    """What waits for the office."""

    heading: Message
    as_of: date
    waiting: list[BatchRow]
    more_waiting: int
    returned: list[Group]
    late: list[Group]
    due: list[Group]
    failing: int
    warnings: list[Warned]
    more_warnings: int


def _office() -> OfficeDesk:
    workspace = served()
    owed = _owed(workspace.today.year)
    batches = workspace.store.batches()
    waiting = [one for one in batches if one.state in WAITING]
    late = [one for one in owed if one.status == "missing"]
    returned = [one for one in owed if one.status == "returned"]
    due = sorted(
        (one for one in owed if one.status in ("due", "draft")), key=lambda one: (one.deadline, one.type)
    )
    failing = sum(
        bool(workspace.store.workflow.remarks(one.id)) for one in batches if one.state in _ON_THE_WAY
    )
    found, _ = standing(workspace)
    pending = list(found.warnings.pending)
    parts = [
        (len(waiting), say("{n}份待审核", n=len(waiting))),
        (len(late), say("{n}份逾期未报", n=len(late))),
        (len(returned), say("{n}份退回待改", n=len(returned))),
        (len(pending), say("{n}条预警待处置", n=len(pending))),
    ]
    return OfficeDesk(
        heading=_joined([text for count, text in parts if count]) or say("没有等着办的事"),
        as_of=workspace.today,
        waiting=batch_rows(waiting[:BATCHES]),
        more_waiting=max(len(waiting) - BATCHES, 0),
        returned=_groups(returned),
        late=_groups(late),
        due=_groups(due)[:NEXT],
        failing=failing,
        warnings=pending[:WARNINGS],
        more_warnings=max(len(pending) - WARNINGS, 0),
    )


_ON_THE_WAY = ("draft", "submitted", "resubmitted", "returned")


def prepare() -> None:
    """Find out who owes what before anybody comes to the desk."""
    _owed(served().today.year, wait=True)


def _owed(year: int, *, wait: bool = False) -> list[Owed]:
    """The returns of the year that is reported on and of the one before."""
    workspace = served()

    def make() -> list[Owed]:
        return workspace.store.workflow.due([year - 1, year])

    return kept.get(f"owed {year}", state_of(workspace), make, common=True, wait=wait)[0]


def _groups(owed: Iterable[Owed]) -> list[Group]:
    """By register and year, the most pressing first."""
    types = served().packs.records

    def by(one: Owed) -> tuple[date, str, int]:
        return one.deadline, one.type, one.year

    made = []
    for (deadline, name, year), group in groupby(sorted(owed, key=by), by):
        found = list(group)
        names = [served().name_of(one.region) if one.unit == one.region else one.name for one in found]
        first = found[0]
        made.append(
            Group(
                name,
                types[name].label,
                year,
                len(found),
                names[:NAMES],
                max(len(names) - NAMES, 0),
                deadline,
                first.working_days,
                first.estimated,
            )
        )
    return made


def _joined(parts: list[Message]) -> Message | None:
    from kechuang.errors import Joined

    return Joined(parts) if parts else None


# -- a county


@dataclass(frozen=True)
class Line:
    """The four steps of a return: ``past``, ``now`` or to come, and the mark of the one it stands at."""

    steps: list[tuple[Message, str]]


@dataclass(frozen=True)
class ReturnRow:
    """A return of a unit for the year: where it stands, by when, and what to do next."""

    owed: Owed
    label: Label
    unit: str
    mark: Mark
    state: Message
    when: Message
    line: Line
    reason: str
    action: Message
    href: str


@dataclass(frozen=True)
class DoneGroup:
    """The returns of one register that are out of the county's hands."""

    type: str
    label: Label
    accepted: int
    rows: list[ReturnRow]


@dataclass(frozen=True)
class CountyDesk:
    """The returns of a county for a year."""

    heading: Message
    place: str
    year: int
    years: list[int]
    open: list[ReturnRow]
    done: list[DoneGroup]
    sent: int
    batches: list[BatchRow]
    brought: list[Waiting]


def _county(user: User, request: HttpRequest) -> CountyDesk:
    workspace = served()
    today = workspace.today.year
    years = list(workspace.years())[::-1] or [today]
    years = sorted({*years, today - 1, today}, reverse=True)
    asked = whole(request.GET.get("year", ""))
    year = asked if asked in years else today - 1
    store = store_for(user)
    owed = [
        one
        for one in kept.get(
            f"owed by {user.region} {year}", state_of(workspace), lambda: store.workflow.due([year])
        )[0]
        if one.region == user.region or workspace.regions.contains(user.region, one.region)
    ]
    rows = [return_row(one) for one in sorted(owed, key=lambda one: (one.deadline, one.type, one.name))]
    open_ = [row for row in rows if row.owed.owed]
    owns = own_batches(user)
    mine = [one for one in store.batches() if one.state in _ON_THE_WAY and owns(one)][::-1]
    late = sum(row.owed.status == "missing" for row in open_)
    back = sum(row.owed.status == "returned" for row in open_)
    if not rows:
        heading = say("{year}年度没有要报的报表", year=year)
    elif not open_:
        heading = say("{year}年度{n}份报表都已报出", year=year, n=len(rows))
    else:
        parts = [say("{year}年度还有{n}份要报", year=year, n=len(open_))]
        parts += [say("{n}份已逾期", n=late)] if late else []
        parts += [say("{n}份退回待改", n=back)] if back else []
        heading = _joined(parts) or parts[0]
    return CountyDesk(
        heading,
        workspace.name_of(user.region),
        year,
        years,
        open_,
        _done(rows),
        len(rows) - len(open_),
        batch_rows(mine[:BATCHES]),
        waiting_of(user),
    )


def _done(rows: list[ReturnRow]) -> list[DoneGroup]:
    groups: dict[str, list[ReturnRow]] = {}
    for row in rows:
        if not row.owed.owed:
            groups.setdefault(row.owed.type, []).append(row)
    return [
        DoneGroup(name, found[0].label, sum(row.owed.status == "accepted" for row in found), found)
        for name, found in groups.items()
    ]


_MARKS: dict[str, Mark] = {
    "due": "none",
    "draft": "none",
    "missing": "late",
    "returned": "late",
    "submitted": "ok",
    "under-review": "ok",
    "accepted": "done",
}


def return_row(one: Owed) -> ReturnRow:
    """A return with its words."""
    label = served().packs.records[one.type].label
    if one.status == "draft" and one.batch:
        action, href = say("提交草稿"), f"/batches/{one.batch}/"
    elif one.status == "returned" and one.batch:
        action = say("上传改好的文件")
        href = f"/records/import/?replaces={one.batch}&type={one.type}"
    else:
        action, href = say("上传"), f"/records/import/?type={one.type}"
    return ReturnRow(
        one,
        label,
        served().name_of(one.region) if one.unit == one.region else one.name,
        _MARKS[one.status],
        one.told(),
        _when(one),
        _line(one),
        one.reason,
        action,
        href,
    )


def _when(one: Owed) -> Message:
    """The deadline in working days."""
    about = say("（节假日未公布，按周末估算）") if one.estimated else Message("")
    if not one.owed:
        return Message("")
    if one.working_days < 0:
        return say("已过{n}个工作日{about}", n=-one.working_days, about=about)
    if one.working_days == 0:
        return say("今天到期")
    return say("还有{n}个工作日{about}", n=one.working_days, about=about)


def _line(one: Owed) -> Line:
    at = {"due": 0, "missing": 0, "draft": 0, "submitted": 1, "under-review": 2, "returned": 2, "accepted": 3}
    words = [say("填报"), say("提交"), say("审核"), say("接收")]
    here = at[one.status]
    mark = _MARKS[one.status]
    now = "now" if mark == "late" else f"now now--{'none' if mark == 'none' else 'ok'}"
    return Line(
        [
            (word, "past" if place < here or one.status == "accepted" else now if place == here else "")
            for place, word in enumerate(words)
        ]
    )


# -- an enterprise


@dataclass(frozen=True)
class EnterpriseDesk:
    """The rules an enterprise may check itself by."""

    name: str
    rules: list[RuleRow]


# -- an evaluator


@dataclass(frozen=True)
class FigureRow:
    """A target with its figure of every year; each leads to its lineage."""

    id: str
    name: Message
    unit: str
    indicator: str
    decimals: int | None
    values: list[tuple[int, float | None]]


@dataclass(frozen=True)
class EvaluatorDesk:
    """Every figure of the plan's targets."""

    heading: Message
    as_of: date
    years: list[int]
    rows: list[FigureRow]


def _evaluator() -> EvaluatorDesk:
    workspace = served()
    found, _ = standing(workspace)
    region = workspace.settings.region
    by: dict[str, dict[int, float]] = {}
    for figure in found.figures:
        if figure.region == region and figure.value is not None and figure.period.isdecimal():
            by.setdefault(figure.indicator, {})[int(figure.period)] = figure.value
    years = sorted({year for values in by.values() for year in values})
    rows = [
        FigureRow(
            target.id,
            names_of(target)[0],
            target.unit,
            target.indicator,
            decimals_of(target, target.latest.value if target.latest else None),
            [(year, by.get(target.indicator, {}).get(year)) for year in years],
        )
        for target in found.progress.targets
        if target.indicator
    ]
    count = sum(value is not None for row in rows for _, value in row.values)
    heading = say("{n}个数，每个都可查到原始单元格", n=count)
    return EvaluatorDesk(heading, found.as_of, years, rows)


@page("desk/figures/<str:name>/<int:year>/", "desk-figure", READERS)
def figure(request: HttpRequest, name: str, year: int) -> Page:
    """The lineage of one figure of the plan's region, of any year."""
    workspace = served()
    if name not in workspace.linked or year not in workspace.years():
        raise Hidden
    found, _ = standing(workspace)
    progress = next((one for one in found.progress.targets if one.indicator == name), None)
    promised = next((one for one in workspace.plan.targets if progress and one.id == progress.id), None)
    why = why_of(
        request,
        name,
        workspace.settings.region,
        year,
        workspace.today,
        decimals=decimals_of(progress, None) if progress else None,
        span=promised.span if promised else None,
    )
    context = FigurePage(
        names_of(progress)[0] if progress else literal(name),
        year,
        why,
    )
    return Page("kechuang/desk_figure.html", context)


@dataclass(frozen=True)
class FigurePage:
    """One figure and why it is what it is."""

    name: Message
    year: int
    why: Why
