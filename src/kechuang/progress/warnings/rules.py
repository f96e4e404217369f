"""The thresholds in force on a day: those of the packs, changed by the workspace's ``warnings.yaml``.

```yaml
escalate_days: 10
escalate_to: 地区行署办公室
rules:
  milestone-delay: {levels: {yellow: 15, orange: 60, red: 120}}
  stale-data: {off: true}
```
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from pydantic import Field

from kechuang.declared import line_of, read_yaml, validated
from kechuang.errors import Fault, KechuangError, Place, listed, system_trouble
from kechuang.messages import say
from kechuang.packs.model import Declared, Level, Packs, WarningRule
from kechuang.progress.warnings.model import LEVELS

FILE = "warnings.yaml"


class OfficeRule(Declared):
    """What an office changes of one rule."""

    off: bool = False
    levels: dict[Level, float] | None = None
    missed: Level | None = None


class OfficeRules(Declared):
    """The file ``warnings.yaml``."""

    escalate_days: int | None = Field(default=None, ge=0)
    escalate_to: str | None = None
    rules: dict[str, OfficeRule] = Field(default_factory=dict)


@dataclass(frozen=True)
class Rule:
    """One rule as it holds: ``levels`` from the lightest; more is worse unless ``below``."""

    id: str
    measure: str
    below: bool
    levels: tuple[tuple[Level, float], ...]
    missed: Level | None

    def level(self, measure: float) -> Level | None:
        """The gravest level whose threshold ``measure`` has reached (``below``: is under)."""
        reached = [
            level for level, limit in self.levels if (measure < limit if self.below else measure >= limit)
        ]
        return reached[-1] if reached else None

    @property
    def lightest(self) -> float:
        """The threshold from which there is a warning at all."""
        return self.levels[0][1]


@dataclass(frozen=True)
class Rules:
    """All rules by what they measure; when and to whom what nobody acknowledges is escalated."""

    by_measure: Mapping[str, Rule] = field(hash=False)
    escalate_days: int | None = None
    escalate_to: str | None = None

    def get(self, measure: str) -> Rule | None:
        return self.by_measure.get(measure)


def rules_of(packs: Packs, day: date, folder: Path | None = None, above: str | None = None) -> Rules:
    """The rules on ``day``; ``folder`` may hold ``warnings.yaml``. ``above`` is told of what nobody deals
    with, unless that file names another. KechuangError for a file that cannot be read, an unknown rule and
    thresholds out of order, all at once."""
    office = _office(folder / FILE, packs) if folder is not None else OfficeRules()
    found: dict[str, Rule] = {}
    for declared in packs.warnings.values():
        value, changed = declared.at(day), office.rules.get(declared.id, OfficeRule())
        if value is None or changed.off:
            continue
        levels = changed.levels if changed.levels is not None else value.levels
        found[declared.measure] = Rule(
            declared.id,
            declared.measure,
            declared.below,
            tuple((level, levels[level]) for level in LEVELS if level in levels),
            changed.missed or value.missed,
        )
    days = office.escalate_days
    if days is None:
        parameter = packs.parameters.get("warnings.escalate_days")
        given = parameter.at(day) if parameter is not None else None
        days = None if given is None else int(given.value)
    return Rules(found, days, office.escalate_to or above)


def _office(path: Path, packs: Packs) -> OfficeRules:
    try:
        content = read_yaml(path)
    except FileNotFoundError:
        return OfficeRules()
    except OSError as error:
        raise KechuangError(
            "file-unreadable",
            say("文件读不出来：{problem}", problem=system_trouble(error)),
            place=Place(file=str(path)),
        ) from None
    office = validated(OfficeRules, content if content is not None else {}, path)
    faults = []
    for name, changed in office.rules.items():
        place = Place(file=str(path), line=line_of(content, ("rules", name)))
        declared = packs.warnings.get(name)
        if declared is None:
            known = listed(sorted(packs.warnings))
            problem = say("没有名为“{name}”的预警规则，可用的有：{known}", name=name, known=known)
            faults.append(Fault("warning-rule-unknown", problem, place))
        elif changed.levels is not None and uneven(declared, changed.levels):
            problem = say("规则“{name}”的阈值须由轻到重依次加严，至少一级", name=name)
            faults.append(Fault("warning-levels", problem, place))
    if faults:
        raise KechuangError(faults[0].code, faults[0].message, place=faults[0].place, faults=faults)
    return office


def uneven(rule: WarningRule, levels: Mapping[Level, float]) -> bool:
    """Whether thresholds do not get stricter from blue to red (or there is none)."""
    limits = [levels[level] for level in LEVELS if level in levels]
    ordered = sorted(set(limits), reverse=rule.below)
    return not limits or limits != ordered
