"""The plan room: the document beside its structure, every entry tied to its sentence, what the check found.

The office confirms, corrects and amends here (``plan_entry``); everybody else reads.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest

from kechuang.messages import Message, dated, say
from kechuang.plan.documents import Document
from kechuang.plan.preparation.days import day_read
from kechuang.plan.preparation.items import Item
from kechuang.web.access import not_public, page, role_of
from kechuang.web.rendering import Page
from kechuang.web.roles import OFFICE, PUBLIC, READERS
from kechuang.web.rooms import plan_known
from kechuang.web.rooms.consultation import Outcome, seen_comments
from kechuang.web.rooms.plan_entries import Detail, Group, detail_of, groups, is_seen, row_of
from kechuang.web.rooms.plan_findings import Found, found_in, numbers_of
from kechuang.web.rooms.plan_known import Known
from kechuang.web.rooms.plan_text import Laid, Named, Pin, laid
from kechuang.web.templatetags.kechuang import day
from kechuang.web.workspaces import served

#: A finding with more places than this is pinned to none of them: it is about the whole.
_PLACES = 4


@dataclass(frozen=True)
class Step:
    """A step of the plan's life: past, now or to come."""

    name: Message
    note: Message | str
    state: str


@dataclass(frozen=True)
class Room:
    """The plan room. ``left``: entries of a draft still to be confirmed; ``tab`` is what a narrow screen shows."""

    title: str
    heading: Message
    status: Message
    steps: list[Step]
    text: Laid | None
    documents: list[str]
    groups: list[Group]
    total: int
    asked: str
    findings: list[Found]
    waiting: int
    kept: int
    detail: Detail | None
    finding: Found | None
    comments: int
    inside: bool
    reader: bool
    draft: bool
    left: int
    digest: str
    tab: str
    trouble: Message | None


@page("plan/", "plan", PUBLIC)
def room(request: HttpRequest) -> Page:
    known = plan_known.known()
    role = role_of(request)
    inside = role in OFFICE
    if inside:
        not_public(request)  # what the check found
    paths = plan_known.sources(known.plan)
    standing = known.standing(str(request.GET.get("entry", "")))
    if (
        standing is not None
        and not inside
        and (known.item(standing.item.id) is None or not is_seen(standing.item, inside))
    ):
        standing = None
    item = standing.item if standing else None
    name = _document_name(request, list(paths), item)
    document = plan_known.document(paths[name]) if name else None
    findings = found_in(known) if inside else []
    number = str(request.GET.get("finding", ""))
    finding = next((one for one in findings if str(one.number) == number), None)
    told = seen_comments(known.state, served().today, inside=inside)
    comments = _by_entry(told, known, document)
    numbers = numbers_of(findings, known.items)
    counts = Counter({entry: len(found) for entry, found in comments.items()})
    asked = str(request.GET.get("q", ""))[:60].strip()
    detail = None
    if standing is not None and item is not None:
        row = row_of(known, item, standing if inside else None, numbers, counts)
        located = item.span is not None and item.span.document in paths
        detail = detail_of(
            known, standing, row, inside=inside, comments=comments.get(item.id, []), located=located
        )
    found = groups(known, inside, numbers, counts, asked)
    waiting = sum(one.open for one in findings)
    context = Room(
        title=known.plan.title or served().settings.name,
        heading=_heading(known, findings, inside),
        status=say("草案，待人工确认") if known.draft else say("已确认"),
        steps=_steps(known, inside),
        text=_laid(document, known, finding, item, findings, inside) if document else None,
        documents=list(paths),
        groups=found,
        total=sum(len(one.rows) for one in found),
        asked=asked,
        findings=findings,
        waiting=waiting,
        kept=len(findings) - waiting,
        detail=detail,
        finding=finding,
        comments=len(told),
        inside=inside,
        reader=role in READERS,
        draft=known.draft,
        left=len(known.open),
        digest=known.digest if inside else "",
        tab="finds" if finding else "tree" if detail or asked else "text",
        trouble=known.trouble if inside else None,
    )
    part = "kechuang/plan_finding.html" if finding and not detail else "kechuang/plan_detail.html"
    return Page("kechuang/plan.html", context, part=part if finding or detail else None)


