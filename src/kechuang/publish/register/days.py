"""Two vintages by their days: figures as known then and then, by the definitions of either day.

What a definition was on a past day is known from what was published by then: packs are files, and only
what was published keeps them. Where nothing was published by a day, today's definitions stand in, and the
result says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from kechuang.errors import Fault, KechuangError
from kechuang.indicators.computation import Progress
from kechuang.indicators.definition import names_of
from kechuang.indicators.vintages import (
    Basis,
    DefinitionChange,
    FigureChange,
    Made,
    Means,
    changed_definitions,
    compare,
)
from kechuang.messages import say
from kechuang.publish.register.register import Register


@dataclass(frozen=True)
class Vintages:
    """The figures that differ between ``first`` and ``last``, and the definitions that do. ``publications``
    names, for either day, the publication each indicator's definition is of (those not named: today's)."""

    first: date
    last: date
    snapshots: tuple[str, str]
    changes: tuple[FigureChange, ...]
    definitions: tuple[DefinitionChange, ...]
    publications: tuple[dict[str, str], dict[str, str]]

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "from": self._side(0),
            "to": self._side(1),
            "changes": [one.as_dict() for one in self.changes],
            "definitions": [one.as_dict() for one in self.definitions],
        }

    def _side(self, side: int) -> dict[str, Any]:
        day = (self.first, self.last)[side]
        return {
            "day": day.isoformat(),
            "snapshot": self.snapshots[side],
            "definitions": self.publications[side],
        }


def compare_days(
    register: Register,
    first: Made,
    last: Made,
    today: date,
    region_codes: Sequence[str],
    years: Iterable[int],
    only: Sequence[str] | None = None,
    *,
    means: Means = Means(),
    progress: Progress | None = None,
) -> Vintages:
    """How figures as of ``last`` differ from those as of ``first``; ``made`` of today's definitions, which
    are put back to those of their days here."""
    if first.as_of > last.as_of:
        raise KechuangError(
            "days-reversed",
            say("起始日{first}晚于终止日{last}", first=first.as_of.isoformat(), last=last.as_of.isoformat()),
            remedy=say("请核对 --from-day 和 --to-day。"),
        )
    names = names_of(last.basis.packs, only)
    old, old_of = _as_defined(register, first, names)
    new, new_of = (last, {}) if last.as_of >= today else _as_defined(register, last, names)
    changes = compare(old, new, region_codes, years, names, means=means, progress=progress)
    return Vintages(
        first.as_of,
        last.as_of,
        (first.snapshot.digest, last.snapshot.digest),
        tuple(changes),
        tuple(changed_definitions(old.basis, new.basis, names, region_codes)),
        (old_of, new_of),
    )


def _as_defined(register: Register, made: Made, names: Sequence[str]) -> tuple[Made, dict[str, str]]:
    """``made`` with the definitions as last published by its day, and which publication each is of."""
    basis: Basis = made.basis
    told: dict[str, str] = {}
    for entry in register.entries:
        publication, content = register.read(entry), register.basis(entry)
        if isinstance(publication, Fault) or isinstance(content, Fault) or publication.day > made.as_of:
            continue
        basis = basis.over(content)
        told.update({name: entry.number for name in publication.indicators if name in names})
    return replace(made, basis=basis), told
