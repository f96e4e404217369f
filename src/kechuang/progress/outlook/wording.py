"""The sentences of an outlook: what is likely, on what it rests, what to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import floor, log10

from kechuang.errors import Joined
from kechuang.indicators.figure import Figure
from kechuang.messages import Message, say
from kechuang.packs.model import IndicatorSpec, Label
from kechuang.progress.model import TargetProgress
from kechuang.progress.outlook.chances import EDGE, frequency, likelihood
from kechuang.progress.outlook.levers import CountyGap, Renewals
from kechuang.progress.outlook.next_return import NextReturn
from kechuang.progress.outlook.projection import Projection
from kechuang.progress.outlook.registers import ListRates, Rates
from kechuang.progress.wording import decimals_of, difference, number, quantity


@dataclass(frozen=True)
class Voice:
    """How numbers of one target are said: its unit and decimals; names of counties by code."""

    target: TargetProgress
    spec: IndicatorSpec | None
    names: Mapping[str, str]

    @property
    def decimals(self) -> int:
        return self.spec.decimals if self.spec else decimals_of(self.target.target)

    def value(self, value: float) -> Message:
        return quantity(value, self.target.unit, self.decimals)

    def change(self, value: float, *, whole: bool = False) -> Message:
        """A change with two significant digits, no more decimals than the indicator and one."""
        size = 0 if not value else 1 - floor(log10(abs(value)))
        return difference(value, self.target.unit, 0 if whole else min(max(size, 0), self.decimals + 1))

    def name(self, code: str) -> str:
        return self.names.get(code, code)


def settled(target: TargetProgress, attained: bool) -> Message:
    """The outcome of a target whose year is over, or that can no longer be lost."""
    if attained:
        return say("已确定：目标已达到")
    return say("已确定：{year}年目标没有达到", year=target.year)


def kept_for_good() -> Message:
    return say("已确定：目标已达到，这项数只增不减")


def verdict(voice: Voice, chance: float, *, every: bool) -> Message:
    """The probability in one sentence."""
    target = voice.target
    if not EDGE <= chance <= 1 - EDGE / 2:
        return say("照现有情形，{year}年的目标{often}", year=target.year, often=frequency(chance))
    if every:
        return say(
            "照现有情形，到{year}年为止年年达到目标的可能性为{chance}：{often}",
            year=target.year,
            chance=likelihood(chance),
            often=frequency(chance),
        )
    return say(
        "照现有情形，{year}年达到目标的可能性为{chance}：{often}",
        year=target.year,
        chance=likelihood(chance),
        often=frequency(chance),
    )


def expected(voice: Voice, projection: Projection, year: int) -> Message:
    """Median and 80% band of the target's year."""
    median, _, (low, high), _ = projection.bands[projection.years.index(year)]
    if voice.value(low).zh == voice.value(high).zh:
        return say("预计{year}年为{median}", year=year, median=voice.value(median))
    return say(
        "预计{year}年为{median}左右，十次里有八次落在{low}到{high}之间",
        year=year,
        median=voice.value(median),
        low=voice.value(low),
        high=voice.value(high),
    )


def basis_register(kind: str) -> Message:
    if kind == "yearly":
        return say("按台账逐年名单推演：上年在库的有多少留下，每年新进多少")
    return say("按台账逐条推演：哪一条何时到期、多少会续、每年新增多少")


def basis_series(years: int) -> Message:
    return say("按历年数据外推（{years}年数据）", years=years)


def by_series(voice: Voice, median: float, chance: float, register: float) -> Message:
    """What the forecast of yearly figures says, beside a simulated register."""
    said = say(
        "若只按历年数据外推，目标年为{median}左右，可能性{chance}",
        median=voice.value(median),
        chance=likelihood(chance),
    )
    if abs(chance - register) < 0.1:
        return said
    return say("{said}；与台账推演不一致，以推演为准：历年数据看不出哪些记录将到期或退出", said=said)


def running(voice: Voice, year: int, value: float) -> Message:
    """The figure of the running year, which no forecast rests on."""
    return say("{year}年截至目前为{value}；年度没有结束，不作外推的依据", year=year, value=voice.value(value))


