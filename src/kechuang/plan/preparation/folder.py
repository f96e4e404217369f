"""The folder of a plan: plan.yaml with its journal, kept versions and the machine's draft.

``plan.yaml`` has ``journal.jsonl``, ``versions/`` and ``draft.yaml`` beside it; another plan file in
the same folder has its own (``other.journal.jsonl`` …). Every change of plan.yaml by a command is
an entry of the journal, with the content before and after kept in ``versions/``; so a change made by
hand in between loses nothing either: the next command keeps and notes it.
"""

from __future__ import annotations

import errno
import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from kechuang.errors import Fault, KechuangError, Place, system_trouble
from kechuang.messages import say
from kechuang.plan.file import check_consistent, load_plan, plan_text, save_plan, writing
from kechuang.plan.model import Plan
from kechuang.plan.preparation import events
from kechuang.plan.preparation.days import day_of, now, stamp
from kechuang.plan.preparation.journal import Entry, Journal, New
from kechuang.plan.preparation.state import State, advance, replay

Clock = Callable[[], datetime]


@dataclass(frozen=True)
class PlanFolder:
    """The door to a plan's preparation. ``who`` enters (a post or an office), ``clock`` tells the moment."""

    plan_file: Path
    who: str = ""
    clock: Clock = now

    @property
    def folder(self) -> Path:
        return self.plan_file.parent

    @property
    def journal(self) -> Journal:
        return Journal(self.folder / f"{self._prefix}journal.jsonl")

    @property
    def versions(self) -> Path:
        return self.folder / f"{self._prefix}versions"

    @property
    def consultation(self) -> Path:
        return self.folder / f"{self._prefix}consultation"

    @property
    def draft_name(self) -> str:
        return f"{self._prefix}draft.yaml"

    @property
    def _prefix(self) -> str:
        return "" if self.plan_file.stem == "plan" else f"{self.plan_file.stem}."

    @property
    def today(self) -> date:
        return day_of(self.clock())

    def plan(self) -> Plan:
        """The plan as it stands in plan.yaml."""
        return load_plan(self.plan_file)

    def state(self, known: date | None = None) -> State:
        """What the journal says, entries up to ``known`` (all if None)."""
        return replay(self.journal.read(), known)

    def file_seen(self, path: Path) -> events.FileSeen:
        """A file with its digest, its path told from the plan's folder."""
        try:
            digest = sha256_of(path.read_bytes())
        except OSError as error:
            raise KechuangError(
                "file-missing" if not path.exists() else "file-unreadable",
                say("文件读不出来：{problem}", problem=system_trouble(error)),
                place=Place(file=str(path)),
            ) from None
        return events.FileSeen(path=Path(os.path.relpath(path, self.folder)).as_posix(), sha256=digest)

    def still(self, file: events.FileSeen) -> bool | None:
        """Whether a file is still as it was entered; None where it is no longer there."""
        path = self.folder / file.path
        try:
            return sha256_of(path.read_bytes()) == file.sha256
        except OSError:
            return None

    @contextmanager
    def change(self) -> Iterator[Change]:
        """Entries and, if wanted, a new plan.yaml: written together when the block ends well, else not at all.

        Nobody else changes this plan meanwhile. Raises KechuangError where ``who`` is empty.
        """
        if not self.who.strip():
            raise KechuangError(
                "who-missing",
                say("没有说明由谁登记"),
                remedy=say("请用 --by 写明岗位或单位，如 --by 科技局规划科。"),
            )
        with self.journal.locked():
            pending = Change(self, self.journal.read())
            yield pending
            pending.commit()

    def verify(self) -> list[Fault]:
        """What does not hold: the journal's chain, kept versions or the draft changed or gone."""
        try:
            state = self.state()
        except KechuangError as error:
            return list(error.faults)
        kept = {self.versions / f"{number:04d}.yaml": digest for number, digest in state.versions.items()}
        if state.begun is not None:
            kept[self.folder / state.begun.file] = state.begun.draft
        kept |= {self.folder / r.draft.path: r.draft.sha256 for r in state.rounds.values() if r.draft}
        faults = []
        for path, digest in sorted(kept.items()):
            place = Place(file=str(path))
            if not path.is_file():
                faults.append(Fault("kept-missing", say("留存的文件已不在"), place))
            elif sha256_of(path.read_bytes()) != digest:
                faults.append(Fault("kept-changed", say("留存的文件被改动过"), place))
        return faults


