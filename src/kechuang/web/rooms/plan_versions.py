"""The versions of the plan: what each was made by, when and why, and the amendments of its targets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse

from kechuang.messages import Message, say
from kechuang.plan.preparation.amending import Amended, amendments_of
from kechuang.plan.preparation.journal import Entry
from kechuang.plan.preparation.versions import Version, versions_of
from kechuang.web.access import Hidden, page
from kechuang.web.rendering import Page
from kechuang.web.roles import READERS
from kechuang.web.rooms import plan_known
from kechuang.web.rooms.plan_entries import changes_of, told_of
from kechuang.web.taking import download

#: Answers told of one version; a plan confirmed as a whole has a hundred of them.
TOLD = 3


@dataclass(frozen=True)
class Made:
    """What made a version: one entry of the journal, with its reason."""

    what: Message
    reason: str


@dataclass(frozen=True)
class VersionRow:
    """A version; ``before`` is the number of the one it followed, None for the first."""

    number: int
    before: int | None
    current: bool
    day: date | None
    who: str
    made: list[Made]
    more: int
    digest: str


@dataclass(frozen=True)
class Versions:
    """The page of versions."""

    heading: Message
    rows: list[VersionRow]
    amendments: list[tuple[Amended, list[Message]]]
    draft: bool
    outside: bool
    trouble: Message | None


@page("plan/versions/", "plan-versions", READERS)
def versions(request: HttpRequest) -> Page:
    known = plan_known.known()
    found = [] if known.trouble else versions_of(plan_known.folder_of(), known.entries)
    rows = [_row(one, found[at - 1].number if at else None) for at, one in enumerate(found)]
    amended = amendments_of(known.plan)
    heading = say("{n}个版本，{m}次目标调整", n=len(rows), m=len(amended))
    if not rows:
        heading = say("规划还没有改动过，只有现在这一版")
    context = Versions(
        heading,
        rows[::-1],
        [(one, changes_of(one)) for one in amended[::-1]],
        known.draft,
        outside=bool(rows) and not any(row.current for row in rows),
        trouble=known.trouble,
    )
    return Page("kechuang/plan_versions.html", context)


@page("plan/versions/<int:number>/plan.yaml", "plan-version", READERS)
def version(request: HttpRequest, number: int) -> HttpResponse:
    known = plan_known.known()
    found = next(
        (one for one in versions_of(plan_known.folder_of(), known.entries) if one.number == number), None
    )
    if found is None:
        raise Hidden
    return download(found.path.read_bytes(), f"plan-{number:04d}.yaml")


def _row(one: Version, before: int | None) -> VersionRow:
    told = sorted(one.made, key=_plain)  # what changed something first, then what was only confirmed
    last: Entry | None = one.made[-1] if one.made else None
    return VersionRow(
        one.number,
        before,
        one.current,
        last.day if last else None,
        last.who if last else "",
        [Made(told_of(entry), getattr(entry.content, "reason", None) or "") for entry in told[:TOLD]],
        max(len(told) - TOLD, 0),
        one.digest[:12],
    )


def _plain(entry: Entry) -> bool:
    return getattr(entry.content, "decision", "") == "keep"
