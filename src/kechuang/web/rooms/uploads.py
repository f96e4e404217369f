"""Bringing a return, step by step: take the form, upload it filled in, see what is wrong in the sheet itself,
mend it there or in Excel, send it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect

from kechuang.errors import KechuangError
from kechuang.messages import Message, language, say
from kechuang.packs.model import FieldSpec, Label
from kechuang.records.findings import Finding
from kechuang.records.preview import Preview
from kechuang.records.review import BatchInfo
from kechuang.web.access import Hidden, account, page
from kechuang.web.asked import whole
from kechuang.web.jobs import Job
from kechuang.web.models import User
from kechuang.web.rendering import Page
from kechuang.web.roles import REPORTERS
from kechuang.web.rooms import checking, uploaded
from kechuang.web.rooms.checking import KIND, Checkup, Shown
from kechuang.web.rooms.mending import beside, mend, mendable
from kechuang.web.rooms.records import attachment, shown
from kechuang.web.rooms.stores import batch_named, types_of
from kechuang.web.rooms.suggesting import choices_for, suggested
from kechuang.web.rooms.uploaded import SUFFIXES, Upload
from kechuang.web.workspaces import served

#: Findings listed beside the sheets, and corrections listed below them.
LISTED, CHANGES = 100, 40


@dataclass(frozen=True)
class Step:
    """A step of the road: ``past``, ``now`` or to come."""

    word: Message
    state: str


@dataclass(frozen=True)
class Waiting:
    """An upload that was not sent yet."""

    token: str
    name: Message
    upload: Upload = field(repr=False)


@dataclass(frozen=True)
class Bring:
    """The form for files."""

    steps: list[Step]
    types: list[tuple[str, Label]]
    accept: str
    chosen: str
    label: Label | None
    replaces: BatchInfo | None
    most_mb: int
    most_files: int
    waiting: list[Waiting]
    wrong: Message | None = None
    remedy: Message | None = None

    @property
    def most(self) -> int:
        return self.most_mb * 2**20


@dataclass(frozen=True)
class Issue:
    """A finding in the list beside the sheets. ``suggestion``: what the cell probably should say; ``headings``:
    what a column nobody knows may be meant for."""

    finding: Finding
    file: int
    label: str
    mendable: bool
    suggestion: str
    headings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Fix:
    """The row that is open below a cell."""

    issue: Issue
    line: int
    choices: tuple[str, ...]
    unit: str


@dataclass(frozen=True)
class FileView:
    """A file with its sheets."""

    number: int
    name: str
    readable: bool
    sheets: list[Shown]
    findings: int


@dataclass(frozen=True)
class ChangeRow:
    """A value that would be corrected."""

    key: str
    field: str
    old: str
    new: str


@dataclass(frozen=True)
class Ahead:
    """What sending would change in a register."""

    label: Label
    preview: Preview
    changes: list[ChangeRow]


@dataclass(frozen=True)
class Checked:
    """An upload: being checked, not to be read, or checked: what is wrong, where, and what it would change."""

    token: str
    name: Message
    heading: Message
    steps: list[Step]
    back: str
    state: str
    job: Job | None
    rows: int = 0
    types: list[Label] = field(default_factory=list)
    errors: int = 0
    warnings: int = 0
    files: list[FileView] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)
    more: int = 0
    open: Fix | None = None
    previews: list[Ahead] = field(default_factory=list)
    mendable: bool = False
    review: bool = False
    replaces: BatchInfo | None = None
    wrong: Message | None = None
    explain: str = ""


def _steps(now: int) -> list[Step]:
    words = [say("下载填报表"), say("上传"), say("核对"), say("提交")]
    return [
        Step(word, "past" if place < now else "now now--ok" if place == now else "")
        for place, word in enumerate(words)
    ]


# -- the form


@page("records/import/", "import", REPORTERS, ("GET", "POST"))
def bring(request: HttpRequest) -> Page | HttpResponse:
    user = account(request)
    given = request.POST if request.method == "POST" else request.GET
    replaces = _replaced(user, str(given.get("replaces") or ""))
    chosen = str(given.get("type") or (replaces.type if replaces else ""))
    if request.method == "GET":
        return Page("kechuang/bring.html", _bring(user, chosen, replaces))
    by_script = request.headers.get("X-Upload") == "1"
    try:
        files = request.FILES.getlist("file")
        if not files:
            raise KechuangError("upload-empty", say("没有收到文件"), remedy=say("请选一个文件再上传。"))
        known = chosen if chosen in {one.id for one in types_of(user)} else None
        upload = uploaded.keep(user, files, known, replaces.id if replaces else None)
    except KechuangError as error:
        if by_script:
            told = [str(error.message), str(error.remedy or "")]
            return JsonResponse({"message": " ".join(told).strip()}, status=422)
        return Page("kechuang/bring.html", _bring(user, chosen, replaces, error), 422)
    to = f"/records/import/{upload.token}/"
    return JsonResponse({"to": to}) if by_script else redirect(to)


def _replaced(user: User, name: str) -> BatchInfo | None:
    """The returned batch a file is to mend, where it is this account's; 404 for anybody else's."""
    return batch_named(user, name) if name else None


def _bring(user: User, chosen: str, replaces: BatchInfo | None, error: KechuangError | None = None) -> Bring:
    from kechuang.web.site import UPLOAD

    types = sorted(((one.id, one.label) for one in types_of(user)), key=lambda one: one[1].zh)
    label = dict(types).get(chosen)
    return Bring(
        _steps(1 if label else 0),
        types,
        ",".join(SUFFIXES),
        chosen if label else "",
        label,
        replaces,
        UPLOAD // 2**20,
        uploaded.MOST,
        waiting_of(user),
        error.message if error else None,
        error.remedy if error else None,
    )


def waiting_of(user: User) -> list[Waiting]:
    """What this account uploaded and has not sent."""
    return [Waiting(one.token, one.name, one) for one in uploaded.waiting(user)]


# -- the check


@page("records/import/<str:token>/", "uploaded", REPORTERS, ("GET", "POST"))
def checked(request: HttpRequest, token: str) -> Page | HttpResponse:
    user = account(request)
    upload = uploaded.found(user, token)
    if upload.replaces:
        _replaced(user, upload.replaces)
    wrong: Message | None = None
    explain = str(request.POST.get("explain", "")).strip()
    if request.method == "POST" and not upload.batches:
        try:
            answer = _done(request, user, upload, explain)
            if answer is not None:
                return answer
            wrong = say("提交时又核对了一遍：台账有了变化，请看下面。")
        except KechuangError as error:
            wrong = error.message
        upload = uploaded.found(user, token)
    if upload.batches:  # sent already: a second click, or the way back
        return _onward(request, upload)
    context = _context(user, upload, str(request.GET.get("open", "")), wrong, explain)
    plain = wrong is None or request.headers.get("HX-Request")  # htmx shows no answer of 422
    return Page("kechuang/checked.html", context, 200 if plain else 422, part="kechuang/check_part.html")


def _done(request: HttpRequest, user: User, upload: Upload, explain: str) -> HttpResponse | None:
    """What was asked for; None where the files turned out to be at fault after all."""
    here = f"/records/import/{upload.token}/"
    jobs = checking.jobs_of(upload)
    match request.POST.get("do"):
        case "mend" | "column" as what:
            number = whole(request.POST.get("file", "0"))
            file = -1 if number is None else number
            with jobs.alone(KIND):
                sheet = str(request.POST.get("sheet", "")) or None
                cell, text = str(request.POST.get("cell", "")), str(request.POST.get("text", ""))
                if what == "column":
                    cell = beside(upload, file, sheet, whole(request.POST.get("row", "")) or 0)
                mend(upload, file, sheet, cell, text)
                jobs.forget(KIND)
            return redirect(here)
        case "check":
            checking.check_later(user, upload)
            return redirect(here)
        case "stop":
            jobs.stop(KIND)
            return redirect(here)
        case "drop":
            job = jobs.get(KIND)
            if job is not None and job.running:  # it may be on its way into the registers
                raise KechuangError("upload-busy", say("还在核对或入库，先停止它再扔掉"))
            uploaded.drop(upload)
            return redirect("/records/import/")
        case "send" | "draft":
            draft = request.POST.get("do") == "draft"
            if upload.large:
                checking.send_later(user, upload, draft=draft, explain=explain or None)
                return redirect(here)
            if checking.send_now(user, upload, draft=draft, explain=explain or None):
                return _onward(request, uploaded.found(user, upload.token))
            return None
    raise Hidden


def _onward(request: HttpRequest, upload: Upload) -> HttpResponse:
    """To what the upload became; a panel that looks after its progress takes the whole page along."""
    to = f"/batches/{upload.batches[0]}/" if len(upload.batches) == 1 else "/batches/"
    if request.headers.get("HX-Request"):
        answer = HttpResponse(status=204)
        answer["HX-Redirect"] = to
        return answer
    return redirect(to)


def _context(user: User, upload: Upload, opened: str, wrong: Message | None, explain: str) -> Checked:
    found = checking.result_of(user, upload)
    job = checking.jobs_of(upload).get(KIND)
    working = job is not None and job.running
    if found is None and not working:
        if upload.large and (job is None or job.state == "done"):
            checking.check_later(user, upload)
            job = checking.jobs_of(upload).get(KIND)
            working = True
        elif not upload.large:
            try:
                found = checking.check_now(user, upload)
            except KechuangError as error:
                wrong = error.message
    if working or found is None:
        return Checked(
            token=upload.token,
            name=upload.name,
            heading=say("正在核对{file}", file=upload.name)
            if working
            else say("{file}：没有核对完", file=upload.name),
            steps=_steps(2),
            back=f"/records/import/{upload.token}/",
            state="working" if working else "stopped",
            job=job,
            wrong=wrong,
        )
    if job is not None and job.state == "failed" and job.error and wrong is None:
        from kechuang.records.fields import Named

        wrong = Named(job.error["message"]["zh"], job.error["message"]["en"])
    return _result(user, upload, found, opened, wrong, explain)


def _result(
    user: User, upload: Upload, found: Checkup, opened: str, wrong: Message | None, explain: str
) -> Checked:
    workspace = served()
    specs = {
        spec.label.zh: spec
        for name in found.types
        if name in workspace.packs.records
        for spec in workspace.packs.records[name].fields.values()
    }
    issues = [
        _issue(user, upload, number, one, specs, _absent(file.findings, one.sheet))
        for number, file in enumerate(found.files)
        for one in file.findings
    ]
    meant = {(one.file, one.finding.sheet, one.suggestion) for one in issues if one.headings}
    issues = [  # a column that stands there under another name is renamed, not added
        replace(one, mendable=False)
        if (one.file, one.finding.sheet, one.finding.absent or None) in meant
        else one
        for one in issues
    ]
    unreadable = any(not one.readable for one in found.files)
    return Checked(
        token=upload.token,
        name=upload.name,
        heading=_heading(upload, found, unreadable),
        steps=_steps(2 if found.errors else 3),
        back=f"/records/import/{upload.token}/",
        state="unreadable" if unreadable else "result",
        job=None,
        rows=found.rows,
        types=[workspace.packs.records[name].label for name in found.types],
        errors=found.errors,
        warnings=found.warnings,
        files=[
            FileView(number, one.name, one.readable, one.sheets, len(one.findings))
            for number, one in enumerate(found.files)
        ],
        issues=issues[:LISTED],
        more=max(len(issues) - LISTED, 0),
        open=_open(user, issues, opened, specs),
        previews=[_ahead(one) for one in found.previews],
        mendable=any(one.mendable for one in issues),
        review=bool(workspace.settings.review),
        replaces=_replaced(user, upload.replaces or ""),
        wrong=wrong,
        explain=explain,
    )


def _absent(findings: list[Finding], sheet: str | None) -> tuple[str, ...]:
    """The headings a sheet lacks."""
    return tuple(one.absent for one in findings if one.absent and one.sheet == sheet)


def _heading(upload: Upload, found: Checkup, unreadable: bool) -> Message:
    if unreadable:
        return say("{file}打不开，没有核对", file=upload.name)
    if found.errors:
        return say("{file}：改好{n}处就能提交", file=upload.name, n=found.errors)
    if found.warnings:
        return say("{file}：没有错误，{n}处提醒请确认", file=upload.name, n=found.warnings)
    return say("{file}：核对通过，可以提交", file=upload.name)


def _issue(
    user: User, upload: Upload, file: int, one: Finding, specs: dict[str, FieldSpec], absent: tuple[str, ...]
) -> Issue:
    spec = specs.get(one.field)
    may = bool(one.level == "error" and one.cell and mendable(upload.files[file]))
    label = spec.label.text(language()) if spec else one.field
    if may and one.code == "unknown-column":
        like = get_close_matches(one.found, absent, 1, 0.5)
        return Issue(one, file, label, may, next(iter(like), ""), absent)
    return Issue(one, file, label, may, suggested(user, spec, one.found) if may else "")


def _open(user: User, issues: list[Issue], opened: str, specs: dict[str, FieldSpec]) -> Fix | None:
    """The row to mend: the one asked for, else the first that can be mended; none where that is not wanted."""
    may = [one for one in issues if one.mendable]
    asked = next((one for one in may if str(one.finding.number) == opened), None)
    chosen = asked or (may[0] if may and opened != "none" else None)
    if chosen is None or chosen.finding.row is None:
        return None
    spec = specs.get(chosen.finding.field)
    unit = spec.unit or "" if spec else ""
    return Fix(chosen, chosen.finding.row + 1, choices_for(user, spec), unit)


def _ahead(one: Preview) -> Ahead:
    record_type = served().packs.records[one.type]
    changes = [
        ChangeRow(
            change.key,
            record_type.fields[change.field].label.text(language()),
            shown(record_type.fields[change.field], change.old),
            shown(record_type.fields[change.field], change.new),
        )
        for change in one.changes[:CHANGES]
        if change.field in record_type.fields
    ]
    return Ahead(record_type.label, one, changes)


# -- files to take away


@page("records/import/<str:token>/errors.xlsx", "error-book", REPORTERS)
def error_book(request: HttpRequest, token: str) -> HttpResponse:
    from kechuang.records.errorbook import write_error_book

    user = account(request)
    upload = uploaded.found(user, token)
    if upload.replaces:
        _replaced(user, upload.replaces)
    number = str(request.GET.get("file", "0"))
    if not number.isdecimal() or int(number) >= len(upload.files):
        raise Hidden
    file = upload.files[int(number)]
    found = checking.result_of(user, upload)
    if found is None:
        found = checking.check_now(user, upload)

    def make(path: Path) -> None:
        write_error_book(file, found.faults, path, language())

    return attachment(f"{file.stem}-{say('待改')}.xlsx", make)
