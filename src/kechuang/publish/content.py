"""The material as a reader meets it: one view a target, with its names, numbers and series ready."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from kechuang.indicators.figure import Figure
from kechuang.messages import Message, literal, say
from kechuang.packs.model import IndicatorSpec
from kechuang.plan.model import PlanSpan, Target
from kechuang.progress.averages import Average, as_growth, falling
from kechuang.progress.model import TargetProgress
from kechuang.progress.wording import Quantity, decimals_of, number, percent
from kechuang.publish import words
from kechuang.publish.charts.data import ChartWords, Fan, Series
from kechuang.publish.material import ReportMaterial


@dataclass(frozen=True)
class TargetView:
    """One target for a reader. ``series`` are its figures of the plan's region, in order of year."""

    progress: TargetProgress
    promise: Target
    spec: IndicatorSpec | None
    series: tuple[Figure, ...]
    counties: tuple[tuple[str, Figure], ...]
    explanation: Mapping[str, Any] | None

    @property
    def id(self) -> str:
        return self.progress.id

    @property
    def name(self) -> Message:
        """The plan's own name of the target; in English the indicator's."""
        english = self.spec.label.en if self.spec else self.progress.name
        if self.progress.growth and self.spec:
            english = say("{name}年均增速", name=english).en
        return Named(self.progress.name, english)

    @property
    def measure(self) -> Message:
        """What is measured, in full."""
        if self.spec is None:
            return self.name
        label = self.spec.full_label or self.spec.label
        measured = Named(label.zh, label.en)
        return say("{name}年均增速", name=measured) if self.progress.growth else measured

    @property
    def decimals(self) -> int:
        if self.progress.growth:
            return max(1, decimals_of(self.progress.target))
        return self.spec.decimals if self.spec else decimals_of(self.progress.target)

    def shown(self, value: float | None) -> str:
        return number(value, self.decimals)

    def quantity(self, value: float | None) -> Message:
        return literal("—") if value is None else Quantity(self.shown(value), self.progress.unit)

    @property
    def derived(self) -> Message | None:
        """What a number that is no figure of the indicator was made of; what follows explains the figure."""
        if not self.progress.growth:
            return None
        return say(
            "{year}年{base}到最新值的年均增速；以下是最新值的公式和记录",
            year=self.progress.baseline.year if self.progress.baseline else "",
            base=self.base,
        )

    @property
    def base(self) -> Message:
        """The baseline, in its own unit where that is not the target's."""
        baseline = self.progress.baseline
        if baseline is None:
            return literal("—")
        if baseline.unit is not None:
            return Quantity(number(baseline.value), baseline.unit)
        return self.quantity(baseline.value)

    @property
    def sample(self) -> bool:
        """Whether a figure shown for it is made up."""
        return any(figure.status == "sample" for figure in self.series)

    @property
    def provisional_years(self) -> list[str]:
        return [figure.period for figure in self.series if figure.status == "provisional"]

    @property
    def data_status(self) -> Message:
        status = self.progress.data_status
        return words.DATA_STATUS[status] if status else say("暂无数据")

    @property
    def lead(self) -> list[str]:
        return self.promise.lead

    @property
    def span(self) -> PlanSpan | None:
        return self.promise.span

    @property
    def quotation(self) -> str:
        """The plan's words on one line; the cells of a table row set apart."""
        words_ = self.span.text if self.span else ""
        cells = (" ".join(cell.split()) for cell in words_.split("\t"))
        return " ｜ ".join(cell for cell in cells if cell)

    def chart(self) -> Series:
        """The series as charts draw it; the latest dot is hollow where its figure is not final."""
        target = self.progress
        points = tuple((int(f.period), f.value) for f in self.series if f.value is not None)
        hollow = {int(f.period) for f in self.series if f.status in ("provisional", "estimated")}
        year = target.year
        if points and year is None:
            year = points[-1][0]
        aim = target.target
        return Series(
            points,
            target.path,
            year if aim is not None else None,
            aim,
            target.high,
            frozenset(hollow),
            target.unit,
            self.decimals,
            self.fan(),
        )

    def fan(self) -> Fan | None:
        """What may come until the target's year; None where nothing is projected."""
        outlook, year = self.progress.outlook, self.progress.year
        if outlook is None or year is None or not outlook.years:
            return None
        rows = tuple((at.year, at.median, at.p50, at.p80, at.p95) for at in outlook.years if at.year <= year)
        return Fan(outlook.start, rows)

    def chart_words(self, language: str) -> ChartWords:
        target = self.progress
        latest = target.latest
        said: Message = literal("")
        if latest:
            said = say("{year}年{value}", year=latest.period, value=self.quantity(latest.value))
        if latest and latest.status == "provisional":
            said = say("{latest}（初步）", latest=said)
        first = next((figure for figure in self.series if figure.value is not None), None)
        description = (
            say(
                "{name}：{first}年{start}，{last}年{end}；目标{goal}",
                name=self.name,
                first=first.period,
                start=self.quantity(first.value),
                last=latest.period,
                end=self.quantity(latest.value),
                goal=words.goal(target),
            )
            if first and latest
            else say("{name}：暂无数据；目标{goal}", name=self.name, goal=words.goal(target))
        )
        return ChartWords(
            actual=say("实际值").text(language),
            path=say("规划路径").text(language),
            target=say("目标{goal}", goal=words.goal(target)).text(language),
            latest=said.text(language) if latest else "",
            description=description.text(language),
            median=self._median().text(language),
            sample=say("示例数据").text(language) if self.sample else "",
        )

    def _median(self) -> Message:
        """The label of the fan's last year."""
        fan = self.fan()
        return say("预计{value}", value=self.quantity(fan.years[-1][1])) if fan else literal("")

    def finding(self) -> Message:
        """What the series says: how far from the target or path, and whether it fell."""
        target, latest = self.progress, self.progress.latest
        if latest is None:
            return say("暂无数据")
        where = words.against(target, self.decimals)
        known = [figure for figure in self.series if figure.value is not None]
        if len(known) > 1 and target.status != "achieved":
            before, now = known[-2].value or 0.0, known[-1].value or 0.0
            values = {"before": self.quantity(before), "now": self.quantity(now), "where": where}
            if self.shown(before) != self.shown(now) and (now < before) == (target.direction != "down"):
                return (
                    say("{year}年由{before}降至{now}，{where}", year=latest.period, **values)
                    if now < before
                    else say("{year}年由{before}升至{now}，{where}", year=latest.period, **values)
                )
        return say("{year}年{where}", year=latest.period, where=where)

    @property
    def rate(self) -> bool:
        """Whether counties are compared with the region's own level, not added up to it."""
        return self.progress.unit == "%"

    def below(self) -> list[str]:
        """The counties worse than the region's own level, the worst last; of a rate only."""
        latest = self.progress.latest
        if not self.rate or latest is None:
            return []
        up = self.progress.direction != "down"
        level = round(latest.value, self.decimals)
        worse = [
            (round(figure.value or 0.0, self.decimals), name)
            for name, figure in self.counties
            if (round(figure.value or 0.0, self.decimals) < level) == up
            and round(figure.value or 0.0, self.decimals) != level
        ]
        return [name for _, name in sorted(worse, reverse=up)]

    def county_finding(self) -> Message | None:
        """What the comparison of counties says; None where there is nothing to compare."""
        rows = self.counties
        values = [figure.value or 0.0 for _, figure in rows]
        if len(rows) < 2 or self.progress.latest is None or max(values) <= 0:
            return None
        if self.rate:
            worse = self.below()
            if not worse:
                return say("各县市相差不大")
            side = (
                say("{n}个县市低于全地区水平", n=words.Count(len(worse)))
                if self.progress.direction != "down"
                else say("{n}个县市高于全地区水平", n=words.Count(len(worse)))
            )
            return say("{side}，{name}差得最多", side=side, name=worse[-1])
        zero = values.count(0.0)
        top = rows[0][0]
        if values.count(values[0]) > 1 or sum(values) <= 0:
            first: Message = say(
                "{n}个县市同为{value}", n=words.Count(values.count(values[0])), value=self.quantity(values[0])
            )
        else:
            first = say("{name}最多，占{share}", name=top, share=percent(values[0] / sum(values)))
        return say("{first}；{n}个县市为零", first=first, n=words.Count(zero)) if zero else first

    def source_line(self) -> Message:
        """Where the series comes from and how sure it is, for the foot of its chart."""
        source = literal(self.spec.definition.source) if self.spec else say("台账")
        parts: list[Message] = [say("口径来源：{source}。数据来源：本工作区台账汇总", source=source)]
        if self.provisional_years:
            parts.append(say("{years}年为初步数据", years="、".join(self.provisional_years)))
        if self.sample:
            parts.append(say("图中含示例数据"))
        return words.sentence(words.Joined(parts, ("；", "; ")))


