"""Where the preparation of a plan stands: a replay of its journal, and the one place of its rules.

An entry that would break a rule (issue before approval, a disposition of a comment that is not there)
raises KechuangError; whoever adds to the journal replays it with the new entries first, so a journal
with a broken rule cannot come about.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from kechuang.errors import KechuangError, listed
from kechuang.messages import Message, say
from kechuang.plan.preparation import events
from kechuang.plan.preparation.journal import Entry

PUBLIC = "公众"


@dataclass(frozen=True)
class Filed:
    """A document of a stage or step."""

    n: int
    title: str
    number: str | None
    day: date | None
    file: events.FileSeen | None


@dataclass
class Step:
    """A step within a stage; ``id`` is stage number and step number (``2.1``)."""

    id: str
    name: str
    due: date | None = None
    done: date | None = None
    documents: list[Filed] = field(default_factory=list)


@dataclass
class StageRecord:
    """What was recorded of a stage; ``entries``: the numbers of the journal's entries on it."""

    name: str
    steps: dict[str, Step] = field(default_factory=dict)
    done: date | None = None
    documents: list[Filed] = field(default_factory=list)
    entries: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class Round:
    """A round of consultation; ``asked_count`` is the number of units asked (None: not said)."""

    number: int
    begin: date
    end: date
    draft: events.FileSeen | None
    name: str | None
    channels: tuple[str, ...]
    asked: tuple[str, ...]
    asked_count: int | None


@dataclass
class Comment:
    """A comment and what became of it; ``entries``: the numbers of the journal's entries on it."""

    content: events.Commented
    entries: list[int]
    disposed: events.Disposed | None = None
    disposed_on: date | None = None

    @property
    def id(self) -> str:
        return self.content.comment


@dataclass(frozen=True)
class Accepted:
    """Why a finding of the check was left as it is, by whom and when."""

    content: events.FindingAccepted
    who: str
    day: date


@dataclass
class State:
    """Everything the entries up to a day say. ``decisions``: by kind and key, the last answer
    given; ``versions``: the SHA-256 of each kept version of plan.yaml that an entry names;
    ``stepped``, ``commented``, ``publics``: step ids and numbers ever given, void or not, so none comes twice;
    ``milestones``: the entries of the reviews, the approval and the issue, in that order; ``findings``: those
    of the check that were accepted, by their mark."""

    entries: int = 0
    last: date | None = None
    begun: events.Begun | None = None
    completed: date | None = None
    decisions: dict[tuple[str, str], events.Decided] = field(default_factory=dict)
    stages: dict[str, StageRecord] = field(default_factory=dict)
    rounds: dict[int, Round] = field(default_factory=dict)
    comments: dict[str, Comment] = field(default_factory=dict)
    reviews: list[events.Milestone] = field(default_factory=list)
    approval: events.Milestone | None = None
    issue: events.Milestone | None = None
    amendments: list[tuple[int, events.Amended]] = field(default_factory=list)
    milestones: list[int] = field(default_factory=list)
    plan_digest: str | None = None
    versions: dict[int, str] = field(default_factory=dict)
    stepped: set[str] = field(default_factory=set)
    commented: int = 0
    publics: int = 0
    voided: frozenset[int] = frozenset()
    findings: dict[str, Accepted] = field(default_factory=dict)

    def stage(self, name: str) -> StageRecord:
        return self.stages.setdefault(name, StageRecord(name))


def replay(entries: Iterable[Entry], known: date | None = None) -> State:
    """The state after ``entries``, those entered up to the day ``known`` (all if None).

    Raises KechuangError where an entry breaks a rule of the preparation.
    """
    kept = [entry for entry in entries if known is None or entry.day <= known]
    voided: set[int] = set()
    for entry in kept:
        if isinstance(entry.content, events.Voided):
            voided.add(_voided(entry, kept, voided))
    state = State(voided=frozenset(voided))
    for entry in kept:
        advance(state, entry)
    return state


def advance(state: State, entry: Entry) -> None:
    """Bring ``state`` past one more entry; KechuangError (and a state not to be used) where it breaks a rule.

    An entry that declares another void needs a replay of all instead.
    """
    state.entries, state.last = entry.n, entry.day
    change: Any = getattr(entry.content, "plan", None)
    if isinstance(change, events.PlanChange):
        state.plan_digest = change.after
        state.versions[change.version] = change.after
    if isinstance(entry.content, events.Commented):
        state.commented += 1
        state.publics += entry.content.identity == "public"
    if isinstance(entry.content, events.StepAdded):
        state.stepped.add(entry.content.step)
    if entry.n not in state.voided and entry.kind in _APPLY:
        _APPLY[entry.kind](state, entry)


