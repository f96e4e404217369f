"""What a grid was asked to show, as its address says it: conditions, search, order, columns, day, page.

The same words make the question put to the store, the fields of the form, and the links that change one thing
and leave the rest; so every state of a grid has an address that can be sent to somebody else.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Literal

from django.http import QueryDict

from kechuang.messages import Message, language, literal, say
from kechuang.packs.model import FieldSpec, Label, RecordType
from kechuang.records.finding import Condition, Question
from kechuang.web.forms import choices_of
from kechuang.web.models import User
from kechuang.web.numbers import unit_text
from kechuang.web.workspaces import served

Kind = Literal["select", "number", "date", "text"]
#: Columns of a register shown unless others are asked for.
WIDE = 10
#: Years offered before the plan began.
YEARS_BEFORE = 6
LONGEST = 100


@dataclass(frozen=True)
class FilterField:
    """A field a grid can be filtered by, and what is asked of it now. ``first``: shown at once, the others on
    request."""

    name: str
    label: Label
    kind: Kind
    unit: str
    choices: tuple[tuple[str, str], ...]
    value: str = ""
    low: str = ""
    high: str = ""
    first: bool = False

    @property
    def active(self) -> bool:
        return bool(self.value or self.low or self.high)


@dataclass(frozen=True)
class Asked:
    """The state of a grid. ``values`` are the conditions as typed, by name of the parameter."""

    type: RecordType
    day: date
    today: date
    text: str = ""
    values: tuple[tuple[str, str], ...] = ()
    sort: str | None = None
    down: bool = False
    shown: tuple[str, ...] = ()
    page: int = 1
    filters: tuple[FilterField, ...] = field(default=(), compare=False)

    @property
    def columns(self) -> tuple[str, ...]:
        """The fields shown: those asked for, or the first ones of a wide register; the key always."""
        names = list(self.type.fields)
        if self.shown:
            wanted = set(self.shown) | set(self.type.key)
        elif len(names) <= WIDE:
            return tuple(names)
        else:
            fixed = {*self.type.key, *([self.type.region.field] if self.type.region else ())}
            rest = [name for name in names if name not in fixed]
            wanted = fixed | set(rest[: max(WIDE - len(fixed), 0)])
        return tuple(name for name in names if name in wanted)

    def query(self, **changes: Any) -> str:
        """The part of an address after “?”, with some things changed; what is as usual is left out."""
        one = replace(self, **{"page": 1, **changes})
        made = QueryDict(mutable=True)
        if one.text:
            made["q"] = one.text
        for name, value in one.values:
            made[name] = value
        if one.day != one.today:
            made["as_of"] = one.day.isoformat()
        if one.sort or one.down:
            made["sort"] = f"{'-' if one.down else ''}{one.sort or 'key'}"
        if one.shown:
            made.setlist("show", list(one.shown))
        if one.page > 1:
            made["page"] = str(one.page)
        return made.urlencode()

    def without(self, name: str) -> str:
        """The address with the conditions on one field taken away."""
        gone = {f"f-{name}", f"f-{name}-from", f"f-{name}-to"}
        return self.query(values=tuple(one for one in self.values if one[0] not in gone))

    def question(self, scope: tuple[Condition, ...]) -> Question:
        """What is put to the store; ``scope`` is what the account may see."""
        conditions = [*scope]
        for one in self.filters:
            spec = self.type.fields[one.name]
            if one.value:
                holds = one.kind == "text"
                value = one.value if holds else _typed(spec, one.value)
                conditions.append(Condition(one.name, "holds" if holds else "is", (value,)))
            if one.low:
                conditions.append(Condition(one.name, "from", (_typed(spec, one.low),)))
            if one.high:
                conditions.append(Condition(one.name, "to", (_typed(spec, one.high),)))
        codes = tuple(_coded(self.type, self.text)) if self.text else ()
        return Question(tuple(conditions), self.text, codes, self.sort, self.down)


def asked(user: User, record_type: RecordType, given: QueryDict) -> Asked:
    """What an address asks for. What makes no sense is passed over, as if it were not there."""
    today = served().today
    sort = str(given.get("sort", ""))
    down, name = sort.startswith("-"), sort.removeprefix("-")
    filters = tuple(_filter(user, record_type, key, spec, given) for key, spec in record_type.fields.items())
    filters = tuple(one for one in filters if one.kind != "select" or len(one.choices) > 1)
    number = str(given.get("page", ""))
    made = Asked(
        record_type,
        day_asked(given, today),
        today,
        str(given.get("q", "")).strip()[:LONGEST],
        tuple(_told(filters)),
        name if name in record_type.fields else None,
        down and (name in record_type.fields or name == "key"),
        (),
        max(int(number), 1) if number.isdecimal() and len(number) < 8 else 1,
        filters,
    )
    picked = set(given.getlist("show")) | set(record_type.key)
    if given.getlist("show") and picked != set(made.columns):  # the form names those shown anyway, too
        return replace(made, shown=tuple(one for one in record_type.fields if one in picked))
    return made


def day_asked(given: QueryDict, today: date) -> date:
    """The day asked for, no later than today; today where none or no day is given."""
    try:
        return min(date.fromisoformat(str(given.get("as_of", ""))), today)
    except ValueError:
        return today


def _told(filters: tuple[FilterField, ...]) -> Iterator[tuple[str, str]]:
    for one in filters:
        for suffix, value in (("", one.value), ("-from", one.low), ("-to", one.high)):
            if value:
                yield f"f-{one.name}{suffix}", value


def _filter(user: User, record_type: RecordType, name: str, spec: FieldSpec, given: QueryDict) -> FilterField:
    choices = _choices(user, spec)
    kind: Kind = "select" if choices else _KINDS.get(spec.type, "text")
    whole, low, high = (
        str(given.get(f"f-{name}{end}", "")).strip()[:LONGEST] for end in ("", "-from", "-to")
    )
    if kind == "select":
        whole = whole if whole in dict(choices) else ""
    if kind in ("select", "text"):
        low = high = ""
    else:
        whole = ""
        low, high = (one if _sound(kind, one) else "" for one in (low, high))
    region = record_type.region.field if record_type.region else None
    first = name in (region, record_type.time.year) or spec.type == "choice"
    return FilterField(name, spec.label, kind, unit_text(spec.unit).strip(), choices, whole, low, high, first)


_KINDS: dict[str, Kind] = {"date": "date", "number": "number", "integer": "number"}


def _choices(user: User, spec: FieldSpec) -> tuple[tuple[str, str], ...]:
    workspace = served()
    if spec.type == "year":
        first = (
            workspace.plan.period[0] if workspace.has_plan and workspace.plan.period else workspace.today.year
        )
        return tuple((str(one), str(one)) for one in range(workspace.today.year, first - YEARS_BEFORE, -1))
    if spec.type == "boolean":
        return (("1", str(say("是"))), ("0", str(say("否"))))
    if spec.type == "region":
        bound = user.region or workspace.settings.region
        below = [
            one for one in workspace.regions.descendants(bound) if not spec.level or one.level == spec.level
        ]
        own = [] if spec.level == "county" and below else [(bound, workspace.name_of(bound))]
        return (*own, *((one.code, one.name) for one in below))
    return choices_of(user, spec)


def _sound(kind: Kind, text: str) -> bool:
    if not text:
        return False
    try:
        if kind == "date":
            date.fromisoformat(text)
            return True
        return math.isfinite(float(text))
    except ValueError:
        return False


def _typed(spec: FieldSpec, text: str) -> Any:
    """A value as the store keeps it."""
    if spec.type in ("number", "integer"):
        return float(text)
    if spec.type == "year":
        return int(text)
    return text == "1" if spec.type == "boolean" else text


def _coded(record_type: RecordType, text: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """By field the codes whose label holds the text: people look for names."""
    workspace, low = served(), text.lower()
    below = workspace.regions.descendants(workspace.settings.region)
    for name, spec in record_type.fields.items():
        if spec.type == "choice":
            found = tuple(
                code for code, label in spec.choices.items() if low in label.text(language()).lower()
            )
        elif spec.type == "region":
            found = tuple(one.code for one in below if low in one.name.lower())
        else:
            continue
        if found:
            yield name, found


def words_of(one: FilterField) -> Message:
    """A condition in words, as the line above the grid tells it."""
    name = literal(one.label.text(language()))
    if one.value:
        value = dict(one.choices).get(one.value, one.value)
        return (
            say("{field}：{value}", field=name, value=value)
            if one.choices
            else say("{field}含“{value}”", field=name, value=value)
        )
    if one.low and one.high:
        return say("{field}：{low}—{high}{unit}", field=name, low=one.low, high=one.high, unit=one.unit)
    if one.low:
        return say("{field}不小于{low}{unit}", field=name, low=one.low, unit=one.unit)
    return say("{field}不大于{high}{unit}", field=name, high=one.high, unit=one.unit)
