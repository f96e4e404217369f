"""How a batch begins and is sent: a draft, submitted, sent again after it was returned, or dropped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from kechuang.errors import KechuangError
from kechuang.messages import Message, say
from kechuang.packs.model import RecordType
from kechuang.records import audit
from kechuang.records.models import Batch
from kechuang.records.workflow import findings, levels, locks
from kechuang.records.workflow.acts import named, reasoned

if TYPE_CHECKING:
    from kechuang.language.regions import RegionTree

CLOSED = ("returned", "discarded")
"""States in which the rows of a batch stand for nothing."""


@dataclass(frozen=True)
class Desk:
    """Who acts now, and by what rules: the levels set, the type of the batch, the regions."""

    who: str
    at: datetime
    levels: tuple[str, ...]
    type: RecordType | None
    regions: RegionTree | None = None


def state_name(state: str) -> Message:
    """The state of a batch in words."""
    return {
        "draft": say("草稿"),
        "submitted": say("待审"),
        "resubmitted": say("重报待审"),
        "returned": say("已退回"),
        "accepted": say("已接收"),
        "discarded": say("已作废"),
    }[state]


def batch_named(alias: str, name: str) -> Batch:
    """The batch with a number; KechuangError where there is none."""
    found: Batch | None = Batch.objects.using(alias).filter(id=name).first()
    if found is None:
        raise KechuangError(
            "unknown-batch",
            say("没有批次{batch}", batch=name),
            remedy=say("批次编号见 kechuang records batches。"),
        )
    return found


def replaceable(alias: str, name: str, types: Sequence[str] | None = None) -> Batch:
    """The returned batch a new file may replace: nothing else replaces it, and it is of these types."""
    batch = batch_named(alias, name)
    if batch.state != "returned":
        raise KechuangError("not-returned", say("批次{batch}没有被退回，不能重报", batch=name))
    later = Batch.objects.using(alias).filter(replaces=batch).exclude(state__in=CLOSED).first()
    if later is not None:
        raise KechuangError(
            "already-replaced",
            say("批次{batch}已由批次{later}重报", batch=name, later=later.id),
            remedy=say("请就批次{later}办理。", later=later.id),
        )
    if types is not None and batch.type not in types:
        raise KechuangError(
            "replaces-other-type",
            say("批次{batch}是台账“{type}”的，导入的文件里没有这种台账", batch=name, type=batch.type),
        )
    return batch


def open_batch(batch: Batch, required: Sequence[str], *, draft: bool, reviewer: str | None) -> None:
    """Set how a new batch begins: a draft, waiting at the first level, or counting at once."""
    if draft:
        batch.state = "draft"
    else:
        _send(batch, required, reviewer or batch.who, batch.recorded_at)


def _send(batch: Batch, required: Sequence[str], who: str, at: datetime) -> None:
    again = batch.state == "returned" or batch.replaces_id is not None
    if required:
        batch.state = "resubmitted" if again else "submitted"
        batch.levels, batch.level = list(required), required[0]
        batch.reviewed_by = batch.reviewed_at = None
    else:
        batch.state, batch.level = "accepted", None
        batch.reviewed_by, batch.reviewed_at = who, at


def submit(alias: str, name: str, desk: Desk) -> Batch:
    """Send a draft to review; without review it counts from now on."""
    audit.check_clock(alias, desk.at)
    batch = batch_named(alias, name)
    if batch.state != "draft":
        raise KechuangError(
            "not-draft", say("批次{batch}不是草稿（现为{state}）", batch=name, state=state_name(batch.state))
        )
    if batch.replaces is not None:
        _check_alone(alias, batch)
    return _sent(alias, batch, "submit", desk, "")


def resubmit(alias: str, name: str, desk: Desk, comment: str) -> Batch:
    """Send a returned batch again as it is, with a comment; it starts at the first level."""
    audit.check_clock(alias, desk.at)
    batch = replaceable(alias, name)
    return _sent(alias, batch, "resubmit", desk, reasoned(comment))


def _sent(alias: str, batch: Batch, action: str, desk: Desk, comment: str) -> Batch:
    who = named(desk.who)
    required = levels.ordered(
        [*(batch.levels or ()), *levels.settle(alias, desk.levels, who=who, at=desk.at)]
    )
    locks.check_batch(alias, batch, desk.type, desk.regions)
    if required:
        findings.check_explained(alias, batch)
    _send(batch, required, who, desk.at)
    batch.save(using=alias, update_fields=sorted(Batch.REVIEW))
    detail = {**audit.review_detail(batch), "comment": comment}
    audit.enter(alias, action, batch, who=who, at=desk.at, detail=detail)
    return batch


def _check_alone(alias: str, batch: Batch) -> None:
    """A draft that mends a returned batch, unless another has done so meanwhile."""
    others = Batch.objects.using(alias).filter(replaces=batch.replaces).exclude(id=batch.id)
    later = others.exclude(state__in=(*CLOSED, "draft")).first()
    if later is not None:
        raise KechuangError(
            "already-replaced",
            say("批次{batch}已由批次{later}重报", batch=batch.replaces_id, later=later.id),
            remedy=say("请就批次{later}办理。", later=later.id),
        )


def discard(alias: str, name: str, *, who: str, at: datetime, reason: str) -> Batch:
    """Drop a draft, or a returned batch nobody will send again; it stays in the history."""
    audit.check_clock(alias, at)
    batch = batch_named(alias, name)
    if batch.state not in ("draft", "returned"):
        raise KechuangError(
            "not-discardable",
            say(
                "只有草稿或已退回的批次可以作废（{batch}现为{state}）",
                batch=name,
                state=state_name(batch.state),
            ),
            remedy=say("待审的批次请审核单位退回；已接收的请撤回或更正。"),
        )
    batch.state, batch.level, batch.reason = "discarded", None, reasoned(reason)
    batch.save(using=alias, update_fields=sorted(Batch.REVIEW))
    audit.enter(alias, "discarded", batch, who=named(who), at=at, detail=audit.review_detail(batch))
    return batch