class Named(Message):
    """A name that has its own form in each language."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__("{zh}", {"zh": zh, "en": en})

    def text(self, language: str) -> str:
        return str(self.params["en" if language == "en" else "zh"])


class Content:
    """A report's material, looked at target by target, in its language."""

    def __init__(self, material: ReportMaterial) -> None:
        self.material = material
        self.language = material.language

    def t(self, message: Message) -> str:
        """The message in the report's language."""
        return message.text(self.language)

    @cached_property
    def targets(self) -> list[TargetView]:
        promises = {target.id: target for target in self.material.plan.targets}
        return [self._view(target, promises[target.id]) for target in self.material.progress.targets]

    @cached_property
    def by_id(self) -> dict[str, TargetView]:
        return {view.id: view for view in self.targets}

    @property
    def sample(self) -> bool:
        return self.material.sample or any(view.sample for view in self.targets)

    @cached_property
    def short_returns(self) -> list[Return]:
        """Returns late or missing, latest year first."""
        found = [Return.of(item, self) for item in self.material.returns]
        short = [item for item in found if item.late or item.missing]
        return sorted(short, key=lambda item: (-item.year, item.type, item.region))

    @cached_property
    def pressing(self) -> list[TargetView]:
        """The targets missed or behind, the widest gap first."""
        found = [view for view in self.targets if view.progress.status in ("behind", "missed")]
        return sorted(found, key=lambda view: -words.shortfall(view.progress))

    def years(self) -> str:
        """The years the latest figures are of."""
        found = sorted({view.progress.latest.period for view in self.targets if view.progress.latest})
        return "—".join(dict.fromkeys((found[0], found[-1]))) if found else ""

    def record_name(self, record_type: str) -> str:
        """The label of a record type."""
        kind = self.material.records.get(record_type)
        return kind.label.text(self.language) if kind else record_type

    def field_name(self, record_type: str, name: str) -> str:
        """The label of a field of a record type."""
        kind = self.material.records.get(record_type)
        found = kind.fields.get(name) if kind else None
        return found.label.text(self.language) if found else name

    def _view(self, target: TargetProgress, promise: Target) -> TargetView:
        material = self.material
        indicator = target.indicator or ""
        own = [f for f in material.figures if f.indicator == indicator and f.region == material.region]
        own.sort(key=lambda figure: figure.period)
        if target.growth:
            own = _growth(target, promise, own)
        below: list[tuple[str, Figure]] = []
        if target.latest is not None and not target.growth:
            below = [
                (material.regions.get(f.region, f.region), f)
                for f in material.figures
                if f.indicator == indicator
                and f.region != material.region
                and f.period == target.latest.period
                and f.value is not None
            ]
        below.sort(key=lambda pair: -(pair[1].value or 0.0))
        return TargetView(
            target,
            promise,
            material.specs.get(indicator),
            tuple(own),
            tuple(below),
            material.explanations.get(target.id),
        )


def _growth(target: TargetProgress, promise: Target, levels: list[Figure]) -> list[Figure]:
    """The figures of a target of average growth: growth since the baseline, not the level."""
    base = target.baseline
    if base is None or target.target is None:
        return []
    average = Average(target.target, base.value, base.year, target.year, falling(promise))
    return as_growth(levels, average)


@dataclass(frozen=True)
class Return:
    """Returns of one type, region and year: how many were due, came, came late, did not come in time."""

    type: str
    region: str
    year: int
    expected: int
    arrived: int
    late: int
    missing: int
    deadline: str

    @classmethod
    def of(cls, item: Any, content: Content) -> Return:
        region = str(item.region or "")
        return cls(
            content.record_name(item.type),
            content.material.regions.get(region, region),
            int(item.year),
            _count(item.expected),
            _count(item.arrived),
            _count(item.late),
            _count(item.missing) if getattr(item, "overdue", True) else 0,
            "" if item.deadline is None else str(item.deadline),
        )


def _count(given: object) -> int:
    if isinstance(given, Sequence) and not isinstance(given, str):
        return len(given)
    return int(given) if isinstance(given, (int, float)) else 0
