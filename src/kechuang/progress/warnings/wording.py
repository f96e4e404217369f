"""The sentences of warnings: the number, the comparison, the cause - and what to do next."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from kechuang.errors import listed
from kechuang.messages import Message, dated, say
from kechuang.progress.actions.model import MilestoneState
from kechuang.progress.model import TargetProgress
from kechuang.progress.wording import percent, quantity

TARGET_ADVICE = say("请牵头单位说明差额出在哪里，提出追赶安排和期限")
MISSED_ADVICE = say("期限已过，请牵头单位说明未达成的原因，在总结评估中如实反映")
STALE_ADVICE = say("请向数据发布或填报单位核实何时可得；可能是漏报，不一定是没有")
PROJECT_ADVICE = say("请核实项目是否已验收；已验收的补登结果，未验收的办理延期或终止")
MONEY_ADVICE = say("请核实支出是否漏登；确未支出的，说明原因并调整用款计划")
PROOF_ADVICE = say("请登记节点、经费或相应台账；可能是漏登，不一定是没做")
CHAIN_ADVICE = say("请调整后续节点安排，或先做不必等待的部分")
RETURN_ADVICE = say("请催报；确有困难的，办理延期并写明理由")
_DOCUMENT = say("请补登证明文件；没有文件的，更正完成日期")
_DELAY = say("请核实是否已完成；已完成的补登日期和文件，未完成的说明原因和新的期限")


def milestone_advice(late: MilestoneState) -> Message:
    return _DOCUMENT if late.standing == "unproven" else _DELAY


def shortfall(target: TargetProgress, short: float | None) -> Message:
    """How much is missing of what there should be."""
    latest = target.latest
    if target.status == "missed" and latest is not None:
        return say(
            "{year}年目标未达成：{period}年为{value}，目标{goal}",
            year=target.year,
            period=latest.period,
            value=quantity(_rounded(latest.value), target.unit),
            goal=quantity(target.target, target.unit),
        )
    if target.attained is not None and target.scheduled_share is not None and latest is not None:
        return say(
            "按{period}年数据完成{attained}，同期应完成{scheduled}",
            period=latest.period,
            attained=percent(target.attained),
            scheduled=percent(target.scheduled_share),
        )
    return say("比目标值少{share}", share=percent(short, 1))


def _rounded(value: float) -> float:
    """Enough digits for a sentence; the unrounded value stands in the lineage."""
    return float(f"{value:.4g}") if abs(value) < 1000 else round(value, 1)


def probability(likely: float, limit: float) -> Message:
    return say("达成可能性{likely}，低于{limit}", likely=percent(likely), limit=percent(limit))


def stale(wanted: int, months: int, latest: str) -> Message:
    return say(
        "{wanted}年数据按惯例应已公布{months}个月，尚未取得；现用{latest}年数据",
        wanted=wanted,
        months=months,
        latest=latest,
    )


def milestones(late: Sequence[MilestoneState], targets: Sequence[str]) -> Message:
    first = late[0]
    due = dated(first.due) if first.due else None
    said = (
        say("节点“{name}”应于{due}完成，已填完成而无证明文件", name=first.name, due=due)
        if first.standing == "unproven"
        else say("节点“{name}”应于{due}完成，逾期{days}天", name=first.name, due=due, days=first.delay)
    )
    if len(late) > 1:
        said = say("{said}；另有{n}个节点逾期或无证明", said=said, n=len(late) - 1)
    if targets:
        said = say("{said}；影响目标{targets}", said=said, targets=listed(targets))
    return said


def overrun(name: str, expected: date, days: int) -> Message:
    return say(
        "按已有延误推算，节点“{name}”预计{expected}完成，超过规划期末{days}天",
        name=name,
        expected=dated(expected),
        days=days,
    )


def projects(overdue: int, days: int) -> Message:
    return say("{n}个项目超过计划完成日期而未验收，最久{days}天", n=overdue, days=days)


def money(spent: float, scheduled: float) -> Message:
    return say(
        "累计应支出{scheduled}，实际支出{spent}，为{share}",
        scheduled=quantity(scheduled, "万元", 1),
        spent=quantity(spent, "万元", 1),
        share=percent(spent / scheduled),
    )


def no_proof(gone: float) -> Message:
    return say("规划期已过{share}，没有任何佐证记录", share=percent(gone))


def late_return(expected: int, missing: int, deadline: date, days: int) -> Message:
    return say(
        "应报{expected}份，缺{missing}份；期限{deadline}，已过{days}天",
        expected=expected,
        missing=missing,
        deadline=dated(deadline),
        days=days,
    )