def _voided(entry: Entry, kept: list[Entry], voided: set[int]) -> int:
    assert isinstance(entry.content, events.Voided)
    number = entry.content.entry
    if number >= entry.n:
        raise _wrong(
            "no-entry",
            say("日志中没有第{n}条", n=number),
            say("用 kechuang plan journal 查看日志。"),
        )
    if kept[number - 1].kind not in events.VOIDABLE:
        raise _wrong(
            "not-voidable",
            say("第{n}条不能作废：它改动过规划，或本身就是作废", n=number),
            say("请再作一次确认或调整，改回应有的内容。"),
        )
    if number in voided:
        raise _wrong("already-voided", say("第{n}条已经作废", n=number))
    return number


def _begin(state: State, entry: Entry) -> None:
    assert isinstance(entry.content, events.Begun)
    state.begun, state.completed, state.decisions = entry.content, None, {}


def _decide(state: State, entry: Entry) -> None:
    assert isinstance(entry.content, events.Decided)
    state.decisions[entry.content.kind, entry.content.key] = entry.content


def _complete(state: State, entry: Entry) -> None:
    state.completed = entry.day


def _step(state: State, entry: Entry) -> None:
    content = entry.content
    assert isinstance(content, events.StepAdded)
    stage = state.stage(content.stage)
    if any(step.name == content.name for step in stage.steps.values()):
        raise _wrong(
            "step-known", say("阶段“{stage}”中已有步骤“{name}”", stage=content.stage, name=content.name)
        )
    stage.steps[content.step] = Step(content.step, content.name, content.due)
    stage.entries.append(entry.n)


def _done(state: State, entry: Entry) -> None:
    content = entry.content
    assert isinstance(content, events.StepDone)
    target = _place(state, content.stage, content.step)
    if target.done is not None:
        raise _wrong(
            "already-done",
            say("“{name}”已登记于{day}完成", name=target.name, day=target.done.isoformat()),
            say("登记有误时，先作废那一条（kechuang plan stages void），再重新登记。"),
        )
    target.done = content.on
    state.stage(content.stage).entries.append(entry.n)


def _document(state: State, entry: Entry) -> None:
    content = entry.content
    assert isinstance(content, events.DocumentFiled)
    _place(state, content.stage, content.step).documents.append(
        Filed(entry.n, content.title, content.number, content.day, content.file)
    )


def _place(state: State, stage: str, step: str | None) -> StageRecord | Step:
    record = state.stage(stage)
    if step is None:
        return record
    if step not in record.steps:
        raise _wrong(
            "no-step",
            say("阶段“{stage}”中没有步骤 {step}", stage=stage, step=step),
            say("已有的步骤：{known}。", known=listed(list(record.steps) or ["—"])),
        )
    return record.steps[step]


def _open(state: State, entry: Entry) -> None:
    content = entry.content
    assert isinstance(content, events.RoundOpened)
    if content.end < content.begin:
        raise _wrong(
            "period-reversed",
            say(
                "征求意见的截止日{end}早于开始日{begin}",
                begin=content.begin.isoformat(),
                end=content.end.isoformat(),
            ),
        )
    if content.round in state.rounds:
        raise _wrong("round-known", say("第{n}轮征求意见已经开始", n=content.round))
    if state.issue is not None:
        raise _wrong("already-issued", say("规划已经印发，不再征求意见"))
    state.rounds[content.round] = Round(
        content.round,
        content.begin,
        content.end,
        content.draft,
        content.name,
        content.channels,
        content.asked,
        content.asked_count if content.asked_count is not None else (len(content.asked) or None),
    )


def _comment(state: State, entry: Entry) -> None:
    content = entry.content
    assert isinstance(content, events.Commented)
    if content.round not in state.rounds:
        raise no_round(content.round)
    if content.comment in state.comments:
        raise _wrong("comment-known", say("意见 {id} 已经登记", id=content.comment))
    state.comments[content.comment] = Comment(content, [entry.n])


