"""Whatever the store holds is written to a file and read back the same."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kechuang.language.regions import RegionTree
from kechuang.packs import Packs
from kechuang.packs.model import FieldSpec
from kechuang.records.checks import Findings, check_tables
from kechuang.records.fields import Refused, canonical, parser
from kechuang.records.tables import read_table
from kechuang.records.templates import write_table

TODAY = date(2026, 1, 5)
COUNTIES = [region.code for region in RegionTree.national().children("330500")]


def values(spec: FieldSpec) -> st.SearchStrategy[Any]:
    """What the store may hold in a field, as it keeps it."""
    made: st.SearchStrategy[Any] = {
        "text": st.text(max_size=40),
        "choice": st.sampled_from(sorted(spec.choices) or ["x"]),
        "region": st.sampled_from(COUNTIES),
        "date": st.dates(date(1990, 1, 1), TODAY).map(str),
        "year": st.integers(1990, 2025),
        "number": st.floats(0, 1e9).map(lambda x: float(f"{x:.15g}")),
        "integer": st.integers(1, 10**9),
        "uscc": st.just("91350100M000100Y43"),
    }[spec.type]
    if spec.type == "text":
        # What an import keeps of a text: cleaned of control characters and surrounding space.
        made = made.map(lambda text: _kept(spec, text)).filter(lambda text: text is not None)
    return made if spec.required else st.none() | made


def _kept(spec: FieldSpec, text: str) -> Any:
    try:
        return parser(spec, TODAY)(text)
    except Refused:
        return None


@pytest.mark.parametrize("type_", ["agri_parks", "accounts", "rd_survey", "public_budget"])
@pytest.mark.parametrize("suffix", ["xlsx", "csv"])
def test_written_and_read_back(
    packs: Packs, tmp_path_factory: pytest.TempPathFactory, type_: str, suffix: str
) -> None:
    record_type = packs.records[type_]
    row = st.fixed_dictionaries({name: values(spec) for name, spec in record_type.fields.items()})
    path = tmp_path_factory.mktemp("round") / f"a.{suffix}"
    regions = RegionTree.national()

    @settings(max_examples=25, deadline=None)
    @given(st.lists(row, min_size=1, max_size=5))
    def check(rows: list[dict[str, Any]]) -> None:
        write_table(record_type, rows, path, regions=regions, within="330500", fill=False)
        file = read_table(path, packs.records)
        assert file.faults == []
        findings = Findings()
        (table,) = check_tables(
            file.tables, TODAY, findings, regions=regions, within="330500", known=lambda *_: frozenset()
        )
        read = [{name: canonical(value) for name, value in one.values.items()} for one in table.rows]
        assert read == rows
        assert {fault.code for fault in findings.all()} <= {
            "duplicate-key",
            *(check.id for check in record_type.checks),
        }

    check()
