"""A dry run tells what an import would change, and changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kechuang.records import preview


def counts(result: Any) -> dict[str, int]:
    return {name: result.as_dict()[name] for name in ("new", "corrected", "unchanged")}


def test_it_says_what_the_import_then_does(office: Any) -> None:
    row = office.survey
    office.bring(office.write("a.csv", row(1), row(2), row(3)))
    before = office.stored()
    path = office.write("b.csv", row(1), row(2, amount=20), row(3, county="德清县", amount=None), row(4))
    assert not office.bring(path, dry_run=True).previews  # with errors there is nothing to foresee
    path = office.write("b.csv", row(1), row(2, amount=20), row(3, county="德清县", amount=7), row(4))
    dry = office.bring(path, dry_run=True)
    assert office.stored() == before
    (one,) = dry.as_dict()["preview"]
    assert {k: one[k] for k in ("file", "type", "rows", "new", "corrected", "unchanged", "more")} == {
        "file": "b.csv", "type": "rd_survey", "rows": 4, "new": 1, "corrected": 2, "unchanged": 1, "more": 0,
    }  # fmt: skip
    assert [(c["row"], c["field"], c["old"], c["new"]) for c in one["changes"]] == [
        (3, "expenditure", 12.5, 20.0),
        (4, "county", "330523", "330521"),
        (4, "expenditure", 12.5, 7.0),
    ]
    assert one["changes"][0]["key"] == f"{office.code(2)}|2024"
    assert counts(office.bring(path)) == counts(dry) == {"new": 1, "corrected": 2, "unchanged": 1}
    assert counts(office.bring(path, dry_run=True)) == {"new": 0, "corrected": 0, "unchanged": 4}


def test_withdrawn_and_waiting_records_are_foreseen_as_they_are_stored(make: Callable[..., Any]) -> None:
    office = make(review=True)
    path = office.write("a.csv", office.survey(1))
    first = office.bring(path).as_dict()["batch"]
    assert counts(office.bring(office.write("b.csv", office.survey(1, amount=3)), dry_run=True))["new"] == 1
    office.store.accept(first, "审核科")
    assert counts(office.bring(office.folder / "b.csv", dry_run=True))["corrected"] == 1
    sample = office.bring(path, dry_run=True, nature="sample")
    assert counts(sample)["corrected"] == 1 and not sample.previews[0].changes


def test_many_changes_are_counted(office: Any) -> None:
    many = preview.MOST + 30
    office.bring(office.write("a.csv", *[office.survey(n) for n in range(many)]))
    dry = office.bring(
        office.write("b.csv", *[office.survey(n, amount=1) for n in range(many)]), dry_run=True
    )
    (one,) = dry.previews
    assert (len(one.changes), one.more, one.corrected) == (preview.MOST, 30, many)
