"""Verification from the page: begun, watched and stopped; what it found, with the publications to correct."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from kechuang.errors import KechuangError
from kechuang.messages import Message, language, say
from kechuang.web.access import account, page
from kechuang.web.jobs import Job, Jobs, Report
from kechuang.web.rendering import Page
from kechuang.web.roles import ADMINISTRATORS
from kechuang.web.workspaces import served

KIND = "verify"
#: Why a figure is another than it was.
REASONS: dict[str, Message] = {
    "records": say("记录更正"),
    "day": say("截止日不同"),
    "parameter": say("参数改变"),
    "definition": say("口径改变"),
    "boundary": say("区划改变"),
}


@dataclass(frozen=True)
class Corrected:
    """A published figure that today's records make another."""

    indicator: str
    place: str
    period: str
    before: float | None
    after: float | None
    unit: str
    reasons: list[Message]
    numbers: list[str]
    outstanding: bool
    visible: bool


@dataclass(frozen=True)
class Verifying:
    """Where the verification stands, and what the last one found."""

    heading: Message
    job: Job | None
    back: str
    faults: list[dict[str, Any]]
    corrections: list[Corrected]
    definitions: list[str]
    wrong: Message | None = None


@page("admin/verify/", "verify", ADMINISTRATORS, ("GET", "POST"))
def verifying(request: HttpRequest) -> Page | HttpResponse:
    jobs, wrong = Jobs(served().folder), None
    if request.method == "POST":
        try:
            if request.POST.get("do") == "stop":
                jobs.stop(KIND)
            else:
                jobs.start(KIND, account(request).name, _verify)
            return redirect("/admin/verify/")
        except KechuangError as error:
            wrong = error.message
    job = jobs.get(KIND)
    result = job.result if job is not None and job.state == "done" else {}
    context = Verifying(
        _heading(job),
        job,
        "/admin/verify/",
        list(result.get("findings", ())),
        [_corrected(one) for one in result.get("corrections", ())],
        [str(one.get("indicator", "")) for one in result.get("definitions", ())],
        wrong,
    )
    return Page("kechuang/verify.html", context, 422 if wrong else 200, part="kechuang/verify_part.html")


def _verify(report: Report) -> dict[str, Any]:
    """In its own workspace: what is on the disk counts, not what the site has read before."""
    workspace = served()
    fresh = type(workspace)(workspace.folder, workspace.settings, workspace.clock)
    found = fresh.verify(report).as_dict()
    told = ("indicator", "region", "period", "old", "new", "reasons", "outstanding", "visible")
    found["corrections"] = [
        {
            **{name: one[name] for name in told},
            "unit": one["unit"][0],
            "publications": [publication["number"] for publication in one["publications"]],
        }
        for one in found["corrections"]
    ]
    found["definitions"] = [
        {"indicator": one["indicator"], "publication": one["publication"]} for one in found["definitions"]
    ]
    return found


def _heading(job: Job | None) -> Message:
    if job is None:
        return say("还没有核验过")
    if job.running:
        return say("正在核验")
    if job.state != "done":
        return say("核验没有做完")
    faults, outstanding = len(job.result["findings"]), job.result["outstanding"]
    if faults:
        return say("核验发现{n}处不符", n=faults)
    if outstanding:
        return say("没有不符；{n}个已发布的数因更正而变，待说明", n=outstanding)
    if not job.result["figures"]:
        return say("没有不符；还没有发布过数")
    return say("没有不符，{n}个已发布的数都能原样重算", n=job.result["figures"])


def _corrected(one: dict[str, Any]) -> Corrected:
    spec = served().packs.indicators.get(one["indicator"])
    return Corrected(
        spec.label.text(language()) if spec else one["indicator"],
        served().name_of(one["region"]),
        one["period"],
        one["old"],
        one["new"],
        one["unit"],
        [REASONS[name] for name in one["reasons"] if name in REASONS],
        one["publications"],
        one["outstanding"],
        one["visible"],
    )
