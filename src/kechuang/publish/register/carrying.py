"""Which publications carry figures that a record was in: asked on the snapshot each was published from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from kechuang.errors import Fault, KechuangError
from kechuang.indicators.lineage import Used
from kechuang.indicators.lineage import used_by as used_in
from kechuang.indicators.vintages import Made, Means
from kechuang.publish.register.publication import Publication, PublishedFigure
from kechuang.publish.register.register import Register
from kechuang.records.snapshot import Snapshot


@dataclass(frozen=True)
class CarriedFigures:
    """A publication and those of its figures that the record was in when they were published."""

    number: str
    day: date
    kind: str
    documents: tuple[str, ...]
    figures: tuple[PublishedFigure, ...]

    def as_dict(self) -> dict[str, Any]:
        return {
            "number": self.number,
            "day": self.day.isoformat(),
            "kind": self.kind,
            "documents": list(self.documents),
            "figures": [one.as_dict() for one in self.figures],
        }


@dataclass(frozen=True)
class UsedBy:
    """Where a record is: the figures as of a day, and what was published of it."""

    used: Used
    publications: tuple[CarriedFigures, ...]

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {**self.used.as_dict(), "publications": [one.as_dict() for one in self.publications]}


def used_by(
    register: Register,
    snapshots: Path,
    made: Made,
    type_: str,
    key: str,
    region_codes: Sequence[str],
    years: Iterable[int],
    *,
    means: Means = Means(),
) -> UsedBy:
    """Where the record ``key`` of ``type_`` is, now and in what was published.

    A publication whose snapshot or definitions are gone is left out: ``verify`` tells of it.
    """
    basis = made.basis
    used = used_in(
        basis.packs,
        made.snapshot,
        basis.regions,
        type_,
        key,
        region_codes,
        years,
        made.as_of,
        engine=means.engine,
        address=means.address,
    )
    found: list[CarriedFigures] = []
    known: dict[tuple[str, date, str, tuple[str, ...]], set[tuple[str, str, int]]] = {}
    for entry in register.entries:
        publication, content = register.read(entry), register.basis(entry)
        if isinstance(publication, Fault) or isinstance(content, Fault):
            continue
        inside: list[PublishedFigure] = []
        for digest in publication.snapshots:
            of = [one for one in publication.figures if one.figure.snapshot == digest]
            place = digest, publication.as_of, entry.basis, tuple(publication.regions)
            try:
                if place not in known:
                    then = Made(basis.over(content), Snapshot.open(snapshots / digest), publication.as_of)
                    known[place] = _spots(then, publication, type_, key, means)
            except KechuangError:
                continue
            inside.extend(one for one in of if one.place in known[place])
        if inside:
            documents = tuple(one.path for one in publication.documents)
            found.append(
                CarriedFigures(
                    publication.number, publication.day, publication.kind, documents, tuple(inside)
                )
            )
    return UsedBy(used, tuple(found))


def _spots(
    then: Made, publication: Publication, type_: str, key: str, means: Means
) -> set[tuple[str, str, int]]:
    """The places of a publication's figures that the record was in."""
    years = sorted({int(one.figure.period) for one in publication.figures})
    found = used_in(
        then.basis.packs,
        then.snapshot,
        then.basis.regions,
        type_,
        key,
        publication.regions,
        years,
        then.as_of,
        engine=means.engine,
        address=means.address,
        only=publication.indicators,
    )
    return {(one.indicator, one.region, int(one.period)) for one in found.figures}
