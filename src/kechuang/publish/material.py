"""All that a report tells, gathered by whoever asks for it; writers only lay it out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from kechuang.indicators.figure import Figure
from kechuang.packs.model import IndicatorSpec, RecordType
from kechuang.plan.model import Plan
from kechuang.progress import Progress
from kechuang.progress.warnings import Warnings


@dataclass(frozen=True)
class ReportMaterial:
    """What a progress report is made of.

    ``figures``: of the plan's region and the regions below it, all years. ``links``: target id →
    indicator id. ``explanations``: by target id, the JSON of ``indicators explain`` for the latest
    figure. ``returns``: the state of returns by type, region and year (``records.returns``).
    ``regions``: code → name; ``region``: the plan's code. ``sample``: some of the records are made up.
    ``records``: the declared record types, for their names. ``warnings``: those of the day, with what became
    of them.
    ``language``: 'zh' or 'en' for all labels; what is quoted stays as it is.
    """

    title: str
    plan: Plan
    progress: Progress
    figures: Sequence[Figure]
    as_of: date
    specs: Mapping[str, IndicatorSpec] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)
    explanations: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    returns: Sequence[Any] = ()
    regions: Mapping[str, str] = field(default_factory=dict)
    region: str = ""
    sample: bool = False
    language: str = "zh"
    records: Mapping[str, RecordType] = field(default_factory=dict)
    warnings: Warnings | None = None
