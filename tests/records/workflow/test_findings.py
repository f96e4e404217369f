"""Warnings kept with their batch: under review each is explained before it is submitted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from kechuang.errors import KechuangError

SENDER, REVIEWER = "县填报岗", "市审核岗"


def test_a_warning_keeps_a_batch_back_until_it_is_explained(make: Callable[..., Any], output: Any) -> None:
    office = make(review=True)
    result = office.bring(output(安吉县=2000, 德清县=3000, 长兴县=500), who=SENDER)
    batch = result.outcomes[0]
    assert (result.ok, batch.state) == (True, "draft"), "nothing is lost"
    desk = office.store.workflow
    with pytest.raises(KechuangError) as caught:
        desk.submit(batch.batch, SENDER)
    assert caught.value.code == "unexplained"
    assert [fault.place.row for fault in caught.value.faults] == [2, 3], "a hint needs no word"
    assert desk.explain(batch.batch, [1], "新厂投产", SENDER) == [1]
    with pytest.raises(KechuangError) as caught:
        desk.submit(batch.batch, SENDER)
    assert [fault.place.row for fault in caught.value.faults] == [3]
    for numbers, code in (([9], "unknown-finding"), ([2, 9], "unknown-finding")):
        with pytest.raises(KechuangError) as caught:
            desk.explain(batch.batch, numbers, "…", SENDER)
        assert caught.value.code == code
    assert desk.explain(batch.batch, None, "口径扩大", SENDER) == [2]
    assert desk.submit(batch.batch, SENDER).state == "submitted"
    first, second, hint = (remark.as_dict() for remark in desk.remarks(batch.batch))
    assert (first["code"], first["severity"], first["row"], first["column"]) == ("large", "warning", 2, "C")
    assert first["message"] == {"zh": "产值偏大", "en": "Output is large"}
    assert [one["text"] for one in first["explanations"]] == ["新厂投产"]
    assert second["explanations"][0]["who"] == SENDER and not second["open"]
    assert (hint["severity"], hint["open"], hint["explanations"]) == ("hint", False, [])
    office.store.accept(batch.batch, REVIEWER)
    with pytest.raises(KechuangError) as caught:
        desk.explain(batch.batch, [1], "后补", SENDER)
    assert caught.value.code == "batch-closed"
    steps = office.store.history("output", "330523|2026")[0].steps
    assert [step.action for step in steps] == [
        "imported",
        "explained",
        "explained",
        "submitted",
        "accepted",
        "counted",
    ]
    assert office.store.verify() == []


def test_an_explanation_at_the_import_lets_it_through(make: Callable[..., Any], output: Any) -> None:
    office = make(review=True)
    batch = office.bring(output(安吉县=2000), who=SENDER, explain="新厂投产").outcomes[0]
    assert batch.state == "submitted"
    (remark,) = office.store.workflow.remarks(batch.batch)
    assert remark.explanations[0].text == "新厂投产"
    kept = office.bring(output(德清县=2000), who=SENDER, explain="新厂投产", draft=True).outcomes[0]
    assert kept.state == "draft", "a draft that was asked for stays one"
    office.store.workflow.submit(kept.batch, SENDER)


def test_an_empty_explanation_is_none(make: Callable[..., Any], output: Any) -> None:
    office = make(review=True)
    with pytest.raises(KechuangError) as caught:
        office.bring(output(安吉县=2000), who=SENDER, explain="  ")
    assert caught.value.code == "no-reason"
    assert office.stored() == (0, 0)


def test_hints_and_remarks_on_the_form_of_a_file_hold_nothing_up(
    make: Callable[..., Any], output: Any
) -> None:
    office = make(review=True)
    assert office.bring(output(安吉县=500), who=SENDER).outcomes[0].state == "submitted"
    survey = office.bring(office.write("a.csv", office.survey(1)), who=SENDER).outcomes[0]
    assert survey.state == "submitted"
    (remark,) = office.store.workflow.remarks(survey.batch)
    assert remark.code == "optional-column" and not remark.open


def test_without_review_warnings_pass_and_are_kept(make: Callable[..., Any], output: Any) -> None:
    office = make()
    batch = office.bring(output(安吉县=2000), explain="新厂投产").outcomes[0]
    assert batch.state == "accepted"
    (remark,) = office.store.workflow.remarks(batch.batch)
    assert remark.explanations[0].text == "新厂投产"
    plain = office.bring(output(德清县=2000)).outcomes[0]
    assert plain.state == "accepted" and office.store.workflow.remarks(plain.batch)[0].open


def test_warnings_wait_through_return_and_resubmission(make: Callable[..., Any], output: Any) -> None:
    office = make(review=True)
    first = office.bring(output(安吉县=2000), who=SENDER, explain="新厂投产").outcomes[0].batch
    office.store.send_back(first, REVIEWER, "附凭证")
    mended = office.bring(output(安吉县=2001), who=SENDER, replaces=first).outcomes[0]
    assert mended.state == "draft", "the warning of the new figure is not explained by the old word"
    office.store.workflow.explain(mended.batch, None, "凭证已附", SENDER)
    assert office.store.workflow.submit(mended.batch, SENDER).state == "resubmitted"


def test_findings_belong_to_their_file_and_sheet(make: Callable[..., Any], output: Any) -> None:
    office = make()
    one, two = office.bring(output(安吉县=2000), office.write("s.csv", office.survey(1))).outcomes
    assert [r.code for r in office.store.workflow.remarks(one.batch)] == ["large"]
    assert [r.code for r in office.store.workflow.remarks(two.batch)] == ["optional-column"]


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE records_finding SET code = 'small'",
        "UPDATE records_finding SET message = '{}'",
        "DELETE FROM records_finding",
    ],
)
def test_a_changed_finding_shows(make: Callable[..., Any], output: Any, sql: str) -> None:
    office = make()
    office.bring(output(安吉县=2000))
    from django.db import connections

    with connections[office.store.alias].cursor() as cursor:
        cursor.execute(sql)
    assert [fault.code for fault in office.store.verify()] == ["audit-findings-changed"]


def test_the_reviewer_sees_what_would_change(make: Callable[..., Any], output: Any) -> None:
    office = make(review=True)
    first = office.bring(output(安吉县=10), who=SENDER).outcomes[0].batch
    office.store.accept(first, REVIEWER)
    second = office.bring(output(安吉县=12, 德清县=7), who=SENDER).outcomes[0].batch
    told = office.store.workflow.changes(second)
    assert told["total"] == 2
    by_key = {one["key"]: one for one in told["changes"]}
    assert by_key["330523|2026"]["what"] == "corrected"
    assert by_key["330523|2026"]["fields"] == {"amount": [10.0, 12.0]}
    assert by_key["330521|2026"]["what"] == "new"
    office.store.accept(second, REVIEWER)
    gone = office.store.withdraw("output", "330523|2026", SENDER, "误报")
    assert office.store.workflow.changes(gone)["changes"][0]["what"] == "withdrawn"
    assert len(office.store.workflow.changes(second, limit=1)["changes"]) == 1
