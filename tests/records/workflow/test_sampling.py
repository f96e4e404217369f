"""Verification on site: the draw is reproducible and fair, the interval is the published one."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kechuang.errors import KechuangError
from kechuang.records.workflow.intervals import exact, stratified, wilson
from kechuang.records.workflow.sampling import Unit, allot, draw

WHO = "市规划科"


@given(
    st.dictionaries(st.text("abc", min_size=1, max_size=2), st.integers(1, 200), min_size=1),
    st.integers(1, 300),
)
def test_places_are_given_in_proportion(sizes: dict[str, int], n: int) -> None:
    places = allot(sizes, n)
    total = sum(sizes.values())
    assert sum(places.values()) == min(n, total)
    assert all(0 <= places[name] <= size for name, size in sizes.items())
    if n >= len(sizes):
        assert all(places.values())
    share = min(n, total) / total
    assert all(places[name] < share * size + 2 or places[name] == 1 for name, size in sizes.items())


@given(st.sets(st.integers(0, 500), min_size=1), st.integers(1, 60), st.text(max_size=5), st.randoms())
def test_a_draw_depends_on_seed_and_records_alone(numbers: set[int], n: int, seed: str, random: Any) -> None:
    units = [Unit(f"K{number}", str(number % 3)) for number in sorted(numbers)]
    drawn = draw(units, n, seed)
    random.shuffle(units)
    assert draw(units, n, seed) == drawn
    keys = [key for part in drawn.keys.values() for key in part]
    assert len(keys) == len(set(keys)) == min(n, len(numbers))
    assert all(
        key in {unit.key for unit in units if unit.stratum == name}
        for name, part in drawn.keys.items()
        for key in part
    )


def test_the_draw_of_a_seed_stays_what_it_was() -> None:
    """The list a seed gives is on paper in some office: no later version may give another."""
    units = [Unit(f"K{number:02d}") for number in range(20)]
    assert draw(units, 4, "2026").keys == {"": ("K00", "K08", "K10", "K13")}


def test_every_record_is_as_likely_and_heavier_ones_more() -> None:
    units = [Unit(f"K{number}", weight=4.0 if number < 5 else 1.0) for number in range(25)]
    plain = [Unit(unit.key) for unit in units]
    counts: dict[str, Counter[str]] = {"plain": Counter(), "heavy": Counter()}
    for seed in range(2000):
        counts["plain"].update(draw(plain, 5, str(seed)).keys[""])
        counts["heavy"].update(draw(units, 5, str(seed)).keys[""])
    assert all(340 < count < 460 for count in counts["plain"].values()), "400 ± 3.4 standard deviations"
    heavy = [counts["heavy"][f"K{number}"] for number in range(25)]
    assert min(heavy[:5]) > 2 * max(heavy[5:])


@pytest.mark.parametrize(
    ("k", "n", "told"),
    [  # R. G. Newcombe, Statistics in Medicine 17, 1998, table I: score interval without correction, and exact
        (81, 263, ((0.2553, 0.3662), (0.2527, 0.3676))),
        (15, 148, ((0.0624, 0.1605), (0.0578, 0.1617))),
        (0, 20, ((0.0, 0.1611), (0.0, 0.1684))),
        (1, 29, ((0.0061, 0.1718), (0.0009, 0.1776))),
    ],
)
def test_intervals_are_the_published_ones(k: int, n: int, told: Any) -> None:
    assert wilson(k, n) == pytest.approx(told[0], abs=5e-5)
    assert exact(k, n) == pytest.approx(told[1], abs=5e-5)


@given(st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_intervals_hold_the_share_and_mirror(case: tuple[int, int]) -> None:
    k, n = case
    for interval in (wilson, exact):
        low, high = interval(k, n)
        assert 0 <= low <= k / n + 1e-12 and k / n - 1e-12 <= high <= 1
        assert interval(n - k, n) == pytest.approx((1 - high, 1 - low), abs=1e-9)


def test_strata_are_weighed_by_their_size() -> None:
    share, (low, high) = stratified([(900, 10, 0), (100, 10, 5)])
    assert share == pytest.approx(0.05)
    plain = wilson(0.05 * 12.195, 12.195)
    assert (low, high) == pytest.approx(plain, abs=1e-3), "unequal shares drawn count for fewer"


# -- in the store


def surveyed(office: Any, count: int = 12) -> None:
    rows = [
        office.survey(n, amount=float(n), county="安吉县" if n % 3 else "德清县") for n in range(1, count + 1)
    ]
    office.bring(office.write("s.csv", *rows))


def test_a_draw_is_kept_and_its_outcomes_are_counted(office: Any) -> None:
    surveyed(office)
    desk = office.store.workflow
    found = desk.draw("rd_survey", 2024, who=WHO, seed="7", n=6, by="county")
    assert dict(found.sizes) == {"330521": 4, "330523": 8}
    assert {name: len(keys) for name, keys in found.keys.items()} == {"330521": 2, "330523": 4}
    again = desk.draw("rd_survey", 2024, who=WHO, seed="7", share=0.5, by="county")
    assert again.keys == found.keys and again.id != found.id, "a second draw stands beside the first"
    assert [one.id for one in desk.draws()] == [found.id, again.id]
    first, second = found.keys["330523"][:2]
    desk.enter(found.id, first, "confirmed", "", WHO)
    desk.enter(found.id, second, "corrected", "发票与账不符", WHO)
    desk.enter(found.id, second, "unconfirmed", "凭证未见", WHO)
    for arguments, code in [
        (("D0", first, "confirmed", ""), "unknown-draw"),
        ((found.id, "nothing", "confirmed", ""), "not-drawn"),
        ((found.id, first, "fine", ""), "unknown-outcome"),
        ((found.id, first, "corrected", " "), "note-needed"),
    ]:
        with pytest.raises(KechuangError) as caught:
            desk.enter(*arguments, WHO)
        assert caught.value.code == code
    told = desk.draw_summary(found.id)
    strata = {one["stratum"]: one for one in told["strata"]}
    anji = strata["330523"]
    assert (anji["entered"], anji["wrong"], anji["unconfirmed"]) == (2, 1, 1), "the last word counts"
    assert anji["wilson"] == pytest.approx(wilson(1, 2))
    assert strata["330521"]["error_rate"] is None
    assert told["overall"]["wilson"] is None, "a county nobody visited: nothing is said of the whole"
    for key in found.keys["330521"]:
        desk.enter(found.id, key, "confirmed", "", WHO)
    overall = desk.draw_summary(found.id)["overall"]
    assert overall["error_rate"] == pytest.approx((8 * 0.5 + 4 * 0) / 12)
    assert overall["entered"] == 4 and overall["wilson"][0] < overall["error_rate"] < overall["wilson"][1]
    assert office.store.verify() == []


def test_a_draw_by_risk_tells_nothing_of_all_records(office: Any) -> None:
    surveyed(office)
    desk = office.store.workflow
    drawn = [desk.draw("rd_survey", 2024, who=WHO, seed=str(n), n=3, risk=True) for n in range(40)]
    counts = Counter(key for one in drawn for key in one.keys[""])
    large = sum(counts[f"{office.code(n)}|2024"] for n in range(9, 13))
    small = sum(counts[f"{office.code(n)}|2024"] for n in range(1, 5))
    assert large > 1.3 * small
    desk.enter(drawn[0].id, drawn[0].keys[""][0], "confirmed", "", WHO)
    told = desk.draw_summary(drawn[0].id)
    assert told["overall"]["error_rate"] == 0 and told["overall"]["wilson"] is None


def test_records_with_warnings_are_risky(make: Any, output: Any) -> None:
    office = make()
    office.bring(output(安吉县=1001, 德清县=1000, 长兴县=1000))
    desk = office.store.workflow
    counts = Counter(
        key
        for seed in range(60)
        for key in desk.draw("output", 2026, who=WHO, seed=str(seed), n=1, risk=True).keys[""]
    )
    assert counts["330523|2026"] == max(counts.values())


def test_what_cannot_be_drawn(office: Any) -> None:
    desk = office.store.workflow
    for options, code in [
        ({"year": 2024, "n": 3}, "nothing-to-draw"),
        ({"year": 2024, "n": 3, "by": "colour"}, "unknown-field"),
    ]:
        with pytest.raises(KechuangError) as caught:
            desk.draw("rd_survey", who=WHO, seed="1", **options)
        assert caught.value.code == code
    surveyed(office, 3)
    with pytest.raises(KechuangError) as caught:
        desk.draw("rd_survey", 2023, who=WHO, seed="1", n=1)
    assert caught.value.code == "nothing-to-draw"
    with pytest.raises(KechuangError) as caught:
        desk.draw("rd_survey", 2024, who=WHO, seed="1", n=1, out=Path("v.docx"))
    assert caught.value.code == "unknown-suffix"
    assert desk.draws() == []


def test_the_sheet_to_take_along(office: Any, tmp_path: Path) -> None:
    from openpyxl import load_workbook

    surveyed(office)
    found = office.store.workflow.draw("rd_survey", 2024, who=WHO, seed="7", n=4, out=tmp_path / "v.xlsx")
    page = load_workbook(tmp_path / "v.xlsx").active
    heads = [cell.value for cell in page[2]]
    assert "研发经费调查表（2024年度）现场核实表" in page["A1"].value
    assert heads[:2] == ["序号", "主键"] and heads[-3:] == ["核实结果", "现场情况说明", "核实单位"]
    keys = [page.cell(row, 2).value for row in range(3, 7)]
    assert keys == list(found.keys[""])
    county = heads.index("所在县市") + 1
    assert page.cell(3, county).value in ("安吉县", "德清县")
    assert page.data_validations.dataValidation[0].formula1 == '"属实,有误已更正,未能核实"'
