"""An indicator and its parts: by the regions below one, or by the values of a field, in some years.

What the parts do not account for (records of no county, a county without a figure, an enterprise counted in two
fields) stays a part of its own, the rest, so that parts and whole always agree.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from kechuang.engine import Measures
from kechuang.errors import KechuangError
from kechuang.formula import tree as t
from kechuang.indicators.computation import Computation
from kechuang.indicators.decompose.fields import Breakdown
from kechuang.indicators.decompose.makeup import Makeup
from kechuang.indicators.definition import Definition
from kechuang.indicators.figure import Status
from kechuang.indicators.reasons import Named, reason_for
from kechuang.messages import Message, say
from kechuang.packs.model import IndicatorSpec

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

#: What differs less than this share of the amounts is the same number.
SAME = 1e-9
#: ``sum``: parts add up. ``ratio``: each part has a ratio of its own. ``shared``: only the numerator has parts.
Form = Literal["sum", "ratio", "shared"]


@dataclass(frozen=True)
class Line:
    """One part, the rest or the whole, year by year; NaN where not known.

    ``value`` is in the unit of the indicator: a part's own total or ratio, or (form ``shared``) its share of the
    whole ratio. ``above`` and ``below`` are its numerator and denominator; ``records`` how many it comes from.
    """

    key: str | None
    label: dict[str, str]
    value: Numbers
    above: Numbers
    below: Numbers
    coverage: Numbers
    records: Numbers
    status: tuple[Status, ...]

    def as_dict(self) -> dict[str, Any]:
        found: dict[str, Any] = {"key": self.key, "label": self.label, "status": list(self.status)}
        for name in ("value", "above", "below", "coverage", "records"):
            found[name] = known_numbers(getattr(self, name))
        found["records"] = [None if value is None else int(value) for value in found["records"]]
        return found


@dataclass(frozen=True)
class Parts:
    """An indicator of ``region`` in ``years``: the ``whole``, its ``lines`` and the ``rest`` (None: nothing left)."""

    spec: IndicatorSpec
    region: str
    years: tuple[int, ...]
    by: str
    by_label: dict[str, str]
    form: Form
    factor: float
    overlap: bool
    whole: Line
    lines: tuple[Line, ...]
    rest: Line | None
    notes: tuple[Message, ...]
    #: Units of numerator and denominator, where they are known.
    units: tuple[str | None, str | None] = (None, None)

    def as_dict(self) -> dict[str, Any]:
        """The parts with the rest last, for machines; what is not known is null."""
        lines = [*self.lines, *([self.rest] if self.rest is not None else [])]
        with np.errstate(all="ignore"):
            share = [line.above / self.whole.above for line in lines]
        return {
            "indicator": self.spec.id,
            "unit": self.spec.unit,
            "numerator_unit": self.units[0],
            "denominator_unit": self.units[1],
            "region": self.region,
            "by": self.by,
            "by_label": self.by_label,
            "form": self.form,
            "years": list(self.years),
            "parts": [
                {**line.as_dict(), "share": known_numbers(own)}
                for line, own in zip(lines, share, strict=True)
            ],
            "whole": {**self.whole.as_dict(), "share": [1.0] * len(self.years)},
            "notes": [note.both() for note in self.notes],
        }


def by_region(
    work: Computation,
    definition: Definition,
    made: Makeup,
    region: str,
    codes: Sequence[str],
    names: Callable[[str], str],
) -> Parts:
    """The parts of ``region`` that lie in the regions ``codes``, of a computation that holds them all."""
    work.also(made.aggregates)
    found = work.computed(definition.spec.id)
    above, below = _sides(work, definition, made)
    periods = [work.period_number[year] for year in work.years if year in work.period_number]
    years = tuple(year for year in work.years if year in work.period_number)
    records = _records(work, made, {})

    def line(code: str) -> Line:
        place = work.region_number[code]
        gone = found.absent[place, periods]
        status = _status(found.sample[place, periods], found.provisional[place, periods])
        top, bottom = (
            np.where(gone, np.nan, above[place, periods]),
            np.where(gone, np.nan, below[place, periods]),
        )
        return Line(
            code,
            {"zh": names(code), "en": names(code)},
            found.value[place, periods],
            top,
            bottom,
            found.coverage[place, periods],
            records[place, periods],
            status,
        )

    whole, lines = line(region), [line(code) for code in codes]
    form: Form = made.kind
    notes: list[Message] = []
    units = _units(definition, made)
    if form == "ratio" and all(np.isnan(one.below).all() for one in lines):
        # No county has a denominator of its own: GDP is published for the prefecture alone.
        counts = [_alone(work, definition, made, one.key or "", periods) for one in lines]
        if any(not np.isnan(one).all() for one in counts):
            form = "shared"
            notes.append(say("各部分没有自己的分母，只分解分子，分母为全地区共有"))
            lines = [
                _shared(one, count, whole, made.factor) for one, count in zip(lines, counts, strict=True)
            ]
    return _with_rest(
        Parts(
            definition.spec,
            region,
            years,
            "county",
            say("地区").both(),
            form,
            made.factor,
            made.overlap,
            whole,
            tuple(lines),
            None,
            tuple(notes),
            units,
        )
    )


def by_field(
    work: Computation, definition: Definition, made: Makeup, region: str, by: Breakdown, name: str
) -> Parts:
    """The parts of ``region`` for each value of a field; the query runs in the engine, grouped by the field."""
    work.also(made.aggregates)
    spec = definition.spec
    split = [one for one in made.aggregates if t.tables_of(one)[0] == by.split.table]
    below = [] if made.below is None else t.aggregates(made.below)
    told = {one: one in split for one in below}
    if below and any(told.values()) and not all(told.values()):
        raise KechuangError(
            "unknown-breakdown",
            say("“{name}”的分母只有一部分能按“{field}”分", name=Named(spec.label), field=by.name),
            remedy=say("请换一个字段。"),
        )
    form: Form = "shared" if below and not any(told.values()) else made.kind
    place = work.region_number[region]
    years = tuple(year for year in work.years if year in work.period_number)
    periods = [work.period_number[year] for year in years]
    found = work.computed(spec.id)
    measured = work.engine.split(split, work.cells, by.split)
    gone = found.absent[place, periods]
    whole_above, whole_below = (
        np.where(gone, np.nan, side[place, periods]) for side in _sides(work, definition, made)
    )
    coverage = _coverage_by(work, by, region, years)
    record = work.packs.records[by.split.table]

    def line(value: str | None) -> Line:
        parts = {one: _filled(measured[value].get(one), work.term(one)) for one in split}
        above, under = _sides(work, definition, made, {one: part[0] for one, part in parts.items()}, parts)
        top = np.where(gone, np.nan, above[place, periods])
        bottom = np.where(gone, np.nan, whole_below if form == "shared" else under[place, periods])
        own = coverage.get(value, np.full(len(periods), np.nan))
        marks = [part[1] for part in parts.values() if part[1] is not None]
        none = np.zeros(len(periods), bool)
        sample = np.any([none, *(one.sample[place, periods] for one in marks)], axis=0)
        partial = np.any([none, *(one.provisional[place, periods] for one in marks)], axis=0)
        unsure = (
            partial | work.running[periods] | (own < 1) | (found.provisional[place, periods] & np.isnan(own))
        )
        counted = _records(work, made, {one: part[1] for one, part in parts.items()})[place, periods]
        # No record speaks where there is none: the register as a whole does.
        silent = (counted == 0) | (form == "shared")
        sample = sample | (silent & found.sample[place, periods])
        return Line(
            value,
            by.label(value),
            _value(made.factor, form, top, bottom),
            top,
            bottom,
            own,
            counted,
            _status(sample, unsure),
        )

    lines = [line(value) for value in by.ordered(measured)]
    lines = [
        one
        for one in lines
        if one.records.any() or _something(one.above) or (form == "ratio" and _something(one.below))
    ]
    whole = Line(
        region,
        {"zh": name, "en": name},
        found.value[place, periods],
        whole_above,
        whole_below,
        found.coverage[place, periods],
        _records(work, made, {})[place, periods],
        _status(found.sample[place, periods], found.provisional[place, periods]),
    )
    notes = (
        [say("只分解分子，分母为全地区共有；各部分是它在全地区数值中所占的份")] if form == "shared" else []
    )
    label = {"zh": by.spec.label.zh, "en": by.spec.label.en}
    if by.split.told is not None:
        other = work.packs.records[by.split.told].label
        notes.append(say("“{field}”取自{table}", field=Named(by.spec.label), table=Named(other)))
    elif record.frame is not None and record.frame.type:
        notes.append(say("未报单位不知属于哪一类，覆盖率只有合计"))
    return _with_rest(
        Parts(
            spec,
            region,
            years,
            by.name,
            label,
            form,
            made.factor,
            made.overlap,
            whole,
            tuple(lines),
            None,
            tuple(notes),
            _units(definition, made),
        )
    )


def known(work: Computation, definition: Definition, parts: Parts, year: int) -> int:
    """The number of ``year`` among those of ``parts``; KechuangError ``no-figure`` where the whole has none."""
    number = parts.years.index(year) if year in parts.years else None
    if number is not None and not np.isnan(parts.whole.value[number]):
        return number
    why = None
    if number is not None:
        missing = work.missing(definition, parts.region, year)
        why = reason_for(work.packs, parts.spec, missing, None, year, work.as_of)
    reason: Message = Told(why.reason) if why else say("该年度尚未开始")
    raise KechuangError(
        "no-figure",
        say("“{name}”{year}年没有数：{why}", name=Named(parts.spec.label), year=year, why=reason),
        remedy=say("请另选年度，见 kechuang indicators compute。"),
    )


def known_numbers(values: Numbers) -> list[float | None]:
    """As plain numbers, None for NaN and what is without bound."""
    return [float(value) if np.isfinite(value) else None for value in values]


class Told(Message):
    """A sentence that comes in both languages."""

    def __init__(self, both: Mapping[str, str]) -> None:
        super().__init__(both["zh"])
        object.__setattr__(self, "both_ways", dict(both))

    def text(self, language: str) -> str:
        told: dict[str, str] = object.__getattribute__(self, "both_ways")
        return told["en" if language == "en" else "zh"]


def named(labels: Sequence[Mapping[str, str]]) -> Message:
    """Labels one after another."""
    return Told({"zh": "、".join(one["zh"] for one in labels), "en": ", ".join(one["en"] for one in labels)})


# -- sides ----------------------------------------------------------------------------------------------------


def _sides(
    work: Computation,
    definition: Definition,
    made: Makeup,
    values: Mapping[t.Aggregate, Any] | None = None,
    parts: Mapping[t.Aggregate, tuple[Any, Measures | None]] | None = None,
) -> tuple[Numbers, Numbers]:
    """Both sides in every cell; ``values`` stand for the aggregates that are split, nothing for the others."""
    covered = made.covered
    if covered is not None:
        found = work.term(covered) if parts is None else parts[covered][1]
        if found is None or found.parts is None:
            return np.zeros(work.cells.size), np.zeros(work.cells.size)
        some = found.parts[1] > 0
        empty = np.nan if parts is None else 0.0
        return np.where(some, found.parts[0], empty), np.where(some, found.parts[1], empty)
    if values is not None:
        nothing = np.zeros(work.cells.size)
        values = {one: values.get(one, nothing) for one in made.aggregates}
    above = work.over(definition, made.above, values)
    below = (
        np.full(work.cells.size, np.nan) if made.below is None else work.over(definition, made.below, values)
    )
    return above, below


def _units(definition: Definition, made: Makeup) -> tuple[str | None, str | None]:
    """Of the two sides as the formula has them; not known where constants or other indicators stand in them."""
    above = definition.numerator_unit if made.above == definition.numerator else None
    below = definition.denominator_unit if made.below == definition.denominator else None
    return above, below


def _filled(part: Measures | None, whole: Measures) -> tuple[Numbers, Measures | None]:
    """A part without records counts for nothing where the whole is known."""
    if part is None:
        return np.where(np.isnan(whole.value), np.nan, 0.0), None
    return np.where(np.isnan(part.value) & ~np.isnan(whole.value), 0.0, part.value), part


def _value(factor: float, form: Form, above: Numbers, below: Numbers) -> Numbers:
    if form == "sum":
        return factor * above
    with np.errstate(all="ignore"):
        return np.where(below == 0, np.nan, factor * above / np.where(below == 0, 1.0, below))


def _records(work: Computation, made: Makeup, parts: Mapping[t.Aggregate, Measures | None]) -> Numbers:
    """How many records the upper side comes from."""
    total = np.zeros(work.cells.size)
    for one in dict.fromkeys(t.aggregates(made.above)):
        found = parts[one] if parts and one in parts else None if parts else work.term(one)
        if found is not None:
            total = total + found.records
    return total


def _alone(
    work: Computation, definition: Definition, made: Makeup, code: str, periods: Sequence[int]
) -> Numbers:
    """The numerator of a region whatever becomes of its denominator."""
    place = work.region_number[code]
    return np.asarray(work.over(definition, made.above)[place, periods], np.float64)


def _shared(one: Line, above: Numbers, whole: Line, factor: float) -> Line:
    with np.errstate(all="ignore"):
        value = factor * above / whole.below
    return Line(one.key, one.label, value, above, whole.below, one.coverage, one.records, one.status)


def _coverage_by(
    work: Computation, by: Breakdown, region: str, years: Sequence[int]
) -> dict[str | None, Numbers]:
    """Returns that arrived over returns due for each value, where the list of those due tells the field."""
    record = work.packs.records[by.split.table]
    frame = record.frame
    if frame is None or frame.type != by.split.told or not frame.type:
        return {}
    counts = work.engine.lookup.frames_by(record.id, frame.type, frame.on, by.split.field, work.cells)
    found: dict[str | None, Numbers] = {}
    for (value, (code, year)), count in counts.items():
        if code == region and year in years and count.expected:
            row = found.setdefault(value, np.full(len(years), np.nan))
            row[list(years).index(year)] = count.returned / count.expected
    return found


# -- the rest -------------------------------------------------------------------------------------------------


def left_over(parts: Parts, lines: Sequence[Line], at: Sequence[int]) -> Line | None:
    """What ``lines`` of ``parts`` leave over in the years of numbers ``at``; None where nothing."""
    whole = parts.whole
    above = _left(whole.above, [line.above for line in lines])
    below = whole.below if parts.form == "shared" else _left(whole.below, [line.below for line in lines])
    if not _something(above[at]) and (parts.form != "ratio" or not _something(below[at])):
        return None
    unknown = np.full(len(parts.years), np.nan)
    doubled = parts.overlap and bool((np.nan_to_num(above[at]) < 0).any())
    return Line(
        None,
        (say("重复计数") if doubled else say("未分到各部分")).both(),
        _value(parts.factor, parts.form, above, below),
        above,
        below,
        unknown,
        unknown,
        whole.status,
    )


def _with_rest(parts: Parts) -> Parts:
    """``parts`` with what its lines leave over, and why."""
    every = list(range(len(parts.years)))
    rest = left_over(parts, parts.lines, every)
    if rest is None:
        return parts
    notes = list(parts.notes)
    if parts.overlap and (np.nan_to_num(rest.above) < 0).any():
        notes.append(say("合计按不重复计数，同一对象可能分属几个部分，故各部分之和大于合计"))
    else:
        notes.append(say("合计中有一部分未分到各部分，单列一行"))
    empty = [line.label for line in parts.lines if np.isnan(line.above).any()]
    if empty:
        notes.append(say("有的年度没有数：{names}", names=named(empty)))
    return replace(parts, rest=rest, notes=tuple(notes))


def _left(whole: Numbers, lines: Sequence[Numbers]) -> Numbers:
    """The whole without its parts; exactly nothing where only binary fractions differ."""
    told = np.nansum(np.stack(lines), axis=0) if lines else np.zeros_like(whole)
    size = np.nansum(np.abs(np.stack(lines)), axis=0) if lines else np.zeros_like(whole)
    left = whole - told
    near = np.abs(left) <= SAME * np.maximum(np.abs(whole), size)
    return np.asarray(np.where(near, 0.0, left), np.float64)


def _status(sample: Any, unsure: Any) -> tuple[Status, ...]:
    kinds: tuple[Status, Status, Status] = ("final", "provisional", "sample")
    return tuple(kinds[2 if one else int(other)] for one, other in zip(sample, unsure, strict=True))


def _something(values: Numbers) -> bool:
    return bool((np.nan_to_num(values) != 0).any())
