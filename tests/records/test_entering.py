"""One record typed into a form: checked like a file, stored once, never over somebody else's version."""

from __future__ import annotations

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.records.conftest import Office

from kechuang.errors import KechuangError
from kechuang.packs import load_packs
from kechuang.records.entering import TOKEN, Overtaken, brought, enter, file_of

SURVEY = "rd_survey"


def cells(office: Office, amount: str = "12.5", number: int = 1) -> dict[str, str]:
    return {
        "uscc": office.code(number),
        "name": f"单位{number}",
        "county": "330523",
        "year": "2024",
        "expenditure": amount,
    }


def slip() -> str:
    return str(uuid.uuid4())


def test_a_form_is_an_import_of_one_row(office: Office) -> None:
    found = enter(office.store, SURVEY, cells(office), who="安吉县", token=slip())
    assert found.ok
    assert found.state == "accepted"
    assert office.stored() == (1, 1)
    version = office.store.history(SURVEY, f"{office.code(1)}|2024")[-1]
    assert (version.data["expenditure"], version.who) == (12.5, "安吉县")
    assert office.store.verify() == []


def test_the_same_form_twice_is_one_record_even_after_a_correction(office: Office) -> None:
    first = slip()
    one = enter(office.store, SURVEY, cells(office), who="安吉县", token=first)
    enter(office.store, SURVEY, cells(office, "13"), who="安吉县", token=slip())
    again = enter(office.store, SURVEY, cells(office), who="安吉县", token=first)
    assert again.repeated
    assert again.batch == one.batch
    assert office.store.history(SURVEY, f"{office.code(1)}|2024")[-1].data["expenditure"] == 13


def test_who_comes_second_is_told_and_nothing_is_stored(office: Office) -> None:
    enter(office.store, SURVEY, cells(office), who="甲", token=slip(), expected=0)
    enter(office.store, SURVEY, cells(office, "13"), who="甲", token=slip(), expected=1)
    before = office.stored()
    with pytest.raises(Overtaken) as caught:
        enter(office.store, SURVEY, cells(office, "14"), who="乙", token=slip(), expected=1)
    assert caught.value.version.number == 2
    assert caught.value.version.data["expenditure"] == 13
    with pytest.raises(Overtaken):  # a new record was meant, and there is one; written another way too
        other = {**cells(office, "15"), "year": "2024年", "uscc": office.code(1).lower()}
        enter(office.store, SURVEY, other, who="乙", token=slip(), expected=0)
    assert office.stored() == before


def test_what_is_wrong_is_told_by_field_and_nothing_is_stored(office: Office) -> None:
    bad = {**cells(office, "many"), "county": "330000"}
    found = enter(office.store, SURVEY, bad, who="安吉县", token=slip())
    assert set(found.wrong) == {"expenditure", "county"}
    assert office.stored() == (0, 0)


def test_a_dry_run_stores_nothing(office: Office) -> None:
    found = enter(office.store, SURVEY, cells(office), who="安吉县", token=slip(), dry_run=True)
    assert found.ok
    assert found.batch is None
    assert office.stored() == (0, 0)


def test_an_account_finds_its_own_batches(office: Office) -> None:
    enter(office.store, SURVEY, cells(office), who="甲", token=slip())
    enter(office.store, SURVEY, cells(office, number=2), who="乙", token=slip())
    assert [one.who for one in brought(office.store.alias, "甲", SURVEY)] == ["甲"]
    assert brought(office.store.alias, "甲", SURVEY, closed=False) == []


@given(st.text(max_size=60))
def test_only_a_token_names_a_file(text: str) -> None:
    spec = load_packs(["st-core"]).records[SURVEY]
    if TOKEN.fullmatch(text):
        assert "/" not in file_of(spec, text)
    else:
        with pytest.raises(KechuangError):
            file_of(spec, text)
