"""Figures of the eight indicators on tiny snapshots: values, status, coverage, and why there is none."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from kechuang.errors import KechuangError
from kechuang.indicators import compute
from kechuang.packs import Packs

LIST = "统计用区划代码2023年版"


def survey(uscc: str, county: str, year: int, expenditure: float, **more: Any) -> dict[str, Any]:
    return {"uscc": uscc, "county": county, "year": year, "expenditure": expenditure, **more}


def unit(uscc: str, county: str, year: int) -> dict[str, Any]:
    return {"uscc": uscc, "county": county, "year": year, "performer": "enterprise"}


def gdp(region: str, year: int, value: float, **more: Any) -> dict[str, Any]:
    return {"region": region, "year": year, "gdp": value, "release": "final", **more}


def time(people: int, **more: Any) -> dict[str, Any]:
    return {"uscc": "U1", "county": "1001", "year": 2024, "people": people, **more}


def hte(certificate: str, uscc: str, issued: date, county: str = "1001", **more: Any) -> dict[str, Any]:
    return {"certificate": certificate, "uscc": uscc, "county": county, "issued": issued, **more}


def village(code: str, county: str = "1001", kind: str = "village", edition: str = LIST) -> dict[str, Any]:
    return {"list": edition, "list_date": date(2023, 6, 30), "code": code, "county": county, "kind": kind}


def link(who: str, code: str, start: date, end: date | None = None, county: str = "1001") -> dict[str, Any]:
    return {"commissioner": who, "village": code, "county": county, "start": start, "end": end}


# -- a ratio of two tables ------------------------------------------------------------------------


def test_a_ratio_converts_scales_and_keeps_both_sides_in_their_own_units(world: Any) -> None:
    rows = {
        "rd_survey": [survey("U1", "1001", 2023, 3000.0), survey("U2", "1002", 2023, 5296.0)],
        "accounts": [gdp("1000", 2023, 1508.35)],
    }
    figure = world(**rows).figure("rd_intensity", "1000", 2023)
    assert figure.value == pytest.approx(100 * 0.8296 / 1508.35)
    assert (figure.numerator, figure.denominator, figure.unit) == (8296.0, 1508.35, "%")
    assert figure.status == "final"
    assert figure.reason is None
    assert figure.verified


def test_a_county_never_takes_the_denominator_of_the_prefecture(world: Any) -> None:
    rows = {"rd_survey": [survey("U1", "1001", 2023, 3000.0)], "accounts": [gdp("1000", 2023, 1508.35)]}
    figure = world(**rows).figure("rd_intensity", "1001", 2023)
    assert figure.value is None
    assert (figure.numerator, figure.denominator) == (3000.0, None)
    assert "地区生产总值" in figure.reason["zh"]
    assert figure.status != "final"


def test_the_prefecture_never_takes_the_sum_of_counties_where_it_has_its_own(world: Any) -> None:
    rows = {
        "rd_survey": [survey("U1", "1001", 2023, 100.0)],
        "accounts": [gdp("1001", 2023, 10.0), gdp("1000", 2023, 50.0)],
    }
    assert world(**rows).figure("rd_intensity", "1000", 2023).denominator == 50.0
    assert world(**rows).figure("rd_intensity", "1001", 2023).denominator == 10.0


def test_a_zero_denominator_is_no_figure(world: Any) -> None:
    rows = {"rd_survey": [survey("U1", "1001", 2023, 3000.0)], "accounts": [gdp("1000", 2023, 0.0)]}
    figure = world(**rows).figure("rd_intensity", "1000", 2023)
    assert figure.value is None
    assert "分母" in figure.reason["zh"]


def test_not_yet_published_is_not_missing(world: Any) -> None:
    made = world(rd_survey=[survey("U1", "1001", 2023, 1.0)], accounts=[gdp("1000", 2023, 1.0)])
    before = made.figure("rd_intensity", "1000", 2024, date(2025, 8, 1))
    after = made.figure("rd_intensity", "1000", 2024, date(2025, 10, 1))
    assert before.value is None and after.value is None
    assert "尚未公布" in before.reason["zh"] and "2025年9月" in before.reason["zh"]
    assert "缺少" in after.reason["zh"]


def test_a_year_not_begun(world: Any) -> None:
    figure = world().figure("rd_intensity", "1000", 2030, date(2025, 8, 1))
    assert figure.value is None
    assert "尚未开始" in figure.reason["zh"]


def test_only_the_years_with_the_class_filled_count(world: Any) -> None:
    row = {"region": "1000", "scope": "whole", "stage": "final", "total": 773.41}
    made = world(
        public_budget=[
            {**row, "year": 2022, "class_206": None},
            {**row, "year": 2023, "class_206": 23202.3},
            {**row, "year": 2023, "class_206": 9999.0, "scope": "own"},
        ]
    )
    assert made.figure("fiscal_st_share", "1000", 2023).value == pytest.approx(0.3)
    empty = made.figure("fiscal_st_share", "1000", 2022)
    assert empty.value is None
    assert "未填" in empty.reason["zh"]


# -- full-time equivalents ------------------------------------------------------------------------


def test_two_full_time_and_three_part_time_people_are_3_2(world: Any) -> None:
    shares = [1.0, 0.9, 0.2, 0.3, 0.7]
    rows = [time(1, post=str(n), share=share) for n, share in enumerate(shares)]
    assert world(rd_time=rows).figure("rd_fte", "1000", 2024).value == pytest.approx(3.2)


def test_the_worked_example_in_hours_is_7(world: Any) -> None:
    groups = [(3, 160.0), (5, 140.0), (8, 16.0)]
    rows = [time(n, post=str(n), hours=hours, statutory_hours=176.0) for n, hours in groups]
    figure = world(rd_time=rows).figure("rd_fte", "1000", 2024)
    assert figure.value == pytest.approx(7)
    assert figure.unit == "人年"


def test_a_share_goes_before_hours_and_neither_counts_for_nothing(world: Any) -> None:
    rows = [
        time(1, post="a", share=0.5, hours=176.0, statutory_hours=176.0),
        time(4, post="b"),
        time(2, post="c", hours=10.0),
    ]
    assert world(rd_time=rows).figure("rd_fte", "1000", 2024).value == pytest.approx(0.5)


def test_bounds_of_shares_belong_to_the_upper_group(world: Any) -> None:
    rows = [time(10, post="a", share=0.1), time(10, post="b", share=0.0999), time(10, post="c", share=0.9)]
    assert world(rd_time=rows).figure("rd_fte", "1000", 2024).value == pytest.approx(1 + 0 + 10)


# -- registers ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("issued", "expected"),
    [
        (date(2024, 12, 31), 1),  # the day of issue counts
        (date(2025, 1, 1), 0),
        (date(2022, 1, 1), 1),  # lapses on 1 January 2025
        (date(2021, 12, 31), 0),  # the same day three years later no longer counts
        (date(2022, 12, 30), 1),
    ],
)
def test_a_certificate_is_valid_from_issue_to_the_day_before_three_years(
    world: Any, issued: date, expected: int
) -> None:
    assert (
        world(hte=[hte("G1", "U1", issued)]).figure("high_tech_enterprises", "1000", 2024).value == expected
    )


def test_enterprises_are_counted_once_and_revoked_ones_not(world: Any) -> None:
    made = world(
        hte=[
            hte("G1", "U1", date(2022, 5, 1)),
            hte("G2", "U1", date(2024, 5, 1)),
            hte("G3", "U2", date(2024, 5, 1), revoked=date(2024, 12, 31)),
            hte("G4", "U3", date(2024, 5, 1), revoked=date(2025, 1, 1)),
            hte("G5", "U4", date(2024, 5, 1), county="1002"),
        ]
    )
    values = {
        code: made.figure("high_tech_enterprises", code, 2024).value for code in ("1000", "1001", "1002")
    }
    assert values == {"1000": 3, "1001": 2, "1002": 1}


def test_a_register_with_records_but_none_valid_is_zero_and_an_empty_one_is_unknown(world: Any) -> None:
    made = world(hte=[hte("G1", "U1", date(2024, 5, 1))])
    assert made.figure("high_tech_enterprises", "1000", 2020).value == 0
    assert made.figure("high_tech_enterprises", "1003", 2024).value == 0
    unknown = made.figure("new_rd_institutions", "1000", 2024)
    assert unknown.value is None
    assert "缺少" in unknown.reason["zh"]


def test_in_the_running_year_the_stock_is_taken_on_the_day(world: Any) -> None:
    made = world(hte=[hte("G1", "U1", date(2022, 7, 1)), hte("G2", "U2", date(2025, 6, 1))])
    in_may = made.figure("high_tech_enterprises", "1000", 2025, date(2025, 5, 1))
    in_june = made.figure("high_tech_enterprises", "1000", 2025, date(2025, 6, 30))
    at_end = made.figure("high_tech_enterprises", "1000", 2025, date(2026, 1, 1))
    assert (in_may.value, in_june.value, at_end.value) == (1, 2, 1)
    assert (in_may.status, at_end.status) == ("provisional", "final")
    assert len({in_may.fingerprint, in_june.fingerprint, at_end.fingerprint}) == 3


def test_proposed_and_cancelled_parks_do_not_count(world: Any) -> None:
    park = {"county": "1001", "level": "national", "approved": date(2020, 1, 1)}
    made = world(
        agri_parks=[
            {**park, "park": "a", "status": "accepted"},
            {**park, "park": "b", "status": "proposed"},
            {**park, "park": "c", "status": "cancelled", "cancelled": date(2023, 3, 1)},
        ]
    )
    assert [made.figure("agri_parks", "1000", year).value for year in (2019, 2022, 2024)] == [0, 2, 1]


def test_yearly_entries_without_any_of_the_year_are_unknown_not_zero(world: Any) -> None:
    made = world(
        sme=[{"uscc": "U1", "county": "1001", "year": 2023}, {"uscc": "U1", "county": "1001", "year": 2022}]
    )
    assert made.figure("st_smes", "1000", 2023).value == 1
    assert made.figure("st_smes", "1002", 2023).value == 0
    assert made.figure("st_smes", "1000", 2024).value is None


# -- coverage of one list by another --------------------------------------------------------------


def test_villages_are_counted_once_from_the_list_in_force(world: Any) -> None:
    start = date(2023, 1, 1)
    made = world(
        villages=[
            village("653101001200"),
            village("653101001201"),
            village("653101001202", county="1002"),
            village("653101001001", kind="residents"),
            village("653101001299", edition="2009年版"),
        ],
        assignments=[
            link("T1", "653101001200", start),
            link("T2", "653101001200", start),  # two commissioners, one village
            link("T1", "653101001202", start, county="1001"),  # recorded under another county
            link("T1", "653101001201", start, end=date(2024, 12, 31)),  # ends on the day
            link("T1", "653101001001", start),  # no village committee
            link("T1", "653101009999", start),  # on no list
        ],
    )
    whole = made.figure("commissioner_coverage", "1000", 2024)
    assert (whole.numerator, whole.denominator) == (2, 3)
    assert whole.value == pytest.approx(200 / 3)
    assert made.figure("commissioner_coverage", "1000", 2023).value == 100
    assert made.figure("commissioner_coverage", "1001", 2024).value == 50
    assert made.figure("commissioner_coverage", "1002", 2024).value == 100
    assert made.figure("commissioner_coverage", "1003", 2024).value is None


def test_coverage_without_assignments_is_unknown_and_before_the_first_is_zero(world: Any) -> None:
    villages = [village("653101001200")]
    assert world(villages=villages).figure("commissioner_coverage", "1000", 2024).value is None
    made = world(villages=villages, assignments=[link("T1", "653101001200", date(2024, 5, 1))])
    assert made.figure("commissioner_coverage", "1000", 2023).value == 0


# -- status, coverage of returns, fingerprint -----------------------------------------------------


def test_coverage_is_returns_over_units_listed_and_partial_is_provisional(world: Any) -> None:
    made = world(
        rd_units=[unit("U1", "1001", 2023), unit("U2", "1001", 2023), unit("U3", "1002", 2023)],
        rd_survey=[
            survey("U1", "1001", 2023, 1.0),
            survey("U3", "1002", 2023, 1.0),
            survey("U9", "1002", 2023, 1.0),
        ],
        accounts=[gdp(code, 2023, 1.0) for code in ("1000", "1001", "1002")],
    )
    whole = made.figure("rd_intensity", "1000", 2023)
    assert whole.coverage == pytest.approx(2 / 3)
    assert whole.status == "provisional"
    assert made.figure("rd_intensity", "1001", 2023).coverage == 0.5
    assert made.figure("rd_intensity", "1002", 2023).coverage == 1
    assert made.figure("rd_intensity", "1002", 2023).status == "final"
    assert made.figure("high_tech_enterprises", "1000", 2023).coverage is None


def test_sample_and_provisional_records_mark_only_figures_they_enter(world: Any) -> None:
    made = world(
        rd_survey=[survey("U1", "1001", 2023, 1.0, _sample=True), survey("U2", "1002", 2023, 1.0)],
        accounts=[
            gdp("1000", 2023, 1.0),
            gdp("1001", 2023, 1.0),
            gdp("1002", 2023, 1.0, _provisional=True),
        ],
        hte=[hte("G1", "U1", date(2020, 1, 1), _sample=True), hte("G2", "U2", date(2023, 1, 1))],
    )
    assert made.figure("rd_intensity", "1000", 2023).status == "sample"
    assert made.figure("rd_intensity", "1002", 2023).status == "provisional"
    assert made.figure("high_tech_enterprises", "1000", 2021).status == "sample"
    assert made.figure("high_tech_enterprises", "1000", 2024).status == "final"


def test_a_zero_out_of_sample_records_is_a_sample_figure(world: Any) -> None:
    made = world(
        hte=[hte("G1", "U1", date(2024, 1, 1), _sample=True)],
        sme=[{"uscc": "U1", "county": "1001", "year": 2023}],
        villages=[village("653101001200")],
        assignments=[link("T1", "653101001200", date(2024, 5, 1)) | {"_sample": True}],
    )
    for indicator, region, year in (
        ("high_tech_enterprises", "1000", 2020),
        ("high_tech_enterprises", "1003", 2024),
        ("commissioner_coverage", "1000", 2023),
    ):
        figure = made.figure(indicator, region, year)
        assert (figure.value, figure.status) == (0, "sample")
    assert made.figure("st_smes", "1003", 2023).status == "final"


def test_labels_leave_the_fingerprint_alone_and_meaning_changes_it(
    world: Any, packs: Packs, tmp_path: Any
) -> None:
    made = world(hte=[hte("G1", "U1", date(2024, 5, 1))])

    def fingerprint(**changes: Any) -> str:
        spec = packs.indicators["high_tech_enterprises"].model_copy(update=changes)
        own = packs.model_copy(update={"indicators": {spec.id: spec}})
        figures = compute(own, made.snapshot, made.regions, ["1000"], [2024], date(2026, 1, 1))
        return figures[0].fingerprint

    spec = packs.indicators["high_tech_enterprises"]
    first = fingerprint()
    assert fingerprint(label=packs.indicators["st_smes"].label, notes=None, value=f"  {spec.value} ") == first
    assert fingerprint(value="distinct(hte.uscc)") != first
    assert fingerprint(unit="个") != first


def test_the_same_records_give_the_same_figures(world: Any) -> None:
    rows = {"hte": [hte(f"G{n}", f"U{n % 7}", date(2023, 1 + n % 12, 1)) for n in range(40)]}
    one, two = world(**rows), world(**rows)
    figures = [made.figure("high_tech_enterprises", "1000", 2024) for made in (one, two)]
    assert figures[0] == figures[1]


# -- all at once, and faults ----------------------------------------------------------------------


def test_figures_come_by_indicator_region_year_and_progress_is_told(world: Any, packs: Packs) -> None:
    made = world(hte=[hte("G1", "U1", date(2024, 5, 1))])
    steps: list[tuple[str, int, int]] = []
    figures = compute(
        packs,
        made.snapshot,
        made.regions,
        ["1000", "1002"],
        range(2023, 2025),
        date(2026, 1, 1),
        progress=lambda *step: steps.append(step),
    )
    assert len(figures) == len(packs.indicators) * 2 * 2
    assert [(f.region, f.period) for f in figures[:4]] == [
        ("1000", "2023"),
        ("1000", "2024"),
        ("1002", "2023"),
        ("1002", "2024"),
    ]
    assert steps[-1][1] == steps[-1][2] > 0


def test_one_cell_alone_and_among_all_are_the_same_figure(world: Any, packs: Packs) -> None:
    made = world(
        hte=[
            hte(f"G{n}", f"U{n}", date(2020 + n % 5, 1 + n % 12, 3), county=f"100{1 + n % 3}")
            for n in range(30)
        ]
    )
    figures = compute(
        packs, made.snapshot, made.regions, ["1000", "1001", "1002"], range(2020, 2025), date(2026, 1, 1)
    )
    for figure in figures:
        if figure.indicator == "high_tech_enterprises":
            assert figure == made.figure(
                figure.indicator, figure.region, int(figure.period), date(2026, 1, 1)
            )


def test_every_faulty_definition_is_named_at_once(world: Any, packs: Packs) -> None:
    specs = {
        name: packs.indicators[name].model_copy(update={"value": value})
        for name, value in {
            "st_smes": "distinct(sme.usc)",
            "rd_intensity": "sum(rd_survey.expenditure) / sum(accounts.gdp)",
        }.items()
    }
    broken = packs.model_copy(update={"indicators": {**packs.indicators, **specs}})
    made = world()
    with pytest.raises(KechuangError) as caught:
        compute(broken, made.snapshot, made.regions, ["1000"], [2024], date(2026, 1, 1))
    told = "\n".join(str(fault.full()) for fault in caught.value.faults)
    assert len(caught.value.faults) == 2
    assert "st_smes" in told and "uscc" in told
    assert "rd_intensity" in told and "100 *" in told


def test_before_a_parameter_has_a_value_there_is_no_figure(world: Any) -> None:
    figure = world(hte=[hte("G1", "U1", date(2024, 5, 1))]).figure("high_tech_enterprises", "1000", 2005)
    assert figure.value is None
    assert "高新技术企业证书有效期" in figure.reason["zh"]


def test_an_unknown_indicator_is_refused(world: Any) -> None:
    with pytest.raises(KechuangError, match="st_smes"):
        world().figure("st_sme", "1000", 2024)


def test_an_unknown_region_is_refused(world: Any) -> None:
    with pytest.raises(KechuangError):
        world().figure("st_smes", "9999", 2024)


def test_a_snapshot_older_than_a_field_says_so(world: Any) -> None:
    made = world()
    del made.snapshot.manifest["schema"]["sme"]["uscc"]
    with pytest.raises(KechuangError, match="快照"):
        made.figure("st_smes", "1000", 2024)
