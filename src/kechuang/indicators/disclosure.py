"""What must not be published: totals from which one respondent's answer could be read.

Threshold rule of statistical disclosure control: a total over what enterprises and institutions reported
is withheld where fewer than ``publication.least_respondents`` of them stand behind it. Where that leaves
one sibling withheld alone, the sibling with the fewest respondents is withheld too, for the difference to
the whole would else tell (Hundepool et al., *Statistical Disclosure Control*, 2012, ch. 4). Counts of
units are no answers of theirs and are published.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from kechuang.formula import tree as t
from kechuang.indicators.computation import Computation
from kechuang.indicators.compute import figure
from kechuang.indicators.definition import Definition
from kechuang.indicators.figure import Figure
from kechuang.messages import say
from kechuang.packs.model import Packs

if TYPE_CHECKING:
    import numpy.typing as npt

LEAST = "publication.least_respondents"
_NONE = np.iinfo(np.int64).max


def public_figures(work: Computation) -> list[Figure]:
    """The figures of a measured computation as anybody may see them: what is withheld has no value, no parts
    of a ratio, ``absence`` "withheld" and the reason."""
    found: list[Figure] = []
    for definition in work.definitions:
        behind, mine = _respondents(work, definition), list[Figure]()
        for region in work.regions:
            for year in work.years:
                one = figure(work, definition, region, year)
                least = least_respondents(work.packs, date(year, 12, 31))
                if behind is not None and one.value is not None and year in work.period_number:
                    count = behind[work.region_number[region], work.period_number[year]]
                    one = withheld(one, least) if 0 < count < least else one
                mine.append(one)
        if behind is not None:
            _hide_the_difference(work, behind, mine)
        found += mine
    return found


def least_respondents(packs: Packs, day: date) -> int:
    """How many respondents a total needs on ``day``; 0 where the packs do not say."""
    parameter = packs.parameters.get(LEAST)
    value = parameter.at(day) if parameter else None
    return int(value.value) if value is not None else 0


def withheld(one: Figure, least: int) -> Figure:
    """``one`` without what must not be published."""
    reason = say("涉及的填报单位少于{n}个，不予公布", n=least) if least else say("不予公布")
    return replace(
        one, value=None, numerator=None, denominator=None, absence="withheld", reason=reason.both()
    )


def _respondents(work: Computation, definition: Definition) -> npt.NDArray[np.int64] | None:
    """The fewest respondents behind any total the indicator reads, by region and period; None where it
    reads none. Where nothing contributes, nothing is told: the largest number stands there."""
    totals = {part: name for part in _totals(definition, work) if (name := _respondent(work, part))}
    if not totals:
        return None
    asked = {
        part: t.Distinct(t.Field(t.tables_of(part)[0], name), part.condition) for part, name in totals.items()
    }
    work.also(asked.values())
    behind = np.full(work.cells.size, _NONE, np.int64)
    for one in asked.values():
        found = work.measured.get(one)
        if found is not None:
            count = np.nan_to_num(found.value, nan=0.0).astype(np.int64)
            behind = np.minimum(behind, np.where(count > 0, count, _NONE))
    return behind


def _totals(definition: Definition, work: Computation) -> list[t.Reduction]:
    """What adds up or averages answers, also in the indicators it looks up."""
    found: dict[t.Reduction, None] = {}
    waiting, seen = [definition], {definition.spec.id}
    while waiting:
        one = waiting.pop()
        for part in one.aggregates:
            if isinstance(part, t.Reduction) and not isinstance(part, t.Distinct):
                found[part] = None
        for name in one.parents:
            if name not in seen:
                seen.add(name)
                waiting.append(work.all[name])
    return list(found)


def _respondent(work: Computation, part: t.Reduction) -> str | None:
    """The field that names who answered; None where a table is not of answers by units."""
    fields = work.packs.records[t.tables_of(part)[0]].fields
    return next((name for name, spec in fields.items() if spec.type == "uscc"), None)


def _hide_the_difference(work: Computation, behind: npt.NDArray[np.int64], found: list[Figure]) -> None:
    """Withhold a second sibling where one alone is withheld and their whole is shown; ``found`` is of one
    indicator."""
    own = {(one.region, one.period): number for number, one in enumerate(found)}
    for year in work.years:
        if year not in work.period_number:
            continue
        for whole in work.regions:
            parts = [one.code for one in work.breaks.regions.children(whole) if (one.code, str(year)) in own]
            at = own.get((whole, str(year)))
            if not parts or at is None or found[at].value is None:
                continue
            hidden = [code for code in parts if found[own[code, str(year)]].absence == "withheld"]
            if len(hidden) != 1:
                continue
            shown = [
                (behind[work.region_number[code], work.period_number[year]], code)
                for code in parts
                if found[own[code, str(year)]].value is not None
            ]
            told = [(count, code) for count, code in shown if count < _NONE]
            if told:
                place = own[min(told)[1], str(year)]
                found[place] = withheld(found[place], least_respondents(work.packs, date(year, 12, 31)))


def without_withheld(figures: Sequence[Figure]) -> list[Figure]:
    """The figures that are published with a value or with an innocent reason for having none."""
    return [one for one in figures if one.absence != "withheld"]
