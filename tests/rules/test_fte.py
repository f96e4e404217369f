"""R&D personnel in full-time equivalents: the worked examples, the cut-offs, the indicator beside it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kechuang.errors import KechuangError
from kechuang.formula import row_function
from kechuang.packs import load_packs
from kechuang.rules import cases_of, tally

PACKS = load_packs(["st-core"])


def fte(**columns: Sequence[Any]) -> list[dict[str, Any]]:
    rows = len(next(iter(columns.values())))
    table = {"unit": ["示例单位"] * rows, **columns}
    return tally("rd-fte", cases_of(PACKS.rules["rd-fte"], table, PACKS), date(2025, 6, 30), PACKS)


def test_two_full_time_and_three_shares_make_3_2_person_years() -> None:
    assert fte(share=[1, 1, 0.2, 0.3, 0.7]) == [
        {
            "unit": "示例单位",
            "fte": 3.2,
            "fte_raw": 3.2,
            "headcount": 5,
            "full_time": 2,
            "part_time": 3,
            "excluded": 0,
            "unknown": 0,
        }
    ]


def test_the_month_of_176_hours_makes_7_person_months() -> None:
    """3 × 160 h (≥ 90 %: 1 each), 5 × 140 h (0.795 → 0.8), 8 × 16 h (below 10 %: not counted)."""
    hours = [160] * 3 + [140] * 5 + [16] * 8
    found = fte(hours=hours, statutory_hours=[176] * 16)[0]
    assert found["fte"] == 7.0
    assert found["fte_raw"] == pytest.approx(3 + 5 * 140 / 176)
    assert (found["headcount"], found["full_time"], found["part_time"], found["excluded"]) == (8, 3, 5, 8)


@pytest.mark.parametrize(
    ("share", "counted"),
    [
        (0.9, 1.0),
        (0.8999, 0.9),
        (0.85, 0.9),
        (0.84, 0.8),
        (0.1, 0.1),
        (0.15, 0.2),
        (0.0999, 0.0),
        (0, 0.0),
        (1, 1.0),
    ],
)
def test_cut_offs_at_ninety_and_ten_per_cent(share: float, counted: float) -> None:
    assert fte(share=[share])[0]["fte"] == counted


@given(st.lists(st.integers(0, 1000).map(lambda n: n / 1000), min_size=1, max_size=20))
def test_the_rule_counts_as_the_indicator_does(shares: list[float]) -> None:
    """The indicator rd_fte computes the same head by head."""
    source = PACKS.indicators["rd_fte"].let["fte"]
    for name in ("full_time_share", "part_time_share"):
        source = source.replace(
            f"param.rd_fte.{name}", str(PACKS.parameters[f"rd_fte.{name}"].values[-1].value)
        )
    head = row_function(source, {"share"})
    total = sum(float(str(head({"share": share}))) for share in shares)
    assert fte(share=shares)[0]["fte"] == pytest.approx(total)


def test_units_in_order_and_an_unknown_share_leaves_a_range() -> None:
    found = tally(
        "rd-fte",
        cases_of(PACKS.rules["rd-fte"], {"unit": ["乙", "甲", "乙"], "share": [1, 0.5, None]}, PACKS),
        date(2025, 6, 30),
        PACKS,
    )
    assert [row["unit"] for row in found] == ["乙", "甲"]
    assert found[0]["fte"] is None
    assert found[0]["fte_range"] == [1.0, 2.0]
    assert found[0]["unknown"] == 1
    assert found[1]["fte"] == 0.5


def test_the_label_of_a_post_is_neither_kept_nor_told() -> None:
    table = {"unit": ["甲"], "person": ["岗位-某某"], "share": [7]}
    with pytest.raises(KechuangError) as raised:
        cases_of(PACKS.rules["rd-fte"], table, PACKS)
    assert "某某" not in str(raised.value.as_dict())
    cases = cases_of(PACKS.rules["rd-fte"], {**table, "share": [0.7]}, PACKS)
    assert "person" not in cases.columns
