"""A target as a row: what home, the list of targets and the portal show of it."""

from __future__ import annotations

from dataclasses import dataclass

from kechuang.messages import Message, literal, say
from kechuang.progress.averages import Average, falling
from kechuang.progress.model import TargetProgress
from kechuang.progress.outlook.wording import Named
from kechuang.progress.status import Mark
from kechuang.web.numbers import difference
from kechuang.web.standing import Standing
from kechuang.web.workspaces import served


@dataclass(frozen=True)
class TargetRow:
    """A target with its latest figure, its status and its line."""

    id: str
    name: Message
    short: Message
    note: Message
    value: float | None
    unit: str
    goal: float | None
    comparator: str
    year: int | None
    mark: Mark
    status: Message
    gap: Message
    probability: float | None
    actual: list[tuple[int, float]]
    path: list[tuple[int, float]]
    band: tuple[float, float] | None
    provisional: bool
    sample: bool
    decimals: int | None
    settled: bool


def target_rows(found: Standing) -> list[TargetRow]:
    """All targets of the plan, in its order."""
    return [target_row(found, target) for target in found.progress.targets]


def target_row(found: Standing, target: TargetProgress) -> TargetRow:
    region = found.figures[0].region if found.figures else ""
    series = sorted(
        (int(figure.period), figure.value)
        for figure in found.figures
        if figure.indicator == target.indicator and figure.region == region and figure.value is not None
    )
    if target.growth:
        series = _rates(target, series)
    name, short = names_of(target)
    latest = target.latest
    behind = target.gap
    if behind is None and latest and target.target is not None and ended(target):
        behind = latest.value - target.target  # no path, but the year the target is for is known
    gap = literal("")
    if behind is not None:
        near = abs(behind) < 1e-9
        decimals = decimals_of(target, latest.value if latest else None)
        gap = say("持平") if near else difference(behind, target.unit, decimals)
    return TargetRow(
        id=target.id,
        name=name,
        short=short,
        note=say("{year}年", year=latest.period) if latest else say("尚无数据"),
        value=latest.value if latest else None,
        unit=target.unit,
        goal=target.target,
        comparator=target.comparator,
        year=target.year,
        mark=target.mark,
        status=target.status_label,
        gap=gap,
        probability=target.probability,
        actual=series,
        path=list(target.path),
        band=_band(target),
        provisional=latest is not None and latest.status == "provisional",
        sample=latest is not None and latest.status == "sample",
        decimals=decimals_of(target, latest.value if latest else None),
        settled=target.outlook is not None and target.outlook.settled,
    )


def _rates(target: TargetProgress, levels: list[tuple[int, float]]) -> list[tuple[int, float]]:
    """Of a target of average growth: the growth so far in every year, from the levels it is measured by."""
    base = target.baseline
    promised = next((one for one in served().plan.targets if one.id == target.id), None)
    if base is None or promised is None:
        return []
    average = Average(target.target or 0.0, base.value, base.year, target.year, falling(promised))
    return [(year, rate) for year, value in levels if (rate := average.so_far(value, year)) is not None]


def ended(target: TargetProgress) -> bool:
    """Whether the figure of the year the target is for is known."""
    return target.latest is not None and target.year is not None and int(target.latest.period) >= target.year


def decimals_of(target: TargetProgress, value: float | None) -> int | None:
    """Decimals as the plan writes them; more where a value would else look like the target it misses."""
    spec = served().packs.indicators.get(target.indicator or "")
    if spec is None:
        return None
    decimals = spec.decimals
    while (
        value is not None
        and target.target is not None
        and value != target.target
        and decimals < 6
        and round(value, decimals) == round(target.target, decimals)
    ):
        decimals += 1
    return decimals


def _band(target: TargetProgress) -> tuple[float, float] | None:
    """The 80 % band at the target's year, where the outlook goes that far."""
    years = target.outlook.years if target.outlook else ()
    return next((year.p80 for year in years if year.year == target.year), None)


def names_of(target: TargetProgress) -> tuple[Message, Message]:
    """The target's name as the plan has it, and the short one of tables; in English both are the
    indicator's, where the pack has one."""
    spec = served().packs.indicators.get(target.indicator or "")
    if spec is None:
        return literal(target.name), literal(target.name)
    return Named(target.name, spec.label.en), Named(spec.label.zh, spec.label.en)
