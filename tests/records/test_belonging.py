"""A store that is bound to a region takes records of that region, of registers that say where, and no others."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.records.conftest import Office

from kechuang.packs import Packs
from kechuang.records.store import Store

OWN, OTHER = "330523", "330522"  # 安吉县, 长兴县


@pytest.fixture
def office(make: Callable[..., Office]) -> Office:
    return make()


def bound(office: Office, packs: Packs | None = None) -> Store:
    store = office.store
    return Store(
        store.alias, packs or store.packs, store.regions, clock=lambda: office.now[0], region=OWN, bound=True
    )


def codes(office: Office, store: Store, *rows: list[object]) -> list[str]:
    result = store.import_files([office.write("b.xlsx", *rows)], who="县科技局", dry_run=True)
    return [fault.code for fault in result.errors]


def test_its_own_records_and_no_others(office: Office) -> None:
    assert codes(office, bound(office), office.survey(1)) == []
    assert codes(office, bound(office), office.survey(1, county="长兴县")) == ["region-outside"]
    assert office.bring(office.write("a.xlsx", office.survey(2, county="长兴县"))).ok
    taken = office.survey(2, county="安吉县")
    assert codes(office, bound(office), taken, office.survey(3)) == ["record-elsewhere"]
    assert codes(office, office.store, taken) == []  # the office may move it
    office.store.withdraw("rd_survey", f"{office.code(2)}|2024", "统计科", "迁走")
    assert codes(office, bound(office), taken) == []


def test_registers_that_do_not_say_where(office: Office) -> None:
    types = dict(office.packs.records)
    types["rd_survey"] = types["rd_survey"].model_copy(update={"region": None})
    packs = office.packs.model_copy(update={"records": types})
    assert codes(office, bound(office, packs), office.survey(1)) == ["type-elsewhere"]


def test_rows_that_leave_it_open(office: Office) -> None:
    types = dict(office.packs.records)
    survey = types["rd_survey"]
    fields = {**survey.fields, "county": survey.fields["county"].model_copy(update={"required": False})}
    types["rd_survey"] = survey.model_copy(update={"fields": fields})
    packs = office.packs.model_copy(update={"records": types})
    assert codes(office, bound(office, packs), office.survey(1, county="")) == ["region-open"]
    assert codes(office, bound(office, packs), office.survey(1)) == []


def test_stages_are_told_in_order(office: Office) -> None:
    heard: list[tuple[str, int, int]] = []
    paths = [office.write(f"{n}.xlsx", office.survey(n)) for n in (1, 2)]
    office.store.import_files(paths, who="统计科", dry_run=True, stage=lambda *told: heard.append(told))
    assert heard == [("read", 1, 2), ("read", 2, 2), ("check", 1, 2), ("check", 2, 2), ("compare", 0, 0)]
