"""Review: a batch is accepted level by level, or returned with a reason; a record is withdrawn.

The chain notes each. Nobody reviews what they sent themselves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kechuang.errors import Fault, KechuangError
from kechuang.messages import Message, say
from kechuang.packs.model import RecordType
from kechuang.records import audit, database
from kechuang.records.clock import stamp
from kechuang.records.fields import Named
from kechuang.records.history import history
from kechuang.records.importing import next_batch_id
from kechuang.records.models import Batch, Version
from kechuang.records.places import say_level
from kechuang.records.workflow import levels, locks
from kechuang.records.workflow.acts import named, reasoned
from kechuang.records.workflow.submission import Desk, batch_named, open_batch, state_name

__all__ = [
    "BatchInfo",
    "accept",
    "batch_info",
    "batches",
    "manifest",
    "send_back",
    "standing",
    "state_name",
    "withdraw",
]

WAITING = ("submitted", "resubmitted")


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
    level: str | None = None
    levels: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        content = dict(self.__dict__)
        return {
            "batch": content.pop("id"),
            **content,
            "levels": list(self.levels),
            "recorded_at": stamp(self.recorded_at),
            "reviewed_at": stamp(self.reviewed_at) if self.reviewed_at else None,
        }


def batches(alias: str) -> list[BatchInfo]:
    """All batches, first to last."""
    return [batch_info(batch) for batch in Batch.objects.using(alias).order_by("recorded_at", "id")]


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


def standing(state: str, level: str | None) -> Message:
    """The state of a batch in words, with the level it waits at."""
    if level is None:
        return state_name(state)
    return say("{state}（{level}）", state=state_name(state), level=say_level(level))


def accept(alias: str, name: str, *, who: str, at: datetime, desk: Desk, level: str | None = None) -> Batch:
    """Accept a batch at the level it waits at; at the last level it counts from now on.

    ``level`` says as which level one accepts. Where there are several it must be said, so that two
    who accept at the same moment do not pass two levels.
    """
    with database.writing(alias):
        audit.check_clock(alias, at)
        batch = _waiting(alias, name)
        route = levels.route(alias, batch, desk.levels)
        accepted = levels.passed(alias, name)
        here = batch.level or next(one for one in route if one not in accepted)
        if level is None and len(route) > 1:
            raise KechuangError(
                "level-needed",
                say("这个批次须经{route}逐级审核，请写明作哪一级接收", route=levels.told(route)),
                remedy=say("请加 --level {level}（现待{name}审核）。", level=here, name=say_level(here)),
            )
        _at_level(batch, here, level)
        levels.check_reviewer(alias, batch, named(who), accepted)
        locks.check_batch(alias, batch, desk.type, desk.regions)
        rest = [one for one in route if one not in accepted and one != here]
        batch.level = rest[0] if rest else None
        batch.state = batch.state if rest else "accepted"
        batch.reviewed_by, batch.reviewed_at = who, at
        batch.save(using=alias, update_fields=sorted(Batch.REVIEW))
        detail = {**audit.review_detail(batch), "at_level": here}
        audit.enter(alias, "accepted", batch, who=who, at=at, detail=detail)
        return batch


def send_back(
    alias: str, name: str, *, who: str, at: datetime, reason: str, level: str | None = None
) -> Batch:
    """Return a batch that waits for review to whoever sent it."""
    with database.writing(alias):
        audit.check_clock(alias, at)
        batch = _waiting(alias, name)
        here = batch.level
        if here is not None:
            _at_level(batch, here, level)
        batch.state, batch.level = "returned", None
        batch.reviewed_by, batch.reviewed_at, batch.reason = named(who), at, reasoned(reason)
        batch.save(using=alias, update_fields=sorted(Batch.REVIEW))
        detail = {**audit.review_detail(batch), "at_level": here}
        audit.enter(alias, "returned", batch, who=who, at=at, detail=detail)
        return batch


def _waiting(alias: str, name: str) -> Batch:
    batch = batch_named(alias, name)
    if batch.state not in WAITING:
        remedies = {
            "draft": say("草稿须先报送：kechuang records submit {batch}", batch=name),
            "accepted": say("已接收的数据如有误，请导入更正后的文件，或撤回该条记录。"),
            "returned": say("须由报送单位改正后重报。"),
        }
        raise KechuangError(
            "not-waiting",
            say("批次{batch}不在待审状态（现为{state}）", batch=name, state=state_name(batch.state)),
            remedy=remedies.get(batch.state),
        )
    return batch


def _at_level(batch: Batch, here: str, level: str | None) -> None:
    if level is not None and level != here:
        raise KechuangError(
            "other-level",
            say("批次{batch}现待{here}审核，不在你说的级别", batch=batch.id, here=say_level(here)),
            remedy=say("逐级审核，见 kechuang records review show {batch}。", batch=batch.id),
        )


def withdraw(
    alias: str,
    record_type: RecordType,
    key: str | Sequence[Any] | Mapping[str, Any],
    *,
    who: str,
    reason: str,
    at: datetime,
    desk: Desk,
) -> str:
    """Add a version that says the record no longer counts."""
    with database.writing(alias):
        audit.check_clock(alias, at)
        required = levels.settle(alias, desk.levels, who=named(who), at=at)
        versions = history(alias, record_type, key)
        accepted = [version for version in versions if version.state == "accepted"]
        if not accepted or accepted[-1].withdrawn:
            raise KechuangError(
                "unknown-record",
                say("台账“{type}”中没有有效的记录“{key}”", type=Named.of(record_type.label), key=str(key)),
                remedy=say("可用 kechuang records as-of 查看现有主键。"),
            )
        last = accepted[-1]
        lock = locks.Book.of(alias, record_type, desk.regions).hit(last.data, None)
        if lock is not None:
            text = say("{key}：{problem}", key=last.key, problem=locks.problem(lock, record_type))
            raise locks.refused([Fault("period-locked", text)])
        batch = Batch(
            id=next_batch_id(alias, at),
            type=record_type.id,
            kind="withdrawal",
            nature=last.nature,
            who=who,
            recorded_at=at,
            rows=1,
            reason=reasoned(reason),
        )
        open_batch(batch, required, draft=False, reviewer=None)
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


def batch_info(batch: Batch) -> BatchInfo:
    """A batch as it stands."""
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
        level=batch.level,
        levels=tuple(batch.levels or ()),
    )
