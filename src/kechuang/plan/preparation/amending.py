"""Amendment: a target changed by a later document, and the target in force on a day.

The target keeps what the plan promised; each amendment is added below it with its document and day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from kechuang.errors import KechuangError, Place
from kechuang.messages import say
from kechuang.plan.model import Amendment, Plan, Target
from kechuang.plan.preparation import events
from kechuang.plan.preparation.days import first_day
from kechuang.plan.preparation.edit import item_named
from kechuang.plan.preparation.folder import Change

#: Fields an amendment may change; ``value`` stands in it as ``old`` and ``new``.
FIELDS = ("value", "comparator", "high", "unit", "year")


@dataclass(frozen=True)
class Amended:
    """One amendment of a target, with the fields it changed: field → (before, after)."""

    target: Target
    amendment: Amendment
    day: date
    changed: dict[str, tuple[Any, Any]]


def amendment_day(change: Amendment) -> date:
    """The day of an amendment (``2023`` and ``2023-05`` are their first); KechuangError where it is none."""
    found = first_day(change.date)
    if found is None:
        raise KechuangError(
            "amendment-date",
            say(
                "目标调整文件《{document}》的日期“{date}”无法识别", document=change.document, date=change.date
            ),
            remedy=say("请写成 2023-05-12 的形式。"),
        )
    return found


def target_on(target: Target, day: date) -> Target:
    """``target`` as in force on ``day``: with the value, comparator, upper end, unit and year the
    amendments made by then have given it. Its ``amendments`` stay as they are.

    The value is what the progress package takes as the target in force.
    """
    made = [change for change in _in_order(target) if amendment_day(change) <= day]
    now: dict[str, Any] = {}
    if target.amendments and not made and (first := _in_order(target)[0]).old is not None:
        now["value"] = first.old
    for change in made:
        now["value"] = change.new
        now |= {name: getattr(change, name) for name in FIELDS[1:] if getattr(change, name) is not None}
        if change.comparator is not None and change.comparator != "range":
            now["high"] = None
    return target.model_copy(update=now)


def amendments_of(plan: Plan) -> list[Amended]:
    """Every amendment of ``plan`` with what it changed, in order of day."""
    found = []
    for target in plan.targets:
        before = target_on(target, date.min)
        for number, change in enumerate(_in_order(target), start=1):
            after = target_on(target.model_copy(update={"amendments": _in_order(target)[:number]}), date.max)
            found.append(Amended(target, change, amendment_day(change), _changed(before, after)))
            before = after
    return sorted(found, key=lambda one: one.day)


def amend(
    change: Change,
    name: str,
    given: Mapping[str, Any],
    *,
    document: str,
    on: date,
    reason: str,
    number: str | None = None,
    withdrawn: bool = False,
) -> Amended:
    """Add an amendment to the target ``name``: ``given`` has new values of :data:`FIELDS`.

    ``withdrawn``: there is no value any more. Raises KechuangError for an unknown target, a day to come,
    before the issue or before the last amendment, and where nothing would change.
    """
    plan = change.plan()
    item = item_named(plan, name)
    if item.kind != "target":
        raise KechuangError(
            "not-a-target", say("{id} 不是目标", id=name), remedy=say("只有目标可以调整，如 T3。")
        )
    target = next(one for one in plan.targets if one.id == name)
    _check_day(change, plan, target, on)
    before = target_on(target, date.max)
    after = _after(before, given, withdrawn=withdrawn)
    changed = _changed(before, after)
    if not changed:
        raise KechuangError(
            "amendment-empty",
            say("{id} 现在就是这样，没有要调整的", id=name),
            remedy=say("请核对目标值；查看现行目标：kechuang plan amend --list。"),
        )
    amendment = Amendment(
        document=document,
        date=on.isoformat(),
        old=before.value,
        new=after.value,
        comparator=after.comparator if "comparator" in changed else None,
        high=after.high if "high" in changed else None,
        unit=after.unit if "unit" in changed else None,
        year=after.year if "year" in changed else None,
        number=number,
        reason=reason,
    )
    target.amendments = [*target.amendments, amendment]
    saved = change.save(plan)
    assert saved is not None, "an amendment changes the plan"
    change.note(
        "amend",
        events.Amended(
            target=name,
            document=document,
            number=number,
            on=on,
            reason=reason,
            old={field: old for field, (old, _) in changed.items()},
            new={field: new for field, (_, new) in changed.items()},
            plan=saved,
        ),
    )
    return Amended(target, amendment, on, changed)


def _after(before: Target, given: Mapping[str, Any], *, withdrawn: bool) -> Target:
    values = {name: given[name] for name in FIELDS if given.get(name) is not None}
    if not values and not withdrawn:
        raise KechuangError(
            "amendment-empty",
            say("没有写要调整成什么"),
            remedy=say("请用 --value、--comparator、--high、--unit 或 --year 写明；取消目标用 --withdraw。"),
        )
    if withdrawn:
        values["value"] = None
    comparator = values.get("comparator", before.comparator)
    if comparator != "range":
        if values.get("high") is not None:
            raise _invalid_range(say("上限只用于区间目标"))
        values["high"] = None
    after = before.model_copy(update=values)
    if comparator == "range" and not withdrawn:
        if after.value is None or after.high is None:
            raise _invalid_range(say("区间目标要有下限和上限"))
        if after.high < after.value:
            raise _invalid_range(
                say("上限{high}小于下限{value}", high=f"{after.high:g}", value=f"{after.value:g}")
            )
    return after


def _invalid_range(message: Any) -> KechuangError:
    return KechuangError(
        "range-invalid",
        message,
        remedy=say("例如：--comparator range --value 8 --high 10。"),
    )


def _check_day(change: Change, plan: Plan, target: Target, on: date) -> None:
    today = change.folder.today
    if on > today:
        raise KechuangError(
            "future-date",
            say("日期 {day} 还没有到（今天是 {today}）", day=on.isoformat(), today=today.isoformat()),
            remedy=say("请给今天或更早的日期。"),
        )
    issue = change.state.issue
    issued = issue.on if issue else first_day(plan.issued)
    if issued is None:
        raise KechuangError(
            "not-issued",
            say("规划还没有印发日期，目标不能调整"),
            place=Place(file=str(change.folder.plan_file), field="issued"),
            remedy=say(
                "先登记印发（kechuang plan stages issue）；印发前改正草案用 kechuang plan confirm --set。"
            ),
        )
    if on < issued:
        raise KechuangError(
            "amend-before-issue",
            say("调整日期{day}早于规划印发日期{issued}", day=on.isoformat(), issued=issued.isoformat()),
            remedy=say("印发前的改动属于草案，用 kechuang plan confirm --set 改正。"),
        )
    last = max((amendment_day(one) for one in target.amendments), default=None)
    if last is not None and on < last:
        raise KechuangError(
            "amend-order",
            say(
                "{id} 已有{last}的调整，不能再登记更早的{day}",
                id=target.id,
                last=last.isoformat(),
                day=on.isoformat(),
            ),
            remedy=say("请核对文件日期；查看已有的调整：kechuang plan amend --list。"),
        )


def _in_order(target: Target) -> list[Amendment]:
    dated = sorted((amendment_day(change), at) for at, change in enumerate(target.amendments))
    return [target.amendments[at] for _, at in dated]


def _changed(before: Target, after: Target) -> dict[str, tuple[Any, Any]]:
    pairs = {name: (getattr(before, name), getattr(after, name)) for name in FIELDS}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
