"""The audit chain: each entry hashes the one before, so that a change made behind the back shows.

An entry of an import covers the batch and a digest of all its versions; an entry of a review covers
its outcome. ``verify`` recomputes everything from the tables.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from django.db.models import Count

from kechuang.errors import Fault, KechuangError, Place
from kechuang.messages import Message, say
from kechuang.records import database, imprint
from kechuang.records.clock import stamp
from kechuang.records.imprint import Imprint
from kechuang.records.models import Batch, Event, Version

START = "0" * 64

#: What an import fixes of its batch; the rest belongs to review.
FIXED = ("type", "kind", "file", "sha256", "kept", "nature", "who", "rows", "columns", "pack_version")
REVIEWED = ("state", "reviewed_by", "reason", "level", "levels")


def enter(
    alias: str, action: str, batch: Batch | str, *, who: str, at: datetime, detail: Mapping[str, Any]
) -> Event:
    """Add an entry to the chain; call inside the transaction of what it tells of.

    ``batch`` may be the number of something else the entry is about, or empty.
    """
    last = Event.objects.using(alias).order_by("-seq").first()
    event = Event(
        seq=last.seq + 1 if last else 1,
        at=at,
        who=who,
        action=action,
        batch=batch if isinstance(batch, str) else batch.id,
        detail=dict(detail),
        previous=last.hash if last else START,
    )
    event.hash = event_hash(event)
    event.save(using=alias)
    return event


def check_clock(alias: str, at: datetime) -> None:
    """Refuse to record anything before what is already recorded: the past must stay as it was."""
    last = Event.objects.using(alias).order_by("-seq").first()
    if last is not None and at < last.at:
        raise KechuangError(
            "clock-backwards",
            say("登记时间{now}早于库中最后一次登记{last}", now=stamp(at), last=stamp(last.at)),
            remedy=say("请核对本机的日期和时间。"),
        )


def event_hash(event: Event) -> str:
    """The hash of an entry: all its columns but the hash itself."""
    content = [
        event.seq,
        _moment(event.at),
        event.who,
        event.action,
        event.batch,
        event.detail,
        event.previous,
    ]
    return hashlib.sha256(_text(content).encode()).hexdigest()


def import_detail(batch: Batch, versions: Iterable[Version] | Imprint) -> dict[str, Any]:
    """What the entry of an import says of the batch and its versions, or of their imprint."""
    if isinstance(versions, Imprint):
        digest, count, scheme = versions.digest, versions.count, {"scheme": imprint.SCHEME}
    else:
        (digest, count), scheme = versions_digest(versions), {}
    return {
        "batch": {name: getattr(batch, name) for name in FIXED},
        "recorded_at": _moment(batch.recorded_at),
        "replaces": batch.replaces.id if batch.replaces else None,
        "versions": count,
        "digest": digest,
        **scheme,
        **review_detail(batch),
    }


def review_detail(batch: Batch) -> dict[str, Any]:
    """What an entry says of the review of a batch."""
    reviewed_at = _moment(batch.reviewed_at) if batch.reviewed_at else None
    return {**{name: getattr(batch, name) for name in REVIEWED}, "reviewed_at": reviewed_at}


def versions_digest(versions: Iterable[Version]) -> tuple[str, int]:
    """A digest over versions in order of type and key, and their number: the first scheme, for few."""
    lines = sorted(_text(_imprint(version)) for version in versions)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest(), len(lines)


def _imprint(version: Version) -> list[Any]:
    return [
        version.type,
        version.key,
        version.number,
        version.data,
        _day(version.valid_from),
        _day(version.valid_to),
        _moment(version.recorded_at),
        version.sheet,
        version.row,
        version.withdrawn,
    ]


def verify(alias: str, files: Path | None = None) -> list[Fault]:
    """Everything that does not hold, in order; an empty list when the store is as it was written.

    ``files`` is the folder of kept copies. What a chain alone cannot show is that its last entries
    were cut off; snapshots carry the head of the chain for that.
    """
    with database.reading(alias):
        return [*_chain(alias), *_batches(alias), *_copies(alias, files)]


def head(alias: str) -> str:
    """The hash of the last entry."""
    last = Event.objects.using(alias).order_by("-seq").first()
    return last.hash if last else START


def head_of_records(alias: str) -> str:
    """The hash of the last entry about anything but accounts: who logs in changes no figure."""
    last = Event.objects.using(alias).exclude(action__startswith="account-").order_by("-seq").first()
    return last.hash if last else START


def verify_head(alias: str, head_: str, source: Path) -> list[Fault]:
    """A fault where the chain has no entry with the hash ``head_``, noted in ``source``."""
    if head_ == START or Event.objects.using(alias).filter(hash=head_).exists():
        return []
    message = say("审计链中已没有生成这份快照时的最后一条：其后的登记可能被删去")
    return [_fault("audit-cut-off", message, str(source))]


def _chain(alias: str) -> list[Fault]:
    faults = []
    previous, expected = START, 1
    for event in Event.objects.using(alias).order_by("seq").iterator():
        if event.seq != expected:
            faults.append(_fault("audit-gap", say("审计链缺第{n}条", n=expected)))
        elif event.previous != previous:
            faults.append(_fault("audit-broken", say("审计链第{n}条与前一条不相接", n=event.seq)))
        if event_hash(event) != event.hash:
            faults.append(_fault("audit-changed", say("审计链第{n}条被改动过", n=event.seq)))
        previous, expected = event.hash, event.seq + 1
    return faults


def _batches(alias: str) -> list[Fault]:
    faults = []
    opened: dict[str, dict[str, Any]] = {}
    review: dict[str, dict[str, Any]] = {}
    for event in Event.objects.using(alias).order_by("seq").iterator():
        if "versions" in event.detail:
            opened[event.batch] = event.detail
        if "state" in event.detail:
            review[event.batch] = event.detail
    counts = dict(
        Version.objects.using(alias)
        .values_list("batch_id")
        .annotate(n=Count("id"))
        .values_list("batch_id", "n")
    )
    batches = {batch.id: batch for batch in Batch.objects.using(alias).select_related("replaces")}
    for name, batch in sorted(batches.items()):
        entry = opened.get(name)
        if entry is None:
            faults.append(
                _fault("audit-batch-unknown", say("批次{batch}不在审计链中", batch=name), batch.file)
            )
            continue
        now = import_detail(batch, [])
        if any(
            _text(now[part]) != _text(entry.get(part)) for part in ("batch", "recorded_at", "replaces")
        ) or any(_text(now[part]) != _text(review[name].get(part)) for part in (*REVIEWED, "reviewed_at")):
            faults.append(
                _fault("audit-batch-changed", say("批次{batch}的登记被改动过", batch=name), batch.file)
            )
        if counts.pop(name, 0) != entry["versions"] or not _same_versions(alias, name, entry):
            faults.append(
                _fault("audit-versions-changed", say("批次{batch}的记录被改动过", batch=name), batch.file)
            )
    faults.extend(
        _fault("audit-batch-missing", say("批次{batch}的登记已不在库中", batch=name))
        for name in sorted((opened.keys() | counts.keys()) - batches.keys())
    )
    return faults


def _same_versions(alias: str, batch: str, entry: Mapping[str, Any]) -> bool:
    """Whether the versions of ``batch`` still give the digest of the entry, by the scheme it was made."""
    digest: str = entry["digest"]
    if entry.get("scheme") == imprint.SCHEME:
        return imprint.stored_imprint(alias, batch, digest).digest == digest
    versions = Version.objects.using(alias).filter(batch=batch).order_by("id").iterator(chunk_size=5000)
    return versions_digest(versions)[0] == digest


def _copies(alias: str, files: Path | None) -> list[Fault]:
    """Kept copies of imported files that are gone or no longer the same."""
    faults: list[Fault] = []
    if files is None:
        return faults
    kept = (
        Batch.objects.using(alias).exclude(kept=None).order_by("id").values_list("kept", "sha256").distinct()
    )
    for name, digest in kept:
        path = files / str(name)
        if not path.is_file():
            faults.append(_fault("file-missing", say("留存的原件已不在"), str(path)))
        elif hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            faults.append(_fault("file-changed", say("留存的原件被改动过"), str(path)))
    return faults


def _fault(code: str, message: Message, file: str | None = None) -> Fault:
    return Fault(code, message, Place(file=file))


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="microseconds")


def _day(value: date | None) -> str | None:
    return value.isoformat() if value else None


def _text(value: Any) -> str:
    return json.dumps(_plain(value), sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _plain(value: Any) -> Any:
    """Numbers as floats: a database may give a whole number back as an integer."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    return value
