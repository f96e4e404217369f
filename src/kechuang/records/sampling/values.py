"""One value of a sample record: a function a field, made of its declaration and its ``sample:`` hints.

What a hint does not say follows from the field: its type, choices, bounds, pattern, and the part it
plays in the record (year reported, begin and end, name beside a credit code).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from kechuang.formula import row_function
from kechuang.language.regions import RegionTree
from kechuang.packs.model import FieldSpec, RecordType, Sampling
from kechuang.records import places
from kechuang.records.fields import Value
from kechuang.records.sampling.codes import example_code, serial_of
from kechuang.records.sampling.files import MARK
from kechuang.records.sampling.patterns import text_maker

#: How often an optional field is filled where nothing is said; an end is rare, most things still go on.
_FILLED, _ENDED = 0.8, 0.15
#: A number without an upper bound reaches this far above its lower one.
_REACH = 100.0
#: From year to year a number grows by this factor, and the chance in a formula moves within this band.
_GROWTH, _STEP = (0.95, 1.15), 0.2
#: Days something lasts, and days after another date, where nothing is said.
_LASTS, _LATER = (180, 1500), (0, 365)
#: Example bodies by credit code begin here (lower numbers are left to examples written by hand).
_FIRST_SERIAL, _SHORT_SERIALS, _SERIALS = 1_000, 9_999, 999_999
#: Words of labels whose texts say that they are made up.
_TELLING = ("名称", "来源", "标题")


@dataclass(frozen=True)
class Setting:
    """Where and when sample records lie: regions ``within`` one, ``years``, nothing after ``today``."""

    regions: RegionTree
    within: str
    years: range
    today: date

    @property
    def last(self) -> date:
        """The last day a record may tell of."""
        return min(self.today, date(self.years[-1], 12, 31))

    def codes(self, spec: FieldSpec) -> list[str]:
        """The regions a field may name; the workspace's own where there are none below it."""
        found = [region.code for region in places.choices(self.regions, self.within, spec.level)]
        return found or [self.within]


@dataclass
class Draft:
    """A record being drawn: its chance, its number and the values so far.

    ``fixed`` are values decided before (region and year of the row, a referenced record's);
    ``before`` is the same unit's record of the year before, with the ``draw`` of each of its formulas.
    """

    random: Random
    number: int
    fixed: dict[str, Value] = field(default_factory=dict)
    before: Draft | None = None
    row: dict[str, Value] = field(default_factory=dict)
    draws: dict[str, float] = field(default_factory=dict)

    def chance(self, name: str) -> float:
        """The ``draw`` of a formula, 0–1: near that of the year before where there is one."""
        drawn = self.random.random()
        if self.before is not None and name in self.before.draws:
            drawn = min(max(self.before.draws[name] + (drawn - 0.5) * _STEP, 0.0), 1.0)
        self.draws[name] = drawn
        return drawn


Maker = Callable[[Draft], Value]


def maker(name: str, spec: FieldSpec, record_type: RecordType, setting: Setting) -> Maker:
    """The function that draws field ``name`` of a draft whose earlier fields are drawn."""
    hint = spec.sample or Sampling()
    inner = _inner(name, spec, hint, record_type, setting)
    share = hint.share
    if spec.required or (spec.type == "boolean" and share is not None):
        return inner
    if share is None:
        share = _ENDED if name == record_type.time.to else _FILLED

    def maybe(draft: Draft) -> Value:
        if draft.before is not None:
            return None if draft.before.row[name] is None else inner(draft)
        return inner(draft) if draft.random.random() < share else None

    return maybe


def stays(spec: FieldSpec) -> bool:
    """Whether a unit keeps its value from year to year: what it is called and what kind it is."""
    hint = spec.sample or Sampling()
    return (
        spec.type in {"text", "uscc", "region", "choice", "boolean"}
        and hint.formula is None
        and (hint.template is None or "{year}" not in hint.template)
    )