def held_now(voice: Voice, year: int, due: int) -> Message:
    """That a register meets its target today says nothing yet of the last day."""
    if not due:
        return say("目前已达到；目标以{year}年末的数为准", year=year)
    return say(
        "目前已达到；目标以{year}年末的数为准，此前还有{due}到期",
        year=year,
        due=quantity(due, voice.target.unit, 0),
    )


def carry_on(year: int) -> Message:
    return say("照现有安排推进即可，{year}年数据到后再判断一次", year=year)


def lapses(due: Mapping[int, int], voice: Voice) -> Message:
    """What lapses in which year."""
    listed = [
        say("{year}年{n}", year=year, n=quantity(count, voice.target.unit, 0)) for year, count in due.items()
    ]
    return say("将到期：{listed}", listed=Joined(listed, ("、", ", ")))


def renew(found: Renewals, voice: Voice, year: int, likely: float) -> Message:
    """How many of the lapsing must be renewed."""
    unit = voice.target.unit
    due = quantity(found.due, unit, 0)
    if found.beyond:
        return say(
            "到{year}年末有{due}到期，即使全部续上，可能性也只有{chance}；还须比往年多新增{beyond}，才到{likely}",
            year=year,
            due=due,
            chance=likelihood(found.all_renewed),
            beyond=quantity(found.beyond, unit, 0),
            likely=likelihood(found.probability),
        )
    if not found.needed:
        return say(
            "到{year}年末有{due}到期；即使都不续，可能性也有{chance}",
            year=year,
            due=due,
            chance=likelihood(found.probability),
        )
    return say(
        "到{year}年末有{due}到期，抓住其中{needed}续上，可能性可到{chance}（照往年预计续{expected}）",
        year=year,
        due=due,
        needed=quantity(found.needed, unit, 0),
        chance=likelihood(found.probability),
        expected=quantity(found.expected, unit, 1),
    )


def pace(voice: Voice, amount: float, chance: float, steps: int, year: int, *, whole: bool) -> Message:
    """The change beyond the present course that makes it likely."""
    total = amount * steps
    if whole or steps == 1:
        shown = voice.change(total, whole=whole)
        return (
            say("到{year}年末，在现有走势之外再增加{amount}，可能性可到{chance}", year=year, amount=shown, chance=likelihood(chance))
            if amount > 0
            else say("到{year}年末，在现有走势之外再减少{amount}，可能性可到{chance}", year=year, amount=shown, chance=likelihood(chance))
        )  # fmt: skip
    shown = voice.change(amount)
    return (
        say("每年在现有走势之外再增加{amount}，可能性可到{chance}", amount=shown, chance=likelihood(chance))
        if amount > 0
        else say(
            "每年在现有走势之外再减少{amount}，可能性可到{chance}", amount=shown, chance=likelihood(chance)
        )
    )


def step(voice: Voice, amount: float, before: float, after: float) -> Message:
    """What one step a year more would do."""
    shown, was, then = difference(amount, voice.target.unit), likelihood(before), likelihood(after)
    if amount > 0:
        return say("每年多{amount}，可能性由{before}变为{after}", amount=shown, before=was, after=then)
    return say("每年少{amount}，可能性由{before}变为{after}", amount=shown, before=was, after=then)


def county(voice: Voice, gap: CountyGap, chance: float, *, rate: bool) -> Message:
    """The county whose shortfall matters most."""
    name = voice.name(gap.region)
    if rate:
        return say(
            "差距最要紧的是{county}（{value}）：它达到全地区的目标水平，全地区可提高{effect}，可能性由{before}变为{after}",
            county=name,
            value=voice.value(gap.value),
            effect=voice.change(gap.effect),
            before=likelihood(chance),
            after=likelihood(gap.probability),
        )
    return say(
        "差距最要紧的是{county}：现有{value}，按基期份额应担{share}；补上以后可能性由{before}变为{after}",
        county=name,
        value=voice.value(gap.value),
        share=quantity(gap.share, voice.target.unit, 1),
        before=likelihood(chance),
        after=likelihood(gap.probability),
    )


