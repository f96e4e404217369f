"""What open data is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from kechuang.indicators import Figure
from kechuang.indicators.exchange import Dataset
from kechuang.packs.model import Packs
from kechuang.plan.model import Plan


@dataclass(frozen=True)
class Licence:
    """Under what terms the data may be used: its ``name`` (an SPDX identifier where it has one) and the
    ``url`` of its text. Both empty: nothing was said, and nothing may be supposed."""

    name: str = ""
    url: str = ""


@dataclass(frozen=True, eq=False)
class Material:
    """``figures`` as anybody may see them, withheld ones without a value; ``data`` the same for SDMX;
    ``home`` the address of the site, where there is one; ``links`` target → indicator."""

    title: str
    publisher: str
    figures: tuple[Figure, ...]
    data: Dataset
    packs: Packs
    plan: Plan | None
    links: Mapping[str, str]
    as_of: date
    prepared: datetime
    sample: bool
    licence: Licence = Licence()
    home: str = ""
    places: Mapping[str, tuple[float, float, str]] = field(default_factory=dict)