def _inner(name: str, spec: FieldSpec, hint: Sampling, record_type: RecordType, setting: Setting) -> Maker:
    if hint.formula is not None:
        return _formula(name, spec, hint.formula, record_type)
    if hint.values:
        return _picked(name, spec, [_typed(spec, value) for value in hint.values])
    match spec.type:
        case "number" | "integer":
            return _number(name, spec, hint)
        case "date":
            return _date(name, spec, hint, record_type, setting)
        case "year":
            return _year(spec, hint, setting)
        case "boolean":
            share = 0.5 if hint.share is None else hint.share
            return lambda draft: draft.random.random() < share
        case "choice":
            return _picked(name, spec, list(spec.choices))
        case "region":
            codes = setting.codes(spec)
            return lambda draft: draft.random.choice(codes)
        case "uscc":
            return _uscc(record_type, setting)
        case _:
            return _text(name, spec, hint, record_type, setting)


def _formula(name: str, spec: FieldSpec, source: str, record_type: RecordType) -> Maker:
    compute = row_function(source, {*record_type.fields, "draw"})
    digits = _decimals(spec)

    def draw(draft: Draft) -> Value:
        value = compute({**draft.row, "draw": draft.chance(name)})
        if isinstance(value, float | int) and not isinstance(value, bool):
            return round(value) if spec.type in {"integer", "year"} else round(float(value), digits)
        return _telling(name, spec, value) if isinstance(value, str) else value  # type: ignore[return-value]

    return draw


def _picked(name: str, spec: FieldSpec, values: list[Value]) -> Maker:
    told = [_telling(name, spec, value) if isinstance(value, str) else value for value in values]
    return lambda draft: draft.random.choice(told)


def _typed(spec: FieldSpec, value: str | float | bool) -> Value:
    """A value of a hint as the type of its field."""
    if spec.type == "date":
        return date.fromisoformat(str(value))
    if spec.type == "number":
        return float(value)
    if spec.type in {"integer", "year"}:
        return int(value)
    return bool(value) if spec.type == "boolean" else str(value)


def _decimals(spec: FieldSpec) -> int:
    hint = spec.sample or Sampling()
    return hint.decimals if hint.decimals is not None else 2


def _bounds(spec: FieldSpec, hint: Sampling) -> tuple[float, float]:
    low = hint.low if isinstance(hint.low, float) else spec.min
    high = hint.high if isinstance(hint.high, float) else spec.max
    if low is None:
        low = 0.0 if high is None or high > 0 else high - _REACH
    return low, low + _REACH if high is None else high


def _number(name: str, spec: FieldSpec, hint: Sampling) -> Maker:
    low, high = _bounds(spec, hint)
    digits = _decimals(spec)
    spread = (high - low) / 200 or 1.0  # how far from its bound the logarithm begins

    def draw(draft: Draft) -> Value:
        before = draft.before.row[name] if draft.before else None
        if isinstance(before, int | float):
            value = min(max(before * draft.random.uniform(*_GROWTH), low), high)
        elif hint.shape == "log":
            span = math.log((high - low + spread) / spread)
            value = low + spread * (math.exp(draft.random.random() * span) - 1)
        else:
            value = draft.random.uniform(low, high)
        if spec.type == "integer":
            return int(min(max(round(value), math.ceil(low)), math.floor(high)))
        return round(value, digits)

    return draw


