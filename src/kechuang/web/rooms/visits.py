"""What the form of visits is made of: the post, the places it looks after, its visits so far.

Everything comes from the register that declares ``visits`` in its pack.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from kechuang.messages import Message, language, say
from kechuang.packs.model import FieldSpec, RecordType
from kechuang.progress.status import Mark
from kechuang.records.entering import brought
from kechuang.records.review import BatchInfo
from kechuang.web.access import Hidden
from kechuang.web.models import User
from kechuang.web.numbers import unit_text
from kechuang.web.rooms.records import shown
from kechuang.web.standing import kept, state_of
from kechuang.web.workspaces import served

#: Visits of a post that are read; those shown on the page.
READ, SHOWN = 400, 6
#: Batches on their way that are looked into.
PENDING = 20


@dataclass(frozen=True)
class Place:
    """A place a post may go to; ``within`` is what it lies in."""

    code: str
    name: str
    within: str

    @property
    def full(self) -> str:
        return f"{self.name}（{self.within}）" if self.within else self.name


@dataclass(frozen=True)
class Visit:
    """A visit that was recorded. ``state`` says where its review stands."""

    day: date
    place: str
    what: str
    mark: Mark
    state: Message
    reason: str = ""
    batch: str = ""
    code: str = ""
    data: Any = None


@dataclass(frozen=True)
class Duty:
    """A place in the post's care: visits this month, and how long ago the last was."""

    place: Place
    month: int
    last: Message


def register() -> RecordType:
    """The register of visits of this workspace; 404 where it has none."""
    found = next((one for one in served().packs.records.values() if one.visits is not None), None)
    if found is None or found.visits is None:
        raise Hidden
    return found


def posts_of(user: User, record_type: RecordType) -> list[str]:
    """The posts an account may write for: the one it is named after, else those of its county."""
    posts = sorted(_county_posts(record_type).get(user.region, ())) if user.region else []
    return [user.name] if user.name in posts else posts


def _county_posts(record_type: RecordType) -> dict[str, set[str]]:
    """Posts by region, from the register the field of the post refers to."""
    assert record_type.visits is not None
    reference = record_type.fields[record_type.visits.post].reference
    name, _, field = (reference or "").partition(".")
    spec = served().packs.records.get(name)
    if spec is None or spec.region is None:
        return {}
    where = spec.region.field

    def make() -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for one in served().store.as_of(served().today, name):
            if one.valid_to is None or one.valid_to > served().today:
                found.setdefault(str(one.data.get(where)), set()).add(str(one.data.get(field)))
        return found

    return kept.get(f"posts {name}", state_of(served()), make)[0]


def places(record_type: RecordType) -> tuple[dict[str, list[str]], dict[str, Place]]:
    """The places by post on this day, and every place that is in anybody's care by its code."""
    visits = record_type.visits
    assert visits is not None
    if visits.duties is None:
        return {}, {}
    duties, workspace = visits.duties, served()
    reference = record_type.fields[visits.place].reference or ""
    named, _, code = reference.partition(".")

    def make() -> tuple[dict[str, list[str]], dict[str, Place]]:
        today = workspace.today
        cared: dict[str, list[str]] = {}
        for one in workspace.store.as_of(today, duties.type):
            begun = one.valid_from is None or one.valid_from <= today
            if begun and (one.valid_to is None or one.valid_to > today):
                where = cared.setdefault(str(one.data.get(duties.post)), [])
                if (place := str(one.data.get(duties.place))) not in where:
                    where.append(place)
        wanted = {place for one in cared.values() for place in one}
        found: dict[str, Place] = {}
        if named in workspace.packs.records:
            for one in workspace.store.as_of(today, named):
                if (key := str(one.data.get(code))) in wanted:
                    words = [str(one.data.get(field) or "") for field in visits.place_label] or [key]
                    found[key] = Place(key, words[0], "".join(words[1:]))
        return cared, {place: found.get(place, Place(place, place, "")) for place in wanted}

    return kept.get(f"places {record_type.id}", state_of(workspace), make)[0]


def visits_of(user: User, record_type: RecordType, post: str) -> list[Visit]:
    """The visits of a post, last first: those that count, and those of this account on their way."""
    counted = [_visit(record_type, one.data, "done", say("已计入")) for one in _standing(record_type, post)]
    waiting = []
    for batch in brought(served().store.alias, user.name, record_type.id, closed=False, limit=PENDING):
        for change in served().store.workflow.changes(batch.id, 3)["changes"]:
            data = {name: new for name, (_, new) in change["fields"].items()}
            kept_ = dict(zip(record_type.key, str(change["key"]).split("|"), strict=False))
            if kept_.get(record_type.key[0]) == post:
                waiting.append(_on_its_way(record_type, {**data, **kept_}, batch))
    return sorted([*waiting, *counted], key=lambda one: one.day, reverse=True)


def _on_its_way(record_type: RecordType, data: dict[str, Any], batch: BatchInfo) -> Visit:
    mark: Mark = "late" if batch.state == "returned" else "none" if batch.state == "draft" else "ok"
    word = {"returned": say("已退回"), "draft": say("草稿")}.get(batch.state, say("待审核"))
    return _visit(record_type, data, mark, word, batch.reason, batch.id)


def _standing(record_type: RecordType, post: str) -> list[Any]:
    """The post's records in force: its keys begin with its number."""
    start, found = f"{post}|", []
    for one in served().store.as_of_page(served().today, record_type.id, READ, after=start):
        if not one.key.startswith(start):
            break
        found.append(one)
    return found


def _visit(
    record_type: RecordType,
    data: dict[str, Any],
    mark: Mark,
    state: Message,
    reason: str = "",
    batch: str = "",
) -> Visit:
    visits, time = record_type.visits, record_type.time.on
    assert visits is not None and time is not None
    code = str(data.get(visits.place) or "")
    _, names = places(record_type)
    place = names[code].name if code in names else code
    aside = {visits.post, visits.place, time, record_type.region.field if record_type.region else ""}
    words = []
    for name, spec in record_type.fields.items():
        text = shown(spec, data.get(name)) if name not in aside else ""
        if text:
            words.append(text if spec.type == "choice" else _number(spec, text))
    what = str(say("，")).join(words)
    return Visit(date.fromisoformat(str(data[time])), place, what, mark, state, reason, batch, code, data)


def _number(spec: FieldSpec, text: str) -> str:
    """A number as it stands in a list of visits; a bare count is told with what it counts."""
    unit = unit_text(spec.unit, text)
    if spec.unit not in ("个", "项", "件", "次", None):
        return f"{text}{unit}"
    return f"{spec.label.zh}{text}{unit}" if language() == "zh" else f"{spec.label.en.lower()}: {text}"


def duties_of(record_type: RecordType, post: str, visits: list[Visit], today: date) -> list[Duty]:
    """The places in the post's care."""
    cared, names = places(record_type)
    made = []
    for code in cared.get(post, []):
        mine = [one for one in visits if one.code == code]
        month = sum((one.day.year, one.day.month) == (today.year, today.month) for one in mine)
        made.append(Duty(names[code], month, _ago(max((one.day for one in mine), default=None), today)))
    return made


def _ago(day: date | None, today: date) -> Message:
    if day is None:
        return say("还没有记录")
    days = (today - day).days
    if days <= 0:
        return say("今天")
    return say("昨天") if days == 1 else say("{n}天前", n=days)
