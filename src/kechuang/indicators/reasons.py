"""Why a figure has no value: not due yet, not there, or not to be computed. Three different things."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from kechuang.messages import Message, say
from kechuang.packs.model import IndicatorSpec, Label, Packs


@dataclass(frozen=True)
class Missing:
    """What is missing: a ``parameter`` without a value, a ``table`` without any record for the period,
    a table without records for this ``cell``, one whose records there lack the ``values`` needed, or
    another ``indicator`` without a value; ``back`` years before."""

    what: Literal["parameter", "table", "cell", "values", "indicator"]
    name: str
    back: int = 0


def reason_for(
    packs: Packs,
    spec: IndicatorSpec,
    missing: Sequence[Missing],
    value: float | None,
    year: int,
    as_of: date,
) -> dict[str, str] | None:
    """The sentence in both languages; None where there is a value."""
    if not missing:
        return None if value is not None else _not_computed(spec)
    # The year itself comes first: what it lacks explains more than what a year before it does.
    latest = min(item.back for item in missing)
    missing = [item for item in missing if item.back == latest]
    year -= latest
    first = missing[0]
    if first.what == "parameter":
        label = packs.parameters[first.name].label
        if latest:
            return say("参数“{name}”在{year}年没有取值", name=Named(label), year=year).both()
        return say("参数“{name}”在该期没有取值", name=Named(label)).both()
    if first.what == "indicator":
        label = packs.indicators[first.name].label
        return say("所引用的指标“{name}”在{year}年没有数值", name=Named(label), year=year).both()
    missing = [item for item in missing if item.what not in ("parameter", "indicator")]
    records = list(dict.fromkeys(item.name for item in missing))
    yearly = [name for name in records if packs.records[name].time.year or packs.records[name].time.on]
    names = _Listed([packs.records[name].label for name in records])
    due = max((_due(packs, spec, name, year) for name in yearly), default=date.min)
    if as_of < due:
        return say(
            "{names}尚未公布或未到报送期（约{year}年{month}月）", names=names, year=due.year, month=due.month
        ).both()
    own = [
        packs.records[item.name].label
        for item in missing
        if item.what == "cell" and (place := packs.records[item.name].region) and place.rollup == "own"
    ]
    if own:
        return say("没有该地区自己的{names}，不以上级或下级地区的数代替", names=_Listed(own)).both()
    if all(item.what == "values" for item in missing):
        return say("{names}有记录，但所需的数未填或不合条件", names=names).both()
    if latest:
        return say("缺少{year}年的{names}记录", year=year, names=names).both()
    return say("缺少{names}记录", names=names).both()


def _not_computed(spec: IndicatorSpec) -> dict[str, str]:
    """All is there and the formula still gives no number: a zero below a ratio, or below growth."""
    if "growth(" in spec.value:
        return say("基数为零、为负或为空，不能计算增长率").both()
    return say("分母为零或为空，不能计算").both()


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
