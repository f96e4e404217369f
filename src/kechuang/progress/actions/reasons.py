"""The sentences that say why a task stands where it does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kechuang.errors import listed
from kechuang.messages import Message, dated, literal, say
from kechuang.packs.model import Label
from kechuang.plan.model import Output
from kechuang.progress.actions.model import Component, MilestoneState
from kechuang.progress.actions.terms import Terms
from kechuang.progress.actions.words import KIND_LABELS, LABELS, ActionStatus
from kechuang.progress.model import TargetProgress
from kechuang.progress.wording import number, percent, quantity

#: Things named in a sentence before the rest is counted.
SOME = 3


def milestones(
    states: Sequence[MilestoneState],
    due: Sequence[MilestoneState],
    proven: Sequence[MilestoneState],
    late: Sequence[MilestoneState],
    terms: Terms,
) -> list[Message]:
    """Due and proven milestones, which are late and by how much, which lack a document."""
    if not states:
        return []
    found: list[Message] = []
    if due:
        found.append(say("到期节点{due}个，有文件证明完成的{proven}个", due=len(due), proven=len(proven)))
    else:
        ahead = [one.due for one in states if one.due is not None and one.standing != "done"]
        if ahead:
            found.append(say("尚无到期节点，最近的{day}到期", day=dated(min(ahead))))
        else:
            found.append(say("节点{n}个均已完成", n=len(states)))
    overdue = [one for one in late if one.standing == "overdue"]
    if overdue:
        found.append(_some(say("逾期未完成"), overdue))
    unproven = [one for one in states if one.standing == "unproven"]
    if unproven:
        found.append(
            say("{names}已填完成日期而没有证明文件，不计为完成", names=listed([one.name for one in unproven]))
        )
    missing = [one for one in states if one.promised and one.record is None and one in due]
    if missing:
        found.append(say("规划列有而台账没有登记：{names}", names=listed([one.name for one in missing])))
    slow = [one for one in states if one.standing == "done" and one.delay > terms.grace]
    if slow:
        found.append(_some(say("逾期完成"), sorted(slow, key=lambda one: -one.delay)))
    return found


def _some(what: Message, late: Sequence[MilestoneState]) -> Message:
    named: list[Message] = [
        say("{name}（应于{due}，迟{days}天）", name=one.name, due=one.due and dated(one.due), days=one.delay)
        for one in late[:SOME]
    ]
    said = say("{what}：{names}", what=what, names=listed(named))
    return say("{said}等{n}个", said=said, n=len(late)) if len(late) > SOME else said


def projects(numbers: Mapping[str, int], late: Sequence[tuple[int, str]]) -> list[Message]:
    found: list[Message] = [
        say("项目{all}个，已验收或结题{closed}个", all=numbers["all"], closed=numbers["closed"])
    ]
    if numbers["failed"]:
        found.append(say("终止或验收不通过{n}个", n=numbers["failed"]))
    if late:
        named = listed([say("{name}（超期{days}天）", name=key, days=days) for days, key in late[:SOME]])
        found.append(
            say("超过计划完成日期而未验收{n}个：{names}", n=len(late), names=named)
            if len(late) <= SOME
            else say("超过计划完成日期而未验收{n}个，最久的：{names}", n=len(late), names=named)
        )
    return found


def money(numbers: Mapping[str, float], years: Sequence[int]) -> list[Message]:
    if not years:
        return [say("经费记录都在以后年度")]
    period = str(years[0]) if len(years) == 1 else f"{years[0]}\N{EN DASH}{years[-1]}"
    if numbers["scheduled"] <= 0:
        return [say("{years}年未安排经费", years=period)]
    return [
        say(
            "{years}年应支出{scheduled}，到位{allocated}，支出{spent}，执行率{share}",
            years=period,
            scheduled=quantity(numbers["scheduled"], "万元", 1),
            allocated=quantity(numbers["allocated"], "万元", 1),
            spent=quantity(numbers["spent"], "万元", 1),
            share=percent(numbers["spent"] / numbers["scheduled"]),
        )
    ]


def promised(label: Label, promise: Output, held: float, terms: Terms) -> Message:
    year = promise.year or (terms.period[1] if terms.period else terms.day.year)
    return say(
        "承诺{year}年{label}{quantity}，现有{held}",
        year=year,
        label=Labelled(label),
        quantity=number(promise.quantity),
        held=number(held),
    )


def held(counts: Sequence[tuple[Label, int]]) -> Message:
    """How many records there are of each register named."""
    there: list[Message] = [
        say("{label}{n}条", label=Labelled(label), n=count) for label, count in counts if count
    ]
    missing: list[Message] = [Labelled(label) for label, count in counts if not count]
    if not there:
        return say("{labels}均无记录", labels=listed(missing))
    if missing:
        return say("有{there}；无{missing}", there=listed(there), missing=listed(missing))
    return say("有{there}", there=listed(there))


def targets(served: Sequence[TargetProgress]) -> list[Message]:
    named: list[Message] = [
        say("{id}{status}", id=literal(target.id), status=target.status_label) for target in served
    ]
    return [say("所服务目标：{targets}", targets=listed(named))]


def standing(
    status: ActionStatus,
    score: float | None,
    parts: Sequence[Component],
    terms: Terms,
    *,
    capped: bool,
    open_list: bool,
) -> list[Message]:
    """The arithmetic behind a status, what was left out, and then what each kind of evidence says."""
    found: list[Message] = []
    if score is not None:
        counted: list[Message] = [
            say(
                "{kind}{score}（权重{share}）",
                kind=KIND_LABELS[part.kind],
                score=percent(part.score),
                share=percent(part.share),
            )
            for part in parts
            if part.score is not None and part.share > 0
        ]
        found.append(say("应完成的已证明{score}：{parts}", score=percent(score), parts=listed(counted)))
    if capped:
        found.append(say("有节点逾期超过{days}天，不判为“按期推进”", days=terms.grace))
    if open_list:
        found.append(say("已登记的节点均已完成；规划未列全部节点，期末前不判为“已完成”"))
    if status == "underway":
        found.append(say("有佐证记录，但没有节点、项目、经费或数量可与时间进度比较"))
    if status == "no_evidence":
        found.append(say("没有任何佐证记录，不能判断进展"))
    found += [reason for part in parts for reason in part.why]
    unknown: list[Message] = [KIND_LABELS[part.kind] for part in parts if part.score is None]
    if unknown and score is not None:
        found.append(say("未计入：{kinds}（没有可与进度比较的记录）", kinds=listed(unknown)))
    return found


def group(
    score: float | None,
    counts: Mapping[ActionStatus, int],
    worst: ActionStatus,
    left_out: int,
    total: int,
) -> list[Message]:
    """Counts of statuses, the weighted mean, and how many entries it leaves out."""
    said: list[Message] = [say("{status}{n}项", status=LABELS[name], n=n) for name, n in counts.items()]
    found: list[Message] = [say("共{total}项：{counts}", total=total, counts=listed(said))]
    if score is not None:
        found.append(say("按权重合计，应完成的已证明{score}", score=percent(score)))
    if left_out and score is not None:
        found.append(say("其中{n}项没有可比的记录，未计入合计", n=left_out))
    if total:
        found.append(say("最差的一项：{status}", status=LABELS[worst]))
    return found


class Labelled(Message):
    """A label of a declaration, in the language asked for."""

    def __init__(self, label: Label) -> None:
        super().__init__("{zh}", {"zh": label.zh, "en": label.en})

    def text(self, language: str) -> str:
        return str(self.params["en" if language == "en" else "zh"])
