"""What becomes of warnings: raised, acknowledged, snoozed, opened again, escalated - all in the chain."""

from __future__ import annotations

import sqlite3
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from kechuang.errors import KechuangError
from kechuang.language.regions import RegionTree
from kechuang.messages import literal
from kechuang.packs import load_packs
from kechuang.packs.model import Level
from kechuang.progress.warnings import Finding, Reason, Rules, Warned, acknowledge, entries, record, told
from kechuang.records.database import connect
from kechuang.records.store import Store

PACKS = load_packs(["st-core"])
RULES = Rules({}, 14, "行署办")


def finding(subject: str = "P1.1", **rules: Level) -> Finding:
    made = [Reason(rule, level, 1.0, literal(rule), literal("办")) for rule, level in rules.items()]
    made.sort(key=lambda reason: -["blue", "yellow", "orange", "red"].index(reason.level))
    return Finding(subject, "task", literal("任务"), ("工信局",), tuple(made))


class Office:
    def __init__(self, folder: Path) -> None:
        self.path = folder / "kechuang.db"
        self.now = datetime(2024, 1, 8, 9)
        self.store = Store(
            connect(self.path), PACKS, RegionTree.national(), clock=lambda: self.now, region="330500"
        )

    @property
    def today(self) -> date:
        return self.now.date()

    def later(self, days: int) -> None:
        self.now += timedelta(days=days)

    def changes(self, *found: Finding) -> list[tuple[str, str]]:
        return [(entry.subject, entry.change) for entry in record(self.store, found, who="规划科")]

    def stands(self, one: Finding, day: date | None = None) -> Warned:
        day = day or self.today
        (found,) = told([one], entries(self.store, day), RULES, day).items
        return found


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def test_only_changes_are_entered(office: Office) -> None:
    assert office.changes(finding(a="blue")) == [("P1.1", "raised")]
    office.later(1)
    assert office.changes(finding(a="blue")) == []
    assert office.changes(finding(a="red")) == [("P1.1", "worsened")]
    assert office.changes(finding(a="red", b="blue")) == [("P1.1", "worsened")]
    assert office.changes(finding(a="yellow", b="blue")) == [("P1.1", "eased")]
    assert office.changes(finding("S1.1", a="blue")) == [("S1.1", "raised"), ("P1.1", "cleared")]
    assert office.changes() == [("S1.1", "cleared")]
    assert office.changes() == []


def test_an_acknowledgement_holds_until_it_gets_worse(office: Office) -> None:
    one = finding(a="yellow")
    office.changes(one)
    entry = acknowledge(office.store, [one], "P1.1", who="工信局", note="三月底前补办")
    assert (entry.change, entry.level, entry.note) == ("acknowledged", "yellow", "三月底前补办")
    office.later(100)
    stands = office.stands(one)
    assert (stands.state, stands.acknowledged_by, stands.pending) == ("acknowledged", "工信局", False)
    assert office.stands(finding(a="blue")).state == "acknowledged"
    assert office.stands(finding(a="orange")).state == "reopened"
    assert office.stands(finding(a="yellow", b="blue")).state == "reopened"


def test_snoozed_until_a_day_and_then_open_again(office: Office) -> None:
    one = finding(a="red")
    office.changes(one)
    until = office.today + timedelta(days=10)
    acknowledge(office.store, [one], "P1.1", who="工信局", note="等批复", until=until)
    assert office.stands(one).state == "snoozed"
    assert office.stands(one, until).state == "snoozed"
    after = office.stands(one, until + timedelta(days=3))
    assert (after.state, after.waiting, after.escalated) == ("reopened", 2, False)
    assert office.stands(one, until + timedelta(days=15)).escalated


def test_what_nobody_deals_with_goes_to_the_level_above(office: Office) -> None:
    one = finding(a="yellow")
    assert office.stands(one).raised is None
    assert office.stands(one, office.today + timedelta(days=90)).escalated is False
    office.changes(one)
    assert office.stands(one, office.today + timedelta(days=13)).escalated is False
    late = office.stands(one, office.today + timedelta(days=14))
    assert (late.waiting, late.escalated, late.escalated_to) == (14, True, "行署办")


def test_cleared_and_raised_again_an_old_answer_says_nothing(office: Office) -> None:
    one = finding(a="red")
    office.changes(one)
    acknowledge(office.store, [one], "P1.1", who="工信局", note="在办")
    office.later(5)
    office.changes()
    office.later(5)
    office.changes(one)
    stands = office.stands(one)
    assert (stands.state, stands.raised) == ("open", office.today)


def test_a_past_day_is_told_as_it_was_known_then(office: Office) -> None:
    one, first = finding(a="red"), office.today
    office.changes(one)
    office.later(3)
    acknowledge(office.store, [one], "P1.1", who="工信局", note="在办")
    assert office.stands(one, first).state == "open"
    assert office.stands(one).state == "acknowledged"


def test_an_answer_enters_first_what_it_answers(office: Office) -> None:
    acknowledge(office.store, [finding(a="red")], "P1.1", who="工信局", note="在办")
    assert [entry.change for entry in entries(office.store, office.today)] == ["raised", "acknowledged"]


def test_answers_that_are_refused(office: Office) -> None:
    one = finding(a="red")
    for given, code in (
        ({"subject": "P1.2"}, "warning-unknown"),
        ({"who": " "}, "nobody-named"),
        ({"note": ""}, "no-reason"),
        ({"until": office.today}, "until-past"),
    ):
        with pytest.raises(KechuangError) as caught:
            acknowledge(office.store, [one], **{"subject": "P1.1", "who": "甲", "note": "办", **given})  # type: ignore[arg-type]
        assert caught.value.code == code
    assert entries(office.store, office.today) == []


def test_an_entry_changed_behind_the_back_is_found(office: Office) -> None:
    office.changes(finding(a="red"))
    acknowledge(office.store, [finding(a="red")], "P1.1", who="工信局", note="在办")
    assert office.store.verify() == []
    with sqlite3.connect(office.path) as database:
        database.execute("UPDATE records_event SET detail = replace(detail, 'red', 'blue') WHERE seq = 1")
    assert [fault.code for fault in office.store.verify()] == ["audit-changed"]
    with sqlite3.connect(office.path) as database:
        database.execute("DELETE FROM records_event WHERE seq = 1")
    assert "audit-gap" in [fault.code for fault in office.store.verify()]
