"""Reminders: what is to be sent to whom, sent by mail where that is set up, else taken away; what went out."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from kechuang.errors import KechuangError
from kechuang.messages import Message, say
from kechuang.records.workflow import addresses, letters, mailing
from kechuang.records.workflow.reminders import Reminder
from kechuang.web.access import Hidden, account, page
from kechuang.web.jobs import Job, Jobs, Report
from kechuang.web.rendering import Page
from kechuang.web.roles import OFFICE
from kechuang.web.rooms.records import attachment
from kechuang.web.rooms.units import addresses_of
from kechuang.web.workspaces import served

KIND = "remind"
#: Rows of what went out.
SHOWN = 60


@dataclass(frozen=True)
class LetterRow:
    """A letter that is due, with where it goes."""

    region: str
    office: str
    units: int
    text: str
    addresses: tuple[str, ...]


@dataclass(frozen=True)
class SentRow:
    """A reminder that went out."""

    at: str
    office: str
    label: str
    year: int
    deadline: str
    stage: Message
    units: int
    who: str


@dataclass(frozen=True)
class Reminding:
    """The reminders due today, and those that went out."""

    heading: Message
    letters: list[LetterRow]
    sendable: int
    mail: str
    days: tuple[int, ...]
    job: Job | None
    back: str
    result: dict[str, Any]
    sent: list[SentRow]
    wrong: Message | None = None


@page("deadlines/reminders/", "reminders", OFFICE, ("GET", "POST"))
def reminding(request: HttpRequest) -> Page | HttpResponse:
    workspace, jobs, user = served(), Jobs(served().folder), account(request)
    wrong: Message | None = None
    if request.method == "POST":
        try:
            match request.POST.get("do"):
                case "send" if workspace.settings.mail is not None:
                    jobs.start(KIND, user.name, partial(_send, user.name))
                case "note":
                    chosen = set(request.POST.getlist("region"))
                    found = [one for one in due() if one.region in chosen]
                    workspace.store.workflow.note_sent(found, who=user.name)
                case "stop":
                    jobs.stop(KIND)
                case _:
                    raise Hidden
            return redirect(request.path)
        except KechuangError as error:
            wrong = error.message
    job, known = jobs.get(KIND), addresses.read(workspace.folder)
    rows = [
        LetterRow(
            one.region,
            one.office,
            sum(len(point.missing) + len(point.returned) for point in one.points),
            one.text,
            addresses_of(one.office, one.region, known),
        )
        for one in due()
    ]
    mail = workspace.settings.mail
    context = Reminding(
        say("{n}个单位要催报", n=len(rows)) if rows else say("今天没有要发的催报"),
        rows,
        sum(bool(row.addresses) for row in rows),
        mail.sender if mail else "",
        workspace.settings.remind_days,
        job,
        "/deadlines/reminders/",
        job.result if job is not None and job.state == "done" else {},
        _sent(),
        wrong,
    )
    return Page(
        "kechuang/reminders.html", context, 422 if wrong else 200, part="kechuang/reminders_part.html"
    )


@page("deadlines/reminders/letters.txt", "reminder-letters", OFFICE)
def as_text(request: HttpRequest) -> HttpResponse:
    return _taken("txt")


@page("deadlines/reminders/list.xlsx", "reminder-list", OFFICE)
def as_list(request: HttpRequest) -> HttpResponse:
    return _taken("xlsx")


def _taken(suffix: str) -> HttpResponse:
    """The letters as a file. Nothing is noted as sent: that is said on the page, once they were."""
    found = due()
    name = f"{say('催报')}-{served().today.isoformat()}.{suffix}"
    answer = attachment(name, lambda path: letters.write(found, path))
    if suffix == "txt":
        answer["Content-Type"] = "text/plain; charset=utf-8"
    return answer


def due() -> list[Reminder]:
    """The reminders due today that did not go out yet."""
    workspace = served()
    return workspace.store.workflow.remind(
        range(workspace.years().start, workspace.today.year + 1),
        who="-",
        before=workspace.settings.remind_days,
        keep=False,
    )


def _send(who: str, report: Report) -> dict[str, Any]:
    """Send to every office that has an address; each is noted once the server has taken it."""
    workspace = served()
    mail = workspace.settings.mail
    assert mail is not None
    known = addresses.read(workspace.folder)
    found = [(one, addresses_of(one.office, one.region, known)) for one in due()]
    ready = [(one, to) for one, to in found if to]
    waiting = iter(ready)
    done = 0

    def outgoing() -> Any:
        for number, (one, to) in enumerate(ready):
            report(str(say("发给{office}", office=one.office)), number, len(ready))
            subject, text = mailing.subject_of(one.text)
            yield mailing.Letter(to, subject, text)

    def note(_: mailing.Letter) -> None:
        nonlocal done
        workspace.store.workflow.note_sent([next(waiting)[0]], who=who)
        done += 1

    if ready:
        mailing.send(
            mail, letters.office(workspace.store.workflow.name_of("")), outgoing(), note, at=workspace.clock()
        )
    return {"sent": done, "without": [one.office for one, to in found if not to]}


def _sent() -> list[SentRow]:
    found = [
        SentRow(
            str(one["at"])[:16].replace("T", " "),
            one["office"],
            point["label"],
            point["year"],
            point["deadline"],
            _stage(point["stage"]),
            len(point["missing"]) + len(point["returned"]),
            one["who"],
        )
        for one in served().store.workflow.reminded()[::-1]
        for point in one["points"]
    ]
    return found[:SHOWN]


def _stage(stage: str) -> Message:
    if stage == "overdue":
        return say("逾期")
    if stage == "returned":
        return say("退回待重报")
    return say("期限当日") if stage == "0" else say("期限前{n}个工作日", n=stage)
