"""The sentences that say why a target has its status, and what to know about its figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from kechuang.errors import Joined
from kechuang.indicators.figure import Figure
from kechuang.messages import Message, say
from kechuang.packs.model import IndicatorSpec
from kechuang.plan.model import Target
from kechuang.progress.averages import Average
from kechuang.progress.model import BaselineUsed
from kechuang.progress.paths import Path
from kechuang.progress.schedule import Goal
from kechuang.progress.time import add_months
from kechuang.progress.wording import decimals_of, difference, number, percent, quantity

#: Years after which a latest figure is told to be old, where its indicator says no date of release. Ours.
STALE = 2


def no_value(target: Target) -> Message:
    if target.amendments:
        return say("该目标已调整，现无目标值，不作判断")
    return say("规划未给目标值，无法判断")


def no_figure(indicator: str | None, series: Sequence[Figure]) -> Message:
    if indicator is None:
        return say("没有与该目标对应的指标，无法取数")
    reason = next((figure.reason for figure in reversed(series) if figure.reason), None)
    if reason:
        said = Both(reason.get("zh", ""), reason.get("en", ""))
        return say("尚无数据：{reason}", reason=said)
    return say("尚无数据")


def units_differ(target: Target, figure: Figure) -> Message:
    return say("目标单位为{one}，数据单位为{other}，不能直接比较", one=target.unit, other=figure.unit)


def no_baseline(target: Target) -> Message:
    if target.baseline is None:
        return say("规划未给基期值，完成率无法计算")
    return say("{year}年无数据，缺少基期值，完成率无法计算", year=target.baseline.year)


def base_met(
    target: Target, goal: Goal, baseline: BaselineUsed, value: float, spec: IndicatorSpec | None
) -> Message:
    base = quantity(baseline.value, target.unit, _finer(target, goal, baseline.value, spec))
    if goal.met(value):
        return say("{year}年基期值{base}已达到目标值，不计算完成率", year=baseline.year, base=base)
    return say(
        "{year}年基期值{base}已达到目标值，此后转为未达到，不计算完成率", year=baseline.year, base=base
    )


def no_way() -> Message:
    return say("目标值等于基期值，完成率无法计算")


def no_year(target: Target) -> Message:
    return say("规划未给目标年份，无法与预期进度比较")


def only_base(baseline: BaselineUsed) -> Message:
    return say("最新数据仍为{year}年基期，尚无基期之后的数据", year=baseline.year)


@dataclass(frozen=True)
class Shares:
    """Attained and scheduled share of the way at the end of ``period``, and the value scheduled."""

    period: str
    attained: float
    scheduled: float
    expected: float


def compared(
    target: Target,
    goal: Goal,
    shares: Shares,
    baseline: BaselineUsed,
    spec: IndicatorSpec | None,
) -> Message:
    """Attained against scheduled at the end of the figure's year."""
    origin = say("规划基期") if baseline.origin == "plan" else say("台账基期")
    return say(
        "按{period}年数据：应完成{scheduled}（{expected}），实际完成{attained}；{origin}为{year}年{base}",
        period=shares.period,
        scheduled=percent(shares.scheduled),
        attained=percent(shares.attained),
        expected=quantity(shares.expected, target.unit, _finer(target, goal, shares.expected, spec)),
        origin=origin,
        year=baseline.year,
        base=quantity(baseline.value, target.unit, _finer(target, goal, baseline.value, spec)),
    )


def years_met(goal: Goal, series: Sequence[Figure], base_year: int | None) -> tuple[int, int]:
    """In how many years after the base the goal was met, of how many with a figure."""
    counted = [figure for figure in series if base_year is None or int(figure.period) > base_year]
    return sum(figure.value is not None and goal.met(figure.value) for figure in counted), len(counted)


def yearly(met: int, years: int, *, level: bool = False) -> Message:
    if level:
        return say("保持水平的目标，每年按当年值判断：有数据的{years}年中{met}年达到", years=years, met=met)
    return say("逐年目标，按当年值判断：有数据的{years}年中{met}年达到", years=years, met=met)


def shaped(path: Path) -> Message:
    return say("应完成按规划声明的路径（{shape}）计算", shape=path.name)


def grown(average: Average, latest: Figure, needed: float | None) -> Message:
    """Average growth since the base, and what the years left need."""
    rate = average.so_far(latest.value or 0.0, int(latest.period))
    values = {
        "base_year": average.base_year,
        "base": quantity(average.base, latest.unit),
        "year": latest.period,
        "level": quantity(latest.value, latest.unit),
        "rate": percent(None if rate is None else rate / 100, 1),
        "goal": percent(average.rate / 100, decimals_of(average.rate)),
    }
    parts: list[Message] = [
        say("{base_year}年{base}，{year}年{level}，年均下降{rate}，目标为年均下降{goal}", **values)
        if average.falling
        else say("{base_year}年{base}，{year}年{level}，年均增长{rate}，目标为年均增长{goal}", **values)
    ]
    if needed is not None:
        left = {"years": (average.year or 0) - int(latest.period), "needed": percent(needed / 100, 1)}
        parts.append(
            say("今后{years}年须年均下降{needed}", **left)
            if average.falling
            else say("今后{years}年须年均增长{needed}", **left)
        )
    return Joined(parts, ("；", "; "))


