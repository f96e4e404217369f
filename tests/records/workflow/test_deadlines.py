"""Working days, deadlines and their extensions."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kechuang.errors import KechuangError
from kechuang.packs import Packs
from kechuang.packs.model import Deadline
from kechuang.records.workflow import workdays
from kechuang.records.workflow.deadlines import declared

DAYS = st.dates(date(2004, 1, 1), date(2026, 12, 31))


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 2, 17), False),  # Spring Festival
        (date(2026, 2, 14), True),  # a Saturday worked in its stead
        (date(2026, 10, 1), False),
        (date(2026, 11, 25), True),
        (date(2026, 11, 28), False),
        (date(2031, 10, 1), True),  # not announced: an ordinary Wednesday
        (date(2031, 10, 4), False),
    ],
)
def test_days_off_and_days_worked_in_their_stead(day: date, works: bool) -> None:
    assert workdays.is_workday(day) is works
    assert workdays.known(day) is (day.year < 2030)


@given(DAYS, st.integers(0, 60))
def test_counting_and_adding_working_days_agree(day: date, count: int) -> None:
    later = workdays.after(day, count)
    assert workdays.between(day, later) == count
    assert workdays.between(later, day) == -count
    assert count == 0 or workdays.is_workday(later)


@given(DAYS)
def test_a_day_off_is_shifted_to_the_nearest_working_day(day: date) -> None:
    later, earlier = workdays.shifted(day, "next"), workdays.shifted(day, "previous")
    assert workdays.is_workday(later) and workdays.is_workday(earlier) and earlier <= day <= later
    assert (later == day) == (earlier == day) == workdays.is_workday(day)
    assert later - earlier < timedelta(days=16) and workdays.shifted(day, "none") == day


def test_what_a_pack_declares(packs: Packs) -> None:
    limit = declared(packs.records["output"], 2026)
    assert limit is not None and (limit.day, limit.estimated) == (date(2026, 10, 8), False)
    beyond = declared(packs.records["output"], 2033)
    assert beyond is not None and (beyond.day, beyond.estimated) == (date(2033, 10, 3), True)
    fifteenth = declared(packs.records["budget"], 2025)
    assert fifteenth is not None and fifteenth.day == date(2026, 1, 22)
    assert declared(packs.records["hte"], 2026) is None
    plain = declared(packs.records["rd_survey"], 2033)
    assert plain is not None and not plain.estimated, "no calendar is needed for a plain day"
    assert Deadline(month=2, day=31, years_after=0).for_year(2026) == date(2026, 2, 28)


def test_an_extension_holds_for_its_region_and_those_below(office: Any, packs: Packs) -> None:
    desk, output = office.at(date(2026, 9, 1)).store.workflow, packs.records["output"]
    whole = {"who": "市规划科", "reason": "系统故障"}
    desk.extend("output", 2026, date(2026, 10, 20), **whole)
    desk.extend("output", 2026, date(2026, 11, 2), region="330523", **whole)
    desk.extend("output", 2026, date(2026, 10, 22), region="330500", **whole)
    found = desk.deadlines()
    days = [found.day(output, 2026, code) for code in ("330523", "330521", None)]
    assert days == [date(2026, 11, 2), date(2026, 10, 22), date(2026, 10, 20)]
    limit = found.limit(output, 2026, "330523")
    assert limit is not None and limit.extended
    assert found.day(output, 2025, "330523") == date(2025, 10, 9)
    before = desk.deadlines(date(2026, 8, 31))
    assert before.day(output, 2026, "330523") == date(2026, 10, 8), "not known then"
    assert office.store.verify() == []


@pytest.mark.parametrize(
    ("type_", "day", "region", "code"),
    [
        ("output", date(2026, 8, 1), None, "deadline-passed"),
        ("hte", date(2026, 12, 1), None, "no-deadline"),
        ("output", date(2026, 12, 1), "110000", "region-outside"),
        ("nothing", date(2026, 12, 1), None, "unknown-type"),
    ],
)
def test_extensions_that_are_refused(office: Any, type_: str, day: date, region: Any, code: str) -> None:
    office.at(date(2026, 9, 1))
    with pytest.raises(KechuangError) as caught:
        office.store.workflow.extend(type_, 2026, day, who="科", reason="故障", region=region)
    assert caught.value.code == code
