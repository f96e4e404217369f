"""Reports: made on demand in the background, as a draft or as a publication; all that was published."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from kechuang.errors import KechuangError, Place
from kechuang.messages import LANGUAGES, Message, in_language, language, say
from kechuang.progress.status import Mark
from kechuang.publish.register import Publication, Register
from kechuang.web import asked
from kechuang.web.access import Hidden, account, page
from kechuang.web.jobs import Job, Jobs, Report
from kechuang.web.rendering import Page
from kechuang.web.roles import OFFICE, READERS
from kechuang.web.standing import kept
from kechuang.web.taking import download
from kechuang.web.workspaces import served

KIND = "report"
#: Forms a report is made in.
FORMS = ("docx", "pdf", "html")
KINDS: dict[str, Message] = {"progress": say("进度监测报告"), "interpretation": say("规划解读")}
_DRAFTS, _PUBLISHED = "out/drafts", "out/reports"


@dataclass(frozen=True)
class DocumentRow:
    """A document of a publication. ``place`` is its number there; ``whole`` is False where it is gone or not in
    the workspace."""

    place: int
    name: str
    form: str
    size: int
    whole: bool


@dataclass(frozen=True)
class PublicationRow:
    """A publication, and whether its figures still hold by the last verification."""

    number: str
    day: date
    kind: Message
    language: str
    as_of: date
    figures: int
    who: str
    documents: list[DocumentRow]
    mark: Mark
    word: Message


@dataclass(frozen=True)
class DraftRow:
    """A draft: a file nobody published."""

    name: str
    form: str
    size: int
    at: datetime


@dataclass(frozen=True)
class Reports:
    """What was published, what lies there as a draft, and the form for a new report."""

    heading: Message
    lede: Message
    publications: list[PublicationRow]
    drafts: list[DraftRow]
    may_make: bool
    today: date
    forms: list[str]
    language: str
    job: Job | None
    back: str
    verified: datetime | None
    wrong: Message | None = None


@page("reports/", "reports", READERS, ("GET", "POST"))
def reports(request: HttpRequest) -> Page | HttpResponse:
    workspace, user = served(), account(request)
    jobs, wrong = Jobs(workspace.folder), None
    if request.method == "POST":
        if user.role not in OFFICE:
            raise Hidden
        try:
            if request.POST.get("do") == "stop":
                jobs.stop(KIND)
            else:
                jobs.start(KIND, user.name, _work(request, user.name))
            return redirect("/reports/")
        except KechuangError as error:
            wrong = error.message
    made = user.role in OFFICE
    # Before what it makes is listed: a job that has just ended must not lack its file.
    job, verified = jobs.get(KIND) if made else None, jobs.get("verify")
    rows = [_row(one, verified) for one in published()[::-1]]
    stale = [row for row in rows if row.mark in ("late", "watch")]
    heading = (
        say("{n}份已发布的报告有数要更正", n=len(stale))
        if stale
        else say("已发布{n}份报告", n=len(rows))
        if rows
        else say("还没有发布过报告")
    )
    context = Reports(
        heading,
        say("发布即登记：每个数连同当时的口径和快照留下，以后能原样重算。草稿不登记，核验时不管它。"),
        rows,
        _drafts() if made else [],
        made,
        workspace.today,
        list(FORMS),
        language(),
        job,
        "/reports/",
        verified.ended if verified is not None and verified.state == "done" else None,
        wrong,
    )
    return Page("kechuang/reports.html", context, 422 if wrong else 200, part="kechuang/reports_part.html")


@page("reports/<str:name>/<int:number>/", "report-file", READERS)
def document(request: HttpRequest, name: str, number: int) -> HttpResponse:
    found = next((one for one in published() if one.number == name), None)
    if found is None or not 0 < number <= len(found.documents):
        raise Hidden
    given = found.documents[number - 1]
    path = _inside(given.path)
    if path is None:
        raise KechuangError(
            "document-elsewhere",
            say("这份文件不在工作区中"),
            place=Place(file=Path(given.path).name),
            remedy=say("它发布时写在别处；请向经办人要。"),
        )
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != given.sha256:
        raise KechuangError(
            "document-changed",
            say("文件与发布时不同，不给下载"),
            place=Place(file=path.name),
            remedy=say("请由备份恢复它。"),
        )
    return download(content, path.name)


@page("reports/drafts/<str:name>/", "draft", OFFICE)
def draft(request: HttpRequest, name: str) -> HttpResponse:
    found = next((path for path in _draft_files() if path.name == name), None)
    if found is None:
        raise Hidden
    return download(found.read_bytes(), found.name)


def _work(request: HttpRequest, who: str) -> partial[dict[str, Any]]:
    """The work a form asks for; KechuangError where it asks for none."""
    forms = [form for form in FORMS if form in request.POST.getlist("form")]
    if not forms:
        raise KechuangError("no-form", say("请至少选一种格式"))
    day = asked.day(request.POST.get("as_of", ""))
    if day is None:
        raise KechuangError("not-a-date", say("请选截止日期"))
    speaking = str(request.POST.get("language", "zh"))
    if speaking not in LANGUAGES:
        raise Hidden
    served().day(day)
    return partial(_make, forms, day, speaking, request.POST.get("do") != "publish", who)


def _make(
    forms: list[str], day: date, speaking: str, as_draft: bool, who: str, report: Report
) -> dict[str, Any]:
    """In its own workspace: what is on the disk counts, not what the site has read before."""
    workspace = served()
    fresh = type(workspace)(workspace.folder, workspace.settings, workspace.clock)
    steps = len(forms) + (1 if as_draft else 2)
    report(str(say("计算指标、进度和预测")), 0, steps)
    stamp = "" if as_draft else f"-{timezone.localtime():%Y%m%d%H%M%S}"
    folder = fresh.folder / (_DRAFTS if as_draft else _PUBLISHED)
    paths = [folder / f"progress-{day.isoformat()}-{speaking}{stamp}.{form}" for form in forms]
    written: list[Path] = []
    try:
        with in_language(speaking):
            material = fresh.material(day, speaking)
        for number, path in enumerate(paths, 1):
            report(str(say("写{form}", form=path.suffix.lstrip(".").upper())), number, steps)
            with in_language(speaking):
                fresh.write(material, [path])
            written.append(path)
        if as_draft:
            return {"draft": True, "files": [path.name for path in paths]}
        report(str(say("登记发布")), steps - 1, steps)
        entered = fresh.published(
            paths, material.figures, kind="progress", as_of=day, language=speaking, who=who
        )
    except BaseException:
        for path in [] if as_draft else written:
            path.unlink(missing_ok=True)
        raise
    return {"draft": False, "number": entered.number, "files": [path.name for path in paths]}


def published() -> list[Publication]:
    workspace = served()
    register = Register(workspace.store.alias, workspace.folder)
    state = tuple(entry.digest for entry in register.entries)
    return kept.get(f"published {hash(state)}", state, register.all)[0]


def _row(one: Publication, verified: Job | None) -> PublicationRow:
    documents = []
    for place, given in enumerate(one.documents, 1):
        path = _inside(given.path)
        whole = path is not None and path.stat().st_size == given.size
        name = Path(given.path).name
        documents.append(DocumentRow(place, name, Path(name).suffix.lstrip(".").upper(), given.size, whole))
    mark, word = _holds(one, verified)
    return PublicationRow(
        one.number,
        one.day,
        KINDS.get(one.kind, say("其他")),
        one.language,
        one.as_of,
        len(one.figures),
        one.who,
        documents,
        mark,
        word,
    )


def _holds(one: Publication, verified: Job | None) -> tuple[Mark, Message]:
    """What the last verification said of a publication; nothing where it is older than that."""
    if verified is None or verified.state != "done" or datetime.fromisoformat(one.at) > verified.started:
        return "none", say("还没有核验")
    changed = [
        item
        for item in verified.result["corrections"]
        if one.number in item["publications"] and item["visible"]
    ]
    open_ = sum(item["outstanding"] for item in changed)
    if open_:
        return "watch", say("{n}个数已变，待更正说明", n=open_)
    if changed:
        return "ok", say("{n}个数已变，后来的发布已更新", n=len(changed))
    return "done", say("数都没有变")


def _inside(path: str) -> Path | None:
    """A document that lies in the workspace."""
    folder = served().folder.resolve()
    found = (folder / path).resolve()
    return found if found.is_relative_to(folder) and found.is_file() else None


def _draft_files() -> list[Path]:
    folder = served().folder / _DRAFTS
    found = [path for path in folder.glob("*") if path.suffix.lstrip(".") in FORMS and path.name[0] != "."]
    return sorted(found, key=lambda path: path.stat().st_mtime, reverse=True)


def _drafts() -> list[DraftRow]:
    rows = []
    for path in _draft_files():
        stat = path.stat()
        at = datetime.fromtimestamp(stat.st_mtime, timezone.get_current_timezone())
        rows.append(DraftRow(path.name, path.suffix.lstrip(".").upper(), stat.st_size, at))
    return rows
