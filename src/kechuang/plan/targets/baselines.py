"""Where targets start from: values the text says were reached, given to the targets of the same name and unit."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from kechuang.language.fold import fold
from kechuang.plan.model import Baseline, Target
from kechuang.plan.targets.names import base

_AREA = re.compile(r"^(?:截至?)?(?:全[省市县区州盟旗]|全地区|我[省市县区州]|全社会)")
_SLACK = re.compile(r"(?:的|地区|数量|总数|个数|家数|达到|拥有|共有|已有|已|数)")
#: A base is of the year before the plan or the one before that, never older.
_OLDEST = 2


def with_baselines(
    targets: Sequence[Target], reached: Iterable[Target], period: tuple[int, int] | None
) -> list[Target]:
    """``targets``, those without baseline given the value reached under the same name, in the same unit.

    Growth has no base, and what is newly done each year starts from nothing.
    """
    if period is None:
        return list(targets)
    known: dict[tuple[str, str], Baseline] = {}
    for value in reached:
        fresh = value.year is not None and period[0] - _OLDEST <= value.year < period[0]
        if fresh and value.value is not None and not value.per_year:
            known.setdefault(_key(value), Baseline(value=value.value, year=int(value.year or 0)))
    return [_with(target, known) for target in targets]


def _with(target: Target, known: dict[tuple[str, str], Baseline]) -> Target:
    if target.baseline is not None or target.per_year or base(target.name) != target.name:
        return target
    found = known.get(_key(target))
    return target.model_copy(update={"baseline": found}) if found else target


def _key(target: Target) -> tuple[str, str]:
    name = _SLACK.sub("", _AREA.sub("", fold(target.name)))
    return name.replace("GDP", "生产总值").replace("国内", ""), fold(target.unit)