def _document_name(request: HttpRequest, names: list[str], item: Item | None) -> str | None:
    asked = str(request.GET.get("document", ""))
    span = item.span.document if item is not None and item.span is not None else ""
    return next((one for one in (span, asked) if one in names), names[0] if names else None)


def _laid(
    document: Document,
    known: Known,
    finding: Found | None,
    item: Item | None,
    findings: Sequence[Found],
    inside: bool,
) -> Laid:
    named = [
        Named(one.span.start, one.span.end, one.id, one.label)
        for one in known.items
        if one.span is not None and one.span.document == document.name and is_seen(one, inside)
    ]
    spans = [*(finding.spans if finding else ()), *([item.span] if item and item.span else [])]
    lit = [(one.start, one.end) for one in spans if one.document == document.name]
    pins = [
        Pin(one.number, one.spans[0].start, one.must)
        for one in findings
        if one.open and 0 < len(one.spans) <= _PLACES and one.spans[0].document == document.name
    ]
    return laid(document, named, lit, pins)


def _by_entry(told: list[Outcome], known: Known, document: Document | None) -> dict[str, list[Outcome]]:
    """Comments by the entry they are about: the one they name, else the one whose words they quote."""
    made: dict[str, list[Outcome]] = {}
    names = {item.id for item in known.items}
    for one in told:
        entry = one.entry if one.entry in names else None
        if entry is None and one.words and document is not None:
            entry = _entry_at(document.text.find(one.words), len(one.words), known, document.name)
        if entry is not None:
            made.setdefault(entry, []).append(one)
    return made


def _entry_at(at: int, size: int, known: Known, document: str) -> str | None:
    """The narrowest entry whose words overlap a place of the text."""
    near = [
        (one.span.end - one.span.start, one.id)
        for one in known.items
        if at >= 0
        and one.span is not None
        and one.span.document == document
        and one.span.start < at + size
        and at < one.span.end
    ]
    return min(near)[1] if near else None


def _heading(known: Known, findings: Sequence[Found], inside: bool) -> Message:
    plan = known.plan
    must = sum(one.open and one.must for one in findings)
    others = sum(one.open and one.severity == "warning" for one in findings)
    if inside and known.draft and known.open:
        if must:
            return say("草案还有{left}条待确认，{n}处必须改", left=len(known.open), n=must)
        return say("草案还有{left}条待确认，{n}处请核", left=len(known.open), n=others)
    if inside and must:
        return say("{n}处必须改，{others}处请核", n=must, others=others)
    tasks = sum(len(programme.tasks) for programme in plan.programmes)
    return say(
        "{targets}项目标，{programmes}项工程，{tasks}项任务，条条回到原句",
        targets=len(plan.targets),
        programmes=len(plan.programmes),
        tasks=tasks,
    )


def _steps(known: Known, inside: bool) -> list[Step]:
    """Read, confirmed, issued, amended: where the plan stands."""
    plan, state = known.plan, known.state
    answered = sum(not one.open for one in known.standings)
    begun = state.begun is not None
    changes = sorted({one.date for target in plan.targets for one in target.amendments})
    issued = day_read(plan.issued) if plan.issued else None
    confirmed: Message | str = day(state.completed) if state.completed else ""
    if known.draft and inside:
        confirmed = say("已定{n}/{all}", n=answered if begun else 0, all=len(known.standings))
    return [
        Step(say("读入"), say("{n}条", n=len(known.items)), "past"),
        Step(say("确认"), confirmed, "now" if known.draft else "past"),
        Step(
            say("印发"),
            dated(issued) if issued else plan.issued or "",
            "" if known.draft else "past" if changes else "now",
        ),
        Step(
            say("调整"),
            say("{n}次", n=len(changes)) if changes else "",
            "now" if changes and not known.draft else "",
        ),
    ]
