"""Registers are recognised by their formula alone."""

from __future__ import annotations

import pytest

from kechuang.packs import Packs
from kechuang.packs.model import IndicatorSpec
from kechuang.progress.outlook.registers import shape_of


@pytest.mark.parametrize(
    ("indicator", "kind", "table", "unit", "lapses", "ends"),
    [
        ("high_tech_enterprises", "dated", "hte", "uscc", True, 1),
        ("new_rd_institutions", "dated", "rd_institutions", None, False, 1),
        ("agri_parks", "dated", "agri_parks", None, False, 1),
        ("large_instruments", "dated", "instruments", None, False, 1),
        ("a_level_sites", "dated", "scenic_sites", None, False, 1),
        ("st_smes", "yearly", "sme", "uscc", False, 0),
    ],
)
def test_registers_of_the_packs(
    packs: Packs, indicator: str, kind: str, table: str, unit: str | None, lapses: bool, ends: int
) -> None:
    shape = shape_of(packs.indicators[indicator], packs.records)
    assert shape is not None
    assert (shape.kind, shape.table, shape.unit, shape.lapses, len(shape.ends)) == (
        kind,
        table,
        unit,
        lapses,
        ends,
    )


@pytest.mark.parametrize(
    "indicator", ["rd_intensity", "commissioner_coverage", "smart_sites_share", "cold_store_capacity"]
)
def test_what_is_no_plain_count_is_no_register(packs: Packs, indicator: str) -> None:
    assert shape_of(packs.indicators[indicator], packs.records) is None


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("count(hte, hte.issued <= period_end)", True),
        ("count(hte, period_end >= hte.issued and hte.county != '653101')", True),
        ("count(hte, hte.issued <= period_end and period_end < hte.revoked)", True),
        ("count(hte, hte.issued <= period_end or hte.revoked > period_end)", False),
        ("count(hte, year_of(hte.issued) == year)", False),
        ("count(hte, valid_on(hte.issued, hte.revoked, period_start))", False),
        ("100 * count(hte, hte.issued <= period_end)", False),
    ],
)
def test_conditions_are_taken_apart_or_left_alone(packs: Packs, value: str, found: bool) -> None:
    spec = IndicatorSpec.model_validate({
        "indicator": "x",
        "label": {"zh": "甲", "en": "x"},
        "unit": "家",
        "value": value,
        "definition": {"source": "甲", "clause": "乙"},
    })  # fmt: skip
    assert (shape_of(spec, packs.records) is not None) == found
