"""Lists of batches: the reviewer's inbox, where several are accepted or returned at once, and one's own."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect

from kechuang.errors import KechuangError
from kechuang.messages import Message, language, say
from kechuang.packs.model import Label
from kechuang.progress.status import Mark
from kechuang.records.review import BatchInfo
from kechuang.web.access import account, page
from kechuang.web.models import User
from kechuang.web.rendering import Page
from kechuang.web.roles import OFFICE, REPORTERS
from kechuang.web.rooms.states import STATES, WAITING
from kechuang.web.rooms.stores import own_batches
from kechuang.web.workspaces import served

#: Batches shown on a page.
SHOWN = 100

#: Regions of batches by number: a batch never changes what it brought.
_places: dict[str, tuple[str, ...]] = {}


@dataclass(frozen=True)
class BatchRow:
    """A batch in a list. ``place``: the county its records lie in, or how many."""

    info: BatchInfo
    label: Label
    mark: Mark
    state: Message
    place: Message = field(default_factory=lambda: Message(""))


@dataclass(frozen=True)
class Sieve:
    """What of a list is asked for, and what may be asked."""

    county: str
    type: str
    state: str
    counties: list[tuple[str, str]] = field(default_factory=list)
    types: list[tuple[str, str]] = field(default_factory=list)
    states: list[tuple[str, Message]] = field(default_factory=list)

    @property
    def query(self) -> str:
        made = QueryDict(mutable=True)
        for name in ("county", "type", "state"):
            if value := getattr(self, name):
                made[name] = value
        return made.urlencode()

    @property
    def active(self) -> bool:
        return bool(self.county or self.type or self.state)


@dataclass(frozen=True)
class Inbox:
    """Batches: those that wait for a reviewer, or one's own."""

    heading: Message
    rows: list[BatchRow]
    more: int
    waiting: bool
    sieve: Sieve
    done: Message | None = None
    failed: list[tuple[str, Message]] = field(default_factory=list)
    comment: str = ""


@page("review/", "review", OFFICE, ("GET", "POST"))
def inbox(request: HttpRequest) -> Page | HttpResponse:
    user = account(request)
    failed: list[tuple[str, Message]] = []
    comment = str(request.POST.get("comment", "")).strip()
    if request.method == "POST":
        what, names = str(request.POST.get("do", "")), request.POST.getlist("batch")
        failed = _several(user, what, names, comment)
        if not failed:
            query = sieve_of(request.GET, []).query
            return redirect(f"/review/?{query}{'&' if query else ''}{what}={len(names)}")
    every = waiting(user)
    sieve = sieve_of(request.GET, every)
    found = sifted(every, sieve)
    heading = say("{n}份报表等待审核", n=len(every)) if every else say("没有等待审核的报表")
    context = Inbox(
        heading,
        batch_rows(found[:SHOWN], placed=True),
        max(len(found) - SHOWN, 0),
        True,
        sieve,
        _told(request.GET),
        failed,
        comment,
    )
    return Page("kechuang/inbox.html", context, 422 if failed else 200)


@page("batches/", "batches", REPORTERS)
def mine(request: HttpRequest) -> Page:
    user = account(request)
    every = list(filter(own_batches(user), served().store.batches()))[::-1]
    sieve = sieve_of(request.GET, every)
    found = sifted(every, sieve)
    heading = say("共{n}次报送", n=len(every))
    context = Inbox(heading, batch_rows(found[:SHOWN]), max(len(found) - SHOWN, 0), False, sieve)
    return Page("kechuang/inbox.html", context)


def _several(user: User, what: str, names: list[str], comment: str) -> list[tuple[str, Message]]:
    """Accept or return some batches, each for itself; those that could not be, and why."""
    store = served().store
    known = {one.id: one for one in store.batches()}
    if not names:
        return [("", say("没有勾选报表"))]
    if what == "return" and not comment:
        return [("", say("退回要写明请对方改什么"))]
    failed: list[tuple[str, Message]] = []
    for name in names:
        info = known.get(name)
        if info is None or what not in ("accept", "return"):
            failed.append((name, say("没有这一份报表")))
            continue
        try:
            if what == "accept":
                store.accept(info.id, user.name, info.level)
            else:
                store.send_back(info.id, user.name, comment)
        except KechuangError as error:
            failed.append((info.file or info.id, error.message))
    return failed


def _told(given: QueryDict) -> Message | None:
    for name in ("accept", "return"):
        number = str(given.get(name, ""))
        if number.isdecimal() and len(number) < 6:
            return (
                say("接收了{n}份", n=int(number)) if name == "accept" else say("退回了{n}份", n=int(number))
            )
    return None


def waiting(user: User) -> list[BatchInfo]:
    """What waits for a reviewer, first come first."""
    return [one for one in served().store.batches() if one.state in WAITING]


def sieve_of(given: QueryDict, among: list[BatchInfo]) -> Sieve:
    """What is asked for, with what there is to ask for among some batches."""
    workspace = served()
    types = sorted({one.type for one in among})
    counties = [(one.code, one.name) for one in workspace.regions.children(workspace.settings.region)]
    labels = [(name, _label(name).text(language())) for name in types]
    states = [(name, word) for name, (_, word) in STATES.items() if any(one.state == name for one in among)]
    county, kind, state = (str(given.get(name, "")) for name in ("county", "type", "state"))
    return Sieve(
        county if county in dict(counties) else "",
        kind if kind in workspace.packs.records else "",
        state if state in STATES else "",
        counties,
        labels,
        states,
    )


def sifted(among: list[BatchInfo], sieve: Sieve) -> list[BatchInfo]:
    """Those asked for."""
    found = [
        one
        for one in among
        if (not sieve.type or one.type == sieve.type) and (not sieve.state or one.state == sieve.state)
    ]
    if not sieve.county:
        return found
    places = places_of(found)
    tree = served().regions

    def inside(code: str) -> bool:
        return code == sieve.county or tree.contains(sieve.county, code)

    return [one for one in found if any(inside(code) for code in places[one.id])]


def places_of(found: list[BatchInfo]) -> dict[str, tuple[str, ...]]:
    """The regions each of some batches reports of."""
    store = served().store
    missing: dict[str, list[str]] = {}
    for one in found:
        if one.id not in _places and one.type in store.packs.records:
            missing.setdefault(one.type, []).append(one.id)
    for name, numbers in missing.items():
        told = store.places_of(name, numbers)
        for number in numbers:
            _places[number] = tuple(told.get(number, ()))
    return {one.id: _places.get(one.id, ()) for one in found}


def batch_rows(found: list[BatchInfo], *, placed: bool = False) -> list[BatchRow]:
    """Batches as a list shows them; with the counties they report of where that matters."""
    rows = [row_of(one) for one in found]
    if not placed:
        return rows
    places = places_of(found)
    return [replace(row, place=_place(places[row.info.id])) for row in rows]


def _place(codes: tuple[str, ...]) -> Message:
    from kechuang.messages import literal

    names = [served().name_of(code) for code in codes]
    if not names:
        return literal("—")
    return literal(names[0]) if len(names) == 1 else say("{name}等{n}地", name=names[0], n=len(names))


def row_of(info: BatchInfo) -> BatchRow:
    mark, word = STATES.get(info.state, ("none", say("其他")))
    return BatchRow(info, _label(info.type), mark, word)


def _label(name: str) -> Label:
    spec = served().packs.records.get(name)
    return spec.label if spec else Label(zh=name, en=name)
