"""Warnings and hints kept with the batch they belong to, and what its sender says to each.

Where batches are reviewed, a warning must be explained before a batch can be submitted; a hint never
holds anything up, nor does a remark on the form of a file.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kechuang.errors import Fault, KechuangError, Place
from kechuang.messages import Message, say
from kechuang.records.clock import stamp
from kechuang.records.fields import Named
from kechuang.records.models import Batch, Event, Finding
from kechuang.records.workflow.acts import act, reasoned

ACTION = "explain"
NOTICES = frozenset({"sheet-ignored", "optional-column"})
"""Remarks on the form of a file: they say what was not read, not that a record looks wrong."""


@dataclass(frozen=True)
class Explanation:
    """What a sender says to a finding."""

    text: str
    who: str
    at: datetime

    def as_dict(self) -> dict[str, Any]:
        return {"text": self.text, "who": self.who, "at": stamp(self.at)}


@dataclass(frozen=True)
class Remark:
    """A finding of a batch with the explanations it was given, first to last."""

    number: int
    code: str
    severity: str
    message: Message
    place: Place
    explanations: tuple[Explanation, ...] = ()

    @property
    def open(self) -> bool:
        """Whether it still keeps the batch from being submitted for review."""
        return blocks(self.code, self.severity) and not self.explanations

    def as_dict(self) -> dict[str, Any]:
        place = self.place
        return {
            "finding": self.number,
            "code": self.code,
            "severity": self.severity,
            "message": self.message.both(),
            "file": place.file,
            "sheet": place.sheet,
            "row": place.row,
            "column": place.column,
            "field": place.field,
            "open": self.open,
            "explanations": [one.as_dict() for one in self.explanations],
        }


def blocks(code: str, severity: str) -> bool:
    """Whether a finding must be explained before its batch is submitted for review.

    >>> blocks("jump", "warning"), blocks("jump", "hint"), blocks("sheet-ignored", "warning")
    (True, False, False)
    """
    return severity == "warning" and code not in NOTICES


def belonging(faults: Iterable[Fault], file: str, sheets: Iterable[str | None]) -> list[Fault]:
    """The warnings and hints that concern sheets of a file, or the whole of it."""
    own = {None, *sheets}
    return [
        fault
        for fault in faults
        if fault.severity != "error" and fault.place.file == file and fault.place.sheet in own
    ]


def keep(alias: str, batch: Batch, faults: Sequence[Fault]) -> dict[str, Any]:
    """Store the findings of a batch that is being imported; gives what its entry in the chain says."""
    rows = [
        Finding(
            batch=batch,
            number=number,
            code=fault.code,
            severity=fault.severity,
            message=fault.message.both(),
            place={
                name: value
                for name in ("file", "sheet", "row", "column", "field", "line")
                if (value := getattr(fault.place, name)) is not None
            },
        )
        for number, fault in enumerate(faults, start=1)
    ]
    Finding.objects.using(alias).bulk_create(rows)
    return {"findings": len(rows), "findings_digest": digest(rows)} if rows else {}


def digest(rows: Iterable[Finding]) -> str:
    """A digest over findings in order of their number."""
    lines = [
        json.dumps(
            [row.number, row.code, row.severity, row.message, row.place], sort_keys=True, ensure_ascii=False
        )
        for row in sorted(rows, key=lambda row: row.number)
    ]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def remarks(alias: str, name: str) -> list[Remark]:
    """The findings of a batch with their explanations, in order."""
    said: dict[int, list[Explanation]] = {}
    for event in Event.objects.using(alias).filter(batch=name, action=ACTION).order_by("seq"):
        for number in event.detail["findings"]:
            said.setdefault(number, []).append(Explanation(event.detail["text"], event.who, event.at))
    return [
        Remark(
            row.number,
            row.code,
            row.severity,
            Named(row.message["zh"], row.message["en"]),
            Place(**row.place),
            tuple(said.get(row.number, ())),
        )
        for row in Finding.objects.using(alias).filter(batch_id=name).order_by("number")
    ]


def explain(
    alias: str, batch: Batch, numbers: Sequence[int] | None, text: str, *, who: str, at: datetime
) -> list[int]:
    """Note an explanation of some findings, or of all that still lack one (None). Gives their numbers."""
    if batch.state in ("accepted", "discarded"):
        raise KechuangError("batch-closed", say("批次{batch}已办结，不能再加说明", batch=batch.id))
    return note(alias, batch, numbers, text, who=who, at=at)


def note(
    alias: str, batch: Batch, numbers: Sequence[int] | None, text: str, *, who: str, at: datetime
) -> list[int]:
    """What :func:`explain` does, whatever became of the batch."""
    found = remarks(alias, batch.id)
    known = {remark.number for remark in found}
    chosen = [remark.number for remark in found if remark.open] if numbers is None else list(numbers)
    unknown = [number for number in chosen if number not in known]
    if unknown:
        raise KechuangError(
            "unknown-finding",
            say("批次{batch}没有第{n}条提醒", batch=batch.id, n=unknown[0]),
            remedy=say("提醒及其序号见 kechuang records review show {batch}。", batch=batch.id),
        )
    if not chosen:
        raise KechuangError("nothing-to-explain", say("批次{batch}没有待说明的提醒", batch=batch.id))
    detail = {"findings": chosen, "text": reasoned(text)}
    act(alias, ACTION, who=who, at=at, detail=detail, subject=batch.id)
    return chosen


def check_explained(alias: str, batch: Batch) -> None:
    """KechuangError that lists every warning nobody has explained."""
    missing = [remark for remark in remarks(alias, batch.id) if remark.open]
    if missing:
        raise KechuangError(
            "unexplained",
            say("批次{batch}有{n}条提醒没有说明，不能报送审核", batch=batch.id, n=len(missing)),
            remedy=say("请逐条或一并说明：kechuang records explain {batch} --all 说明", batch=batch.id),
            faults=[
                Fault("unexplained", _numbered(remark), remark.place, severity="warning")
                for remark in missing
            ],
        )


def _numbered(remark: Remark) -> Message:
    return say("提醒{n}：{message}", n=remark.number, message=remark.message)


def verify(alias: str) -> list[Fault]:
    """Batches whose findings are no longer those the chain tells of."""
    faults = []
    kept: dict[str, list[Finding]] = {}
    for row in Finding.objects.using(alias).order_by("batch_id", "number").iterator(chunk_size=5000):
        kept.setdefault(row.batch_id, []).append(row)
    told = {
        event.batch: event.detail.get("findings_digest")
        for event in Event.objects.using(alias).filter(action="import").iterator()
    }
    for name in sorted(told):  # a batch that has no entry is told of by the chain itself
        rows = kept.get(name)
        if (digest(rows) if rows else None) != told.get(name):
            problem = say("批次{batch}的核对提醒被改动过", batch=name)
            faults.append(Fault("audit-findings-changed", problem))
    return faults
