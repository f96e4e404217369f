"""Puts checked tables into the store: every file whole or none, a version only where something changed."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import repeat
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kechuang.errors import Fault
from kechuang.packs.model import RecordType
from kechuang.records import audit, database
from kechuang.records.changes import PENDING, Changes, chosen, find_changes, standings
from kechuang.records.checks import STRETCH, Checked
from kechuang.records.clock import day_of
from kechuang.records.encoding import Encoder
from kechuang.records.fields import canonical
from kechuang.records.imprint import Imprint, moment_text
from kechuang.records.inserting import insert_versions
from kechuang.records.models import Batch
from kechuang.records.queries import moment_for
from kechuang.records.tables import TableFile
from kechuang.records.workflow import findings, locks, submission
from kechuang.records.workflow.levels import settle

if TYPE_CHECKING:
    from kechuang.language.regions import RegionTree
    from kechuang.records.preview import Preview

__all__ = [
    "PENDING",
    "ImportResult",
    "Outcome",
    "Parcel",
    "Sender",
    "locked",
    "next_batch_id",
    "parcels",
    "store_parcels",
]

_HALF = re.compile(r"\.[0-9a-f]{16}-.*\.part", re.DOTALL)


@dataclass(frozen=True)
class Outcome:
    """What one file brought of one type. ``repeated``: the very same file was there already."""

    batch: str
    type: str
    file: str
    rows: int
    new: int
    corrected: int
    unchanged: int
    state: str
    repeated: bool = False

    def as_dict(self) -> dict[str, Any]:
        return dict(self.__dict__)


@dataclass(frozen=True)
class ImportResult:
    """The outcome of an import: what was stored, or every fault and nothing stored."""

    outcomes: tuple[Outcome, ...] = ()
    faults: tuple[Fault, ...] = ()
    rows: int = 0
    types: tuple[str, ...] = ()
    dry_run: bool = False
    previews: tuple[Preview, ...] = ()

    @property
    def errors(self) -> tuple[Fault, ...]:
        return tuple(fault for fault in self.faults if fault.severity == "error")

    @property
    def ok(self) -> bool:
        return not self.errors

    @property
    def repeated(self) -> bool:
        """Whether every file had been imported before and changes nothing."""
        return bool(self.outcomes) and all(outcome.repeated for outcome in self.outcomes)

    def as_dict(self) -> dict[str, Any]:
        """The form of contract.md. ``accepted`` counts rows that passed (0 when any did not);
        ``batch`` and ``type`` are the first where a call brought several, all are in ``batches``."""
        return {
            "batch": self.outcomes[0].batch if self.outcomes else None,
            "type": self.types[0] if self.types else None,
            "rows": self.rows,
            "accepted": self.rows if self.ok else 0,
            "new": sum(one.new for one in self.outcomes or self.previews),
            "corrected": sum(one.corrected for one in self.outcomes or self.previews),
            "unchanged": sum(one.unchanged for one in self.outcomes or self.previews),
            "repeated": self.repeated,
            "dry_run": self.dry_run,
            "batches": [outcome.as_dict() for outcome in self.outcomes],
            "preview": [one.as_dict() for one in self.previews],
            "errors": [fault.as_dict() for fault in self.errors],
            "warnings": [fault.as_dict() for fault in self.faults if fault.severity != "error"],
        }


@dataclass(frozen=True)
class Sender:
    """Who brings a file, when, and how it stands at once.

    ``levels`` must accept it, ``faults`` is what the checks remarked, ``explain`` what the sender says
    to all of it.
    """

    who: str
    at: datetime
    nature: str
    reviewer: str | None
    levels: tuple[str, ...] = ()
    replaces: str | None = None
    pack_version: str = ""
    draft: bool = False
    explain: str | None = None
    faults: tuple[Fault, ...] = ()
    regions: RegionTree | None = None


@dataclass
class Parcel:
    """The rows of one type in one file."""

    source: TableFile
    type: RecordType
    parts: list[Checked] = field(default_factory=list)

    @property
    def rows(self) -> int:
        return sum(len(part) for part in self.parts)

    @property
    def sheets(self) -> set[str | None]:
        return {part.table.sheet for part in self.parts}


def parcels(files: Sequence[TableFile], checked: Sequence[Checked]) -> list[Parcel]:
    """The checked tables by file and type, in order."""
    found: dict[tuple[int, str], Parcel] = {}
    for number, file in enumerate(files):
        for one in checked:
            if any(one.table is table for table in file.tables):
                key = (number, one.table.type.id)
                found.setdefault(key, Parcel(file, one.table.type)).parts.append(one)
    return list(found.values())


def store_parcels(
    alias: str,
    loads: Sequence[Parcel],
    sender: Sender,
    files: Path | None,
    progress: Callable[[str, int, int], None] | None,
    clock: Callable[[], datetime],
) -> list[Outcome]:
    """Store all of ``loads`` in one transaction and keep a copy of each file; on any failure neither.

    ``clock`` is read once it is this writer's turn: who waited for another import is recorded after it.
    """
    kept: list[Path] = []
    total, done = sum(load.rows for load in loads), 0
    outcomes: list[Outcome] = []
    try:
        with database.writing(alias):
            at = clock()
            audit.check_clock(alias, at)
            sender = replace(sender, at=at, levels=settle(alias, sender.levels, who=sender.who, at=at))
            if sender.replaces:
                submission.replaceable(alias, sender.replaces, [load.type.id for load in loads])
            if closed := locked(alias, loads, sender.nature, sender.regions):
                raise locks.refused(closed)
            _sweep(files)
            for load in loads:

                def told(rows: int, name: str = load.source.path.name, before: int = done) -> None:
                    if progress:
                        progress(name, before + rows, total)

                told(0)
                outcomes.append(_store(alias, load, sender, files, kept, told))
                done += load.rows
    except BaseException:
        _discard(alias, kept)
        raise
    if progress:
        progress("", total, total)
    return outcomes


def _discard(alias: str, copies: Sequence[Path]) -> None:
    """Remove the copies no batch refers to. An interrupt may come right after the commit: then all do."""
    for path in copies:
        if not Batch.objects.using(alias).filter(kept=path.name).exists():
            path.unlink(missing_ok=True)


def _store(
    alias: str,
    load: Parcel,
    sender: Sender,
    files: Path | None,
    kept: list[Path],
    told: Callable[[int], None],
) -> Outcome:
    type_ = load.type
    encoder = Encoder(type_)
    changes = [find_changes(alias, part, encoder, sender.nature) for part in load.parts]
    changed = sum(len(change) for change in changes)
    earlier = _same_file(alias, load, sender, everything_stands=not changed)
    if earlier is not None:
        return Outcome(
            earlier.id,
            type_.id,
            load.source.path.name,
            load.rows,
            0,
            0,
            load.rows,
            earlier.state,
            repeated=True,
        )
    remarks = findings.belonging(sender.faults, load.source.path.name, load.sheets)
    unexplained = sender.levels and any(findings.blocks(one.code, one.severity) for one in remarks)
    batch = _batch(alias, load, sender, _keep(load.source, files, kept), draft=bool(unexplained))
    batch.save(using=alias)
    imprint = Imprint()
    done = 0
    for part, change in zip(load.parts, changes, strict=True):
        for start in range(0, len(change), STRETCH):
            told(done + start)
            _add(alias, part, change, slice(start, start + STRETCH), encoder, batch, imprint)
        done += len(part)
    detail = {**audit.import_detail(batch, imprint), **findings.keep(alias, batch, remarks)}
    audit.enter(alias, "import", batch, who=sender.who, at=sender.at, detail=detail)
    _explained(alias, batch, load, sender, remarks)
    corrected = sum(change.corrected for change in changes)
    name = load.source.path.name
    new, unchanged = changed - corrected, load.rows - changed
    return Outcome(batch.id, type_.id, name, load.rows, new, corrected, unchanged, batch.state)


def _add(
    alias: str,
    part: Checked,
    change: Changes,
    stretch: slice,
    encoder: Encoder,
    batch: Batch,
    imprint: Imprint,
) -> None:
    """The versions of a stretch of changed rows, into their table and the imprint."""
    places, numbers = change.places[stretch], change.numbers[stretch]
    columns = {name: chosen(column, places) for name, column in part.columns.items()}
    keys, rows = chosen(part.keys, places), chosen(part.numbers, places)
    texts = encoder.texts(columns)
    starts, ends = map(_day_texts, valid_spans(part.table.type, columns, len(places)))
    type_, at, name, sheet = batch.type, moment_for(alias, batch.recorded_at), batch.id, part.table.sheet
    insert_versions(
        alias,
        zip(
            repeat(type_),
            keys,
            numbers,
            texts,
            starts,
            ends,
            repeat(at),
            repeat(name),
            repeat(sheet),
            rows,
            repeat(0),
            strict=False,  # what is the same for all repeats without end
        ),
    )
    imprint.add(
        types=type_,
        moments=moment_text(batch.recorded_at),
        keys=keys,
        numbers=numbers,
        starts=starts,
        ends=ends,
        sheets=sheet,
        rows=rows,
        withdrawn=False,
        data=texts,
    )


def valid_spans(
    type_: RecordType, columns: Mapping[str, Sequence[Any]], count: int
) -> tuple[Sequence[date | None], Sequence[date | None]]:
    """When records are true in the world: the first day of each, and the day after the last (None = open)."""
    time = type_.time
    nothing: list[date | None] = [None] * count
    if time.year is not None:
        years = columns[time.year]
        known = {year for year in years if isinstance(year, int)}
        first: dict[Any, date | None] = {year: date(year, 1, 1) for year in known}
        after: dict[Any, date | None] = {year: date(year + 1, 1, 1) for year in known}
        return list(map(first.get, years)), list(map(after.get, years))
    if time.on is not None:
        days = columns[time.on]
        return days, [day + timedelta(days=1) if day else None for day in days]
    return columns[time.from_] if time.from_ else nothing, columns[time.to] if time.to else nothing


def _day_texts(days: Sequence[date | None]) -> list[str | None]:
    texts = {day: day.isoformat() if day else None for day in set(days)}
    return list(map(texts.__getitem__, days))


def next_batch_id(alias: str, at: datetime) -> str:
    """A number that tells the day: B20260331-0001."""
    prefix = f"B{day_of(at):%Y%m%d}-"
    return f"{prefix}{Batch.objects.using(alias).filter(id__startswith=prefix).count() + 1:04d}"


def _explained(alias: str, batch: Batch, load: Parcel, sender: Sender, remarks: Sequence[Fault]) -> None:
    """Note what the sender says to the warnings; explained, a batch kept back for them goes on."""
    open_ = any(findings.blocks(one.code, one.severity) for one in remarks)
    if sender.explain is None or not open_:
        return
    findings.note(alias, batch, None, sender.explain, who=sender.who, at=sender.at)
    if batch.state == "draft" and not sender.draft:
        desk = submission.Desk(sender.who, sender.at, sender.levels, load.type, sender.regions)
        batch.state = submission.submit(alias, batch.id, desk).state


def locked(alias: str, loads: Sequence[Parcel], nature: str, regions: RegionTree | None) -> list[Fault]:
    """A fault for every row that would change a locked period."""
    faults: list[Fault] = []
    for load in loads:
        book = locks.Book.of(alias, load.type, regions)
        if not book.locks:
            continue
        encoder = Encoder(load.type)
        for part in load.parts:
            places = list(find_changes(alias, part, encoder, nature).places)
            for start in range(0, len(places), STRETCH):
                changed = places[start : start + STRETCH]
                known = standings(alias, load.type.id, [part.keys[place] for place in changed])
                for place in changed:
                    old = known.get(part.keys[place])
                    before = json.loads(old.data) if old is not None and old.data is not None else None
                    data = {name: canonical(column[place]) for name, column in part.columns.items()}
                    if (lock := book.hit(before, data)) is not None:
                        where = part.table.place(part.numbers[place])
                        faults.append(Fault("period-locked", locks.problem(lock, load.type), where))
    return faults


def _batch(alias: str, load: Parcel, sender: Sender, copy: str | None, *, draft: bool) -> Batch:
    replaced = Batch.objects.using(alias).get(id=sender.replaces) if sender.replaces else None
    if replaced is not None and replaced.type != load.type.id:
        replaced = None  # the file brings other registers beside the one that was returned
    batch = Batch(
        id=next_batch_id(alias, sender.at),
        type=load.type.id,
        file=load.source.path.name,
        sha256=load.source.sha256,
        kept=copy,
        nature=sender.nature,
        who=sender.who,
        recorded_at=sender.at,
        rows=load.rows,
        columns={part.table.sheet or "": part.table.letters for part in load.parts},
        pack_version=sender.pack_version,
        replaces=replaced,
    )
    submission.open_batch(batch, sender.levels, draft=draft or sender.draft, reviewer=sender.reviewer)
    return batch


def _same_file(alias: str, load: Parcel, sender: Sender, *, everything_stands: bool) -> Batch | None:
    """An earlier batch this one only repeats: the same bytes, under review still or all in force."""
    same = Batch.objects.using(alias).filter(
        sha256=load.source.sha256, type=load.type.id, nature=sender.nature, kind="file"
    )
    states = [*PENDING, "accepted"] if everything_stands else list(PENDING)
    found: Batch | None = same.filter(state__in=states).order_by("-recorded_at", "-id").first()
    return found


def _sweep(files: Path | None) -> None:
    """Remove halves of copies left by an import that was killed: it is this writer's turn, so they are no
    one's. A whole copy without a batch does no harm and is there for the next import of the same file."""
    if files is not None:
        for path in files.glob(".*.part"):
            if _HALF.fullmatch(path.name):
                path.unlink(missing_ok=True)


def _keep(source: TableFile, files: Path | None, kept: list[Path]) -> str | None:
    """A copy of the file under its digest, so that a cell can be looked up for ever."""
    if files is None or source.sha256 is None:
        return None
    name = f"{source.sha256[:16]}-{source.path.name}"
    target = files / name
    if not target.exists():
        files.mkdir(parents=True, exist_ok=True)
        part = files / f".{name}.part"
        kept.extend([part, target])
        with part.open("wb") as stream:
            stream.write(source.content)
            stream.flush()
            os.fsync(stream.fileno())  # the batch must never be there without its file
        part.replace(target)
    return name
