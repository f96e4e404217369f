"""Long work in the background: one of a kind at a time, with progress that survives a reload of the page.

The state of a job is a small file in ``jobs/`` of the workspace, so that every process of the site shows the same
one. A lock held by the process that works says whether work that is not ended still goes on: a job whose
process was stopped is told as interrupted, never as running for ever.
"""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from kechuang.errors import KechuangError
from kechuang.messages import in_language, language, say
from kechuang.web.rendering import plain

Report = Callable[[str, int, int], None]
#: What a job does: it is given what to report progress to, and gives what is kept of it.
Work = Callable[[Report], Mapping[str, Any]]
#: Seconds between two notes of progress: more often nobody reads them.
PAUSE = 0.3


class Cancelled(Exception):
    """Somebody asked for the job to stop."""


@dataclass(frozen=True)
class Job:
    """``state``: running, done, failed, cancelled or interrupted. ``result`` is what the work gave, ``error`` what
    stopped it, in both languages."""

    kind: str
    who: str
    started: datetime
    state: str = "running"
    step: str = ""
    done: int = 0
    of: int = 0
    ended: datetime | None = None
    result: dict[str, Any] = field(default_factory=dict)
    error: dict[str, Any] | None = None

    @property
    def running(self) -> bool:
        return self.state == "running"

    @property
    def share(self) -> int:
        """Per cent done."""
        return int(100 * min(self.done / self.of, 1)) if self.of else 0

    @property
    def at(self) -> int:
        """The step it is at, from 1."""
        return min(self.done + 1, self.of)

    def as_dict(self) -> dict[str, Any]:
        return plain({**self.__dict__, "share": self.share})  # type: ignore[no-any-return]


@dataclass
class Jobs:
    """The jobs of the workspace in ``folder``."""

    folder: Path

    @property
    def place(self) -> Path:
        return self.folder / "jobs"

    def get(self, kind: str) -> Job | None:
        """The last job of a kind; None where there was none, or its file cannot be read."""
        try:
            content = json.loads((self.place / f"{kind}.json").read_text("utf-8"))
            content.pop("share", None)
            job = Job(
                **{
                    **content,
                    "started": datetime.fromisoformat(content["started"]),
                    "ended": datetime.fromisoformat(content["ended"]) if content["ended"] else None,
                }
            )
        except (OSError, ValueError, KeyError, TypeError):
            return None
        if job.running:
            handle = self._taken(kind)
            if handle is not None:  # nobody holds it: whoever worked is gone, or has just ended
                handle.close()
                again = json.loads((self.place / f"{kind}.json").read_text("utf-8"))
                if again["state"] == "running":
                    return replace(job, state="interrupted")
                return self.get(kind)
        return job

    def start(self, kind: str, who: str, work: Work) -> None:
        """Begin a job; KechuangError where one of its kind is running."""
        self.place.mkdir(exist_ok=True)
        lock = self._taken(kind)
        while lock is None and not getattr(self.get(kind), "running", False):  # somebody has just looked
            time.sleep(0.01)
            lock = self._taken(kind)
        if lock is None:
            raise KechuangError(
                "job-running", say("同样的工作正在进行"), remedy=say("请等它做完，或先停止它。")
            )
        (self.place / f"{kind}.stop").unlink(missing_ok=True)
        job = Job(kind, who, datetime.now(UTC))
        self._keep(job)
        threading.Thread(
            target=self._run, args=(job, work, lock, language()), name=f"job-{kind}", daemon=True
        ).start()

    @contextmanager
    def alone(self, kind: str) -> Iterator[None]:
        """Short work of a kind in the thread that asks for it: it waits until no other of its kind goes on."""
        lock = self._taken(kind)
        while lock is None:
            time.sleep(0.02)
            lock = self._taken(kind)
        try:
            yield
        finally:
            lock.close()

    def forget(self, kind: str) -> None:
        """Leave nothing of the last job of a kind that has ended."""
        (self.place / f"{kind}.json").unlink(missing_ok=True)

    def stop(self, kind: str) -> None:
        """Ask a job to stop; it does at its next step."""
        self.place.mkdir(exist_ok=True)
        (self.place / f"{kind}.stop").touch()

    def _run(self, job: Job, work: Work, lock: IO[bytes], speaking: str) -> None:
        from django.db import connections

        now, last = job, 0.0

        def report(step: str, done: int, of: int) -> None:
            nonlocal now, last
            if (self.place / f"{job.kind}.stop").exists():
                raise Cancelled
            now = replace(now, step=str(step), done=done, of=of)
            if time.monotonic() - last > PAUSE:
                last = time.monotonic()
                self._keep(now)

        try:
            with in_language(speaking):
                result = plain(work(report))
            now = replace(now, state="done", result=result, done=now.of)
        except Cancelled:
            now = replace(now, state="cancelled")
        except KechuangError as error:
            told: dict[str, Any] = {"message": error.message.both(), "code": error.code}
            told["remedy"] = error.remedy.both() if error.remedy else None
            now = replace(now, state="failed", error=told)
        except Exception as error:
            text = say("程序出错：{problem}", problem=f"{type(error).__name__}: {error}")
            now = replace(
                now, state="failed", error={"message": text.both(), "code": "job-broken", "remedy": None}
            )
        finally:
            with suppress(OSError):
                self._keep(replace(now, ended=datetime.now(UTC)))
            lock.close()
            connections.close_all()

    def _keep(self, job: Job) -> None:
        path = self.place / f"{job.kind}.json"
        part = path.with_name(f".{path.name}.{os.getpid()}-{threading.get_ident()}.part")
        part.write_text(json.dumps(job.as_dict(), ensure_ascii=False), "utf-8")
        part.replace(path)

    def _taken(self, kind: str) -> IO[bytes] | None:
        """The lock of a kind, to be closed; None where another holds it."""
        self.place.mkdir(exist_ok=True)
        handle = (self.place / f".{kind}.lock").open("a+b")
        try:
            _lock(handle)
        except OSError:
            handle.close()
            return None
        return handle


def _lock(handle: IO[bytes]) -> None:
    """Take the lock or raise OSError; it goes with the handle, and with the process."""
    try:
        import fcntl
    except ImportError:  # Windows
        import msvcrt

        handle.seek(0)
        msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
        return
    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
