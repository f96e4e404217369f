"""Changes of boundaries and places run by another body: what makes a region's figures not what they seem.

Both are data. The country's stand in ``data/boundaries.csv`` and ``data/enclaves.csv`` (see
``data/README.md``); a workspace adds its own (:mod:`kechuang.territory`).
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import Literal, get_args

ChangeKind = Literal["rename", "recode", "merge", "split", "transfer", "establish"]
KINDS: tuple[str, ...] = get_args(ChangeKind)
#: Kinds that leave the territory as it was: figures before and after are of one place.
SAME_TERRITORY = frozenset({"rename", "recode"})


@dataclass(frozen=True)
class BoundaryChange:
    """What regions became what on a day. ``before`` and ``after`` are codes, ``names`` says it in words.

    ``rename`` and ``recode`` leave the territory as it was; ``merge``, ``split``, ``transfer`` and
    ``establish`` (of a new region out of others) do not.
    """

    day: date
    kind: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    names: str
    source: str
    clause: str
    verified: bool = False

    @property
    def codes(self) -> tuple[str, ...]:
        """Every region it touches, once."""
        return tuple(dict.fromkeys([*self.before, *self.after]))

    @property
    def comparable(self) -> bool:
        """Whether figures before and after are of one territory."""
        return self.kind in SAME_TERRITORY


@dataclass(frozen=True)
class Enclave:
    """A region that lies in another but is run by a body of its own (``runner``).

    ``counted`` says whether figures of ``lies_in`` hold it. The cities of the Xinjiang Production and
    Construction Corps are such: their codes stand right below the region, their land in a prefecture.
    """

    code: str
    runner: str
    lies_in: str
    counted: bool
    source: str
    verified: bool = False


@cache
def national_changes() -> tuple[BoundaryChange, ...]:
    """The changes that come with the software, by day."""
    found = [
        BoundaryChange(
            date.fromisoformat(row["date"]),
            row["kind"],
            tuple(row["before"].split()),
            tuple(row["after"].split()),
            row["names"],
            row["source"],
            row["clause"],
            row["verified"] == "yes",
        )
        for row in _rows("boundaries.csv")
    ]
    return tuple(sorted(found, key=lambda change: change.day))


@cache
def national_enclaves() -> tuple[Enclave, ...]:
    """The regions run by another body that come with the software, by code."""
    return tuple(
        Enclave(
            row["code"],
            row["runner"],
            row["lies_in"],
            row["counted"] == "yes",
            row["source"],
            row["verified"] == "yes",
        )
        for row in _rows("enclaves.csv")
    )


def _rows(name: str) -> list[dict[str, str]]:
    source = resources.files("kechuang.language") / "data" / name
    return list(csv.DictReader(source.read_text("utf-8").splitlines()))