def _date(name: str, spec: FieldSpec, hint: Sampling, record_type: RecordType, setting: Setting) -> Maker:
    time = record_type.time
    after, (least, most) = hint.after, _LATER
    if after is None and name == time.to and time.from_ is not None and hint.low is None:
        after, (least, most) = time.from_, _LASTS
    if isinstance(hint.low, float):
        least = int(hint.low)
    if isinstance(hint.high, float):
        most = int(hint.high)
    limit = None if spec.future else setting.last

    def later(draft: Draft, base: date) -> Value:
        day = base + timedelta(days=draft.random.randint(least, max(most, least)))
        if limit is None or day <= limit:
            return day
        # What has not come yet is not known; where it must be, it came on the last day there is.
        return max(limit, base) if spec.required else None

    def draw(draft: Draft) -> Value:
        if after is not None:
            base = draft.row.get(after)
            return later(draft, base) if isinstance(base, date) else None
        year = draft.row.get(time.year) if time.year else None
        first, last = date(setting.years[0], 1, 1), setting.last
        if isinstance(year, int):
            first, last = date(year, 1, 1), date(year, 12, 31)
        first = hint.low if isinstance(hint.low, date) else first
        last = hint.high if isinstance(hint.high, date) else max(last, first)
        if limit is not None:
            last = min(last, setting.today)
        return first + timedelta(days=draft.random.randint(0, max((last - first).days, 0)))

    return draw


def _year(spec: FieldSpec, hint: Sampling, setting: Setting) -> Maker:
    low = int(hint.low) if isinstance(hint.low, float) else setting.years[0]
    high = int(hint.high) if isinstance(hint.high, float) else max(low, setting.years[-1])
    if not spec.future:
        high = max(low, min(high, setting.today.year))
    return lambda draft: draft.random.randint(low, high)


def _uscc(record_type: RecordType, setting: Setting) -> Maker:
    place = record_type.region.field if record_type.region else None
    somewhere = next(iter(setting.regions.descendants(setting.within, "county")), None)
    default = somewhere.code if somewhere else setting.within

    def draw(draft: Draft) -> Value:
        code = draft.row.get(place) or draft.fixed.get(place) if place else None
        county = default if not code or str(code).endswith("00") else str(code)
        top = _SHORT_SERIALS if draft.number < _FIRST_SERIAL else _SERIALS
        return example_code(county, draft.random.randint(_FIRST_SERIAL, top))

    return draw


def _text(name: str, spec: FieldSpec, hint: Sampling, record_type: RecordType, setting: Setting) -> Maker:
    if hint.template is not None:
        return _template(name, spec, hint.template, record_type, setting)
    if spec.pattern is not None:
        drawn = text_maker(spec.pattern)
        return lambda draft: drawn(draft.random)
    code = next((other for other, one in record_type.fields.items() if one.type == "uscc"), None)
    names_body = name == "name" and code is not None

    def draw(draft: Draft) -> Value:
        serial = serial_of(str(draft.row.get(code or ""))) if names_body else None
        if serial is not None:
            return f"{MARK}单位{serial:04d}"
        return f"{MARK}{spec.label.zh}{draft.number:03d}"

    return draw


def _template(name: str, spec: FieldSpec, template: str, record_type: RecordType, setting: Setting) -> Maker:
    def draw(draft: Draft) -> Value:
        words: dict[str, object] = {"n": draft.number}
        for other, value in draft.row.items():
            words[other] = _word(record_type.fields[other], value, setting)
        return _telling(name, spec, template.format_map(words))

    return draw


class _Nothing:
    """What is not known, as a word of a text: nothing, whatever the format."""

    def __format__(self, _: str) -> str:
        return ""


def _word(spec: FieldSpec, value: Value, setting: Setting) -> object:
    """A value as a word of a text: the name of a region, the label of a choice."""
    if value is None:
        return _Nothing()
    if spec.type == "region":
        region = setting.regions.get(str(value))
        return region.name if region else value
    return spec.choices[str(value)].zh if spec.type == "choice" else value


def _telling(name: str, spec: FieldSpec, text: str) -> str:
    """``text``, marked as made up where it is a name or a source."""
    free = spec.type == "text" and spec.pattern is None and spec.reference is None
    names = name in {"name", "source"} or spec.label.zh.endswith(_TELLING)
    return f"{MARK}{text}" if free and names and MARK not in text else text
