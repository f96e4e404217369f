"""The JSON other programs rely on, as contract.md has it, on the example."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]

INDICATORS = (
    "rd_intensity",
    "fiscal_st_share",
    "rd_fte",
    "high_tech_enterprises",
    "commissioner_coverage",
    "agri_parks",
    "new_rd_institutions",
    "st_smes",
)
#: Record types that only come in files of their own; the others also in books of several.
ALONE = (
    "accounts",
    "agri_parks",
    "assignments",
    "commissioners",
    "hte",
    "public_budget",
    "rd_institutions",
    "rd_units",
    "sme",
    "villages",
)
FIGURE = {
    "indicator",
    "region",
    "period",
    "value",
    "unit",
    "status",
    "numerator",
    "denominator",
    "coverage",
    "snapshot",
    "fingerprint",
}


def test_compute_gives_figures_by_prefecture_and_county(demo: Path, run: Run) -> None:
    whole = run("-C", demo, "indicators", "compute", "--json").json
    assert {figure["indicator"] for figure in whole} >= set(INDICATORS)
    assert all(set(figure) >= FIGURE for figure in whole)
    assert {figure["region"] for figure in whole} == {"653100"}
    counties = run(
        "-C", demo, "indicators", "compute", "--by", "county", "--from", 2024, "--to", 2024, "--json"
    ).json
    assert len({figure["region"] for figure in counties}) == 12
    assert {figure["period"] for figure in counties} == {"2024"}


def test_counties_add_up_to_the_prefecture(demo: Path, run: Run) -> None:
    command = ("-C", demo, "indicators", "compute", "--from", 2023, "--to", 2023, "--json")
    whole = {figure["indicator"]: figure["value"] for figure in run(*command).json}
    parts = run(*command, "--by", "county").json
    for indicator in ("rd_fte", "high_tech_enterprises", "agri_parks", "st_smes"):
        values = [figure["value"] or 0 for figure in parts if figure["indicator"] == indicator]
        assert len(values) == 12
        assert sum(values) == pytest.approx(whole[indicator])


@pytest.mark.parametrize("indicator", INDICATORS)
def test_explain_walks_to_records_cells_clause_and_plan_sentence(
    demo: Path, run: Run, indicator: str
) -> None:
    content = run("-C", demo, "indicators", "explain", indicator, "--json").json
    assert content["figure"]["value"] is not None
    assert set(content) >= {"figure", "formula", "terms", "records", "definition", "plan"}
    assert content["formula"]["zh"] and content["formula"]["en"]
    assert content["terms"] and all(
        set(term) >= {"name", "value", "unit", "records"} for term in content["terms"]
    )
    record = content["records"][0]
    assert set(record) >= {"type", "key", "field", "value", "file", "sheet", "cell", "batch", "reviewed_by"}
    assert content["definition"]["source"] and content["definition"]["clause"]
    document = next((demo / "plan" / "source").glob("*.docx"))
    text = run("plan", "text", document).out
    for entry in content["plan"]:
        span = entry["span"]
        assert text[span["start"] : span["end"]] == span["text"]
    assert content["plan"]


def test_the_cell_that_explain_names_holds_the_value(demo: Path, run: Run) -> None:
    from openpyxl import load_workbook

    content = run("-C", demo, "indicators", "explain", "rd_intensity", "--period", 2023, "--json").json
    checked = 0
    for record in content["records"]:
        files = list((demo / "records" / "inbox").glob(record["file"]))
        if files and files[0].suffix == ".xlsx" and checked < 10:
            sheet = load_workbook(files[0], data_only=True)[record["sheet"]]
            assert sheet[record["cell"]].value == pytest.approx(record["value"])
            checked += 1
    assert checked


def test_progress_has_the_keys_of_the_contract(demo: Path, run: Run) -> None:
    content = run("-C", demo, "progress", "--as-of", "2024-06-30", "--json").json
    assert content["as_of"] == "2024-06-30"
    assert content["time_share"] == pytest.approx(0.7, abs=0.005)
    wanted = {
        "id",
        "name",
        "unit",
        "comparator",
        "target",
        "year",
        "baseline",
        "latest",
        "attained",
        "status",
    }
    wanted |= {"methods", "needed_per_year", "forecast", "probability", "why"}
    assert len(content["targets"]) == 8
    for target in content["targets"]:
        assert set(target) >= wanted
        if target["baseline"] is None:
            assert target["attained"] is None
            assert target["why"]
    assert sum(len(programme["tasks"]) for programme in content["programmes"]) == 27
    assert sum(len(safeguard["measures"]) for safeguard in content["safeguards"]) == 20


def test_an_old_snapshot_gives_the_same_digest_and_values_again(demo: Path, run: Run) -> None:
    first = run("-C", demo, "snapshot", "--as-of", "2023-06-30", "--json").json
    figures = run("-C", demo, "indicators", "compute", "--as-of", "2023-06-30", "--json").json
    again = run("-C", demo, "snapshot", "--as-of", "2023-06-30", "--json").json
    assert again == first
    assert run("-C", demo, "indicators", "compute", "--as-of", "2023-06-30", "--json").json == figures
    assert {figure["snapshot"] for figure in figures} == {first["digest"]}
    assert run("-C", demo, "snapshot", "--json").json["digest"] != first["digest"]


def test_the_same_records_give_the_same_digest_elsewhere_in_another_order_on_another_day(
    demo: Path, run: Run, tmp_path: Path
) -> None:
    from kechuang.demo import arrivals_of
    from kechuang.workspace import Workspace

    assert run("init", tmp_path / "other", "--region", "653100", "--name", "另一处").status == 0
    settings = tmp_path / "other" / "kechuang.toml"
    packs = ", ".join(f'"{name}"' for name in Workspace.open(demo).settings.packs)
    settings.write_text(settings.read_text("utf-8").replace('"st-core"', packs), "utf-8")
    other = Workspace.open(tmp_path / "other")
    # Registers that others refer to come first; the rest by type, last to first. Only within a type
    # does the order say which value is the later one.
    registers = {
        spec.reference.split(".")[0]
        for type_ in other.packs.records.values()
        for spec in type_.fields.values()
        if spec.reference
    }
    arrivals = arrivals_of(demo)
    groups: dict[str, list[Any]] = {}
    for arrival in arrivals:  # a return is a book of several types, corrected by files of one
        name = arrival.type or ""
        groups.setdefault(name if name in ALONE else "returns", []).append(arrival)
    for name in sorted(sorted(groups, reverse=True), key=lambda name: name not in registers):
        for arrival in groups[name]:
            result = other.store.import_files(
                [arrival.file], type=arrival.type, who="另一人", nature=arrival.nature
            )
            assert result.ok, result.errors
    assert other.snapshot().digest == run("-C", demo, "snapshot", "--json").json["digest"]


def test_template_fill_import_export_history_and_withdrawal(own_demo: Path, run: Run, tmp_path: Path) -> None:
    exported = tmp_path / "parks.csv"
    assert run("-C", own_demo, "records", "export", "agri_parks", "-o", exported, "--json").status == 0
    lines = exported.read_text("utf-8-sig").splitlines()
    changed = tmp_path / "changed.csv"
    changed.write_text("\n".join([lines[0], lines[1].replace(lines[1].split(",")[0], "示例新园区")]), "utf-8")
    result = run("-C", own_demo, "records", "import", changed, "--type", "agri_parks", "--json")
    assert result.status == 0, result.out
    assert set(result.json) >= {"batch", "type", "rows", "accepted", "errors"}
    assert (result.json["rows"], result.json["accepted"], result.json["errors"]) == (1, 1, [])
    history = run("-C", own_demo, "records", "history", "agri_parks", "示例新园区", "--json").json
    assert len(history) == 1
    assert (
        run("-C", own_demo, "records", "withdraw", "agri_parks", "示例新园区", "--reason", "误报").status == 0
    )
    history = run("-C", own_demo, "records", "history", "agri_parks", "示例新园区", "--json").json
    assert [version["withdrawn"] for version in history] == [False, True]
    assert run("-C", own_demo, "verify").status == 0


def test_every_command_speaks_both_languages(demo: Path, run: Run) -> None:
    chinese = run("-C", demo, "progress").out
    english = run("--lang", "en", "-C", demo, "progress").out
    assert "数据状态" in chinese
    assert "Data status" in english
    assert "数据状态" not in english


def test_records_as_of_a_day_all_some_one_or_how_many(run: Run, demo: Path) -> None:
    def asked(*options: object) -> Any:
        return run("-C", demo, "records", "as-of", "2024-06-30", "accounts", *options, "--json").json

    everything = asked()
    keys = [record["key"] for record in everything]
    assert len(keys) > 3 and keys == sorted(keys)
    assert asked("--count") == {"type": "accounts", "as_of": "2024-06-30", "count": len(keys)}
    assert asked("--limit", 2) == everything[:2]
    assert asked("--limit", 2, "--after", keys[1]) == everything[2:4]
    assert asked("--key", keys[2]) == [everything[2]] and asked("--key", "没有") == []
    shown = run("-C", demo, "records", "as-of", "2024-06-30", "accounts", "--count").out
    assert str(len(keys)) in shown
