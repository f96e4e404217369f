"""Locked periods: no import, withdrawal or acceptance touches them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from kechuang.errors import KechuangError
from kechuang.packs import Packs
from kechuang.records.workflow.locks import touched

WHO = "市规划科"


def lock(office: Any, type_: str = "output", year: int = 2026, **options: Any) -> None:
    office.store.workflow.lock(type_, year, **{"who": WHO, "reason": "已上报", **options})


def refused(code: str, act: Callable[..., Any], *args: Any, **options: Any) -> KechuangError:
    with pytest.raises(KechuangError) as caught:
        act(*args, **options)
    assert caught.value.code == code
    return caught.value


def test_an_import_that_touches_a_locked_year_is_refused_with_every_row(office: Any, output: Any) -> None:
    office.bring(output(安吉县=10, 德清县=7))
    lock(office)
    before = office.stored()
    for dry in (True, False):
        result = office.bring(output(安吉县=11, 德清县=7, 长兴县=1), dry_run=dry)
        assert {(fault.code, fault.place.row) for fault in result.errors} == {
            ("period-locked", 2),
            ("period-locked", 4),
        }, "a row that changes nothing touches nothing"
    assert office.stored() == before
    assert office.bring(output(安吉县=11, year=2025)).ok, "another year is open"
    office.store.workflow.unlock("output", 2026, who=WHO, reason="自治区退回")
    assert office.bring(output(安吉县=11)).ok
    assert office.store.verify() == []


def test_a_withdrawal_is_refused_too(office: Any, output: Any) -> None:
    office.bring(output(安吉县=10))
    lock(office)
    error = refused("period-locked", office.store.withdraw, "output", "330523|2026", WHO, "误报")
    assert "330523|2026" in str(error.faults[0].message)


def test_a_batch_that_waited_cannot_slip_in(make: Callable[..., Any], output: Any) -> None:
    office = make(review=True)
    waiting = office.bring(output(安吉县=10), who="县").outcomes[0].batch
    draft = office.bring(output(德清县=10), who="县", draft=True).outcomes[0].batch
    back = office.bring(output(长兴县=10), who="县").outcomes[0].batch
    office.store.send_back(back, WHO, "再核")
    other = office.bring(output(安吉县=10, year=2025), who="县").outcomes[0].batch
    lock(office)
    refused("period-locked", office.store.accept, waiting, WHO)
    refused("period-locked", office.store.workflow.submit, draft, "县")
    refused("period-locked", office.store.workflow.resubmit, back, "县", "无误")
    office.store.accept(other, WHO)
    office.store.send_back(waiting, WHO, "已锁定")
    assert [record.key for record in office.store.as_of(date(2026, 12, 31), "output")] == ["330523|2025"]


def test_a_lock_may_name_a_region(office: Any, output: Any) -> None:
    lock(office, region="330523")
    result = office.bring(output(安吉县=1, 德清县=1))
    assert [fault.place.row for fault in result.errors] == [2]
    assert office.bring(output(德清县=1)).ok
    lock(office, region="330500")
    assert not office.bring(output(长兴县=1)).ok, "a region holds all below it"
    assert [(one.year, one.region) for one in office.store.workflow.locks()] == [
        (2026, "330500"),
        (2026, "330523"),
    ]
    office.store.workflow.unlock("output", 2026, who=WHO, reason="放开", region="330500")
    assert office.bring(output(长兴县=1)).ok
    refused("lock-region", lock, office, "budget", region="330523")
    refused("region-outside", lock, office, region="110000")


def test_locks_are_made_and_lifted_once_with_a_reason(office: Any) -> None:
    lock(office)
    refused("already-locked", lock, office)
    desk = office.store.workflow
    refused("no-reason", desk.unlock, "output", 2026, who=WHO, reason=" ")
    refused("not-locked", desk.unlock, "output", 2025, who=WHO, reason="放开")
    refused("not-locked", desk.unlock, "output", 2026, who=WHO, reason="放开", region="330523")
    refused("unknown-type", lock, office, "nothing")
    desk.unlock("output", 2026, who=WHO, reason="放开")
    assert desk.locks() == []
    lock(office)
    assert desk.locks()[0].as_dict()["reason"] == "已上报"


def test_a_register_is_locked_by_what_is_true_in_the_year(office: Any) -> None:
    park = {"county": "330523", "level": "national", "status": "building", "approved": "2022-05-01"}
    office.bring(office.records("agri_parks", {**park, "park": "甲"}))
    lock(office, "agri_parks", 2024)
    for change in (
        {"park": "甲", "level": "provincial"},
        {"park": "甲", "cancelled": "2023-05-01"},
        {"park": "乙", "approved": "2020-01-01"},
    ):
        assert not office.bring(office.records("agri_parks", {**park, **change})).ok, change
    assert office.bring(office.records("agri_parks", {**park, "park": "乙", "approved": "2025-01-01"})).ok
    assert office.bring(office.records("agri_parks", {**park, "park": "甲", "cancelled": "2026-01-01"})).ok


def test_what_a_change_touches(packs: Packs) -> None:
    hte = packs.records["hte"]
    old = {"issued": "2022-01-01", "revoked": None, "county": "330523"}
    assert touched(hte, old, {**old, "revoked": "2025-06-01"}) == (date(2025, 6, 1), date.max)
    assert touched(hte, old, {**old, "county": "330521"})[0] == date(2022, 1, 1)
    assert touched(hte, None, old) == touched(hte, old, None) == (date(2022, 1, 1), date.max)
    assert touched(packs.records["output"], None, {"year": 2024}) == (date(2024, 1, 1), date(2025, 1, 1))
    assert touched(packs.records["rd_units"], None, {"year": None}) == (date.min, date.max)
