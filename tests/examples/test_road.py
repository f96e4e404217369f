"""The example on the product's own road: every file imports, and the figures are those worked by hand."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from types import ModuleType

import pytest

from kechuang.demo import build_example
from kechuang.workspace import Workspace

YEARS = range(2020, 2026)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The example with all its files imported on their days."""
    return build_example(tmp_path_factory.mktemp("road") / "kashgar", "kashgar", lambda *_: None)


def test_all_files_import(built: Workspace) -> None:
    imported = {batch.file for batch in built.store.batches()}
    inbox = {path.name for path in (built.folder / "records" / "inbox").iterdir()}
    assert imported == inbox


def test_figures_are_those_worked_by_hand(built: Workspace, kashgar: Path, by_hand: ModuleType) -> None:
    workspace = built
    found = workspace.by_indicator(workspace.figures(years=YEARS), workspace.settings.region)
    tables = by_hand.records(kashgar)
    for year in YEARS:
        for indicator, value in by_hand.series(tables, year).items():
            (figure,) = [one for one in found[indicator] if one.period == str(year)]
            assert figure.value == pytest.approx(value, rel=1e-9), (indicator, year)
            assert figure.status == "sample"


def test_the_past_is_kept(built: Workspace) -> None:
    """Before a slip was corrected the figure was another one, and still is as of that day."""
    workspace = built

    def spending(day: date) -> float | None:
        figures = workspace.figures(day, only=["rd_intensity"], years=range(2023, 2024))
        return next(one.value for one in figures if one.region == workspace.settings.region)

    before, after = spending(date(2024, 6, 1)), spending(date(2024, 7, 1))
    assert before is not None
    assert after is not None
    assert before > 1.05 * after


def test_coverage_shows_the_returns_still_out(built: Workspace) -> None:
    workspace = built
    figures = workspace.figures(only=["rd_intensity"], years=YEARS)
    share = {one.period: one.coverage for one in figures if one.region == workspace.settings.region}
    assert share["2024"] == 1
    assert share["2022"] is not None
    assert share["2025"] is not None
    assert 0.9 < share["2022"] < share["2025"] < 1


def test_every_task_and_measure_is_proved_by_records_the_example_holds(
    built: Workspace,
) -> None:
    workspace = built
    found = workspace.evidence()
    assert len(found.actions) == 47
    assert found.unproved == ()
    assert {action.missing for action in found.actions} == {()}
    for action in found.actions:
        assert all(proof.held.sample or proof.type == "agri_parks" for proof in action.proofs)
    entries = {action.id: action for action in found.actions}
    assert all(proof.held.records < 10 for proof in entries["P5.1"].proofs)


def test_some_returns_of_the_fields_come_late_and_some_never(built: Workspace) -> None:
    workspace = built
    first = {
        version.key: version.first_recorded_at.date()
        for version in workspace.store.as_of(workspace.today, "ecommerce_sales")
        if version.first_recorded_at
    }
    deadline = workspace.packs.records["ecommerce_sales"].deadline
    assert deadline is not None
    late = {key for key, day in first.items() if day > deadline.for_year(int(key.split("|")[1]))}
    assert "653125|2023" in late
    assert len(first) == 12 * 5 - 1 and "653128|2025" not in first


def test_every_indicator_is_computed_and_its_page_tells_what_it_is(built: Workspace, root: Path) -> None:
    """The definition pages are made of this file: it must be what the example gives."""
    workspace = built
    held = json.loads((root / "docs" / "assets" / "example-figures.json").read_text("utf-8"))
    as_of = date.fromisoformat(held["as_of"])
    assert set(held["indicators"]) == set(workspace.packs.indicators)
    figures = workspace.figures(as_of, region_codes=[held["region"]], years=YEARS)
    found = {(one.indicator, one.period): one for one in figures}
    for name, told in held["indicators"].items():
        figure = found[name, told["period"]]
        assert figure.value == pytest.approx(told["value"], rel=1e-9), name
        assert (figure.unit, figure.status) == (told["unit"], told["status"])
        assert told["records"] > 0
        assert (root / "docs" / "reference" / "indicators" / f"{name}.md").is_file()
