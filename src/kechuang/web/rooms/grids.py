"""A register as a grid: filtered, sorted, searched, as known on a day; a page of it, and a file of what is shown."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse

from kechuang.messages import Message, language, say
from kechuang.packs.model import FieldSpec, Label, RecordType
from kechuang.records.finding import NUMBERS, Found, Question
from kechuang.records.history import RecordVersion
from kechuang.web.access import account, page
from kechuang.web.numbers import figure_text, unit_text
from kechuang.web.rendering import Page, rendered
from kechuang.web.roles import REPORTERS
from kechuang.web.rooms.asking import Asked, FilterField, asked, words_of
from kechuang.web.rooms.records import SEES, attachment, shown
from kechuang.web.rooms.stores import scope_of, type_named
from kechuang.web.standing import state_of
from kechuang.web.workspaces import served

#: Records on a page of the grid, and read at a time for a file.
SHOWN, STRETCH = 50, 2000
#: Days offered as stops of the slider; the last ones.
STOPS = 60
#: Answers remembered: turning a page asks nothing again.
REMEMBERED = 24

_found: OrderedDict[tuple[Any, ...], Found] = OrderedDict()
_lock = threading.Lock()


@dataclass(frozen=True)
class Column:
    """A column of the grid. ``sorted`` is as aria-sort has it; ``href`` sorts by it, the other way the second
    time."""

    name: str
    label: Label
    unit: str | None
    number: bool
    sorted: str
    href: str
    fixed: bool


@dataclass(frozen=True)
class Cell:
    """A value as shown, with what its column is called where rows are restacked."""

    text: str
    number: bool
    label: str


@dataclass(frozen=True)
class Pages:
    """Where the page lies: records ``first`` to ``last`` of so many, and the addresses of the others."""

    first: int
    last: int
    number: int
    of: int
    begin: str
    before: str
    after: str
    end: str


@dataclass(frozen=True)
class Choice:
    """A column that can be shown or hidden."""

    name: str
    label: Label
    shown: bool
    fixed: bool


@dataclass(frozen=True)
class Grid:
    """A page of records as known on a day, and what was asked for."""

    type: str
    label: Label
    description: Label | None
    columns: list[Column]
    rows: list[tuple[RecordVersion, list[str]]]
    lines: list[tuple[RecordVersion, str, list[Cell]]]
    heading: Message
    count: int
    total: int
    day: date
    today: date
    wanted: str
    filters: list[FilterField]
    more: list[FilterField]
    active: list[tuple[Message, str]]
    sort: str
    sorts: list[tuple[str, Message]]
    choices: list[Choice]
    chosen: bool
    pages: Pages
    stops: list[date]
    stop: int
    earlier: tuple[date, str] | None
    later: tuple[date, str] | None
    query: str
    whole: str
    today_href: str
    may_bring: bool


@page("records/<str:name>/", "records-of", SEES)
def records_of(request: HttpRequest, name: str) -> HttpResponse:
    user = account(request)
    record_type = type_named(user, name)
    want = asked(user, record_type, request.GET)
    scope = scope_of(user, record_type)
    found = looked(record_type, want.day, want.question(scope))
    total = looked(record_type, want.day, Question(scope)).count
    stops = served().store.change_days(record_type.id)
    answer = rendered(
        request,
        Page(
            "kechuang/grid.html",
            _grid(want, found, total, stops, user.role in REPORTERS),
            part="kechuang/grid_rows.html",
        ),
    )
    if request.headers.get("HX-Request"):  # the address without what is as usual
        query = want.query(page=want.page)
        answer["HX-Push-Url"] = f"/records/{record_type.id}/{'?' if query else ''}{query}"
    return answer


@page("records/<str:name>/export.xlsx", "export", SEES)
def export(request: HttpRequest, name: str) -> HttpResponse:
    """The records found, in their order; the columns shown where somebody has chosen some, else all."""
    from kechuang.records.templates import write_table

    user, workspace = account(request), served()
    record_type = type_named(user, name)
    want = asked(user, record_type, request.GET)
    found = looked(record_type, want.day, want.question(scope_of(user, record_type)))
    written = record_type
    if want.shown:
        fields = {key: record_type.fields[key] for key in want.columns}
        written = record_type.model_copy(update={"fields": fields})

    def make(path: Path) -> None:
        write_table(
            written,
            (one.data for one in _all(found)),
            path,
            packs_version=workspace.store.pack_version,
            regions=workspace.regions,
            within=user.region or workspace.settings.region,
            language=language(),
        )

    return attachment(f"{record_type.label.text(language())}-{want.day.isoformat()}.xlsx", make)


def looked(record_type: RecordType, day: date, question: Question) -> Found:
    """The answer to a question, asked of the store once for each state of the records."""
    workspace = served()
    key = (workspace.store.alias, state_of(workspace)[0], record_type.id, day, question)
    with _lock:
        if key in _found:
            _found.move_to_end(key)
            return _found[key]
    found = workspace.store.find(day, record_type.id, question)
    with _lock:
        _found[key] = found
        while len(_found) > REMEMBERED:
            _found.popitem(last=False)
    return found


def _all(found: Found) -> Iterator[RecordVersion]:
    for start in range(0, found.count, STRETCH):
        yield from found.page(start, STRETCH)


def _grid(want: Asked, found: Found, total: int, stops: list[date], may_bring: bool) -> Grid:
    record_type, fields = want.type, want.type.fields
    names = want.columns
    of = max(-(-found.count // SHOWN), 1)
    number = min(want.page, of)
    versions = found.page((number - 1) * SHOWN, SHOWN)
    labels = {name: _titled(fields[name]) for name in names}
    head = next((name for name in names if name in record_type.key), names[0])
    order = [head, *(name for name in names if name != head)]
    lines = [
        (
            one,
            shown(fields[head], one.data.get(head)) or one.key,
            [
                Cell(shown(fields[name], one.data.get(name)), fields[name].type in NUMBERS, labels[name])
                for name in order[1:]
            ],
        )
        for one in versions
    ]
    kept = stops[-STOPS:]
    stop = max((place for place, day in enumerate(kept) if day <= want.day), default=0)
    earlier = next((day for day in reversed(stops) if day < _known(stops, want.day)), None)
    later = next((day for day in stops if day > want.day), None)
    first = [one for one in want.filters if one.first]
    return Grid(
        type=record_type.id,
        label=record_type.label,
        description=record_type.description,
        columns=[_column(want, name, fields[name]) for name in order],
        rows=[(one, [shown(fields[name], one.data.get(name)) for name in order]) for one in versions],
        lines=lines,
        heading=_heading(want, found.count, total),
        count=found.count,
        total=total,
        day=want.day,
        today=want.today,
        wanted=want.text,
        filters=first[:4],
        more=[*first[4:], *(one for one in want.filters if not one.first)],
        active=[(words_of(one), f"?{want.without(one.name)}") for one in want.filters if one.active],
        sort=f"{'-' if want.down else ''}{want.sort or 'key'}" if want.sort or want.down else "",
        sorts=_sorts(record_type),
        choices=[
            Choice(name, spec.label, name in names, name in record_type.key) for name, spec in fields.items()
        ],
        chosen=bool(want.shown),
        pages=_pages(want, number, of, found.count, len(versions)),
        stops=kept,
        stop=stop,
        earlier=(earlier, f"?{want.query(day=earlier)}") if earlier else None,
        later=(later, f"?{want.query(day=later)}") if later else None,
        query=want.query(),
        whole=want.query(shown=()),
        today_href=f"?{want.query(day=want.today)}",
        may_bring=may_bring,
    )


def _titled(spec: FieldSpec) -> str:
    """What a value is called where no head stands above it: with its unit."""
    label, unit = spec.label.text(language()), unit_text(spec.unit).strip()
    return f"{label} {unit}" if unit else label


def _known(stops: list[date], day: date) -> date:
    """The stop whose state a day shows; the day itself before the first."""
    return max((one for one in stops if one <= day), default=day)


def _heading(want: Asked, count: int, total: int) -> Message:
    if count == total:
        return say("共{n}条", n=figure_text(total))
    return say("符合条件{n}条，共{total}条", n=figure_text(count), total=figure_text(total))


def _column(want: Asked, name: str, spec: FieldSpec) -> Column:
    here = (want.sort or want.type.key[0]) == name
    way = ("descending" if want.down else "ascending") if here else "none"
    turned = here and not want.down
    return Column(
        name,
        spec.label,
        spec.unit,
        spec.type in NUMBERS,
        way,
        f"?{want.query(sort=name, down=turned)}",
        name in want.type.key,
    )


def _sorts(record_type: RecordType) -> list[tuple[str, Message]]:
    """The orders offered in the form, where there are no heads to press."""
    found = []
    for name, spec in record_type.fields.items():
        label = spec.label.text(language())
        found.append((name, say("{field}，从小到大", field=label)))
        found.append((f"-{name}", say("{field}，从大到小", field=label)))
    return found


def _pages(want: Asked, number: int, of: int, count: int, here: int) -> Pages:
    first = (number - 1) * SHOWN + 1 if here else 0

    def at(page_: int) -> str:
        return f"?{want.query(page=page_)}"

    before, after = number > 1, number < of
    return Pages(
        first,
        first + here - 1 if here else 0,
        number,
        of,
        at(1) if before else "",
        at(number - 1) if before else "",
        at(number + 1) if after else "",
        at(of) if after else "",
    )