def _dispose(state: State, entry: Entry) -> None:
    content = entry.content
    assert isinstance(content, events.Disposed)
    comment = state.comments.get(content.comment)
    if comment is None:
        raise no_comment(content.comment)
    if content.disposition != "adopted" and not (content.reason or "").strip():
        raise _wrong(
            "reason-missing",
            say("意见 {id} 部分采纳或未采纳，须说明理由", id=content.comment),
            say("请用 --reason 写明理由。"),
        )
    comment.disposed, comment.disposed_on = content, entry.day
    comment.entries.append(entry.n)


def _review(state: State, entry: Entry) -> None:
    assert isinstance(entry.content, events.Milestone)
    if state.approval is not None:
        raise _wrong("already-approved", say("规划已经审定，不能再登记审议"))
    state.reviews.append(entry.content)
    state.milestones.append(entry.n)


def _approve(state: State, entry: Entry) -> None:
    content = entry.content
    assert isinstance(content, events.Milestone)
    if state.approval is not None:
        raise _wrong(
            "already-approved",
            say("规划已由{body}于{day}审定", body=state.approval.body, day=state.approval.on.isoformat()),
            say("登记有误时，先作废那一条（kechuang plan stages void），再重新登记。"),
        )
    if not state.reviews or state.reviews[-1].result != "passed":
        raise _wrong(
            "not-reviewed",
            say("还没有通过审议的登记，不能登记审定")
            if not state.reviews
            else say("最近一次审议没有通过，不能登记审定"),
            say("先登记审议：kechuang plan stages review --body 审议机关 --date 日期。"),
        )
    _after(content.on, state.reviews[-1].on, say("审定日期"), say("审议日期"))
    state.approval = content
    state.milestones.append(entry.n)


def _issue(state: State, entry: Entry) -> None:
    content = entry.content
    assert isinstance(content, events.Milestone)
    if state.issue is not None:
        raise _wrong(
            "already-issued",
            say("规划已由{body}于{day}印发", body=state.issue.body, day=state.issue.on.isoformat()),
            say("登记有误时，先作废那一条（kechuang plan stages void），再重新登记。"),
        )
    if state.approval is None:
        raise _wrong(
            "not-approved",
            say("规划还没有审定，不能登记印发"),
            say("先登记审定：kechuang plan stages approve --body 审定机关 --date 日期。"),
        )
    _after(content.on, state.approval.on, say("印发日期"), say("审定日期"))
    state.issue = content
    state.milestones.append(entry.n)


def _amend(state: State, entry: Entry) -> None:
    assert isinstance(entry.content, events.Amended)
    state.amendments.append((entry.n, entry.content))


def _accept(state: State, entry: Entry) -> None:
    assert isinstance(entry.content, events.FindingAccepted)
    state.findings[entry.content.finding] = Accepted(entry.content, entry.who, entry.day)


def _reopen(state: State, entry: Entry) -> None:
    assert isinstance(entry.content, events.FindingReopened)
    if state.findings.pop(entry.content.finding, None) is None:
        raise _wrong("not-accepted", say("这一处没有接受过，不用重开"))


def _after(later: date, earlier: date, one: Message, other: Message) -> None:
    if later < earlier:
        raise _wrong(
            "date-order",
            say(
                "{one}{later}早于{other}{earlier}",
                one=one,
                later=later.isoformat(),
                other=other,
                earlier=earlier.isoformat(),
            ),
            say("请核对日期。"),
        )


def no_round(number: int | None) -> KechuangError:
    """The error of a round that was not opened."""
    return _wrong(
        "no-round",
        say("还没有开始征求意见") if number is None else say("没有第{n}轮征求意见", n=number),
        say("先登记：kechuang plan comments open --from 日期 --to 日期 --draft 征求意见稿。"),
    )


def no_comment(name: str) -> KechuangError:
    """The error of a comment that is not there."""
    return _wrong(
        "no-comment",
        say("没有意见 {id}", id=name),
        say("用 kechuang plan comments list 查看编号。"),
    )


def _wrong(code: str, message: Message, remedy: Message | None = None) -> KechuangError:
    return KechuangError(code, message, remedy=remedy)


_APPLY: dict[str, Callable[[State, Entry], None]] = {
    "confirm.begin": _begin,
    "confirm.decide": _decide,
    "confirm.complete": _complete,
    "stage.step": _step,
    "stage.done": _done,
    "stage.document": _document,
    "round.open": _open,
    "comment.add": _comment,
    "comment.dispose": _dispose,
    "review": _review,
    "approve": _approve,
    "issue": _issue,
    "amend": _amend,
    "finding.accept": _accept,
    "finding.reopen": _reopen,
}
