"""Bringing a return: upload, see what is wrong in the sheet itself, mend it there or in Excel, send."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from kechuang.errors import KechuangError
from kechuang.messages import Message, language, say
from kechuang.packs.model import Label
from kechuang.records.findings import Finding
from kechuang.records.importing import ImportResult
from kechuang.records.preview import Preview
from kechuang.web.access import account, page
from kechuang.web.rendering import Page
from kechuang.web.roles import REPORTERS
from kechuang.web.rooms import uploaded
from kechuang.web.rooms.records import attachment
from kechuang.web.rooms.stores import batch_named, store_for, types_of
from kechuang.web.rooms.uploaded import SUFFIXES, Shown, Upload
from kechuang.web.workspaces import served


@dataclass(frozen=True)
class Bring:
    """The form for a file."""

    types: list[tuple[str, Label]]
    accept: str
    chosen: str
    replaces: str
    wrong: Message | None = None
    remedy: Message | None = None


@dataclass(frozen=True)
class Checked:
    """A file as checked: what is wrong, where, and what it would change."""

    token: str
    file: str
    heading: Message
    rows: int
    types: list[Label]
    errors: int
    warnings: int
    findings: list[Finding]
    sheets: list[Shown]
    previews: list[Preview]
    mendable: bool
    review: bool
    labels: dict[str, Label]
    wrong: Message | None = None
    open: str = ""


@page("records/import/", "import", REPORTERS, ("GET", "POST"))
def bring(request: HttpRequest) -> Page | HttpResponse:
    user = account(request)
    types = sorted(((one.id, one.label) for one in types_of(user)), key=lambda one: one[1].zh)
    chosen = str(request.POST.get("type") or request.GET.get("type") or "")
    replaces = str(request.POST.get("replaces") or request.GET.get("replaces") or "")
    context = Bring(types, ",".join(SUFFIXES), chosen, replaces)
    if request.method == "GET":
        return Page("kechuang/bring.html", context)
    file = request.FILES.get("file")
    if replaces:
        batch_named(user, replaces)
    try:
        if file is None or not file.size:
            raise KechuangError("upload-empty", say("没有收到文件"), remedy=say("请选一个文件再上传。"))
        known = chosen if chosen in dict(types) else None
        upload = uploaded.keep(user, file, known, replaces or None)
    except KechuangError as error:
        wrong = Bring(types, context.accept, chosen, replaces, error.message, error.remedy)
        return Page("kechuang/bring.html", wrong, 422)
    return redirect(f"/records/import/{upload.token}/")


@page("records/import/<str:token>/", "uploaded", REPORTERS, ("GET", "POST"))
def checked(request: HttpRequest, token: str) -> Page | HttpResponse:
    user = account(request)
    upload = uploaded.found(user, token)
    if upload.batches:  # sent already: a second click, or the way back
        return redirect(f"/batches/{upload.batches[0]}/")
    wrong: Message | None = None
    if request.method == "POST":
        try:
            match request.POST.get("do"):
                case "mend":
                    sheet = str(request.POST.get("sheet", "")) or None
                    uploaded.mend(
                        upload, sheet, str(request.POST.get("cell", "")), str(request.POST.get("text", ""))
                    )
                    return redirect(request.path)
                case "send" | "draft":
                    batch = _sent(request, upload, draft=request.POST.get("do") == "draft")
                    if batch is not None:
                        return redirect(f"/batches/{batch}/")
        except KechuangError as error:
            wrong = error.message
    result = store_for(user).import_files(
        [upload.file], upload.type, who=user.name, dry_run=True, replaces=upload.replaces
    )
    return Page("kechuang/checked.html", _checked(upload, result, wrong, str(request.GET.get("open", ""))))


@page("records/import/<str:token>/errors.xlsx", "error-book", REPORTERS)
def error_book(request: HttpRequest, token: str) -> HttpResponse:
    from kechuang.records.errorbook import write_error_book

    user = account(request)
    upload = uploaded.found(user, token)
    result = store_for(user).import_files([upload.file], upload.type, who=user.name, dry_run=True)

    def make(path: Path) -> None:
        write_error_book(upload.file, result.faults, path, language())

    return attachment(f"{upload.file.stem}-{say('待改')}.xlsx", make)


def _sent(request: HttpRequest, upload: Upload, *, draft: bool) -> str | None:
    """Import the file; None where it turned out to be at fault after all."""
    user = account(request)
    result = store_for(user).import_files(
        [upload.file],
        upload.type,
        who=user.name,
        replaces=upload.replaces,
        draft=draft,
        explain=str(request.POST.get("explain", "")).strip() or None,
    )
    if not result.ok:
        return None
    batches = [one.batch for one in result.outcomes if one.batch]
    uploaded.sent(upload, batches)
    return batches[0] if batches else None


def _checked(upload: Upload, result: ImportResult, wrong: Message | None, opened: str) -> Checked:
    workspace = served()
    try:
        findings, sheets = uploaded.sheets_shown(upload, result.faults)
    except KechuangError:
        findings, sheets = [], []
    except Exception as error:  # a file the reader could not open: the faults say why
        if type(error).__name__ != "Unreadable":
            raise
        findings, sheets = [], []
    errors, warnings = len(result.errors), len(result.faults) - len(result.errors)
    if errors:
        heading = say("{file}：改好{n}处就能提交", file=upload.file.name, n=errors)
    elif warnings:
        heading = say("{file}：没有错误，{n}处提醒请确认", file=upload.file.name, n=warnings)
    else:
        heading = say("{file}：核对通过，可以提交", file=upload.file.name)
    if errors and not findings:
        from kechuang.records.findings import list_findings

        findings = list_findings(result.faults, [])
    return Checked(
        token=upload.token,
        file=upload.file.name,
        heading=heading,
        rows=result.rows,
        types=[workspace.packs.records[name].label for name in result.types],
        errors=errors,
        warnings=warnings,
        findings=findings,
        sheets=sheets,
        previews=list(result.previews),
        mendable=upload.file.suffix.lower() in (".xlsx", ".xlsm", ".csv"),
        review=bool(workspace.settings.review),
        labels={name: workspace.packs.records[name].label for name in result.types},
        wrong=wrong,
        open=opened,
    )
