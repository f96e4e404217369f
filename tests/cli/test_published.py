"""The register from the command line, on the example: publish, correct, verify, ask where a record is."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]


@pytest.fixture(scope="module")
def published(demo: Path, tmp_path_factory: pytest.TempPathFactory, run: Run) -> Path:
    """A copy of the example with one report published and one return corrected since."""
    folder = Path(shutil.copytree(demo, tmp_path_factory.mktemp("published") / "own"))
    page = folder / "out" / "page.html"
    ran = run("-C", folder, "publish", "report", "progress", "-o", page, "--who", "规划科", "--json")
    assert ran.status == 0 and ran.json["publication"].startswith("P")
    table = folder / "rd.csv"
    run("-C", folder, "records", "export", "rd_survey", "-o", table)
    with table.open(encoding="utf-8-sig", newline="") as stream:
        head, *rows = csv.reader(stream)
    row = next(row for row in rows if row[3] == "2023")
    for column in (4, 5):  # expenditure and its part, so that the parts still add up
        row[column] = str(float(row[column]) + 500)
    with (folder / "fix.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([head, row])
    ran = run("-C", folder, "records", "import", folder / "fix.csv", "--type", "rd_survey", "--who", "统计科")
    assert ran.status == 0, ran.out + ran.err
    (folder / "key.txt").write_text(f"{row[0]}|2023", "utf-8")
    return folder


def test_a_publication_is_listed_and_shown(published: Path, run: Run) -> None:
    (one,) = run("-C", published, "publish", "list", "--json").json
    assert one["who"] == "规划科" and one["documents"][0]["path"] == "out/page.html"
    shown = run("-C", published, "publish", "show", one["number"], "--json").json
    assert len(shown["figures"]) == one["figures"] > 100
    assert {"indicator", "region", "period", "value", "unit", "status", "fingerprint", "definition"} <= set(
        shown["figures"][0]
    )
    assert (
        run("-C", published, "publish", "show", "1").out
        == run("-C", published, "publish", "show", one["number"]).out
    )


def test_a_publication_that_is_not_there_is_refused(published: Path, run: Run) -> None:
    ran = run("-C", published, "publish", "show", "P1")
    assert ran.status == 1 and "P1" in ran.err and "publish list" in ran.err


def test_verify_names_the_figures_of_one_corrected_record(published: Path, run: Run) -> None:
    key = (published / "key.txt").read_text("utf-8")
    found = run("-C", published, "verify", "--json")
    assert found.status == 0 and found.json["ok"] and not found.json["findings"]
    open_ = [one for one in found.json["corrections"] if one["outstanding"]]
    county = open_[1]["region"]
    assert {(one["indicator"], one["region"], one["period"]) for one in open_} == {
        ("rd_intensity", "653100", "2023"),
        ("rd_intensity", county, "2023"),
    }
    for one in open_:
        (record,) = one["records"]
        assert (record["type"], record["key"], record["what"]) == ("rd_survey", key, "corrected")
        assert record["file"] == "fix.csv" and record["who"] == "统计科"
        assert record["cells"] == {"expenditure": "E2", "basic": "F2"}
        assert len(record["versions"]) == 2
    told = run("-C", published, "verify").out
    assert "需发更正说明" in told and key in told and "fix.csv E2,F2" in told
    assert "need a notice of correction" in run("-C", published, "--lang", "en", "verify").out


def test_the_way_back_from_the_record(published: Path, run: Run) -> None:
    key = (published / "key.txt").read_text("utf-8")
    found = run("-C", published, "records", "used", "rd_survey", key, "--json").json
    used = {(one["indicator"], one["period"]) for one in found["figures"]}
    assert used == {("rd_intensity", "2023"), ("rd_expenditure", "2023")}
    assert len(found["publications"]) == 1 and len(found["publications"][0]["figures"]) == 2
    assert key in run("-C", published, "records", "used", "rd_survey", key).out
    assert run("-C", published, "records", "used", "rd_servey", key).status == 1


def test_two_days_are_compared(published: Path, run: Run) -> None:
    command = ("-C", published, "indicators", "compare", "--indicator", "rd_intensity", "--region", "653100")
    found = run(*command, "--from-day", "2024-01-31", "--to-day", "2024-12-31", "--json").json
    changes = {one["period"]: one for one in found["changes"]}
    assert changes and all(one["reasons"] for one in changes.values())
    for one in changes.values():
        for term in one["terms"]:
            if term["adds_up"]:
                total = sum(share["change"] for share in term["records"])
                assert total == pytest.approx((term["new"] or 0) - (term["old"] or 0))
    assert run(*command, "--from-day", "2024-12-31", "--to-day", "2024-01-31").status == 1
    assert run(*command, "--from-day", "someday").status == 1


def test_definitions_are_as_published(published: Path, run: Run) -> None:
    assert run("-C", published, "indicators", "changed", "--json").json == []


def test_a_draft_is_not_published(published: Path, run: Run) -> None:
    before = run("-C", published, "publish", "list", "--json").json
    page = published / "out" / "draft.html"
    ran = run("-C", published, "publish", "report", "progress", "-o", page, "--draft", "--json")
    assert ran.json["publication"] is None and page.is_file()
    assert run("-C", published, "publish", "list", "--json").json == before
