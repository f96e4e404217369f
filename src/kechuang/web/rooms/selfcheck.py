"""An enterprise checks itself by a regulation: clause by clause, with reasons, and what is missing.

Nothing of it is stored; where the enterprise asks, what it typed is kept until it logs out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from kechuang.errors import KechuangError
from kechuang.messages import Message, language, say
from kechuang.packs.model import Label
from kechuang.packs.rules import RuleColumn, RuleSpec
from kechuang.progress.status import Mark
from kechuang.web import asked
from kechuang.web.access import Hidden, account, page
from kechuang.web.forms import FormField
from kechuang.web.numbers import unit_text
from kechuang.web.rendering import Page
from kechuang.web.roles import INSIDE
from kechuang.web.workspaces import served

_MARKS: dict[str, Mark] = {"yes": "done", "no": "late", "unknown": "none"}
_WORDS = {"yes": say("符合"), "no": say("不符合"), "unknown": say("不知")}
_ORDER = {"no": 0, "unknown": 1, "yes": 2}
#: Where answers stand in the session.
_KEPT = "self-check"


@dataclass(frozen=True)
class RuleRow:
    """A rule in the list."""

    id: str
    label: Label
    description: Label
    source: str
    since: date


@dataclass(frozen=True)
class ClauseRow:
    """A clause as judged."""

    id: str
    label: Label
    clause: str
    verified: bool
    mark: Mark
    word: Message
    reason: dict[str, str]
    need: Any


@dataclass(frozen=True)
class Result:
    """The judgement: the finding, the score with its parts, the clauses, what stops it first."""

    heading: Message
    as_of: date
    mark: Mark
    word: Message
    score: str
    score_label: Label | None
    parts: list[tuple[Label, str]]
    clauses: list[ClauseRow]
    verified: bool
    not_judged: list[Label]


@dataclass(frozen=True)
class SelfCheck:
    """The form, and below it what it comes to."""

    rule: str
    label: Label
    description: Label
    source: str
    clause: str
    day: str
    today: date
    who: str
    fields: list[FormField]
    kept: bool
    result: Result | None = None
    wrong: list[Message] = field(default_factory=list)


def enterprise_rules() -> list[RuleRow]:
    """The rules that judge one case clause by clause."""
    found = [spec for spec in served().packs.rules.values() if spec.tally is None and spec.clauses]
    return [
        RuleRow(one.id, one.label, one.description, one.regulation.source, one.from_)
        for one in sorted(found, key=lambda one: one.id)
    ]


@page("self-check/<str:name>/", "self-check", INSIDE, ("GET", "POST"))
def self_check(request: HttpRequest, name: str) -> Page | HttpResponse:
    spec = served().packs.rules.get(name)
    if spec is None or spec.tally is not None or not spec.clauses:
        raise Hidden
    held = request.session.get(_KEPT, {})
    if request.method == "GET":
        return Page("kechuang/self_check.html", _page(request, spec, held.get(name, {}), kept=name in held))
    if request.POST.get("do") == "forget":
        request.session[_KEPT] = {rule: cells for rule, cells in held.items() if rule != name}
        return redirect(request.path)
    cells = {one: str(request.POST.get(one, "")).strip()[:60] for one in [*spec.columns, "as_of"]}
    if request.POST.get("keep"):
        request.session[_KEPT] = {**held, name: {one: text for one, text in cells.items() if text}}
    elif name in held:
        request.session[_KEPT] = {rule: one for rule, one in held.items() if rule != name}
    try:
        result = _judged(spec, cells, _day(cells["as_of"]))
    except KechuangError as error:
        by = _by_column(spec, error)
        context = _page(request, spec, cells, by, kept=bool(request.POST.get("keep")))
        return Page("kechuang/self_check.html", context, 422)
    context = _page(request, spec, cells, kept=bool(request.POST.get("keep")), result=result)
    return Page("kechuang/self_check.html", context)


def _day(text: str) -> date:
    if not text:
        return served().today
    found = asked.day(text)
    if found is None:
        raise KechuangError("date-invalid", say("“{text}”不是日期", text=text))
    return found


def _judged(spec: RuleSpec, cells: Mapping[str, str], day: date) -> Result:
    from kechuang.rules import check

    table = {name: [text] for name, text in cells.items() if name in spec.columns and text}
    table[spec.key] = [cells.get(spec.key) or "1"]
    judgement = check(spec.id, table, day, served().packs)
    told = judgement.row(0, needs=True)
    labels = {clause.id: clause.label for clause in spec.clauses}
    clauses = [
        ClauseRow(
            one["id"],
            labels[one["id"]],
            one["clause"],
            one["verified"],
            _MARKS[one["outcome"]],
            _WORDS[one["outcome"]],
            one["reason"],
            one.get("need"),
        )
        for one in sorted(told["clauses"], key=lambda one: _ORDER[one["outcome"]])
    ]
    counts = {sign: sum(one["outcome"] == sign for one in told["clauses"]) for sign in _ORDER}
    parts = told.get("parts", {})
    score = spec.score
    return Result(
        _heading(told["outcome"], counts),
        day,
        _MARKS[told["outcome"]],
        _WORDS[told["outcome"]],
        _score(told["score"]),
        score.label if score else None,
        [(part.label, _score(parts.get(part.value))) for part in score.parts] if score else [],
        clauses,
        all(one.verified for one in clauses),
        list(spec.not_judged),
    )


def _heading(outcome: str, counts: Mapping[str, int]) -> Message:
    if outcome == "yes":
        return say("按所填，符合条件")
    if outcome == "no":
        if counts["unknown"]:
            return say(
                "按所填，{no}条不符合，另有{unknown}条缺数据", no=counts["no"], unknown=counts["unknown"]
            )
        return say("按所填，{no}条不符合", no=counts["no"])
    return say("还判断不了：{n}条缺数据", n=counts["unknown"])


def _score(score: Any) -> str:
    if score is None:
        return "—"
    if isinstance(score, list):
        return f"{score[0]:g}–{score[1]:g}" if None not in score else "—"
    return f"{score:g}"


def _by_column(spec: RuleSpec, error: KechuangError) -> dict[str, list[Message]]:
    """The faults by the column they are about; those about none under ""."""
    labels = {text: name for name, one in spec.columns.items() for text in (one.label.zh, one.label.en, name)}
    found: dict[str, list[Message]] = {}
    for fault in error.faults:
        name = labels.get(fault.place.field or fault.place.column or "", "")
        found.setdefault(name, []).append(fault.message)
    return found


def _page(
    request: HttpRequest,
    spec: RuleSpec,
    cells: Mapping[str, str],
    wrong: Mapping[str, list[Message]] | None = None,
    *,
    kept: bool,
    result: Result | None = None,
) -> SelfCheck:
    user, wrong = account(request), wrong or {}
    fields = [
        _field(name, column, cells.get(name, ""), wrong.get(name, []))
        for name, column in spec.columns.items()
        if name != spec.key
    ]
    return SelfCheck(
        spec.id,
        spec.label,
        spec.description,
        spec.regulation.source,
        spec.regulation.clause,
        cells.get("as_of") or served().today.isoformat(),
        served().today,
        user.shown,
        fields,
        kept,
        result,
        [one for found in wrong.values() for one in found],
    )


def _field(name: str, column: RuleColumn, value: str, wrong: list[Message]) -> FormField:
    choices: tuple[tuple[str, str], ...] = ()
    if column.type == "flag":
        left_out = say("不知") if column.asked else say("不判断")
        choices = (("1", str(say("是"))), ("0", str(say("否"))), ("", str(left_out)))
    elif column.choices:
        choices = tuple((code, label.text(language())) for code, label in column.choices.items())
    kind = {"flag": "chips", "choice": "select", "number": "number", "date": "date"}.get(column.type, "text")
    return FormField(
        name,
        column.label,
        kind,  # type: ignore[arg-type]
        value,
        required=False,
        unit=unit_text(column.unit).strip(),
        note=column.note if column.asked else None,  # that of others speaks of leaving out a column
        choices=choices,
        wrong=tuple(wrong),
    )