def earliest(median_year: int | None, likely_year: int | None, last: int, likely: float) -> Message:
    """When the target is met on the middle path, and when it is likely."""
    share = likelihood(likely)
    if median_year is None:
        return say("照现有走势，到{last}年仍不能达到", last=last)
    if likely_year is None:
        return say(
            "按中间走势在{median}年达到；到{last}年仍没有{share}的把握",
            median=median_year,
            last=last,
            share=share,
        )
    if likely_year == median_year:
        return say("最早在{median}年达到，且有{share}以上的把握", median=median_year, share=share)
    return say(
        "按中间走势在{median}年达到，到{likely}年才有{share}的把握",
        median=median_year,
        share=share,
        likely=likely_year,
    )


def worth(voice: Voice, found: NextReturn, year: int) -> Message:
    """What the next figure would tell."""
    if found.year >= year:
        return say("下一次数据即为{year}年数据，届时可知是否达到", year=found.year)
    if found.narrowing < 0.05:
        return say("{next}年数据到后，{year}年的预测区间不会明显变窄", next=found.year, year=year)
    return say(
        "{next}年数据到后，{year}年的预测区间预计变窄{share}",
        next=found.year,
        year=year,
        share=f"{found.narrowing:.0%}",
    )


def numerator(year: int, above: tuple[Label, str], need: float, latest: Figure) -> Message:
    """What the numerator of a ratio has to be."""
    label, unit = above
    decimals = 0 if need >= 100 else 1
    return say(
        "若分母保持年均增速，{year}年{label}要达到{need}（{period}年为{now}）",
        year=year,
        label=Named(label.zh, label.en),
        need=quantity(need, unit, decimals),
        now=quantity(latest.numerator, unit, decimals),
        period=latest.period,
    )


class Named(Message):
    """A name that has its own form in each language."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__("{zh}", {"zh": zh, "en": en})

    def text(self, language: str) -> str:
        return str(self.params["en" if language == "en" else "zh"])


def assumed_register(rates: Rates, weight: float) -> list[Message]:
    """What a simulated register rests on."""
    found: list[Message] = []
    if rates.lapsed:
        found.append(
            say(
                "到期{n}条中续了{renewed}条，连同先验（{weight}条）续期概率取{share}",
                n=number(rates.lapsed, 0),
                renewed=rates.renewed,
                weight=number(weight),
                share=f"{rates.renewal_mean:.0%}",
            )
        )
    if rates.entries:
        listed = [say("{year}年{n}", year=year, n=count) for year, count in rates.entries]
        found.append(say("历年新增：{listed}", listed=Joined(listed, ("、", ", "))))
    return found


def assumed_lists(rates: ListRates) -> list[Message]:
    return [
        say(
            "上年在库的平均留下{share}，每年平均新进{join}家",
            share=f"{rates.stay_mean:.0%}",
            join=number(rates.join[0] / rates.join[1], 1),
        )
    ]


def too_short(years: int) -> Message:
    if not years:
        return say("没有可用的历年数据，不给预测值和达成可能性")
    return say("可用的数据只有{years}年，不足4年，不给预测值和达成可能性", years=years)


def not_comparable() -> Message:
    return say("目标与指标的单位不能比较，不给预测值和达成可能性")


def without(reason: Message) -> Message:
    return say("不给预测值和达成可能性：{reason}", reason=reason)


def nothing_to_hold() -> Message:
    return say("规划没有给出目标值或目标年，不给达成可能性")


def together(of: str, count: int, chance: float, bounds: tuple[float, float], weakest: str) -> Message:
    """The probability of all targets at once; ``weakest``: the name of the least likely."""
    low, high = bounds
    which = say("{n}项约束性目标", n=count) if of == "binding" else say("{n}项目标", n=count)
    if high < EDGE:
        return say("{which}几乎不可能全部达到：{weakest}的可能性不到1%", which=which, weakest=weakest)
    if chance < EDGE:
        return say(
            "{which}全部达到的可能性不到1%（无论各项如何相关，都不超过{high}）",
            which=which,
            high=likelihood(high),
        )
    if low < EDGE:
        return say(
            "{which}全部达到的可能性约为{chance}（无论各项如何相关，都不超过{high}）",
            which=which,
            chance=likelihood(chance),
            high=likelihood(high),
        )
    return say(
        "{which}全部达到的可能性约为{chance}（无论各项如何相关，都在{low}到{high}之间）",
        which=which,
        chance=likelihood(chance),
        low=likelihood(low),
        high=likelihood(high),
    )


def no_joint() -> Message:
    return say("没有一项目标有达成可能性，不算全部达到的可能性")
