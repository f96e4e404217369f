"""Early warnings: what presses, why, who is to act; taking note of one, and what became of all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from kechuang.errors import KechuangError
from kechuang.messages import Message, say
from kechuang.progress.warnings.model import LEVEL_LABELS, MARKS, STATE_LABELS, Warned
from kechuang.web import asked
from kechuang.web.access import Hidden, account, page
from kechuang.web.rendering import Page
from kechuang.web.roles import OFFICE, READERS
from kechuang.web.standing import standing
from kechuang.web.workspaces import served


@dataclass(frozen=True)
class AlarmRow:
    """A warning with its words."""

    warned: Warned
    mark: str
    level: Message
    state: Message


@dataclass(frozen=True)
class Alarms:
    """All warnings of the day."""

    heading: Message
    as_of: date
    rows: list[AlarmRow]
    history: list[Any]
    may_answer: bool
    wrong: Message | None = None


@page("warnings/", "warnings", READERS, ("GET", "POST"))
def alarms(request: HttpRequest) -> Page | HttpResponse:
    workspace, user = served(), account(request)
    wrong: Message | None = None
    if request.method == "POST":
        if user.role not in OFFICE:
            raise Hidden
        try:
            workspace.acknowledge_warning(
                str(request.POST.get("subject", "")),
                who=user.name,
                note=str(request.POST.get("note", "")).strip(),
                until=_until(request),
            )
            return redirect("/warnings/")
        except KechuangError as error:
            wrong = error.message
    found, _ = standing(workspace)
    rows = [alarm_row(one) for one in found.warnings.items]
    pending = len(found.warnings.pending)
    heading = say("{n}条预警，{pending}条待处置", n=len(rows), pending=pending) if rows else say("没有预警")
    history = [entry.as_dict() for entry in workspace.warning_history()][::-1][:60]
    context = Alarms(heading, found.as_of, rows, history, user.role in OFFICE, wrong)
    return Page("kechuang/alarms.html", context, 422 if wrong else 200)


def alarm_row(one: Warned) -> AlarmRow:
    level = one.finding.level
    return AlarmRow(one, MARKS[level], LEVEL_LABELS[level], STATE_LABELS[one.state])


def _until(request: HttpRequest) -> date | None:
    text = str(request.POST.get("until", "")).strip()
    if not text:
        return None
    found = asked.day(text)
    if found is None:
        raise KechuangError("date-invalid", say("“{text}”不是日期", text=text))
    return found
