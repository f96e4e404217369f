"""A value of the store as a cell for people: labels for choices, names for regions, dates as dates."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from kechuang.packs.model import FieldSpec, RecordType
from kechuang.records.fields import written
from kechuang.records.samples import sample_row
from kechuang.records.sheets import guarded

if TYPE_CHECKING:
    from kechuang.language.regions import RegionTree

YES_NO = {"zh": ("是", "否"), "en": ("yes", "no")}


class Shown:
    """Shows the rows of a record type; the name of a region is looked up once."""

    def __init__(
        self,
        record_type: RecordType,
        regions: RegionTree | None = None,
        within: str | None = None,
        language: str = "zh",
    ) -> None:
        self.type = record_type
        self.regions = regions
        self.within = within
        self.language = language
        self._names: dict[tuple[str, Any], str] = {}

    def row(self, row: Mapping[str, Any]) -> list[Any]:
        """The cells of a row (field → value as the store keeps it, or a ``date``), in order of the fields."""
        return [self.cell(spec, row.get(name)) for name, spec in self.type.fields.items()]

    def cell(self, spec: FieldSpec, value: Any) -> Any:
        """The cell for a value: text, a number, a ``date`` or None."""
        if value is None:
            return None
        if spec.type == "date":
            return value if isinstance(value, date) else date.fromisoformat(value)
        if spec.type == "choice":
            label = spec.choices.get(value)
            return label.text(self.language) if label else value
        if spec.type == "boolean":
            return YES_NO[self.language][0 if value else 1]
        if spec.type == "region" and self.regions is not None:
            place = ("", value)
            if place not in self._names:
                self._names[place] = self._region(str(value))
            return self._names[place]
        return value

    def sample(self) -> list[Any]:
        """The cells of the sample row."""
        return self.row(sample_row(self.type, self.regions, self.within, self.language))

    def sample_texts(self) -> dict[str, str]:
        """Field → the sample's cell as it reads, where there is one."""
        cells = zip(self.type.fields, self.sample(), strict=True)
        return {name: written(cell) for name, cell in cells if cell is not None}

    def _region(self, code: str) -> str:
        """The name where it leads back to the code, else the code."""
        assert self.regions is not None
        region = self.regions.get(code)
        found = self.regions.find(region.name, self.within) if region else None
        return region.name if region and found and found.code == code else code


def csv_cell(cell: Any) -> Any:
    """A cell as text of a CSV: harmless for a spreadsheet, numbers exact."""
    if isinstance(cell, str):
        return guarded(cell)
    if isinstance(cell, float):
        return repr(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    return "" if cell is None else cell
