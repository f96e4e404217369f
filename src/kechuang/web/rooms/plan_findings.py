"""What the check found in the plan, each with its arithmetic and two ways on: correct it, or keep it and say why."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from kechuang.errors import KechuangError
from kechuang.messages import Message, say
from kechuang.plan.model import Plan, PlanSpan
from kechuang.plan.preparation import findings as desk
from kechuang.plan.preparation.items import Item
from kechuang.progress.status import Mark
from kechuang.web.access import Hidden, account, page
from kechuang.web.roles import OFFICE
from kechuang.web.rooms import plan_known
from kechuang.web.rooms.plan_known import Known
from kechuang.web.templatetags.kechuang import day
from kechuang.web.troubles import told

_SEVERITY: dict[str, tuple[Mark, Message]] = {
    "error": ("late", say("必须改")),
    "warning": ("watch", say("请核")),
    "info": ("ok", say("提示")),
}
#: Findings on the months of the stages: drawn as a bar.
_STAGES = ("duration-sum", "issue-gap", "late-issue")
#: Entries of the plan named as what a finding is about, at most.
_MOST = 4


@dataclass(frozen=True)
class Part:
    """A stage as a stretch of the bar: its months, where it begins and how wide it is, in per cent."""

    name: str
    months: int
    left: float
    width: float


@dataclass(frozen=True)
class Found:
    """A finding of the check, numbered. ``about``: the entries it speaks of; ``bar``: stages to be added up."""

    number: int
    code: str
    mark: str
    message: Message
    expected: str | None
    spans: tuple[PlanSpan, ...]
    look: Mark
    word: Message
    severity: str
    about: list[tuple[str, str]]
    more: int
    bar: list[Part]
    months: int
    kept: tuple[str, str, str] | None

    @property
    def open(self) -> bool:
        return self.kept is None

    @property
    def must(self) -> bool:
        return self.severity == "error"


def found_in(known: Known) -> list[Found]:
    """All findings, those to be dealt with first."""
    judged = desk.judged(plan_known.findings(known), known.state)
    made = []
    for number, one in enumerate(judged, 1):
        look, word = _SEVERITY[one.finding.severity]
        kept = None
        if one.accepted is not None:
            look, word = "done", say("已保留")
            kept = (one.accepted.who, day(one.accepted.day), one.accepted.content.reason)
        about = _about(known.items, one.finding.spans)
        bar = _bar(known.plan) if one.finding.code in _STAGES else []
        made.append(
            Found(
                number,
                one.finding.code,
                one.finding.mark,
                one.finding.message,
                one.finding.expected,
                one.finding.spans,
                look,
                word,
                one.finding.severity,
                about[:_MOST],
                max(len(about) - _MOST, 0),
                bar,
                sum(part.months for part in bar),
                kept,
            )
        )
    return made


def numbers_of(found: list[Found], items: tuple[Item, ...]) -> dict[str, list[int]]:
    """Entry → the numbers of the open findings on it; what is said of many entries at once is left out."""
    made: dict[str, list[int]] = {}
    for one in found:
        if one.open and one.severity != "info" and len(one.spans) <= _MOST:
            for name, _ in _about(items, one.spans):
                made.setdefault(name, []).append(one.number)
    return made


def _about(items: tuple[Item, ...], spans: tuple[PlanSpan, ...]) -> list[tuple[str, str]]:
    """The entries whose words a finding quotes, the narrowest for each place."""
    made: dict[str, str] = {}
    for span in spans:
        near = [
            item
            for item in items
            if item.span is not None
            and item.span.document == span.document
            and item.span.start < span.end
            and span.start < item.span.end
        ]
        if near:
            best = min(near, key=lambda item: (item.span.end - item.span.start) if item.span else 0)
            made.setdefault(best.id, best.label)
    return list(made.items())


def _bar(plan: Plan) -> list[Part]:
    stages = [(one.name, one.months) for one in plan.stages if one.months]
    total = sum(months for _, months in stages)
    if not total or len(stages) != len(plan.stages):
        return []
    made, left = [], 0.0
    for name, months in stages:
        width = 100 * months / total
        made.append(Part(name, months, round(left, 2), round(width, 2)))
        left += width
    return made


@page("plan/findings/<str:digest>/", "plan-finding", OFFICE, ("POST",))
def finding(request: HttpRequest, digest: str) -> HttpResponse:
    """Keep a finding as it is, or reopen one that was kept; both with a reason."""
    known = plan_known.known()
    found = next((one for one in found_in(known) if one.mark == digest), None)
    if found is None:
        raise Hidden
    reason = str(request.POST.get("reason", ""))[:1000]
    reopening = request.POST.get("do") == "reopen"
    if not reopening and not found.open:  # a second click
        return redirect(f"/plan/?finding={found.number}#f-{found.number}")
    try:
        with plan_known.folder_of(account(request).shown).change() as change:
            if reopening:
                desk.reopen(change, digest, reason or str(say("重新核对")))
            else:
                desk.accept(change, plan_known.findings(known), digest, reason)
    except KechuangError as error:
        return told(request, error)
    now = next((one.number for one in found_in(plan_known.known()) if one.mark == digest), found.number)
    return redirect(f"/plan/?finding={now}#f-{now}")
