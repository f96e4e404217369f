"""What was published: one publication, its documents, and every figure in them with its lineage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from kechuang.indicators import Figure

FORMAT = 1


@dataclass(frozen=True)
class Document:
    """A document as it was published: ``path`` (below the workspace where it lies there), SHA-256, bytes."""

    path: str
    sha256: str
    size: int


@dataclass(frozen=True)
class PublishedFigure:
    """A figure as it was published. ``definition`` is the digest of what the indicator meant;
    ``parameters`` are the values in force it was computed with, by id."""

    figure: Figure
    definition: str
    parameters: Mapping[str, Any]

    @property
    def place(self) -> tuple[str, str, int]:
        """Indicator, region, year."""
        return self.figure.indicator, self.figure.region, int(self.figure.period)

    def as_dict(self) -> dict[str, Any]:
        content = self.figure.as_dict()
        return {**content, "definition": self.definition, "parameters": dict(self.parameters)}

    @classmethod
    def of(cls, content: Mapping[str, Any]) -> PublishedFigure:
        given = dict(content)
        definition, parameters = given.pop("definition"), given.pop("parameters")
        return cls(Figure(**given), definition, parameters)


@dataclass(frozen=True)
class Publication:
    """``number`` names it; ``day`` is when it was published, ``as_of`` the day its figures know of.

    ``basis`` is the digest of the definitions, parameters, record types and regions it was made by, which
    are kept beside it; ``formulas`` has each indicator's label and formula in words as they were.
    """

    number: str
    day: date
    at: str
    who: str
    kind: str
    language: str
    title: str
    as_of: date
    program: str
    packs: Mapping[str, str]
    basis: str
    documents: tuple[Document, ...]
    formulas: Mapping[str, Mapping[str, Any]]
    figures: tuple[PublishedFigure, ...]

    @property
    def snapshots(self) -> list[str]:
        """Digests of the snapshots its figures were computed on."""
        return list(dict.fromkeys(one.figure.snapshot for one in self.figures))

    @property
    def indicators(self) -> list[str]:
        return list(dict.fromkeys(one.figure.indicator for one in self.figures))

    @property
    def regions(self) -> list[str]:
        return list(dict.fromkeys(one.figure.region for one in self.figures))

    def summary(self) -> dict[str, Any]:
        """What a list tells of it."""
        return {
            "number": self.number,
            "day": self.day.isoformat(),
            "who": self.who,
            "kind": self.kind,
            "language": self.language,
            "title": self.title,
            "as_of": self.as_of.isoformat(),
            "figures": len(self.figures),
            "snapshots": self.snapshots,
            "documents": [asdict(one) for one in self.documents],
        }

    def as_dict(self) -> dict[str, Any]:
        """Plain data, as the register keeps it."""
        return {
            "format": FORMAT,
            "number": self.number,
            "day": self.day.isoformat(),
            "at": self.at,
            "who": self.who,
            "kind": self.kind,
            "language": self.language,
            "title": self.title,
            "as_of": self.as_of.isoformat(),
            "program": self.program,
            "packs": dict(self.packs),
            "basis": self.basis,
            "documents": [asdict(one) for one in self.documents],
            "formulas": {name: dict(one) for name, one in self.formulas.items()},
            "figures": [one.as_dict() for one in self.figures],
        }

    @classmethod
    def of(cls, content: Mapping[str, Any]) -> Publication:
        """The publication that ``content`` keeps; ValueError, KeyError or TypeError where it is none."""
        figures: Sequence[Mapping[str, Any]] = content["figures"]
        return cls(
            **{name: content[name] for name in ("number", "at", "who", "kind", "language", "title")},
            **{name: content[name] for name in ("program", "packs", "basis", "formulas")},
            day=date.fromisoformat(content["day"]),
            as_of=date.fromisoformat(content["as_of"]),
            documents=tuple(Document(**one) for one in content["documents"]),
            figures=tuple(PublishedFigure.of(one) for one in figures),
        )
