"""Figures of every kind to send: values, no values, all statuses, units with and without scale."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import strategies as st

from kechuang.indicators.exchange import Dataset, dataset
from kechuang.indicators.figure import Figure
from kechuang.language.regions import RegionTree
from kechuang.packs import Packs, built_in_packs, load_packs
from kechuang.packs.model import Label

REGIONS = RegionTree.national()
TITLE = Label(zh="某地区规划", en="A regional plan")
PREPARED = datetime(2026, 1, 31, 8, 0, tzinfo=UTC)
_PACKS = load_packs(built_in_packs())
KNOWN = _PACKS.indicators
AREAS = ["330000", "330500", "330502", "330503", "330521", "110000"]


def made(figures: Sequence[Figure], **said: object) -> Dataset:
    return dataset(figures, _PACKS, REGIONS, title=TITLE, prepared=PREPARED, **said)  # type: ignore[arg-type]


def in_order(figures: Sequence[Figure]) -> list[Figure]:
    return sorted(figures, key=lambda one: (one.indicator, one.region, one.period))


@pytest.fixture(scope="session")
def packs() -> Packs:
    return _PACKS


@pytest.fixture
def some() -> list[Figure]:
    """A few figures with every peculiarity: none, sample, provisional, 亿元, %, a comment with odd signs."""
    return [
        Figure("rd_intensity", "330500", "2023", 2.9, "%", "final", 290.0, 10.0, 1.0, "s" * 64, "f" * 64),
        Figure("rd_intensity", "330500", "2024", 3.0000000000000004, "%", "provisional", coverage=0.25),
        Figure(
            "rd_intensity",
            "330521",
            "2024",
            None,
            "%",
            "provisional",
            verified=False,
            as_of="2025-01-31",
            reason={"zh": "“表”<尚未>公布；a=b", "en": 'not "yet" <due>; 100% & it\'s late\nnext line'},
        ),
        Figure("high_tech_enterprises", "330521", "2024", 12.0, "家", "sample"),
        Figure("chain_revenue", "330500", "2024", 1e16, "亿元", "estimated"),
        Figure("energy_per_added", "330502", "2022", -0.1, "吨标准煤/万元", "final"),
    ]


_NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
_TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Cn")) | st.sampled_from("\n\t"), min_size=1
)


@st.composite
def figures(draw: st.DrawFn) -> list[Figure]:
    """Any figures of the built-in indicators, each region and year once."""
    keys = draw(
        st.lists(
            st.tuples(
                st.sampled_from(sorted(_PACKS.indicators)),
                st.sampled_from(AREAS),
                st.integers(1949, 2060).map(str),
            ),
            unique=True,
            min_size=1,
            max_size=8,
        )
    )
    found = []
    for indicator, region, year in keys:
        reason = draw(st.none() | st.fixed_dictionaries({"zh": _TEXT, "en": _TEXT}))
        found.append(
            Figure(
                indicator,
                region,
                year,
                draw(st.none() | _NUMBERS),
                _PACKS.indicators[indicator].unit,
                draw(st.sampled_from(["final", "provisional", "estimated", "sample"])),
                draw(st.none() | _NUMBERS),
                draw(st.none() | _NUMBERS),
                draw(st.none() | st.floats(0, 1)),
                draw(st.just("") | st.text("0123456789abcdef", min_size=64, max_size=64)),
                draw(st.just("") | st.text("0123456789abcdef", min_size=64, max_size=64)),
                draw(st.none() | st.dates().map(str)),
                draw(st.booleans()),
                reason,
            )
        )
    return found


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"
