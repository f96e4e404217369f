"""Long work: one of a kind, its progress for every process, stopped when asked, told as interrupted when it was."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import pytest

from kechuang.errors import KechuangError
from kechuang.messages import say
from kechuang.records import database  # noqa: F401  (configures Django)
from kechuang.web.jobs import Job, Jobs


def ended(jobs: Jobs, kind: str = "kind") -> Job:
    for thread in threading.enumerate():
        if thread.name == f"job-{kind}":
            thread.join(60)
    found = jobs.get(kind)
    assert found is not None
    return found


def test_what_it_gave_and_how_far_it_came_stay(tmp_path: Path) -> None:
    jobs = Jobs(tmp_path)
    assert jobs.get("kind") is None

    def work(report: Any) -> dict[str, Any]:
        report("half", 1, 2)
        return {"n": 3, "word": say("备份")}

    jobs.start("kind", "officer", work)
    job = ended(Jobs(tmp_path))
    assert (job.state, job.who, job.share, job.result["n"]) == ("done", "officer", 100, 3)
    assert job.result["word"] == {"zh": "备份", "en": "Backup"}
    assert job.ended is not None


def test_one_of_a_kind_and_it_stops_when_asked(tmp_path: Path) -> None:
    jobs, going, seen = Jobs(tmp_path), threading.Event(), threading.Event()

    def work(report: Any) -> dict[str, Any]:
        report("one", 0, 2)
        seen.set()
        going.wait(60)
        report("two", 1, 2)
        return {}

    jobs.start("kind", "one", work)
    seen.wait(60)
    found = Jobs(tmp_path).get("kind")
    assert found is not None
    assert (found.state, found.step, found.at) == ("running", "one", 1)
    with pytest.raises(KechuangError) as refused:
        Jobs(tmp_path).start("kind", "two", work)
    assert refused.value.code == "job-running"
    jobs.start("other", "two", lambda _: {})
    assert ended(jobs, "other").state == "done"
    Jobs(tmp_path).stop("kind")
    going.set()
    assert ended(jobs).state == "cancelled"
    jobs.start("kind", "three", lambda report: report("again", 0, 1) or {})  # the wish to stop is not kept
    assert ended(jobs).state == "done"


def test_what_went_wrong_is_told_and_never_runs_for_ever(tmp_path: Path) -> None:
    jobs = Jobs(tmp_path)

    def refused(_: Any) -> dict[str, Any]:
        raise KechuangError("code", say("备份"), remedy=say("恢复"))

    jobs.start("kind", "one", refused)
    job = ended(jobs)
    assert job.error == {"message": say("备份").both(), "code": "code", "remedy": say("恢复").both()}
    jobs.start("kind", "one", lambda _: 1 / 0)  # type: ignore[arg-type,return-value]
    assert ended(jobs).error["code"] == "job-broken"  # type: ignore[index]
    path = tmp_path / "jobs" / "kind.json"
    content = json.loads(path.read_text())
    path.write_text(json.dumps({**content, "state": "running", "ended": None}))  # whoever worked was killed
    job = jobs.get("kind")  # type: ignore[assignment]
    assert job.state == "interrupted"
    path.write_text("{")
    assert jobs.get("kind") is None
