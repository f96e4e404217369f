"""Puts checked tables into the store: every file whole or none, a version only where something changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kechuang.errors import Fault
from kechuang.packs.model import RecordType
from kechuang.records import audit, database
from kechuang.records.checks import Checked, Row
from kechuang.records.clock import day_of
from kechuang.records.fields import canonical
from kechuang.records.models import Batch, Version
from kechuang.records.tables import TableFile

if TYPE_CHECKING:
    from kechuang.records.preview import Preview

CHUNK = 900
PENDING = ("draft", "submitted", "resubmitted")


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
    """Who brings a file, when, and how it stands at once."""

    who: str
    at: datetime
    nature: str
    reviewer: str | None
    review: bool
    replaces: str | None = None
    pack_version: str = ""


@dataclass
class Parcel:
    """The rows of one type in one file."""

    source: TableFile
    type: RecordType
    parts: list[Checked] = field(default_factory=list)

    @property
    def rows(self) -> int:
        return sum(len(part.rows) for part in self.parts)


@dataclass
class Standing:
    """What the store has under a key: the last number, the accepted data and whether more is pending."""

    number: int = 0
    accepted: int = 0
    data: dict[str, Any] | None = None
    nature: str | None = None
    pending: bool = False


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
            sender = replace(sender, at=clock())
            audit.check_clock(alias, sender.at)
            for load in loads:
                if progress:
                    progress(load.source.path.name, done, total)
                outcomes.append(_store(alias, load, sender, files, kept))
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


def _store(alias: str, load: Parcel, sender: Sender, files: Path | None, kept: list[Path]) -> Outcome:
    type_ = load.type
    standing = standings(alias, type_.id, [row.key for part in load.parts for row in part.rows])
    changes: list[tuple[Checked, Row, dict[str, Any], int]] = []
    corrected = 0
    for part in load.parts:
        for row in part.rows:
            data = {name: canonical(value) for name, value in row.values.items()}
            old = standing.get(row.key)
            if old is None:
                changes.append((part, row, data, 1))
            elif old.pending or not _same(data, old, sender.nature):
                changes.append((part, row, data, old.number + 1))
                corrected += old.data is not None
    earlier = _same_file(alias, load, sender, everything_stands=not changes)
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
    batch = _batch(alias, load, sender, _keep(load.source, files, kept))
    batch.save(using=alias)
    versions = [
        Version(
            type=type_.id,
            key=row.key,
            number=number,
            data=data,
            valid_from=span[0],
            valid_to=span[1],
            recorded_at=sender.at,
            batch=batch,
            sheet=part.table.sheet,
            row=row.number,
        )
        for part, row, data, number in changes
        for span in [valid_span(type_, row.values)]
    ]
    Version.objects.using(alias).bulk_create(versions)
    detail = audit.import_detail(batch, versions)
    audit.enter(alias, "import", batch, who=sender.who, at=sender.at, detail=detail)
    new = len(changes) - corrected
    unchanged = load.rows - len(changes)
    name = load.source.path.name
    return Outcome(batch.id, type_.id, name, load.rows, new, corrected, unchanged, batch.state)


def standings(alias: str, type_: str, keys: Sequence[str]) -> dict[str, Standing]:
    """What the store has under each of ``keys``; keys it does not know are left out."""
    found: dict[str, Standing] = {}
    remaining = iter(keys)
    while chunk := list(islice(remaining, CHUNK)):
        rows = (
            Version.objects.using(alias)
            .filter(type=type_, key__in=chunk)
            .order_by("number")
            .values_list("key", "number", "data", "withdrawn", "batch__state", "batch__nature")
        )
        for key, number, data, withdrawn, state, nature in rows.iterator(chunk_size=5000):
            one = found.setdefault(key, Standing())
            one.number = number
            if state == "accepted":
                one.accepted, one.pending = number, False
                one.data, one.nature = (None if withdrawn else data), nature
            elif state in PENDING:
                one.pending = True
    return found


def valid_span(type_: RecordType, values: Mapping[str, Any]) -> tuple[date | None, date | None]:
    """When a record is true in the world: from the first day, to the day after the last (None = open)."""
    time = type_.time
    if time.year is not None:
        year = values.get(time.year)
        return (date(year, 1, 1), date(year + 1, 1, 1)) if isinstance(year, int) else (None, None)
    start = values.get(time.from_) if time.from_ else None
    end = values.get(time.to) if time.to else None
    return start, end


def next_batch_id(alias: str, at: datetime) -> str:
    """A number that tells the day: B20260331-0001."""
    prefix = f"B{day_of(at):%Y%m%d}-"
    return f"{prefix}{Batch.objects.using(alias).filter(id__startswith=prefix).count() + 1:04d}"


def _batch(alias: str, load: Parcel, sender: Sender, copy: str | None) -> Batch:
    replaced = Batch.objects.using(alias).get(id=sender.replaces) if sender.replaces else None
    waiting = "resubmitted" if replaced else "submitted"
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
        state=waiting if sender.review else "accepted",
    )
    if not sender.review:
        batch.reviewed_by = sender.reviewer or sender.who
        batch.reviewed_at = sender.at
    return batch


def _same(data: Mapping[str, Any], old: Standing, nature: str) -> bool:
    if old.data is None or old.nature != nature:
        return False
    kept = old.data
    return all(kept.get(name) == value for name, value in data.items())


def _same_file(alias: str, load: Parcel, sender: Sender, *, everything_stands: bool) -> Batch | None:
    """An earlier batch this one only repeats: the same bytes, under review still or all in force."""
    same = Batch.objects.using(alias).filter(
        sha256=load.source.sha256, type=load.type.id, nature=sender.nature, kind="file"
    )
    states = [*PENDING, "accepted"] if everything_stands else list(PENDING)
    found: Batch | None = same.filter(state__in=states).order_by("-recorded_at", "-id").first()
    return found


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
        part.write_bytes(source.content)
        part.replace(target)
    return name
