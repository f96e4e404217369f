"""Why a figure has no value: not due yet, not there, or not to be computed. Three different things."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from kechuang.indicators.figure import Absence
from kechuang.messages import Message, dated, say
from kechuang.packs.model import IndicatorSpec, Label, Packs


@dataclass(frozen=True)
class Missing:
    """What is missing: a ``parameter`` without a value, a ``table`` without any record for the period
    (``later``: though it has records of later ones), a table without records for this ``cell``, one whose
    records there lack the ``values`` needed, another ``indicator`` without a value; or a ``break`` in the
    series, with its ``note``; ``back`` years before."""

    what: Literal["parameter", "table", "cell", "values", "indicator", "break"]
    name: str
    back: int = 0
    later: bool = False
    note: Label | None = None


@dataclass(frozen=True)
class Without:
    """Why there is no value: in one word, in a sentence of both languages, and from which day it was due."""

    absence: Absence
    reason: dict[str, str]
    due: date | None = None


def reason_for(
    packs: Packs,
    spec: IndicatorSpec,
    missing: Sequence[Missing],
    value: float | None,
    year: int,
    as_of: date,
) -> Without | None:
    """Why there is no value; None where there is one."""
    breaks = [item for item in missing if item.what == "break"]
    missing = [item for item in missing if item.what != "break"]
    if not missing and breaks:
        first = breaks[0]
        note = Named(first.note) if first.note is not None else say("口径变动")
        return Without(
            "broken", say("{year}年口径变动（{note}），前后不可比", year=first.name, note=note).both()
        )
    if not missing:
        return None if value is not None else Without("undefined", _not_computed(spec).both())
    # The year itself comes first: what it lacks explains more than what a year before it does.
    latest = min(item.back for item in missing)
    missing = [item for item in missing if item.back == latest]
    year -= latest
    first = missing[0]
    if first.what == "parameter":
        label = packs.parameters[first.name].label
        if latest:
            said = say("参数“{name}”在{year}年没有取值", name=Named(label), year=year)
        else:
            said = say("参数“{name}”在该期没有取值", name=Named(label))
        return Without("missing", said.both())
    if first.what == "indicator":
        label = packs.indicators[first.name].label
        said = say("所引用的指标“{name}”在{year}年没有数值", name=Named(label), year=year)
        return Without("missing", said.both())
    missing = [item for item in missing if item.what not in ("parameter", "indicator")]
    records = list(dict.fromkeys(item.name for item in missing))
    yearly = [name for name in records if packs.records[name].time.year or packs.records[name].time.on]
    names = _Listed([packs.records[name].label for name in records])
    due = max((_due(packs, spec, name, year) for name in yearly), default=None)
    if due is not None and as_of < due:
        said = say(
            "{names}尚未公布或未到报送期（约{year}年{month}月）", names=names, year=due.year, month=due.month
        )
        return Without("not-yet", said.both(), due)
    overdue = due is not None and all(item.what == "table" and not item.later for item in missing)
    return Without(
        "overdue" if overdue else "missing", _gone(packs, missing, names, year, latest, due, overdue), due
    )


def _gone(
    packs: Packs,
    missing: Sequence[Missing],
    names: Message,
    year: int,
    back: int,
    due: date | None,
    overdue: bool,
) -> dict[str, str]:
    """What is not there though its day has come."""
    own = [
        packs.records[item.name].label
        for item in missing
        if item.what == "cell" and (place := packs.records[item.name].region) and place.rollup == "own"
    ]
    if own:
        return say("没有该地区自己的{names}，不以上级或下级地区的数代替", names=_Listed(own)).both()
    if all(item.what == "values" for item in missing):
        return say("{names}有记录，但所需的数未填或不合条件", names=names).both()
    if overdue and due is not None:
        return say(
            "缺少{year}年的{names}记录，应于{due}前公布或报齐，已逾期",
            year=year,
            names=names,
            due=dated(due),
        ).both()
    if back:
        return say("缺少{year}年的{names}记录", year=year, names=names).both()
    return say("缺少{names}记录", names=names).both()


def _not_computed(spec: IndicatorSpec) -> Message:
    """All is there and the formula still gives no number: a zero below a ratio, or below growth."""
    if "growth(" in spec.value:
        return say("基数为零、为负或为空，不能计算增长率")
    return say("分母为零或为空，不能计算")


def _due(packs: Packs, spec: IndicatorSpec, name: str, year: int) -> date:
    """When the records of a year can be expected: release lag, deadline, and the end of the year."""
    known = [date(year, 12, 31)]
    if spec.release_lag is not None:
        months = year * 12 + 11 + spec.release_lag.months
        last, month = months // 12, months % 12 + 1
        known.append(date(last, month, monthrange(last, month)[1]))
    deadline = packs.records[name].deadline
    if deadline is not None:
        known.append(deadline.for_year(year))
    return max(known)


class Named(Message):
    """A label of a pack, which comes in both languages."""

    def __init__(self, label: Label) -> None:
        super().__init__(label.zh)
        object.__setattr__(self, "label", label)

    def text(self, language: str) -> str:
        label: Label = object.__getattribute__(self, "label")
        return label.text(language)


class _Listed(Named):
    """Several labels, one after another."""

    def __init__(self, labels: Sequence[Label]) -> None:
        zh, en = "、".join(label.zh for label in labels), ", ".join(label.en for label in labels)
        super().__init__(Label(zh=zh, en=en))
