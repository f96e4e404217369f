"""The store of one workspace: import, review, history, state as of any day, snapshots, audit.

Append-only: a correction is a new version, a withdrawal too. Only accepted records count.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kechuang.errors import Fault, KechuangError
from kechuang.messages import say
from kechuang.packs.model import Packs, RecordType
from kechuang.records import audit, comparison, database, finding, history, review
from kechuang.records.belonging import strangers
from kechuang.records.checks import Findings, check_tables
from kechuang.records.clock import Clock, day_of, moment, now
from kechuang.records.collecting import not_collecting
from kechuang.records.finding import Found, Question
from kechuang.records.frames import standing_table
from kechuang.records.history import RecordVersion
from kechuang.records.holdings import Holdings, holdings
from kechuang.records.importing import ImportResult, Sender, locked, parcels, store_parcels
from kechuang.records.models import Batch
from kechuang.records.preview import preview
from kechuang.records.review import BatchInfo
from kechuang.records.snapshot import Snapshot, take
from kechuang.records.tables import read_table
from kechuang.records.workflow.acts import named
from kechuang.records.workflow.desk import Workflow
from kechuang.records.workflow.levels import levels_of
from kechuang.records.workflow.submission import CLOSED, batch_named, replaceable

if TYPE_CHECKING:
    from kechuang.language.regions import RegionTree

__all__ = ["BatchInfo", "ImportResult", "RecordVersion", "Snapshot", "Store"]

NATURES = ("reported", "sample")
KEPT = 64
"""Snapshots remembered in a process, to be found again while nothing was recorded since."""

_taken: dict[tuple[str, Path, date], tuple[str, Packs, Snapshot]] = {}


class Store:
    """The records behind ``alias`` (see ``database.connect``).

    ``region`` is the code of the workspace's region: records must lie in it. ``clock`` tells the
    present moment (a date means its noon, Beijing time) and may never go back. ``files`` is where copies
    of imported files are kept, ``evidence`` where attachments are. With ``review`` (true, or the levels
    from below) an import waits for :meth:`accept` at each level; without, it counts at once, reviewed
    by ``reviewer`` or whoever brought it. ``bound``: whoever imports may report of ``region`` alone, and
    changes no record of another one. ``workflow`` does everything an office does beside this.
    """

    def __init__(
        self,
        alias: str,
        packs: Packs,
        regions: RegionTree | None = None,
        *,
        clock: Clock = now,
        files: Path | None = None,
        region: str | None = None,
        review: bool | Sequence[str] = False,
        evidence: Path | None = None,
        evidence_mb: int = 20,
        bound: bool = False,
    ) -> None:
        self.alias = alias
        self.packs = packs
        self.regions = regions
        self.region = region
        self.files = files
        self.levels = levels_of(review)
        self.evidence = evidence or (files.parent / "evidence" if files else None)
        self.evidence_mb = evidence_mb
        self.bound = bound
        self._clock = clock

    # -- what comes in

    @not_collecting()
    def import_files(
        self,
        paths: Iterable[Path | str],
        type: str | None = None,  # noqa: A002 - the word of the command line
        *,
        who: str,
        dry_run: bool = False,
        nature: str = "reported",
        reviewer: str | None = None,
        replaces: str | None = None,
        draft: bool = False,
        explain: str | None = None,
        progress: Callable[[str, int, int], None] | None = None,
        stage: Callable[[str, int, int], None] | None = None,
    ) -> ImportResult:
        """Import files: all faults of all of them at once and nothing stored, or everything stored.

        ``type`` names the record type where the files do not tell it themselves. ``replaces`` is a
        returned batch these files mend. ``draft`` keeps what is brought until it is submitted; under
        review so does a warning, unless ``explain`` says what there is to say to it. ``progress`` hears
        (what, done, total) in rows; ``stage`` which file is read (``read``), which table checked (``check``),
        of how many, and when all are held against the registers (``compare``). The result holds every fault; nothing is raised for what is wrong with
        a file.
        """
        at, who = self._now(), named(who)
        if nature not in NATURES:
            raise ValueError(f"nature must be one of {NATURES}")
        if type is not None:
            self._type(type)
        if replaces is not None:
            replaceable(self.alias, replaces)
        findings = Findings()
        names = [Path(path) for path in paths]
        files = []
        for number, path in enumerate(names, start=1):
            if stage:
                stage("read", number, len(names))
            files.append(read_table(path, self.packs.records, type))
        for file in files:
            for fault in file.faults:
                findings.add(fault)
        tables = [table for file in files for table in file.tables]
        checked = check_tables(
            tables,
            day_of(at),
            findings,
            regions=self.regions,
            within=self.region,
            known=lambda type_, name: history.known_values(self.alias, self.packs.records[type_], name),
            progress=progress,
            stage=(lambda number, of: stage("check", number, of)) if stage else None,
        )
        if stage:
            stage("compare", 0, 0)
        if self.bound and self.region:
            for fault in strangers(self.alias, checked, self.regions, self.region):
                findings.add(fault)
        comparison.compare(
            checked,
            self.packs.records,
            findings,
            lambda type_: standing_table(self.alias, self.packs.records[type_], day_of(at)),
        )
        rows = sum(len(one) for one in checked)
        types = tuple(dict.fromkeys(one.table.type.id for one in checked))
        loads = parcels(files, checked)
        for fault in [] if findings.errors else locked(self.alias, loads, nature, self.regions):
            findings.add(fault)
        if findings.errors or dry_run:
            sound = () if findings.errors else preview(self.alias, loads, nature)
            return ImportResult((), findings.all(), rows, types, dry_run, sound)
        sender = Sender(
            who=who,
            at=at,
            nature=nature,
            reviewer=reviewer,
            levels=self.levels,
            replaces=replaces,
            pack_version=self.pack_version,
            draft=draft,
            explain=explain,
            faults=findings.all(),
            regions=self.regions,
        )
        for table in tables:
            table.rows.clear()  # read and checked: of millions of rows not two forms are held
        outcomes = store_parcels(self.alias, loads, sender, self.files, progress, self._now)
        return ImportResult(tuple(outcomes), findings.all(), rows, types)

    def withdraw(
        self, type_: str, key: str | Sequence[Any] | Mapping[str, Any], who: str, reason: str
    ) -> str:
        """Take a record out by a new version; its history stays. Gives the number of the batch."""
        chosen = self._type(type_)
        with database.writing(self.alias):  # the time is read once it is this writer's turn
            desk = self.workflow.desk(who, chosen.id)
            return review.withdraw(self.alias, chosen, key, who=who, reason=reason, at=desk.at, desk=desk)

    # -- review

    @property
    def workflow(self) -> Workflow:
        """Drafts, explanations, deadlines, reminders, locks, verification on site, evidence."""
        return Workflow(self)

    def accept(self, batch: str, who: str, level: str | None = None) -> BatchInfo:
        """Accept a batch at a level; once the last has, it counts."""
        with database.writing(self.alias):
            desk = self.workflow.desk(who, batch_named(self.alias, batch).type)
            found = review.accept(self.alias, batch, who=who, at=desk.at, desk=desk, level=level)
        return review.batch_info(found)

    def send_back(self, batch: str, who: str, reason: str, level: str | None = None) -> BatchInfo:
        """Return a batch to whoever brought it."""
        with database.writing(self.alias):
            found = review.send_back(self.alias, batch, who=who, at=self._now(), reason=reason, level=level)
        return review.batch_info(found)

    def batches(self) -> list[BatchInfo]:
        """All batches, first to last."""
        return review.batches(self.alias)

    def imported_files(self) -> set[str]:
        """The names of files that came in and were neither returned nor dropped."""
        found = Batch.objects.using(self.alias).filter(kind="file").exclude(state__in=CLOSED)
        return set(found.values_list("file", flat=True))

    # -- what is known

    def history(self, type_: str, key: str | Sequence[Any] | Mapping[str, Any]) -> list[RecordVersion]:
        """All versions of a record; ``key`` as text joined by "|", or the values, or by field."""
        return history.history(self.alias, self._type(type_), key)

    @not_collecting()
    def as_of(self, day: date, type_: str) -> list[RecordVersion]:
        """The records of a type as known and accepted at the end of ``day``, by key.

        All of them as objects: where there are very many, :meth:`as_of_count`, :meth:`as_of_page` and
        :meth:`as_of_one` answer from an index, and :meth:`snapshot` takes all as columns.
        """
        self._type(type_)
        return history.as_of(self.alias, day, type_)

    def as_of_count(self, day: date, type_: str) -> int:
        """How many records of a type were known and accepted at the end of ``day``."""
        self._type(type_)
        return history.as_of_count(self.alias, day, type_)

    def as_of_page(
        self, day: date, type_: str, limit: int, *, offset: int = 0, after: str | None = None
    ) -> list[RecordVersion]:
        """``limit`` of the records of :meth:`as_of`, from the ``offset``-th on, or after a key.

        After a key is as fast on the last page as on the first.
        """
        self._type(type_)
        return history.as_of_page(self.alias, day, type_, limit, offset, after)

    def as_of_one(
        self, day: date, type_: str, key: str | Sequence[Any] | Mapping[str, Any]
    ) -> RecordVersion | None:
        """One record as known and accepted at the end of ``day``; ``key`` as for :meth:`history`."""
        return history.as_of_one(self.alias, day, self._type(type_), key)

    def find(self, day: date, type_: str, question: Question) -> Found:
        """The records of :meth:`as_of` that answer a question, looked for and sorted by the database."""
        return finding.find(self.alias, day, self._type(type_), question)

    def change_days(self, type_: str) -> list[date]:
        """The days on which records of a type came to count, up to today."""
        self._type(type_)
        return finding.change_days(self.alias, type_, day_of(self._now()))

    def places_of(self, type_: str, batches: Sequence[str]) -> dict[str, list[str]]:
        """The regions the records of each of some batches of a type lie in."""
        return finding.places_of(self.alias, self._type(type_), batches)

    def known_values(self, type_: str, name: str) -> frozenset[str]:
        """The values a field of a type has in any version not sent back, as text."""
        return history.known_values(self.alias, self._type(type_), name)

    def holdings(self, types: Iterable[str], day: date) -> Holdings:
        """How many records there are of each type at the end of ``day``, by plan entry; none read."""
        return holdings(self.alias, [self._type(name) for name in types], day)

    @not_collecting()
    def snapshot(self, folder: Path, as_of: date | None = None) -> Snapshot:
        """Freeze the records as of a day (today if None) below ``folder``. A day to come is refused."""
        at = self._now()
        day = as_of or day_of(at)
        if day > day_of(at):
            raise KechuangError(
                "future-date",
                say("{day}还没有到，不能生成那一天的快照", day=day.isoformat()),
                remedy=say("请给今天或更早的日期。"),
            )
        with database.reading(self.alias):
            # Nothing was recorded or reviewed since: the snapshot of that day is the one taken before.
            head = audit.head(self.alias)
            place = (self.alias, folder, day)
            known = _taken.get(place)
            if known is not None and known[0] == head and known[1] is self.packs:
                found = replace(known[2])  # anew: what it has read of its folder may be out of date
                if found.present():
                    return found
            snapshot = take(
                folder,
                self.packs,
                lambda type_: standing_table(self.alias, type_, day),
                lambda used: review.manifest(self.alias, used),
                as_of=day,
                created=at,
                audit_head=head,
            )
            while len(_taken) >= KEPT:
                _taken.pop(next(iter(_taken)), None)
            _taken[place] = (head, self.packs, snapshot)
            return snapshot

    def verify(self, snapshots: Path | None = None) -> list[Fault]:
        """Everything in which the tables or kept files differ from what the audit chain says.

        Each snapshot below ``snapshots`` carries the head the chain had when it was taken: a chain
        that no longer has it was cut off at the end or replaced.
        """
        faults = [*audit.verify(self.alias, self.files), *self.workflow.verify()]
        for path in sorted(snapshots.glob("*/")) if snapshots else []:
            if path.name.startswith("."):
                continue
            try:
                head = Snapshot.open(path).manifest.get("audit", audit.START)
                faults.extend(audit.verify_head(self.alias, head, path))
            except KechuangError as error:
                faults.extend(error.faults)
        return faults

    @property
    def pack_version(self) -> str:
        return "+".join(f"{info.pack} {info.version}" for info in self.packs.info)

    def now(self) -> datetime:
        """The present moment, by the clock of this store."""
        return moment(self._clock())

    def record_type(self, name: str) -> RecordType:
        """The record type with this name; KechuangError where there is none."""
        return self._type(name)

    def _now(self) -> datetime:
        return self.now()

    def _type(self, name: str) -> RecordType:
        if name in self.packs.records:
            return self.packs.records[name]
        raise KechuangError(
            "unknown-type",
            say("没有名为“{type}”的台账类型", type=name),
            remedy=say("现有类型：{names}", names="、".join(sorted(self.packs.records))),
        )
