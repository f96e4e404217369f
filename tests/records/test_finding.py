"""Records looked for by the database: the same answers as looking through all of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from tests.records.conftest import Office

from kechuang.records.finding import Condition, Question

DAY = date(2026, 3, 1)
TYPE = "rd_survey"


@pytest.fixture
def office(make: Callable[..., Office]) -> Office:
    office = make()
    rows = [office.survey(n, 2023 + n % 2, 10.5 * n, ("安吉县", "长兴县")[n % 2]) for n in range(1, 30)]
    assert office.at(date(2026, 1, 5)).bring(office.write("a.xlsx", *rows)).ok
    corrected = [office.survey(3, 2024, 999.5, "长兴县")]
    assert office.at(date(2026, 2, 5)).bring(office.write("b.xlsx", *corrected), explain="改").ok
    key = f"{office.code(5)}|2024"
    office.at(date(2026, 2, 10)).store.withdraw(TYPE, key, "统计科", "重复")
    return office.at(DAY)


def test_conditions_search_and_order(office: Office) -> None:
    whole = office.store.as_of(DAY, TYPE)
    assert len(whole) == 28

    def asked(question: Question) -> list[str]:
        found = office.store.find(DAY, TYPE, question)
        told = [one.key for start in range(0, found.count, 10) for one in found.page(start, 10)]
        assert len(told) == found.count
        return told

    assert asked(Question()) == [one.key for one in whole]
    county = whole[0].data["county"]
    in_county = [one.key for one in whole if one.data["county"] == county]
    assert asked(Question((Condition("county", "is", (county,)),))) == in_county
    middle = [one.key for one in whole if 50 <= one.data["expenditure"] <= 150]
    span = (Condition("expenditure", "from", (50.0,)), Condition("expenditure", "to", (150.0,)))
    assert asked(Question(span)) == middle
    order = sorted(whole, key=lambda one: one.data["expenditure"], reverse=True)
    assert asked(Question(sort="expenditure", down=True)) == [one.key for one in order]
    assert order[0].data["expenditure"] == 999.5  # as it stands now, not as it was
    named = [one.key for one in whole if "单位2" in one.data["name"]]
    assert asked(Question(text="单位2")) == named
    assert asked(Question((Condition("name", "holds", ("单位2",)),))) == named
    coded = asked(Question(text="没有这个字", codes=(("county", (county,)),)))
    assert coded == in_county
    for text in ("%", "_", "\\", '"', "'"):
        assert asked(Question(text=text)) == []
    down = asked(Question(down=True))
    assert down == [one.key for one in whole][::-1]


def test_as_of_a_day_before(office: Office) -> None:
    days = office.store.change_days(TYPE)
    assert days == [date(2026, 1, 5), date(2026, 2, 5), date(2026, 2, 10)]
    key = f"{office.code(3)}|2024"
    question = Question((Condition("year", "is", (2024,)),), sort="expenditure")
    for day, value in ((days[0], 31.5), (days[1], 999.5)):
        found = office.store.find(day, TYPE, question)
        one = next(one for one in found.page(0, 100) if one.key == key)
        assert one.data["expenditure"] == value
        assert one.first_recorded_at is not None and one.first_recorded_at.date() <= days[0]
    assert office.store.find(days[0], TYPE, Question()).count == 29
    assert office.store.find(date(2026, 1, 1), TYPE, Question()).count == 0


def test_places_of_batches(office: Office) -> None:
    first, second = (one.id for one in office.store.batches()[:2])
    told = office.store.places_of(TYPE, [first, second])
    assert len(told[first]) == 2
    assert len(told[second]) == 1
    assert office.store.places_of(TYPE, []) == {}
