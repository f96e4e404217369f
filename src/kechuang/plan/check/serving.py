"""Checks on what serves what: targets no task or measure works for, tasks that work for no target."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources
from itertools import pairwise

from kechuang.language.fold import fold
from kechuang.language.terms import terms_in
from kechuang.messages import say
from kechuang.plan.check.case import Case
from kechuang.plan.check.finding import Finding
from kechuang.plan.check.values import head_term
from kechuang.plan.model import Action, Plan, PlanSpan, Target

#: This many characters in common make an action one that names the target.
_IN_COMMON = 4
#: More orphans than so many are told in one finding.
_MOST_SINGLE = 6
#: A name shorter than this is a remnant (其中, 产值) that names no goal.
_SHORTEST = 3
#: Words so short (研究, 人才) say what an action does in its title only, not somewhere in its text.
_GENERAL = 2
#: What stands under a task is read so far.
_BODY = 2000
#: Pieces of four characters that name nothing.
_EMPTY = (
    "全社会",
    "比重",
    "比例",
    "数量",
    "以上",
    "增加值占",
    "年均增长",
    "规模以上",
    "占地区",
    "地区生产",
    "生产总值",
    "覆盖率",
    "达标率",
    "水平",
    "建设",
    "发展",
)


@dataclass(frozen=True)
class Served:
    """An action: its own words (title and what stands under it), the words above it, and what they name."""

    action: Action
    own: str
    above: str
    task: bool

    @cached_property
    def pieces(self) -> frozenset[str]:
        return _pieces(self.own)

    @cached_property
    def terms(self) -> frozenset[str]:
        return frozenset(hit.term.id for hit in terms_in(self.own))

    @cached_property
    def title(self) -> str:
        return fold(self.action.title)


def serving(case: Case) -> Iterator[Finding]:
    """orphan-target and orphan-task findings."""
    plan = case.plan
    actions = _actions(case)
    if not actions or not plan.targets:
        return
    needs = [_Need.of(target) for target in plan.targets]
    wanted = _Wanted.of(needs)
    idle = [action for action in actions if action.task and not wanted.served_by(action)]
    yield from _orphans(case, needs, actions)
    tasks = sum(action.task for action in actions)
    if idle:
        spans = tuple(action.action.span for action in idle if action.action.span is not None)
        message = say(
            "{total}项任务中有{n}项看不出服务于哪个目标：{titles}",
            total=tasks,
            n=len(idle),
            titles="；".join(_short(action.action.title) for action in idle),
        )
        few = len(idle) <= 2 or len(idle) * 5 <= tasks
        yield Finding("orphan-task", "warning" if few and tasks > 3 else "info", message, spans)


def _orphans(case: Case, needs: list[_Need], actions: list[Served]) -> Iterator[Finding]:
    """Goals that nothing of what is to be done names. What is promised within a task is served by it."""
    starts = [span.start for action in actions if (span := case.here(action.action.span)) is not None]
    first = min(starts, default=len(case.text))
    goals = [need for need in needs if need.is_goal(case.here(need.target.span), first, case.goal_parts)]
    first = min([first, *(end for _, end in case.goal_parts[:1])])
    text = list(case.text[first:])
    for need in goals:  # a goal does not serve itself
        span = case.here(need.target.span)
        if text and span is not None and span.end > first:
            begin, end = max(0, span.start - first), span.end - first
            text[begin:end] = "\n" * (end - begin)
    done = Served(Action(id="", title=""), "".join(text), "", False)
    titles = {action.above for action in actions if action.above}
    lonely = [
        need.target
        for need in goals
        if not any(need.served_by(action) for action in (*actions, done))
        and not any(need.named_in(title) for title in titles)
    ]
    if len(lonely) > _MOST_SINGLE:
        names = "、".join(dict.fromkeys(target.name for target in lonely))
        message = say("没有任务或措施服务于这{n}项目标：{names}", n=len(lonely), names=names)
        spans = tuple(target.span for target in lonely if target.span is not None)
        yield Finding("orphan-target", "warning", message, spans)
        return
    by_name: dict[str, list[Target]] = {}
    for target in lonely:
        by_name.setdefault(target.name, []).append(target)
    for name, targets in by_name.items():
        message = say("没有任务或措施服务于目标“{name}”", name=name)
        yield Finding(
            "orphan-target", "warning", message, tuple(t.span for t in targets if t.span is not None)
        )


def _short(title: str) -> str:
    return title if len(title) <= 24 else title[:23] + "…"


@dataclass(frozen=True)
class _Need:
    """What an action must say to serve a target."""

    target: Target
    term: str | None
    pieces: frozenset[str]
    words: tuple[str, ...]

    @classmethod
    def of(cls, target: Target) -> _Need:
        name = fold(target.name)
        term = head_term(target.name)
        words = tuple(
            word for needs, words in _rules() if any(need in name for need in needs) for word in words
        )
        dense = "".join(name.split())
        kept = {
            piece for piece in _pieces(dense) if not any(piece in empty or empty in piece for empty in _EMPTY)
        }
        return cls(target, term.id if term else None, frozenset(kept), words)

    def served_by(self, action: Served) -> bool:
        if self.target.id in action.action.serves or any(word in action.title for word in self.words):
            return True
        if any(len(word) > _GENERAL and word in action.own for word in self.words):
            return True
        return not self.pieces.isdisjoint(action.pieces) or self.term in action.terms

    def is_goal(self, span: PlanSpan | None, actions: int, goals: list[tuple[int, int]]) -> bool:
        """Whether it stands in a part on goals, or, where there is none, before ``actions`` (a character)."""
        if len("".join(self.target.name.split())) < _SHORTEST or self.target.name.startswith("其中"):
            return False
        if span is None or not goals:
            return span is None or span.start < actions
        return any(start <= span.start < end for start, end in goals)

    def named_in(self, title: str) -> bool:
        """Whether the title of a programme names the target or what serves it."""
        return any(word in title for word in self.words) or not self.pieces.isdisjoint(_pieces(title))


@dataclass(frozen=True)
class _Wanted:
    """What all needs together ask for: an action that serves any of them serves it."""

    targets: frozenset[str]
    terms: frozenset[str]
    pieces: frozenset[str]
    words: tuple[str, ...]

    @classmethod
    def of(cls, needs: list[_Need]) -> _Wanted:
        return cls(
            frozenset(need.target.id for need in needs),
            frozenset(need.term for need in needs if need.term is not None),
            frozenset(piece for need in needs for piece in need.pieces),
            tuple(dict.fromkeys(word for need in needs for word in need.words)),
        )

    def served_by(self, action: Served) -> bool:
        """As :meth:`_Need.served_by`, asked once for all needs."""
        if not self.targets.isdisjoint(action.action.serves) or any(w in action.title for w in self.words):
            return True
        if any(len(word) > _GENERAL and word in action.own for word in self.words):
            return True
        return not self.pieces.isdisjoint(action.pieces) or not self.terms.isdisjoint(action.terms)


def _pieces(text: str) -> frozenset[str]:
    """Every row of four characters (the whole where there are fewer)."""
    dense = "".join(text.split())
    if len(dense) < _IN_COMMON:
        return frozenset({dense})
    return frozenset(dense[at : at + _IN_COMMON] for at in range(len(dense) - _IN_COMMON + 1))


@cache
def _rules() -> tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]:
    from ruamel.yaml import YAML

    source = resources.files("kechuang.plan.check") / "data" / "serving.yaml"
    content = YAML(typ="safe").load(source.read_text("utf-8"))
    return tuple((tuple(map(str, rule["targets"])), tuple(map(str, rule["actions"]))) for rule in content)


def _actions(case: Case) -> list[Served]:
    """Tasks, or the programmes that have none, and measures; each with the text down to the next."""
    listed = list(_listed(case.plan))
    starts = sorted({span.start for action, _, _ in listed if (span := case.here(action.span)) is not None})
    after = dict(pairwise(starts))
    heads = [line.start for line in case.lines if line.mark is not None and line.mark.level <= 2]
    actions = []
    for action, above, task in listed:
        own = fold(action.title)
        span = case.here(action.span)
        if span is not None:
            start, end = span.start, after.get(span.start)
            if end is None:
                end = next((head for head in heads if head > span.end), len(case.text))
            own += "\n" + case.text[start : min(end, start + _BODY)]
        actions.append(Served(action, own, fold(above), task))
    return actions


def _listed(plan: Plan) -> Iterator[tuple[Action, str, bool]]:
    """(action, title of what it stands under, whether it is a task)."""
    for programme in plan.programmes:
        if not programme.tasks:
            yield Action(id=programme.id, title=programme.title, span=programme.span), "", True
        for task in programme.tasks:
            declared = [*task.serves, *(name for part in task.subtasks for name in part.serves)]
            yield task.model_copy(update={"serves": declared}), programme.title, True
    for group in plan.safeguards:
        for measure in group.measures:
            yield measure, group.title, False
        if not group.measures:
            yield Action(id=group.id, title=group.title, span=group.span), "", False
