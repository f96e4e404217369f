"""Checks on the promises: targets nobody serves, without baseline, nature, lead unit or definition."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from kechuang.messages import Message, say
from kechuang.plan.check.finding import Finding, Severity
from kechuang.plan.model import Action, Plan, PlanSpan, Target

#: What serves a target though it does not name it: a target with one of the first is served by an action
#: with one of the second.
_SERVED_BY: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (("R&D经费", "研发经费", "研究与试验发展", "研发投入"), ("研究", "研发", "创新投入", "科技投入")),
    (("R&D人员", "研发人员", "科技人员", "科研人员"), ("人才", "研发人员", "科研人员")),
    (("财政科技", "科技支出"), ("财政", "科技投入", "创新投入")),
    (("专利", "知识产权"), ("专利", "知识产权")),
    (("技术合同", "成交额"), ("技术转移", "成果转化", "技术市场")),
)
#: This many characters in common make an action one that names the target.
_IN_COMMON = 4
_COVERAGE = re.compile(r"覆盖")


def promises(plan: Plan) -> Iterator[Finding]:
    """Findings that need the structured plan only."""
    yield from _orphans(plan)
    for code, severity, lacks, message in _LACKS:
        lacking = [target for target in plan.targets if lacks(target)]
        if lacking:
            yield Finding(code, severity, message(len(lacking)), _spans(lacking))


def _orphans(plan: Plan) -> Iterator[Finding]:
    """Targets that no task or measure names, serves by declaration, or acts upon."""
    tasks = [task for programme in plan.programmes for task in programme.tasks]
    actions: list[Action] = [*tasks, *(part for task in tasks for part in task.subtasks)]
    actions += [measure for group in plan.safeguards for measure in group.measures]
    if not actions:
        return
    titles = [action.title for action in actions]
    titles += [programme.title for programme in plan.programmes]
    declared = {name for action in actions for name in action.serves}
    for target in plan.targets:
        if target.id not in declared and not any(_serves(title, target.name) for title in titles):
            message = say("没有任务或措施服务于目标“{name}”", name=target.name)
            yield Finding("orphan-target", "warning", message, _spans([target]))


def _serves(title: str, name: str) -> bool:
    for targets, actions in _SERVED_BY:
        if any(word in name for word in targets) and any(word in title for word in actions):
            return True
    pieces = (name[start : start + _IN_COMMON] for start in range(len(name) - _IN_COMMON + 1))
    return any(piece in title for piece in pieces)


def _undefined(target: Target) -> bool:
    return bool(_COVERAGE.search(target.name)) and target.note is None


def _spans(targets: list[Target]) -> tuple[PlanSpan, ...]:
    return tuple(target.span for target in targets if target.span is not None)


#: What a target may lack: code, severity, whether it does, and the sentence for so many of them.
_LACKS: tuple[tuple[str, Severity, Callable[[Target], bool], Callable[[int], Message]], ...] = (
    (
        "no-baseline",
        "warning",
        lambda target: target.baseline is None,
        lambda n: say("{n}项目标没有基期值，完成率无法计算", n=n),
    ),
    (
        "undefined-coverage",
        "warning",
        _undefined,
        lambda n: say("{n}项覆盖类目标没有说明怎样算覆盖、以哪份名录为准", n=n),
    ),
    ("no-lead", "info", lambda target: not target.lead, lambda n: say("{n}项目标没有牵头单位", n=n)),
    (
        "no-nature",
        "info",
        lambda target: target.nature is None,
        lambda n: say("{n}项目标没有注明约束性或预期性", n=n),
    ),
)