class Change:
    """Entries to be added and the plan to be written. ``state`` follows the entries as they are noted."""

    def __init__(self, folder: PlanFolder, entries: Sequence[Entry]) -> None:
        self.folder = folder
        self.state = replay(entries)
        self._entries = list(entries)
        self._new: list[New] = []
        self._at = folder.clock()
        self._current: bytes | None = None  # plan.yaml as it will be
        self._plan: Plan | None = None
        self._kept: dict[int, bytes] = {}
        self._files: dict[str, bytes] = {}

    def note(self, kind: str, content: events.Content) -> None:
        """Add an entry; KechuangError where it breaks a rule."""
        self._new.append(New(kind, content))
        number = len(self._entries) + len(self._new)
        entry = Entry(number, stamp(self._at), self.folder.who, kind, content, "", "")
        if kind != "void":
            advance(self.state, entry)
            return
        ahead = [
            replace(entry, n=n, kind=new.kind, content=new.content)
            for n, new in enumerate(self._new, start=len(self._entries) + 1)
        ]
        self.state = replay([*self._entries, *ahead])

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The entries before this change."""
        return tuple(self._entries)

    def plan(self) -> Plan:
        """plan.yaml as it stands; where it was changed other than by a command, that is noted first."""
        plan = self.folder.plan()
        if self._current is None:
            self._current = self.folder.plan_file.read_bytes()
            digest, known = sha256_of(self._current), self.state.plan_digest
            if known is not None and known != digest:
                number = self._keep(self._current)
                self.note(
                    "plan.edited",
                    events.PlanEdited(plan=events.PlanChange(version=number, before=known, after=digest)),
                )
        return plan

    def save(self, plan: Plan) -> events.PlanChange | None:
        """Have ``plan`` written as plan.yaml, with its content before and after kept; None if it is the same.

        The plan must have been asked for by :meth:`plan` in this change. KechuangError for one that could not
        be read again.
        """
        assert self._current is not None, "a plan is read before it is written"
        check_consistent(plan, self.folder.plan_file)
        after = plan_text(plan).encode()
        if after == self._current:
            return None
        before = self._current
        self._keep(before)
        self._current, self._plan = after, plan
        return events.PlanChange(version=self._keep(after), before=sha256_of(before), after=sha256_of(after))

    def keep_file(self, name: str, content: bytes, *, at_once: bool = False) -> None:
        """Have ``content`` kept as a new file ``name`` of the plan's folder.

        ``at_once``: it is needed within this change; should that fail, a copy nobody names is left.
        """
        if at_once:
            _write_new(self.folder.folder / name, content)
        else:
            self._files[name] = content

    def commit(self) -> None:
        """Kept files and versions first, then plan.yaml, then the journal: stopped in between, nothing is lost, and
        the next command notes the plan as changed outside."""
        for name, content in self._files.items():
            _write_new(self.folder.folder / name, content)
        for number, content in self._kept.items():
            _write_new(self.folder.versions / f"{number:04d}.yaml", content)
        if self._plan is not None:
            save_plan(self._plan, self.folder.plan_file)
        self.folder.journal.append(self._entries, self._new, self.folder.who.strip(), self._at)

    def _keep(self, content: bytes) -> int:
        """The number ``content`` is kept under: that of the last version if it is the same, else the next."""
        have = {int(path.stem): path for path in self.folder.versions.glob("*.yaml") if path.stem.isdigit()}
        last = max([*have, *self._kept, *self.state.versions], default=0)
        same = self._kept.get(last) or (have[last].read_bytes() if last in have else None)
        if same == content:
            return last
        self._kept[last + 1] = content
        return last + 1


def sha256_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _write_new(path: Path, content: bytes) -> None:
    """A file that was not there before, whole or not at all."""
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as stream:
            beside = Path(stream.name)
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        try:
            beside.chmod(0o644)
            if path.exists():
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
