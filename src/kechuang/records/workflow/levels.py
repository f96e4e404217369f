"""At which levels a batch must be accepted, and who may accept it there.

The setting says which levels are wanted; the chain remembers the strictest way it was used. Asking
for more takes effect at once; asking for less needs a recorded decision with a reason, so that nobody
gets round review by editing the settings. A batch keeps the levels it was submitted through.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from kechuang.errors import KechuangError, listed
from kechuang.messages import Message, say
from kechuang.records.models import Batch, Event
from kechuang.records.places import say_level
from kechuang.records.workflow.acts import act, acts, reasoned, same_office
from kechuang.settings import REVIEW_LEVELS

ACTION = "review-levels"
SENDING = ("import", "withdraw", "submit", "resubmit")


def levels_of(setting: bool | Sequence[str]) -> tuple[str, ...]:
    """The levels a setting names: ``true`` is one level, the prefecture.

    >>> levels_of(True), levels_of(["county", "prefecture"]), levels_of(False)
    (('prefecture',), ('county', 'prefecture'), ())
    """
    if isinstance(setting, bool):
        return ("prefecture",) if setting else ()
    unknown = [one for one in setting if one not in REVIEW_LEVELS]
    if unknown:
        raise ValueError(f"unknown levels of review: {unknown}")
    return ordered(setting)


def ordered(levels: Iterable[str]) -> tuple[str, ...]:
    """Levels from below, each once."""
    wanted = set(levels)
    return tuple(level for level in REVIEW_LEVELS if level in wanted)


def recorded(alias: str) -> tuple[str, ...] | None:
    """The levels last noted in the chain; None where review was never asked for."""
    last = Event.objects.using(alias).filter(action=ACTION).order_by("-seq").first()
    return None if last is None else tuple(last.detail["levels"])


def in_force(alias: str, configured: Sequence[str]) -> tuple[str, ...]:
    """What must be passed today: the levels of the setting and those recorded."""
    return ordered([*configured, *(recorded(alias) or ())])


def settle(alias: str, configured: Sequence[str], *, who: str, at: datetime) -> tuple[str, ...]:
    """The levels for what is sent now. More than before is noted; less than before is refused."""
    known = recorded(alias)
    if known is None and not configured:
        return ()
    if set(known or ()) - set(configured):
        raise KechuangError(
            "review-weakened",
            say(
                "本库登记的审核级别是{known}，设置中现为{now}：少了审核级别，不能据此入库",
                known=told(known or ()),
                now=told(configured),
            ),
            remedy=say("确需减少的，请登记并写明理由：kechuang records review change --reason 理由"),
        )
    if known is None or set(configured) - set(known):
        act(alias, ACTION, who=who, at=at, detail={"levels": list(configured), "reason": ""})
    return ordered(configured)


def change(alias: str, configured: Sequence[str], *, who: str, at: datetime, reason: str) -> None:
    """Note that the levels of the setting hold from now on, fewer or more, and why."""
    if recorded(alias) == tuple(configured) or (recorded(alias) is None and not configured):
        raise KechuangError(
            "review-unchanged", say("登记的审核级别与设置相同（{now}），不需变更", now=told(configured))
        )
    act(alias, ACTION, who=who, at=at, detail={"levels": list(configured), "reason": reasoned(reason)})


def route(alias: str, batch: Batch, configured: Sequence[str]) -> tuple[str, ...]:
    """The levels a batch must pass: those it was submitted through and those in force now."""
    wanted = ordered([*(batch.levels or ()), *in_force(alias, configured)])
    return wanted or ("prefecture",)  # one from before levels were kept, review switched off since


def passed(alias: str, name: str) -> dict[str, str]:
    """The levels that have accepted a batch since it was last submitted, and who there."""
    found: dict[str, str] = {}
    for event in Event.objects.using(alias).filter(batch=name).order_by("seq"):
        if event.action in SENDING:
            found = {}
        elif event.action == "accepted" and event.detail.get("at_level"):
            found[event.detail["at_level"]] = event.who
    return found


def check_reviewer(alias: str, batch: Batch, who: str, accepted: dict[str, str]) -> None:
    """Four eyes: whoever sent or explained a batch, or accepted it at another level, may not accept it."""
    before: Batch | None = batch
    while before is not None:
        events = Event.objects.using(alias).filter(batch=before.id, action__in=(*SENDING, "explain"))
        if any(same_office(who, sender) for sender in [before.who, *events.values_list("who", flat=True)]):
            raise KechuangError(
                "own-batch",
                say("批次{batch}由“{who}”报送或说明，不能由其自己接收", batch=before.id, who=who),
                remedy=say("请由另一单位或岗位审核，用 --who 写明。"),
            )
        before = before.replaces
    for level, reviewer in accepted.items():
        if same_office(who, reviewer):
            raise KechuangError(
                "same-reviewer",
                say("“{who}”已在{level}接收过这一批次，不能再作另一级审核", who=who, level=say_level(level)),
                remedy=say("请由另一单位或岗位审核，用 --who 写明。"),
            )


def told(levels: Sequence[str]) -> Message:
    """Levels in words."""
    return listed([say_level(level) for level in levels]) if levels else say("不审核")


def decisions(alias: str) -> list[dict[str, object]]:
    """Every recorded change of the levels, first to last."""
    return [
        {"at": event.at, "who": event.who, "levels": event.detail["levels"], "reason": event.detail["reason"]}
        for event in acts(alias, ACTION)
    ]
