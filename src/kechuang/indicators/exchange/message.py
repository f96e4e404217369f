"""What a file from outside says, before anything is made of it: observations as text, each with its place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from kechuang.errors import Fault, KechuangError, Place
from kechuang.messages import say

Format = Literal["sdmx-csv", "sdmx-ml", "sdmx-json", "dhis2", "adx", "csv"]


@dataclass(frozen=True)
class Observation:
    """Cells by component id (in SDMX) or by the names of this software's components; ``place`` is where it
    stands in its file."""

    values: Mapping[str, str]
    place: Place


@dataclass(frozen=True)
class Message:
    """The observations of a file in their order. ``test``: the file says that it is for test purposes."""

    format: Format
    observations: tuple[Observation, ...]
    test: bool = False
    structure: str | None = None


def check_faults(faults: Sequence[Fault], file: str) -> None:
    """Raises KechuangError with all ``faults``, if there are any."""
    if faults:
        raise KechuangError(
            "exchange-invalid",
            say("文件有{n}处错误，一个值也没有采用", n=len(faults)),
            place=Place(file=file),
            faults=faults,
        )


def at(place: Place, field: str) -> Place:
    """``place``, narrowed to the cell of a component."""
    return replace(place, field=f"{place.field} {field}" if place.field else field)
