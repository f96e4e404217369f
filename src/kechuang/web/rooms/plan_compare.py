"""Two plans held against each other: what changed in entries and text, or what answers the plans above.

Reading a long document takes a while, so a comparison is a job: its result is kept by the contents compared,
and the same question again is answered at once.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import urlencode

from kechuang.errors import Joined, KechuangError
from kechuang.messages import LANGUAGES, Message, in_language, language, say
from kechuang.plan.compare import (
    Alignment,
    Change,
    Difference,
    EntryChange,
    TextChange,
    align,
    compare,
    wording,
)
from kechuang.plan.compare.demand import Demand
from kechuang.progress.status import Mark
from kechuang.web.access import account, page
from kechuang.web.jobs import Job, Jobs, Report
from kechuang.web.models import User
from kechuang.web.numbers import difference_text
from kechuang.web.rendering import Page, plain
from kechuang.web.roles import READERS
from kechuang.web.rooms.plan_sources import SUFFIXES, Source, bring, named, sources_of
from kechuang.web.workspaces import served

#: Entries and paragraphs shown at most; upper plans at most in one alignment.
MOST, UPPERS = 400, 5
#: A result is kept for so many seconds.
KEPT = 7 * 24 * 3600
_MARKS: dict[str, Mark] = {
    "added": "ok",
    "removed": "late",
    "value": "watch",
    "reworded": "watch",
    "moved": "none",
    "kept": "none",
}
_RELATIONS: dict[str, tuple[Mark, Message]] = {
    "higher": ("ok", say("高于上级")),
    "equal": ("done", say("与上级持平")),
    "lower": ("late", say("低于上级")),
}


@dataclass(frozen=True)
class Compare:
    """The page: what to choose from, what was asked, the job and its result."""

    heading: Message | str
    sources: list[Source]
    way: str
    a: str
    b: list[str]
    names: list[Message]
    accept: str
    job: Job | None
    back: str
    result: dict[str, Any]
    wrong: list[Message] = field(default_factory=list)
    remedy: Message | None = None


@page("plan/compare/", "plan-compare", READERS, ("GET", "POST"))
def comparing(request: HttpRequest) -> Page | HttpResponse:
    user = account(request)
    if request.method == "POST":
        return _asked(request, user)
    given = [str(one) for one in request.GET.getlist("b") if one][:UPPERS]
    return _answer(request, user, _way(request.GET.get("way")), str(request.GET.get("a", "now")), given)


def _way(text: Any) -> str:
    return "align" if text == "align" else "diff"


def _asked(request: HttpRequest, user: User) -> Page | HttpResponse:
    """A question, with a file or without; or a word to the job that answers it."""
    way = _way(request.POST.get("way") or request.GET.get("way"))
    a = str(request.POST.get("a") or request.GET.get("a") or "now")
    b = [str(one) for one in (request.POST.getlist("b") or request.GET.getlist("b")) if one][:UPPERS]
    do = str(request.POST.get("do", ""))
    try:
        file = request.FILES.get("file")
        if file is not None:
            brought = bring(user, file)
            b = [*b, brought][-UPPERS:] if way == "align" else [brought]
        if not b:
            raise KechuangError(
                "nothing-chosen", say("没有选另一份"), remedy=say("请选一份，或上传一个文件。")
            )
        if way == "diff" and b[0] == a:
            raise KechuangError("same-chosen", say("两边选了同一份"), remedy=say("请选另一份来比较。"))
    except KechuangError as error:
        return _answer(request, user, way, a, [], error)
    if do in ("stop", "again"):
        sources = [named(user, one) for one in (a, *b)]
        kind, jobs = _kind(way, sources), Jobs(served().folder)
        if do == "stop":
            jobs.stop(kind)
        else:
            _begin(jobs, kind, user, way, sources)
    return redirect(_address(way, a, b))


def _answer(
    request: HttpRequest, user: User, way: str, a: str, b: list[str], error: KechuangError | None = None
) -> Page:
    job, names, back = None, [], "/plan/compare/"
    if b and error is None and (way == "align" or b[0] != a):
        chosen = [named(user, one) for one in (a, *(b if way == "align" else b[:1]))]
        names = [one.title for one in chosen]
        kind, jobs, back = _kind(way, chosen), Jobs(served().folder), _address(way, a, b)
        job = jobs.get(kind)
        if job is None:
            _begin(jobs, kind, user, way, chosen)
            job = jobs.get(kind)
    result = dict(job.result) if job is not None and job.state == "done" else {}
    context = Compare(
        heading=_heading(way, job, result),
        sources=sources_of(user),
        way=way,
        a=a,
        b=b,
        names=names,
        accept=",".join(SUFFIXES),
        job=job,
        back=back,
        result=result,
        wrong=[error.message] if error else [],
        remedy=error.remedy if error else None,
    )
    return Page(
        "kechuang/plan_compare.html", context, 422 if error else 200, part="kechuang/plan_compared.html"
    )


def _heading(way: str, job: Job | None, result: Mapping[str, Any]) -> Message | str:
    if result:
        return _said(result["verdict"])
    if job is not None and job.running:
        return say("正在对照") if way == "align" else say("正在比较")
    if job is not None and job.state != "done":
        return say("没有比较完")
    return say("版本之间改了什么，上级的要求落实了没有")


def _said(both: Mapping[str, str]) -> str:
    return both["en" if language() == "en" else "zh"]


def _address(way: str, a: str, b: Sequence[str]) -> str:
    return f"/plan/compare/?{urlencode([('way', way), ('a', a), *(('b', one) for one in b)])}"


def _kind(way: str, sources: Sequence[Source]) -> str:
    """The name of the job: what is compared, by content and by name."""
    told = [way, *(f"{one.name} {one.digest}" for one in sources)]
    return f"compare-{hashlib.sha256(chr(10).join(told).encode()).hexdigest()[:20]}"


def _begin(jobs: Jobs, kind: str, user: User, way: str, sources: Sequence[Source]) -> None:
    _clear(jobs)
    work = _work(way, list(sources))
    with suppress(KechuangError):  # somebody asked the same a moment ago
        jobs.start(kind, user.shown, work)


def _clear(jobs: Jobs) -> None:
    """Results nobody asked for in a week."""
    before = time.time() - KEPT
    for path in [*jobs.place.glob("compare-*"), *jobs.place.glob(".compare-*")]:
        with suppress(OSError):
            if path.stat().st_mtime < before:
                path.unlink()


def _work(way: str, sources: list[Source]) -> Any:
    def work(report: Report) -> Mapping[str, Any]:
        sides, steps = [], len(sources) + 1
        bare = all(one.own for one in sources)
        for number, source in enumerate(sources):
            report(str(say("读取{name}", name=source.title)), number, steps)
            sides.append(source.side(bare=bare))
        report(str(say("逐条对照") if way == "align" else say("逐条逐段比较")), len(sources), steps)
        if way == "align":
            return plain(alignment(align(sides[0], sides[1:])))  # type: ignore[no-any-return]
        return plain(difference(compare(sides[0], sides[1]), text=not bare))  # type: ignore[no-any-return]

    return work


# -- what is shown of a difference


def difference(found: Difference, text: bool = True) -> dict[str, Any]:
    """A difference as the page tells it, sentences in both languages."""
    changed = [
        one
        for one in found.entries
        if one.change != ("kept",) and (found.office or (one.item.kind, one.item.id) != ("fact", "status"))
    ]
    first = [one for one in changed if one.step is not None or {"added", "removed"} & set(one.change)]
    rest = [one for one in changed if one not in first]
    paragraphs = found.changed_text
    steps = [one.step for one in changed if one.step is not None]
    counts = [
        (say("目标调高"), sum(step > 0 for step in steps), "raised"),
        (say("目标调低"), sum(step < 0 for step in steps), "lowered"),
        (say("新增条目"), sum("added" in one.change for one in changed), "added"),
        (say("删去条目"), sum("removed" in one.change for one in changed), "removed"),
        (
            say("改写或移动"),
            sum(bool({"reworded", "moved"} & set(one.change)) for one in changed),
            "reworded",
        ),
        (say("正文有变的段落"), len(paragraphs), "text"),
    ]
    whole = wording.verdict(found) if text or found.same else say("有变化的条目{n}个", n=len(changed))
    told = [
        (say("目标调高{n}项", n=counts[0][1]), counts[0][1]),
        (say("目标调低{n}项", n=counts[1][1]), counts[1][1]),
        (say("新增{n}条", n=counts[2][1]), counts[2][1]),
        (say("删去{n}条", n=counts[3][1]), counts[3][1]),
    ]
    parts = [said for said, n in told if n]
    return {
        "verdict": Joined(parts) if parts else whole,
        "whole": whole if parts else None,
        "caution": wording.caution(found),
        "same": found.same,
        "counts": [{"label": label, "n": n, "key": key} for label, n, key in counts if n],
        "entries": [_entry(one) for one in first[:MOST]],
        "others": [_entry(one) for one in rest[:MOST]],
        "text": None if found.text is None else [_paragraph(one) for one in paragraphs[:MOST]],
        "shared": found.text is None and not text,
        "left_out": max(len(first) - MOST, 0) + max(len(rest) - MOST, 0) + max(len(paragraphs) - MOST, 0),
    }


def _entry(one: EntryChange) -> dict[str, Any]:
    step = one.step
    unit = str(one.item.fields.get("unit") or "")
    return {
        "label": wording.label(one.item),
        "kind": one.item.kind,
        "id": one.b.id if one.b else None,
        "change": list(one.change),
        "mark": _mark(one.change),
        "words": wording.changes(one),
        "before": wording.told(one.a) if one.a else None,
        "after": wording.told(one.b) if one.b else None,
        "pieces": [[piece.old, piece.new, piece.same] for piece in one.words] if one.a and one.b else [],
        "details": wording.details(one),
        "step": None if step is None else _step(step, unit),
        "raised": None if step is None else step > 0,
    }


def _step(step: float, unit: str) -> dict[str, str]:
    """By how much a target was moved, with its unit as each language writes it."""
    told = {}
    for name in LANGUAGES:
        with in_language(name):
            amount = difference_text(abs(step), unit).lstrip("+")
            told[name] = str(
                say("调高{amount}", amount=amount) if step > 0 else say("调低{amount}", amount=amount)
            )
    return told


def _paragraph(one: TextChange) -> dict[str, Any]:
    here = one.b or one.a
    return {
        "change": list(one.change),
        "mark": _mark(one.change),
        "words": [wording.CHANGE[change] for change in one.change],
        "under": here.under if here else "",
        "before": one.a.text if one.a else None,
        "after": one.b.text if one.b else None,
        "pieces": [[piece.old, piece.new, piece.same] for piece in one.words],
    }


def _mark(changes: Sequence[Change]) -> Mark:
    return next(
        (_MARKS[one] for one in ("removed", "added", "value", "reworded", "moved") if one in changes), "none"
    )


# -- what is shown of an alignment


def alignment(found: Alignment) -> dict[str, Any]:
    """An alignment as the page tells it: every ask of the plans above, with what answers it and how surely."""
    uppers = []
    for number, upper in enumerate(found.uppers):
        rows = []
        for ask in upper.asks:
            links = [
                {
                    "id": link.own.id,
                    "own": wording.asked(link.own),
                    "score": round(100 * link.score),
                    "level": link.level,
                    "word": wording.STRENGTH[link.level],
                    "reason": link.reason,
                    "demand": _demand(link.demand),
                }
                for link in found.answers(number, ask)
            ]
            best = links[0]["level"] if links else "none"
            rows.append({"ask": wording.asked(ask), "above": ask.above, "links": links, "best": best})
        uppers.append(
            {
                "title": upper.title or upper.name,
                "level": wording.LEVEL[upper.level],
                "rows": rows,
                "strong": sum(row["best"] == "strong" for row in rows),
                "weak": sum(row["best"] == "weak" for row in rows),
                "none": sum(row["best"] == "none" for row in rows),
            }
        )
    return {
        "verdict": wording.answered(found),
        "uppers": uppers,
        "unfounded": [{"id": ask.id, "said": wording.asked(ask)} for ask in found.unfounded[:MOST]],
    }


def _demand(found: Demand | None) -> dict[str, Any] | None:
    if found is None or found.relation not in _RELATIONS:
        return None
    mark, word = _RELATIONS[found.relation]
    if found.relation == "lower" and found.met:
        mark = "ok"
    if found.relation == "higher" and found.met is False:
        mark = "late"
    return {"mark": mark, "word": word}
