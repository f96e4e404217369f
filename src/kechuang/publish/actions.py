"""What reports say of a task's evidence and of warnings: short, with the number, beside the status."""

from __future__ import annotations

from collections.abc import Sequence

from kechuang.messages import Message, literal, say
from kechuang.progress import ProgrammeProgress, SafeguardProgress, TaskProgress
from kechuang.progress.actions.model import GroupStanding, Standing
from kechuang.progress.actions.words import KIND_LABELS, LABELS
from kechuang.progress.warnings.model import LEVEL_LABELS, LEVELS, STATE_LABELS, Warned, Warnings
from kechuang.progress.wording import number, percent
from kechuang.publish import words


def members(group: ProgrammeProgress | SafeguardProgress) -> tuple[TaskProgress, ...]:
    """The tasks of a programme, or the measures of a group."""
    return group.tasks if isinstance(group, ProgrammeProgress) else group.measures


def judged(groups: Sequence[ProgrammeProgress] | Sequence[SafeguardProgress]) -> bool:
    """Whether entries were judged by evidence."""
    return any(one.standing is not None for group in groups for one in members(group))


def status(standing: Standing | GroupStanding) -> Message:
    """The status with the share proven, where that is known and says more."""
    if standing.score is None or standing.status == "completed":
        return standing.label
    return say("{status} {share}", status=standing.label, share=percent(standing.score))


def basis(standing: Standing) -> Message:
    """The evidence in numbers, a kind after the other; what is overdue first."""
    parts: list[Message] = []
    for kind in ("milestones", "projects", "money", "outputs"):
        part = standing.component(kind)
        if part is None or not (part.count or part.numbers.get("all")):
            continue
        told = part.numbers
        if kind == "milestones":
            parts.append(
                say("节点到期{due}个、证明{proven}个", due=int(told["due"]), proven=int(told["proven"]))
                if told["due"]
                else say("节点{all}个均未到期", all=int(told["all"]))
            )
            if part.delay:
                parts.append(say("最久逾期{days}天", days=part.delay))
        elif kind == "projects":
            parts.append(say("项目{all}个、结题{closed}个", all=int(told["all"]), closed=int(told["closed"])))
            if told["overdue"]:
                parts.append(say("超期{n}个", n=int(told["overdue"])))
        elif kind == "money" and told["scheduled"] > 0:
            parts.append(say("经费执行{share}", share=percent(told["spent"] / told["scheduled"])))
        elif kind == "outputs":
            parts.append(say("台账记录{n}条", n=number(part.count)))
    if not parts:
        return say("没有佐证记录")
    return words.Joined(parts, ("，", ", "))


def summary(groups: Sequence[ProgrammeProgress] | Sequence[SafeguardProgress]) -> Message:
    """How many entries have which status."""
    counts: dict[Message, int] = {}
    for label in LABELS.values():
        n = sum(
            one.standing is not None and one.standing.label == label
            for group in groups
            for one in members(group)
        )
        if n:
            counts[label] = n
    parts: list[Message] = [say("{status}{n}项", status=label, n=n) for label, n in counts.items()]
    return words.Joined(parts)


def weighing(groups: Sequence[ProgrammeProgress] | Sequence[SafeguardProgress]) -> Message | None:
    """The weights of the kinds of evidence, where all entries have the same; else that they differ."""
    told = {
        tuple((part.kind, part.weight) for part in one.standing.components)
        for group in groups
        for one in members(group)
        if one.standing is not None
    }
    if not told:
        return None
    if len(told) > 1:
        return say("各类佐证的权重按规划文件中各项的声明，逐项见 kechuang progress tasks")
    parts: list[Message] = [
        say("{kind}{weight}", kind=KIND_LABELS[kind], weight=number(weight)) for kind, weight in told.pop()
    ]
    return say("各类佐证的权重：{parts}；没有可比记录的一类不计入", parts=words.listed(parts))


def alerts(warnings: Warnings) -> Message:
    """How many warnings there are of each level, and how many wait for an answer."""
    parts: list[Message] = [
        say("{level}{n}条", level=LEVEL_LABELS[level], n=warnings.count(level))
        for level in reversed(LEVELS)
        if warnings.count(level)
    ]
    said = words.Joined(parts)
    waiting = len(warnings.pending)
    return say("{levels}，待处置{n}条", levels=said, n=waiting) if waiting else said


def because(one: Warned) -> Message:
    """The reasons of a warning, the gravest first."""
    return words.Joined([reason.message for reason in one.finding.reasons], ("；", "; "))


def dealt(one: Warned) -> Message:
    """What became of it: waiting, for how long, who answered what."""
    said: Message = STATE_LABELS[one.state]
    if one.state == "snoozed" and one.until is not None:
        said = say("{state}至{day}", state=said, day=one.until.isoformat())
    if one.note and not one.pending:
        said = say("{state}（{who}：{note}）", state=said, who=one.acknowledged_by, note=one.note)
    if one.escalated:
        to: Message = literal(one.escalated_to) if one.escalated_to else say("上一级")
        said = say("{state}，已{days}天，报{to}", state=said, days=one.waiting, to=to)
    return said
