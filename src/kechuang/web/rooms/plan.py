"""The plan room: the document beside its structure, every entry tied to its sentence, what the check found."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from django.http import HttpRequest

from kechuang.messages import Message, say
from kechuang.plan.check.finding import Finding
from kechuang.plan.documents import Document
from kechuang.plan.model import PlanSpan
from kechuang.progress.status import Mark
from kechuang.web.access import not_public, page, role_of
from kechuang.web.rendering import Page
from kechuang.web.roles import OFFICE, PUBLIC
from kechuang.web.workspaces import served

_SEVERITY: dict[str, tuple[Mark, Message]] = {
    "error": ("late", say("必须改")),
    "warning": ("watch", say("请核")),
    "info": ("ok", say("提示")),
}


@dataclass(frozen=True)
class EntryRow:
    """An entry of the structured plan and where its sentence stands."""

    id: str
    title: str
    kind: Message
    depth: int
    lead: list[str]
    span: PlanSpan | None


@dataclass(frozen=True)
class Piece:
    """A stretch of text: lit, or the sentence of an entry, or neither. ``anchor``: what begins here."""

    text: str
    entry: str | None
    lit: bool
    anchor: str | None


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of the document."""

    heading: bool
    pieces: list[Piece]


@dataclass(frozen=True)
class Found:
    """A finding of the check, numbered."""

    number: int
    finding: Finding
    mark: Mark
    word: Message


@dataclass(frozen=True)
class Room:
    """The plan room."""

    title: str
    heading: Message
    status: Message
    document: str | None
    sentences: int
    paragraphs: list[Paragraph]
    entries: list[EntryRow]
    findings: list[Found]
    chosen: EntryRow | None
    finding: Found | None


@page("plan/", "plan", PUBLIC)
def room(request: HttpRequest) -> Page:
    workspace = served()
    plan = workspace.plan
    path = next(
        (
            source
            for name in plan.documents
            if (source := workspace.folder / Path(workspace.settings.plan).parent / "source" / name).is_file()
        ),
        None,
    )
    document = _document(path, path.stat().st_mtime_ns) if path is not None else None
    entries = _entries()
    inside = role_of(request) in OFFICE
    if inside:
        not_public(request)  # what the check found
    findings = _found(document, path) if inside else []
    chosen = next((one for one in entries if one.id == request.GET.get("entry")), None)
    number = request.GET.get("finding", "")
    finding = next((one for one in findings if str(one.number) == number), None)
    lit = (
        [finding.finding.spans, [chosen.span]]
        if finding and chosen
        else [finding.finding.spans]
        if finding
        else [[chosen.span]]
        if chosen
        else []
    )
    spans = [(span.start, span.end) for group in lit for span in group if span is not None]
    errors = sum(one.finding.severity == "error" for one in findings)
    heading = say(
        "{targets}项目标，{programmes}项工程，{tasks}项任务，条条回到原句",
        targets=len(plan.targets),
        programmes=len(plan.programmes),
        tasks=sum(len(programme.tasks) for programme in plan.programmes),
    )
    if inside and errors:
        heading = say("{n}处必须改，{others}处请核", n=errors, others=len(findings) - errors)
    context = Room(
        title=plan.title or workspace.settings.name,
        heading=heading,
        status=say("已确认") if plan.status == "confirmed" else say("草案，待人工确认"),
        document=document.name if document else None,
        sentences=sum(document.text.count(stop) for stop in "。！？；") if document else 0,
        paragraphs=paragraphs(document, entries, spans) if document else [],
        entries=entries,
        findings=findings,
        chosen=chosen,
        finding=finding,
    )
    return Page("kechuang/plan.html", context)


@lru_cache(maxsize=4)
def _document(path: Path, _: int) -> Document:
    from kechuang.plan.documents import read_document

    return read_document(path)


@lru_cache(maxsize=4)
def _checked(path: Path, _: int, plan: int) -> tuple[Finding, ...]:
    from kechuang.plan.check import check_plan

    return tuple(check_plan(served().plan, _document(path, path.stat().st_mtime_ns)))


def _found(document: Document | None, path: Path | None) -> list[Found]:
    if document is None or path is None:
        return []
    plan = (served().folder / served().settings.plan).stat().st_mtime_ns
    findings = _checked(path, path.stat().st_mtime_ns, plan)
    return [Found(number, one, *_SEVERITY[one.severity]) for number, one in enumerate(findings, 1)]


def _entries() -> list[EntryRow]:
    plan = served().plan
    rows = [EntryRow(one.id, one.name, say("目标"), 0, one.lead, one.span) for one in plan.targets]
    for programme in plan.programmes:
        rows.append(EntryRow(programme.id, programme.title, say("工程"), 0, programme.lead, programme.span))
        for task in programme.tasks:
            rows.append(EntryRow(task.id, task.title, say("任务"), 1, task.lead, task.span))
            rows += [
                EntryRow(sub.id, sub.title, say("子任务"), 2, sub.lead, sub.span) for sub in task.subtasks
            ]
    for group in plan.safeguards:
        rows.append(EntryRow(group.id, group.title, say("保障措施"), 0, [], group.span))
        rows += [EntryRow(one.id, one.title, say("措施"), 1, one.lead, one.span) for one in group.measures]
    rows += [
        EntryRow(f"stage-{number}", stage.name, say("编制阶段"), 0, [], stage.span)
        for number, stage in enumerate(plan.stages, 1)
    ]
    return rows


def paragraphs(document: Document, entries: list[EntryRow], lit: list[tuple[int, int]]) -> list[Paragraph]:
    """The text in paragraphs, each cut where an entry's sentence or a lit stretch begins or ends.

    Where sentences of entries lie in one another the innermost is the one a reader lands on.
    """
    named: list[tuple[int, int, str]] = [
        (one.span.start, one.span.end, one.id)
        for one in entries
        if one.span is not None and one.span.document == document.name
    ]
    found, at = [], 0
    begun: set[str] = set()
    for line in document.text.split("\n"):
        start, end = at, at + len(line)
        at = end + 1
        if not line.strip():
            continue
        cuts = {start, end}
        for first, last in [*((one, other) for one, other, _ in named), *lit]:
            cuts.update(place for place in (first, last) if start < place < end)
        places = sorted(cuts)
        pieces = []
        for left, right in pairwise(places):
            holders = [one for one in named if one[0] <= left and right <= one[1]]
            entry = min(holders, key=lambda one: one[1] - one[0])[2] if holders else None
            bright = any(first <= left and right <= last for first, last in lit)
            anchor = "lit" if bright else f"s-{entry}" if entry is not None else None
            pieces.append(
                Piece(document.text[left:right], entry, bright, anchor if anchor not in begun else None)
            )
            if anchor is not None:
                begun.add(anchor)
        found.append(
            Paragraph(len(line.strip()) <= 40 and not line.strip().endswith(tuple("。；，：:;")), pieces)
        )
    return found
