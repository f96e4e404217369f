"""Two vintages: every figure that changed, and reasons that add up."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kechuang.errors import KechuangError
from kechuang.indicators import compute
from kechuang.indicators.vintages import FigureChange, Made, compare, same
from kechuang.language.regions import RegionTree

Office = Any
FIRST, LAST = date(2025, 3, 1), date(2025, 3, 5)
COUNTIES = ("653101", "653121", "653122")
PLACES = ("653100", *COUNTIES)


def by_place(changes: Any) -> dict[tuple[str, str, int], FigureChange]:
    return {one.place: one for one in changes}


def test_records_are_the_reason_and_add_up(office: Office) -> None:
    office.ws.snapshot()
    office.on(LAST)
    office.bring(
        "returns",
        [
            {"code": "F3", "county": "653101", "year": 2022, "rd": 77, "staff": 4},
            {"code": "N1", "county": "653101", "year": 2022, "rd": 5, "staff": 1},
        ],
    )
    office.withdraw("returns", "F6|2022")
    found = by_place(office.ws.compare_days(FIRST, LAST, years=range(2022, 2023)).changes)
    one = found["share", "653101", 2022]
    assert one.reasons == ("records",)
    (term,) = one.attribution.terms
    assert (term.name, term.side, term.adds_up) == ("returns.rd", "numerator", True)
    assert {share.record.what for share in term.records} == {"corrected", "added", "withdrawn"}
    assert sum(share.change for share in term.records) == pytest.approx(term.new - term.old)
    assert one.old.numerator == term.old and one.new.numerator == term.new


def test_a_day_without_news_changes_nothing(office: Office) -> None:
    office.on(LAST)
    found = office.ws.compare_days(FIRST, LAST, region_codes=PLACES, years=range(2020, 2025))
    assert found.changes == () and found.definitions == ()


def test_a_stock_of_the_running_year_changes_with_the_day(office: Office) -> None:
    office.on(date(2025, 3, 2))
    office.bring(
        "firms",
        [{"code": "N1", "county": "653101", "start": "2025-03-02", "stop": "2025-03-04", "group": ""}],
    )
    office.on(LAST)
    found = by_place(office.ws.compare_days(date(2025, 3, 2), LAST, only=["firms_valid"]).changes)
    one = found["firms_valid", "653101", 2025]
    assert one.reasons == ("day",) and one.new.value == one.old.value - 1


def test_days_in_the_wrong_order_are_refused(office: Office) -> None:
    office.on(LAST)
    with pytest.raises(KechuangError, match="晚于"):
        office.ws.compare_days(LAST, FIRST)


# -- definitions -------------------------------------------------------------------------------------


def test_a_label_recomputes_nothing(office: Office) -> None:
    office.publish()
    office.declare("spend", "万元", "sum(returns.rd)", label="研发投入")
    (one,) = office.ws.redefined()
    assert one.change.kinds == ("label",) and not one.change.recomputes and one.figures == ()
    found = office.ws.verify()
    assert found.ok and not found.corrections


def test_a_formula_is_classified_with_old_and_new_sentence_and_values(office: Office) -> None:
    office.publish(only=["spend", "per_firm", "hours"])
    office.declare("spend", "万元", "sum(returns.rd, returns.staff > 1)")
    found = {one.change.indicator: one for one in office.ws.redefined()}
    assert set(found) == {"spend", "per_firm"}
    spend = found["spend"]
    assert spend.change.kinds == ("formula",)
    assert spend.change.old["zh"] != spend.change.new["zh"] and "人员" in spend.change.new["zh"]
    assert found["per_firm"].change.kinds == ("parents",) and found["per_firm"].change.parents == ("spend",)
    now = office.values(FIRST)
    assert spend.figures and all(same(one.new.value, now[one.place].value) for one in spend.figures)
    assert all(step.reason == "definition" for one in spend.figures for step in one.steps)
    verified = office.ws.verify()
    assert verified.ok, "what was published can still be recomputed as it was defined"
    assert {one.change.indicator for one in verified.redefined} == {"spend", "per_firm"}


def test_a_unit_and_a_removed_indicator_are_classified(office: Office) -> None:
    office.publish(only=["spend", "hours"])
    office.declare("spend", "亿元", "sum(returns.rd)")
    (office.folder / "packs/mini/indicators/hours.yaml").unlink()
    office.reopen()
    found = {one.change.indicator: one.change for one in office.ws.redefined()}
    assert set(found["spend"].kinds) == {"formula", "unit"} and found["spend"].units == ("万元", "亿元")
    assert found["hours"].kinds == ("removed",)
    assert office.ws.verify().ok


def test_a_parameter_is_classified_and_told_apart_from_records(office: Office) -> None:
    office.publish()
    office.on(LAST)
    text = (office.folder / "packs/mini/parameters/big.yaml").read_text("utf-8")
    office.write_pack("parameters/big.yaml", text.replace("value: 50", "value: 60"))
    new = {"county": "653101", "year": 2022, "rd": 500, "staff": 4}
    office.bring("returns", [{"code": "N1", **new}, {"code": "N2", **new}])
    (one,) = office.ws.redefined()
    assert one.change.kinds == ("parameter",)
    (value,) = one.change.parameters
    assert (value.id, value.from_day, value.old, value.new) == ("mini.big", "2015-01-01", 50, 60)
    changes = by_place(office.ws.compare_days(FIRST, LAST, only=["big"]).changes)
    change = changes["big", "653101", 2022]
    assert change.reasons == ("records", "parameter")
    assert change.steps[0].change == 2 and (change.steps[1].change or 0) < 0
    assert sum(step.change or 0 for step in change.steps) == (change.new.value or 0) - (change.old.value or 0)
    later = [spot for spot in changes if spot[2] >= 2023]
    assert not later, "the value in force from 2023 is the same"


def test_how_records_meet_regions_is_part_of_the_definition(office: Office) -> None:
    office.publish(only=["share"])
    from_text = (office.folder / "packs/mini/records/accounts.yaml").read_text("utf-8")
    office.write_pack("records/accounts.yaml", from_text.replace("rollup: own", "rollup: sum"))
    (one,) = office.ws.redefined()
    assert one.change.kinds == ("records",) and one.figures
    assert {change.place[1] for change in one.figures} == {"653100"}


def test_regions_that_hold_others_now_are_a_boundary_change(office: Office) -> None:
    office.publish(only=["spend"])
    tree = office.ws.regions
    rows = [one for one in tree.regions if one.code != "653122"]
    office.ws.__dict__["regions"] = RegionTree(tuple(rows))
    (one,) = office.ws.redefined()
    assert one.change.kinds == ("boundary",) and one.change.boundary == ("653100", "653122")
    assert {change.place[1] for change in one.figures} == {"653100"}
    assert {step.reason for change in one.figures for step in change.steps} == {"boundary"}
    assert office.ws.verify().ok, "the regions of then are kept"


def test_a_field_the_old_snapshot_lacks_is_told(office: Office) -> None:
    office.publish(only=["hours"])
    text = (office.folder / "packs/mini/records/visits.yaml").read_text("utf-8")
    office.write_pack(
        "records/visits.yaml",
        text + "  extra: {type: number, unit: 小时, required: false, label: {zh: 加, en: Extra}}\n",
    )
    office.declare("hours", "小时", "sum(visits.hours) + sum(visits.extra)")
    (one,) = office.ws.redefined()
    assert one.change.kinds == ("formula",) and not one.computable and one.figures == ()
    assert office.ws.verify().ok


def test_a_field_that_is_gone_can_still_be_recomputed(office: Office) -> None:
    office.publish(only=["weighted", "spend"])
    text = (office.folder / "packs/mini/records/returns.yaml").read_text("utf-8")
    lines = [line for line in text.splitlines() if "staff" not in line]
    (office.folder / "packs/mini/indicators/weighted.yaml").unlink()
    office.write_pack("records/returns.yaml", "\n".join(lines) + "\n")
    office.on(LAST)
    office.bring("returns", [{"code": "N1", "county": "653101", "year": 2022, "rd": 5}])
    found = office.ws.verify()
    assert found.ok
    assert {one.change.place[0] for one in found.outstanding} == {"spend"}


# -- random corrections ------------------------------------------------------------------------------

row = st.fixed_dictionaries(
    {
        "code": st.sampled_from([f"F{n}" for n in range(12)]),
        "county": st.sampled_from(COUNTIES),
        "year": st.integers(2019, 2024),
        "rd": st.one_of(st.just(""), st.integers(0, 200)),
        "staff": st.integers(0, 4),
    }
)
firm = st.fixed_dictionaries(
    {
        "code": st.sampled_from([f"F{n}" for n in range(14)]),
        "county": st.sampled_from(COUNTIES),
        "start": st.dates(date(2018, 1, 1), date(2024, 12, 31)).map(date.isoformat),
        "stop": st.one_of(st.just(""), st.dates(date(2025, 1, 1), date(2030, 1, 1)).map(date.isoformat)),
        "group": st.sampled_from(["", "G0", "G1", "G7"]),
    }
)


@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    st.lists(row, max_size=4, unique_by=lambda one: (one["code"], one["year"])),
    st.lists(firm, max_size=3, unique_by=lambda one: one["code"]),
)
def test_any_corrections_name_what_brute_force_finds_and_terms_add_up(
    make_office: Any, rows: list[dict[str, Any]], firms: list[dict[str, Any]]
) -> None:
    office = make_office()
    ws = office.ws
    old = Made(ws.basis, ws.snapshot(FIRST), FIRST)
    before = office.values(FIRST)
    office.publish()
    office.on(LAST)
    for type_, given_ in (("returns", rows), ("firms", firms)):
        if given_:
            office.bring(type_, given_)
    new = Made(ws.basis, ws.snapshot(LAST), FIRST)
    after = compare(new, new, PLACES, range(2020, 2025))
    assert after == []
    found = by_place(compare(old, new, PLACES, range(2020, 2025)))
    office.ws.cache().path.unlink(missing_ok=True)
    now = {
        (f.indicator, f.region, int(f.period)): f
        for f in compute(ws.packs, new.snapshot, ws.regions, PLACES, range(2020, 2025), FIRST)
    }
    different = {
        spot
        for spot, figure in before.items()
        if not (
            same(figure.value, now[spot].value)
            and same(figure.numerator, now[spot].numerator)
            and same(figure.denominator, now[spot].denominator)
        )
    }
    assert {spot for spot, one in found.items() if one.what != "status"} == different
    brought = {("returns", f"{one['code']}|{one['year']}") for one in rows}
    brought |= {("firms", one["code"]) for one in firms}
    for spot in different:
        attribution = found[spot].attribution
        assert attribution.records and {(r.type, r.key) for r in attribution.records} <= brought
        for term in attribution.terms:
            if term.adds_up:
                total = sum(share.change or 0 for share in term.records)
                assert total == pytest.approx((term.new or 0) - (term.old or 0), abs=1e-9)
    verified = ws.verify()
    assert verified.ok
    published = {spot for spot in different if before[spot].value is not None}
    assert {one.change.place for one in verified.outstanding if one.change.what != "status"} == published
