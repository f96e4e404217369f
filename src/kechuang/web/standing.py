"""The figures pages show: computed once for each state of the records, and kept until that state changes.

A state is the last entry of the audit chain that tells of records, the plan and settings as they lie on disk, and the day. While a new
state is computed, pages show the last one and say so: a leader's page never waits for a computation that
somebody else's import has caused.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from kechuang.messages import in_language, language
from kechuang.web.sharing import Shared, shared

if TYPE_CHECKING:
    from kechuang.indicators import Figure
    from kechuang.progress import Progress
    from kechuang.progress.warnings import Warnings
    from kechuang.workspace import Workspace

T = TypeVar("T")
State = tuple[Any, ...]
#: Entries of the chain that change no figure; nor does what becomes of accounts.
BESIDE = ("backup", "publish", "remind", "units")


@dataclass(frozen=True)
class Standing:
    """Where the plan stands on ``as_of`` in one state of the records. ``figures``: of the plan's targets, by
    county too."""

    state: State
    as_of: date
    made_at: datetime
    progress: Progress
    figures: tuple[Figure, ...]
    warnings: Warnings


def state_of(workspace: Workspace) -> State:
    """What the standing depends on, cheap to ask."""
    from kechuang.records.models import Event

    told = Event.objects.using(workspace.store.alias).exclude(action__startswith="account-")
    last = told.exclude(action__in=BESIDE).order_by("-seq").values_list("hash", flat=True).first()
    files = [workspace.folder / workspace.settings.plan, workspace.folder / "kechuang.toml"]
    marks = [(path.name, path.stat().st_mtime_ns) for path in files if path.exists()]
    return (last, workspace.today.isoformat(), tuple(marks))


#: The names of values of an earlier state that were shown since ``watched`` began.
_older: ContextVar[list[str] | None] = ContextVar("older", default=None)


@contextmanager
def watched() -> Iterator[None]:
    """From here on it is noted whether values of an earlier state are shown."""
    token = _older.set([])
    try:
        yield
    finally:
        _older.reset(token)


def older() -> bool:
    """Whether what was shown since ``watched`` began holds values of an earlier state."""
    return bool(_older.get())


class Kept:
    """Values by state, computed by one thread at a time; whoever comes meanwhile gets the one before.

    What takes long is ``common``: computed by one of the processes that serve, and kept for the next start."""

    def __init__(self, most: int = 64) -> None:
        self._values: dict[str, tuple[State, Any]] = {}
        self._working: dict[str, threading.Thread] = {}
        self._lock = threading.Lock()
        self._turns: dict[str, threading.Lock] = {}
        self._most = most

    def get(
        self, name: str, state: State, make: Callable[[], T], *, common: bool = False, wait: bool = False
    ) -> tuple[T, bool]:
        """The value called ``name`` and whether it is of this very state (else of the one before; never where
        the caller would ``wait``)."""
        others = shared() if common else None
        with self._lock:
            known = self._values.get(name)
            busy = name in self._working
            turn = self._turns.setdefault(name, threading.Lock())
        if known is not None and known[0] == state:
            return known[1], True
        if others is not None and not busy:
            told = others.last(name)  # by another process, or by this one before it was started again
            if told is not None and (known is None or told[0] == state):
                known = told
                self._keep(name, *told)
        if known is None:
            with turn:  # nothing to show yet: all wait for the first, which is computed once
                known = self._values.get(name)
                if known is None:
                    known = (state, others.once(name, state, make) if others else make())
                    self._keep(name, *known)
        if known[0] == state:
            return known[1], True
        work = self._begin(name, state, make, others)
        if wait:
            work.join()
            return self.get(name, state, make, common=common)
        noted = _older.get()
        if noted is not None:
            noted.append(name)
        return known[1], False

    def _begin(
        self, name: str, state: State, make: Callable[[], Any], others: Shared | None
    ) -> threading.Thread:
        """The thread that computes: a new one, unless one does already."""
        with self._lock:
            work = self._working.get(name)
            if work is None:
                work = self._working[name] = threading.Thread(
                    target=self._renew,
                    args=(name, state, make, others, language()),
                    name=f"standing-{name}",
                    daemon=True,
                )
                work.start()
            return work

    def _renew(
        self, name: str, state: State, make: Callable[[], Any], others: Shared | None, speaking: str
    ) -> None:
        from django.db import connections

        try:
            with in_language(speaking):
                self._keep(name, state, others.once(name, state, make) if others else make())
        finally:
            with self._lock:
                self._working.pop(name, None)
            connections.close_all()

    def _keep(self, name: str, state: State, value: Any) -> None:
        with self._lock:
            self._values.pop(name, None)
            self._values[name] = (state, value)
            while len(self._values) > self._most:
                self._values.pop(next(iter(self._values)))


kept = Kept()


def standing(workspace: Workspace, day: date | None = None, *, wait: bool = False) -> tuple[Standing, bool]:
    """The plan's standing on a day (today if None), and whether it is of the records as they are now; where the
    caller would ``wait`` it is."""
    state, on = state_of(workspace), day or workspace.today
    name = "standing" if on == workspace.today else f"standing {on}"
    return kept.get(name, state, lambda: _make(workspace, state, on), common=True, wait=wait)


def _make(workspace: Workspace, state: State, day: date) -> Standing:
    fresh = type(workspace)(
        workspace.folder, workspace.settings, workspace.clock
    )  # a plan amended is read anew
    figures = fresh.figures(day, only=fresh.linked)
    progress = fresh.progress(day, figures)
    return Standing(state, day, fresh.clock(), progress, tuple(figures), fresh.warnings(day, progress))
