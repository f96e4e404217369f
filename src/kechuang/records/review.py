"""Review: a batch is accepted, or returned with a reason; a record is withdrawn. The chain notes each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kechuang.errors import KechuangError
from kechuang.messages import say
from kechuang.packs.model import RecordType
from kechuang.records import audit, database
from kechuang.records.clock import stamp
from kechuang.records.fields import Named
from kechuang.records.history import history
from kechuang.records.importing import PENDING, next_batch_id
from kechuang.records.models import Batch, Version


@dataclass(frozen=True)
class BatchInfo:
    """A batch and where its review stands."""

    id: str
    type: str
    kind: str
    file: str | None
    sha256: str | None
    nature: str
    who: str
    recorded_at: datetime
    rows: int
    state: str
    reviewed_by: str | None
    reviewed_at: datetime | None
    reason: str
    replaces: str | None
    columns: dict[str, dict[str, str]]

    def as_dict(self) -> dict[str, Any]:
        content = dict(self.__dict__)
        return {
            "batch": content.pop("id"),
            **content,
            "recorded_at": stamp(self.recorded_at),
            "reviewed_at": stamp(self.reviewed_at) if self.reviewed_at else None,
        }


def batches(alias: str) -> list[BatchInfo]:
    """All batches, first to last."""
    return [_info(batch) for batch in Batch.objects.using(alias).order_by("recorded_at", "id")]


def manifest(alias: str, used: set[str]) -> dict[str, Any]:
    """The batches a snapshot draws on, as its manifest tells them."""
    return {
        info.id: {
            name: value
            for name, value in info.as_dict().items()
            if name in {"file", "type", "nature", "who", "reviewed_by", "recorded_at", "columns", "sha256"}
        }
        for info in batches(alias)
        if info.id in used
    }


def decide(alias: str, name: str, state: str, *, who: str, at: datetime, reason: str = "") -> None:
    """Accept or return a batch that waits for review."""
    with database.writing(alias):
        audit.check_clock(alias, at)
        batch = _batch(alias, name)
        if batch.state not in PENDING:
            raise KechuangError(
                "not-waiting",
                say("批次{batch}不在待审状态（现为{state}）", batch=name, state=state_name(batch.state)),
                remedy=say("已接收的数据如有误，请导入更正后的文件，或撤回该条记录。"),
            )
        batch.state, batch.reviewed_by, batch.reviewed_at = state, who, at
        batch.reason = reason or batch.reason  # a withdrawal came with its own
        batch.save(using=alias, update_fields=["state", "reviewed_by", "reviewed_at", "reason"])
        audit.enter(alias, state, batch, who=who, at=at, detail=audit.review_detail(batch))


def state_name(state: str) -> Any:
    """The state of a batch in words."""
    return {
        "draft": say("草稿"),
        "submitted": say("待审"),
        "resubmitted": say("重报待审"),
        "returned": say("已退回"),
        "accepted": say("已接收"),
    }[state]


def returned(alias: str, name: str) -> Batch:
    """The returned batch a new file may replace."""
    batch = _batch(alias, name)
    if batch.state != "returned":
        raise KechuangError("not-returned", say("批次{batch}没有被退回，不能重报", batch=name))
    return batch


def withdraw(
    alias: str,
    record_type: RecordType,
    key: str | Sequence[Any] | Mapping[str, Any],
    *,
    who: str,
    reason: str,
    at: datetime,
    review: bool,
) -> str:
    """Add a version that says the record no longer counts."""
    with database.writing(alias):
        audit.check_clock(alias, at)
        versions = history(alias, record_type, key)
        accepted = [version for version in versions if version.state == "accepted"]
        if not accepted or accepted[-1].withdrawn:
            raise KechuangError(
                "unknown-record",
                say("台账“{type}”中没有有效的记录“{key}”", type=Named.of(record_type.label), key=str(key)),
                remedy=say("可用 kechuang records as-of 查看现有主键。"),
            )
        last = accepted[-1]
        batch = Batch(
            id=next_batch_id(alias, at),
            type=record_type.id,
            kind="withdrawal",
            nature=last.nature,
            who=who,
            recorded_at=at,
            rows=1,
            state="submitted" if review else "accepted",
            reviewed_by=None if review else who,
            reviewed_at=None if review else at,
            reason=reason,
        )
        batch.save(using=alias)
        version = Version(
            type=record_type.id,
            key=last.key,
            number=versions[-1].number + 1,
            data=last.data,
            valid_from=last.valid_from,
            valid_to=last.valid_to,
            recorded_at=at,
            batch=batch,
            withdrawn=True,
        )
        Version.objects.using(alias).bulk_create([version])
        detail = audit.import_detail(batch, [version])
        audit.enter(alias, "withdraw", batch, who=who, at=at, detail=detail)
        return batch.id


def _batch(alias: str, name: str) -> Batch:
    found: Batch | None = Batch.objects.using(alias).filter(id=name).first()
    if found is None:
        raise KechuangError(
            "unknown-batch",
            say("没有批次{batch}", batch=name),
            remedy=say("批次编号见 kechuang records batches。"),
        )
    return found


def _info(batch: Batch) -> BatchInfo:
    return BatchInfo(
        id=batch.id,
        type=batch.type,
        kind=batch.kind,
        file=batch.file,
        sha256=batch.sha256,
        nature=batch.nature,
        who=batch.who,
        recorded_at=batch.recorded_at,
        rows=batch.rows,
        state=batch.state,
        reviewed_by=batch.reviewed_by,
        reviewed_at=batch.reviewed_at,
        reason=batch.reason,
        replaces=batch.replaces_id,
        columns=batch.columns,
    )