def no_growth(average_base: float | None) -> Message:
    if average_base is None:
        return say("年均增长目标须有基期值，规划和台账都没有")
    return say("基期之后没有可算增长率的数据")


def about_figures(
    target: Target,
    goal: Goal,
    series: Sequence[Figure],
    as_of: date,
    spec: IndicatorSpec | None,
) -> list[Message]:
    """What to know about the latest figure: age, fall, rounding, coverage, breaks in its series."""
    latest = series[-1]
    found = [_overdue(latest, as_of, spec), _no_final_year(target, latest, as_of)]
    found += [_fallen(target, goal, series, spec), _rounded(goal, latest, spec)]
    if latest.coverage is not None and latest.coverage < 1 and not _whole(latest.coverage):
        found.append(
            say("{period}年应报单位到表{share}", period=latest.period, share=percent(latest.coverage, 1))
        )
    return [message for message in found if message is not None] + breaks(series)


def breaks(series: Sequence[Figure]) -> list[Message]:
    """Each break between the first figure and the latest: what is held against each other is not of one basis."""
    told: dict[str, Message] = {}
    for figure in series[1:]:
        for mark in figure.breaks:
            note = Both(mark["note"]["zh"], mark["note"]["en"])
            said = say(
                "{period}年起数列中断（{note}），与此前年度不可直接比较", period=figure.period, note=note
            )
            told.setdefault(note.zh, said)
    return list(told.values())


def _overdue(latest: Figure, as_of: date, spec: IndicatorSpec | None) -> Message | None:
    """Says when a later year's figure should have been published by ``as_of``."""
    if spec is None or spec.release_lag is None:
        age = as_of.year - int(latest.period)
        if age <= STALE:
            return None
        return say("最新数据为{period}年，距今{age}年，可能已经过时", period=latest.period, age=age)
    year = as_of.year
    while add_months(date(year + 1, 1, 1), spec.release_lag.months) > as_of:
        year -= 1
    if int(latest.period) >= year:
        return None
    return say(
        "{year}年数据按惯例此时应已公布，尚未取得；现用{period}年数据", year=year, period=latest.period
    )


def _no_final_year(target: Target, latest: Figure, as_of: date) -> Message | None:
    if target.year is None or as_of <= date(target.year, 12, 31) or int(latest.period) >= target.year:
        return None
    return say("{year}年目标年度数据尚未产生，以该年数据为准", year=target.year)


def _fallen(
    target: Target, goal: Goal, series: Sequence[Figure], spec: IndicatorSpec | None
) -> Message | None:
    """A figure worse than the year before (a stock that fell, when certificates lapse)."""
    if len(series) < 2 or series[-1].value is None or series[-2].value is None:
        return None
    latest, before = series[-1], series[-2]
    change = (latest.value or 0.0) - (before.value or 0.0)
    if (change >= 0) == goal.up or change == 0:
        return None
    decimals = _finer(target, goal, latest.value or 0.0, spec)
    message = say(
        "较{year}年{verb}{change}（由{before}变为{latest}）",
        year=before.period,
        verb=say("减少") if change < 0 else say("增加"),
        change=difference(change, target.unit, decimals),
        before=quantity(before.value, target.unit, decimals),
        latest=quantity(latest.value, target.unit, decimals),
    )
    if spec is not None and "add_years" in spec.value:
        return say("{fall}，有效期满未续的不再计入", fall=message)
    return message


def _rounded(goal: Goal, latest: Figure, spec: IndicatorSpec | None) -> Message | None:
    """A figure that only looks like the target after rounding."""
    decimals = max(decimals_of(goal.value), spec.decimals if spec else 0)
    value = latest.value or 0.0
    if goal.met(value) or not goal.met(round(value, decimals)):
        return None
    return say("四舍五入后与目标值相同，未舍入的{value}尚未达到", value=number(value))


def no_forecast(years: int) -> Message:
    return say("尚未建立预测，不给预测值和达成可能性（现有{years}年数据）", years=years)


def nothing_linked() -> Message:
    return say("没有任务与目标建立联系，不能由目标推断进展")


def by_evidence() -> Message:
    return say("任务进展须凭佐证材料判断，这里只列所服务目标的状态")


def _finer(target: Target, goal: Goal, value: float, spec: IndicatorSpec | None) -> int:
    """The indicator's decimals, else the plan's; one more for a value between whole counts on the path."""
    decimals = max(decimals_of(goal.value), spec.decimals if spec else 0)
    if spec is None and target.unit == "%" and decimals == 0:
        return 1
    return decimals + 1 if decimals == 0 and abs(value - round(value)) > 0.05 else decimals


def _whole(coverage: float) -> bool:
    return coverage > 0.99995


class Both(Message):
    """A sentence given in both languages elsewhere (a figure's reason)."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__("{text}", {"text": zh})
        object.__setattr__(self, "english", en)

    def text(self, language: str) -> str:
        if language == "en":
            return str(object.__getattribute__(self, "english")) or str(self.params["text"])
        return str(self.params["text"])
