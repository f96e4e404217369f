"""The sample row of a template: made-up values that read well, and are known again when the file comes back."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any

from kechuang.packs.model import FieldSpec, RecordType
from kechuang.records import places, uscc

if TYPE_CHECKING:
    from kechuang.language.regions import RegionTree

_CODE = "91000000MA0000000"  # of no place and no organisation
_DAY, _END, _YEAR = date(2024, 2, 29), date(2025, 12, 31), 2024


def sample_row(
    record_type: RecordType,
    regions: RegionTree | None = None,
    within: str | None = None,
    language: str = "zh",
) -> dict[str, Any]:
    """Field → value as the store keeps it. A field nothing sensible is known for stays empty."""
    ends = record_type.time.to  # most records have not ended
    return {
        name: None
        if name == ends and not spec.required
        else _value(spec, regions, within, language, late=name == ends)
        for name, spec in record_type.fields.items()
    }


def _value(
    spec: FieldSpec, regions: RegionTree | None, within: str | None, language: str, *, late: bool
) -> Any:
    given = _given(spec)
    if given is not None:
        return given
    if spec.type == "uscc":
        return _CODE + uscc.check_digit(_CODE)
    if spec.type == "region":
        named = places.choices(regions, within, spec.level) if regions is not None else []
        return named[0].code if named else None
    if spec.type == "choice":
        return next(iter(spec.choices), None)
    if spec.type == "boolean":
        return True
    if spec.type == "date":
        return (_END if late else _DAY).isoformat()
    if spec.type == "text":
        if spec.pattern is not None:
            return None
        return f"Sample {spec.label.en.lower()}"[:40] if language == "en" else f"示例{spec.label.zh}"[:20]
    if spec.type != "year" and not spec.required:
        return None  # parts of a whole: any number made up would contradict the others
    wanted = _YEAR if spec.type == "year" else 10
    low = wanted if spec.min is None else max(spec.min, wanted)
    number = low if spec.max is None else min(low, spec.max)
    return float(number) if spec.type == "number" else int(number)


def _given(spec: FieldSpec) -> Any:
    """A sample the pack itself gives, where it is a value the field can take as written."""
    if spec.sample is None or not spec.sample.values:
        return None
    given = spec.sample.values[0]
    kinds: dict[str, type | tuple[type, ...]] = {
        "number": (int, float),
        "integer": int,
        "year": int,
        "boolean": bool,
    }
    if not isinstance(given, kinds.get(spec.type, str)):
        return None
    if spec.type == "choice" and given not in spec.choices:
        return None
    if spec.type == "date" and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", str(given)):
        return None
    if spec.pattern is not None and not re.fullmatch(spec.pattern, str(given)):
        return None
    return None if spec.type in {"uscc", "region"} else given
