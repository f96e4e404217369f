"""What an interpretation of a plan (规划解读) holds, filled from the plan and the journal of its preparation.

Every statement says where it comes from: an entry of the plan, its span in the document, or an entry of
the journal. A section for which there is nothing is named as missing; nothing is ever made up.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from kechuang.messages import Message, say
from kechuang.plan.model import Plan, PlanSpan, Target
from kechuang.plan.preparation.amending import target_on
from kechuang.plan.preparation.comments import Summary, summary
from kechuang.plan.preparation.stages import StageView, stages_on
from kechuang.plan.preparation.state import State

#: The sections of an interpretation, in the usual order.
SECTIONS: dict[str, Message] = {
    "background": say("编制背景"),
    "basis": say("编制依据"),
    "process": say("编制过程"),
    "problems": say("存在问题"),
    "framework": say("总体布局"),
    "targets": say("主要目标"),
    "programmes": say("重点任务"),
    "safeguards": say("保障措施"),
    "highlights": say("特点亮点"),
    "questions": say("问答"),
    "contact": say("解读单位"),
}


@dataclass(frozen=True)
class Source:
    """Where a statement comes from: an entry's id, a span of the document, numbers of entries of the journal.

    All empty: written by people for the interpretation itself.
    """

    entry: str | None = None
    span: PlanSpan | None = None
    journal: tuple[int, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        span = self.span.model_dump() if self.span else None
        values = {"entry": self.entry, "span": span, "journal": list(self.journal)}
        return {name: value for name, value in values.items() if value}


@dataclass(frozen=True)
class Statement:
    """One statement with its facts as plain data and where they come from."""

    text: str
    facts: dict[str, Any]
    source: Source

    def as_dict(self) -> dict[str, Any]:
        return {"text": self.text, "facts": self.facts, "source": self.source.as_dict()}


@dataclass(frozen=True)
class Given:
    """What only people can write, each with its author's words; empty where nobody did.

    ``background`` and ``highlights`` are paragraphs, ``questions`` pairs of question and answer, ``unit`` the
    unit that interprets, ``contact`` an office to ask (no person).
    """

    background: tuple[str, ...] = ()
    highlights: tuple[str, ...] = ()
    questions: tuple[tuple[str, str], ...] = ()
    unit: str | None = None
    contact: str | None = None


@dataclass(frozen=True)
class Interpretation:
    """The sections by id of :data:`SECTIONS`; one with no statement is in ``missing``."""

    title: str | None
    as_of: date
    sections: dict[str, tuple[Statement, ...]] = field(default_factory=dict)

    @property
    def missing(self) -> list[str]:
        return [name for name in SECTIONS if not self.sections.get(name)]

    def as_dict(self) -> dict[str, Any]:
        """Plain data: sections in order with their statements, and the names of those missing."""
        return {
            "title": self.title,
            "as_of": self.as_of.isoformat(),
            "sections": [
                {
                    "id": name,
                    "title": title.both(),
                    "statements": [statement.as_dict() for statement in self.sections.get(name, ())],
                }
                for name, title in SECTIONS.items()
            ],
            "missing": self.missing,
        }


def interpretation_of(
    plan: Plan, state: State | None = None, day: date | None = None, given: Given | None = None
) -> Interpretation:
    """What is known for an interpretation of ``plan`` on ``day`` (today of the journal's last entry, if None).

    ``state`` is the replayed journal (none: stages as planned, no consultation). Targets are those in force
    on the day. ``given`` adds what people wrote; without it background, highlights, questions and contact
    are missing, save what the plan itself says.
    """
    state, given = state or State(), given or Given()
    on = day or state.last or date.max
    found: dict[str, Iterable[Statement]] = {
        "background": _written(given.background),
        "basis": [_told(text, {"document": text}, f"basis.{n}") for n, text in enumerate(plan.basis, 1)],
        "process": [*_process(plan, state, on), *_consultation(state), *_decided(plan, state)],
        "problems": [
            _told(problem.text, {}, f"problems.{n}", problem.span)
            for n, problem in enumerate(plan.problems, start=1)
        ],
        "framework": [
            _told(f"{part.number}{part.what}", {"number": part.number, "what": part.what}, "framework")
            for part in plan.framework
        ],
        "targets": [_target(plan, target, on) for target in plan.targets],
        "programmes": _programmes(plan),
        "safeguards": _safeguards(plan),
        "highlights": _written(given.highlights),
        "questions": [
            Statement(f"{question} {answer}", {"question": question, "answer": answer}, Source())
            for question, answer in given.questions
        ],
        "contact": _contact(plan, given),
    }
    return Interpretation(
        plan.plan_title or plan.title, on, {name: tuple(statements) for name, statements in found.items()}
    )


def _told(text: object, facts: dict[str, Any], entry: str, span: PlanSpan | None = None) -> Statement:
    return Statement(str(text), facts, Source(entry=entry, span=span))


def _written(paragraphs: Sequence[str]) -> list[Statement]:
    return [Statement(text, {}, Source()) for text in paragraphs if text.strip()]


def _process(plan: Plan, state: State, on: date) -> list[Statement]:
    views = stages_on(plan, state, on)
    return [_stage(view, plan.stages[view.number - 1].span, state) for view in views]


def _stage(view: StageView, span: PlanSpan | None, state: State) -> Statement:
    facts = {
        "stage": view.name,
        "kind": view.kind,
        "start": view.start.isoformat() if view.start else None,
        "end": view.end.isoformat() if view.end else None,
        "done": view.done.isoformat() if view.done else None,
        "steps": [
            {"name": step.name, "done": step.done.isoformat() if step.done else None} for step in view.steps
        ],
    }
    if view.done is not None:
        text = say("{name}：于{day}完成", name=view.name, day=view.done.isoformat())
    elif view.start is not None and view.end is not None:
        start, end = view.start.isoformat()[:7], view.end.isoformat()[:7]
        text = say("{name}：计划{start}至{end}", name=view.name, start=start, end=end)
    else:
        text = say("{name}：没有起止时间", name=view.name)
    record = state.stages.get(view.name)
    source = Source(f"stages.{view.number}", span, tuple(record.entries) if record else ())
    return Statement(str(text), facts, source)


def _consultation(state: State) -> list[Statement]:
    """Rounds and sums, with the entries of every comment and disposition that was counted."""
    if not state.rounds:
        return []
    sums: Summary = summary(state)
    facts = {
        "rounds": [
            {"round": one.number, "from": one.begin.isoformat(), "to": one.end.isoformat()}
            for one in sums.rounds
        ],
        "asked": sums.asked,
        "answered": sums.answered,
        "comments": sums.comments,
        "adopted": sums.adopted,
        "partly": sums.partly,
        "not": sums.not_adopted,
        "open": sums.open,
    }
    text = say(
        "征求意见{rounds}轮，收到意见{n}条，采纳{adopted}条，部分采纳{partly}条，未采纳{rejected}条",
        rounds=len(sums.rounds),
        n=sums.comments,
        adopted=sums.adopted,
        partly=sums.partly,
        rejected=sums.not_adopted,
    )
    if sums.open:
        text = say("{text}，未处理{n}条", text=text, n=sums.open)
    counted = {number for comment in state.comments.values() for number in comment.entries}
    return [Statement(str(text), facts, Source(journal=tuple(sorted(counted))))]


def _decided(plan: Plan, state: State) -> list[Statement]:
    """Reviews, approval and issue; the issue from the plan where the journal has none."""
    made = [(say("审议"), review) for review in state.reviews]
    made += [(say("审定"), state.approval)] if state.approval else []
    made += [(say("印发"), state.issue)] if state.issue else []
    found = [
        Statement(
            str(say("{what}：{day} {body}", what=what, day=one.on.isoformat(), body=one.body)),
            {"body": one.body, "date": one.on.isoformat(), "number": one.number, "result": one.result},
            Source(journal=(number,)),
        )
        for (what, one), number in zip(made, state.milestones, strict=True)
    ]
    if state.issue is None and plan.issued:
        text = say("{what}：{day} {body}", what=say("印发"), day=plan.issued, body=plan.issuer or "")
        found.append(
            _told(str(text).strip(), {"body": plan.issuer, "date": plan.issued, "number": None}, "issued")
        )
    return found


def _target(plan: Plan, promised: Target, on: date) -> Statement:
    target = target_on(promised, on)
    serving = [
        action.id
        for programme in plan.programmes
        for task in programme.tasks
        for action in (task, *task.subtasks)
        if target.id in action.serves
    ] + [measure.id for group in plan.safeguards for measure in group.measures if target.id in measure.serves]
    baseline = target.baseline
    facts: dict[str, Any] = {
        "name": target.name,
        "comparator": target.comparator,
        "value": target.value,
        "high": target.high,
        "unit": target.unit,
        "year": target.year,
        "nature": target.nature,
        "lead": list(target.lead),
        "baseline": baseline.model_dump(exclude={"note"}) if baseline else None,
        "promised": promised.value,
        "amendments": [change.model_dump(exclude_none=True) for change in promised.amendments],
        "served_by": serving,
    }
    value = "—" if target.value is None else f"{target.value:.12g}"
    if target.comparator == "range" and target.high is not None:
        value = f"{value}—{target.high:.12g}"
    text = say(
        "{name}：{sign}{value}{unit}（{year}年）",
        name=target.name,
        sign="" if target.comparator in ("range", "=") else target.comparator,
        value=value,
        unit=target.unit,
        year=target.year or "—",
    )
    if baseline is not None and baseline.value is not None:
        text = say(
            "{text}，{year}年为{value}{unit}",
            text=text,
            year=baseline.year,
            value=f"{baseline.value:.12g}",
            unit=target.unit,
        )
    return _told(text, facts, target.id, target.span)


def _programmes(plan: Plan) -> list[Statement]:
    return [
        _told(
            say("{title}（{n}项任务）", title=programme.title, n=len(programme.tasks)),
            {
                "title": programme.title,
                "lead": list(programme.lead),
                "tasks": [{"id": task.id, "title": task.title} for task in programme.tasks],
                "count": len(programme.tasks),
            },
            programme.id,
            programme.span,
        )
        for programme in plan.programmes
    ]


def _safeguards(plan: Plan) -> list[Statement]:
    return [
        _told(
            say("{title}（{n}项措施）", title=group.title, n=len(group.measures)),
            {
                "title": group.title,
                "measures": [{"id": one.id, "title": one.title} for one in group.measures],
                "count": len(group.measures),
            },
            group.id,
            group.span,
        )
        for group in plan.safeguards
    ]


def _contact(plan: Plan, given: Given) -> list[Statement]:
    found = []
    if given.unit:
        found.append(Statement(given.unit, {"unit": given.unit, "contact": given.contact}, Source()))
    elif plan.author:
        found.append(_told(plan.author, {"unit": plan.author, "contact": given.contact}, "author"))
    return found
