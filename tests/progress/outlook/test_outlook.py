"""The outlook of whole assessments: which way is taken, what is said, what is left unsaid."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import pyarrow as pa
import pytest

from kechuang.indicators.figure import Figure
from kechuang.packs import Packs, load_packs
from kechuang.plan.model import Baseline, Plan, Target
from kechuang.progress import Progress, TargetProgress, assess
from kechuang.progress.outlook import Sources, with_outlook

REGION, COUNTY, OTHER = "653100", "653101", "653125"
AS_OF = date(2025, 9, 1)


@pytest.fixture(scope="module")
def packs() -> Packs:
    return load_packs(["st-core"])


def figures(
    indicator: str, values: Mapping[int, float], region: str = REGION, unit: str = "家", **given: Any
) -> list[Figure]:
    return [
        Figure(indicator, region, str(year), value, unit, "final", **given) for year, value in values.items()
    ]


def target(indicator: str, value: float | None, **given: Any) -> Target:
    return Target.model_validate(
        {"id": "T1", "name": "甲", "value": value, "unit": "家", "year": 2025, "indicator": indicator} | given
    )


Look = Callable[..., Progress]


@pytest.fixture
def look(packs: Packs) -> Look:
    def found(
        targets: Sequence[Target],
        series: Sequence[Figure] = (),
        tables: Mapping[str, pa.Table] | None = None,
        *,
        as_of: date = AS_OF,
        counties: Sequence[Figure] = (),
    ) -> Progress:
        by_indicator: dict[str, list[Figure]] = {}
        for figure in series:
            by_indicator.setdefault(figure.indicator, []).append(figure)
        below: dict[str, dict[str, list[Figure]]] = {}
        for figure in counties:
            below.setdefault(figure.indicator, {}).setdefault(figure.region, []).append(figure)
        links = {goal.id: goal.indicator or "" for goal in targets}
        plan = Plan(title="规划", period=(2021, 2025), targets=list(targets))
        assessed = assess(plan, by_indicator, as_of, specs=packs.indicators, links=links)
        sources = Sources(
            packs,
            as_of,
            by_indicator,
            (tables or {}).get,
            places={COUNTY, OTHER},
            counties=below,
            names={COUNTY: "喀什市", OTHER: "莎车县"},
        )
        return with_outlook(assessed, sources)

    return found


def certificates(*spells: tuple[str, date], county: str = COUNTY) -> pa.Table:
    rows = [
        {"_key": f"G{n}", "uscc": unit, "county": county, "issued": day, "revoked": None, "_sample": False}
        for n, (unit, day) in enumerate(spells)
    ]
    return pa.Table.from_pylist(
        rows, schema=pa.schema({**dict.fromkeys(("_key", "uscc", "county"), pa.string()), "issued": pa.date32(), "revoked": pa.date32(), "_sample": pa.bool_()})
    )  # fmt: skip


def first(progress: Progress) -> TargetProgress:
    return progress.targets[0]


def test_three_years_give_no_forecast_and_say_why(look: Look) -> None:
    series = figures("rd_fte", {2022: 100, 2023: 110, 2024: 120}, unit="人年")
    found = first(look([target("rd_fte", 150, unit="人年")], series))
    assert found.probability is None
    assert found.forecast is None
    assert "3年" in found.forecast_why.zh


def test_four_years_are_forecast_and_the_nearer_the_goal_the_likelier(look: Look) -> None:
    series = figures("rd_fte", {2021: 100, 2022: 110, 2023: 121, 2024: 130}, unit="人年")
    chances = [
        first(look([target("rd_fte", goal, unit="人年")], series)).probability
        for goal in (110, 138, 145, 400)
    ]
    assert all(chance is not None for chance in chances)
    assert chances == sorted(chances, key=lambda chance: -(chance or 0))
    assert (chances[0] or 0) > 0.9
    assert (chances[3] or 0) < 0.02


def test_the_contract_of_a_forecast(look: Look) -> None:
    series = figures("rd_fte", {2021: 100, 2022: 110, 2023: 121, 2024: 130}, unit="人年")
    told = first(look([target("rd_fte", 138, unit="人年")], series)).as_dict()
    forecast = told["forecast"]
    assert forecast["period"] == "2025"
    low95, low80, low50 = (forecast[band][0] for band in ("p95", "p80", "p50"))
    high50, high80, high95 = (forecast[band][1] for band in ("p50", "p80", "p95"))
    assert low95 <= low80 <= low50 <= forecast["median"] <= high50 <= high80 <= high95
    assert 0 <= told["probability"] <= 1


def test_a_year_of_which_few_returns_are_in_is_not_rested_on(look: Look) -> None:
    full = figures("rd_fte", {2020: 90, 2021: 100, 2022: 110, 2023: 120}, unit="人年")
    part = figures("rd_fte", {2024: 30}, unit="人年", coverage=0.3)
    found = first(look([target("rd_fte", 138, unit="人年")], [*full, *part]))
    assert found.outlook is not None
    assert found.outlook.start == (2023, 120)


def test_a_register_is_worked_out_from_its_own_dates_without_a_long_series(look: Look) -> None:
    table = certificates(*((f"u{n}", date(2022, 10, 18)) for n in range(5)), ("v", date(2024, 11, 8)))
    found = first(
        look(
            [target("high_tech_enterprises", 6)], figures("high_tech_enterprises", {2025: 6}), {"hte": table}
        )
    )
    outlook = found.outlook
    assert outlook is not None
    assert outlook.method == "register"
    assert outlook.opening == 6
    assert found.probability is not None
    assert 0 < found.probability < 1  # it stands at six, but five lapse in October
    renew = next(lever for lever in outlook.levers if lever.kind == "renew")
    assert "5家到期" in renew.words.zh
    assert any("目前已达到" in said.zh and "5家到期" in said.zh for said in outlook.said)


def test_records_of_other_places_do_not_count(look: Look) -> None:
    table = certificates(("u", date(2024, 10, 18)), ("v", date(2024, 11, 8)), county="110101")
    own = certificates(("u", date(2024, 10, 18)))
    assert first(look([target("high_tech_enterprises", 2)], (), {"hte": table})).probability is None
    found = first(look([target("high_tech_enterprises", 2)], (), {"hte": own}))
    assert found.outlook is not None
    assert found.outlook.opening == 1


def test_candidates_raise_the_chance_of_their_register(look: Look) -> None:
    parks = pa.table({
        "_key": ["a"], "park": ["a"], "county": [COUNTY], "status": ["accepted"],
        "approved": pa.array([date(2019, 6, 18)], pa.date32()), "cancelled": pa.array([None], pa.date32()), "_sample": [False],
    })  # fmt: skip
    planned = pa.table({
        "register": ["agri_parks", "hte"], "candidate": ["b", "c"], "county": [COUNTY, COUNTY], "stage": ["recommended", "applied"],
        "listed": pa.array([date(2025, 1, 1)] * 2, pa.date32()), "expected": pa.array([date(2025, 11, 1)] * 2, pa.date32()),
        "score_low": pa.array([None, 60.0]), "score_high": pa.array([None, 80.0]), "closed": pa.array([None, None], pa.date32()),
    })  # fmt: skip
    goal = [target("agri_parks", 2)]
    without = first(look(goal, (), {"agri_parks": parks})).probability
    found = first(look(goal, (), {"agri_parks": parks, "candidates": planned}))
    assert without is not None
    assert found.probability is not None
    assert found.probability > max(without, 0.85)
    assert found.outlook is not None
    assert any("1个" in said.zh for said in found.outlook.assumptions)


@pytest.mark.parametrize(("value", "probability", "said"), [(12, 1.0, "已达到"), (11, 0.0, "没有达到")])
def test_what_is_over_is_a_fact_not_a_forecast(
    look: Look, value: float, probability: float, said: str
) -> None:
    series = figures("rd_fte", {2022: 5, 2023: 7, 2024: 9, 2025: value}, unit="人年")
    found = first(look([target("rd_fte", 12, unit="人年")], series, as_of=date(2026, 6, 1)))
    assert found.outlook is not None
    assert found.outlook.settled
    assert found.probability == probability
    assert found.forecast is None
    assert said in found.outlook.verdict.zh


def test_a_target_of_every_year_is_harder_than_that_of_the_last(look: Look) -> None:
    series = figures("rd_fte", {2020: 101, 2021: 100, 2022: 104, 2023: 98}, unit="人年")
    once, every = (
        first(look([target("rd_fte", 95, unit="人年", per_year=per_year)], series)).probability
        for per_year in (False, True)
    )
    assert once is not None
    assert every is not None
    assert every < once


def test_a_coverage_can_be_whole(look: Look) -> None:
    series = figures(
        "commissioner_coverage",
        {2020: 80.0, 2021: 88.0, 2022: 94.0, 2023: 98.0, 2024: 99.5},
        unit="%",
        numerator=199.0,
        denominator=200.0,
    )
    found = first(look([target("commissioner_coverage", 100, unit="%", comparator="=")], series))
    assert found.probability is not None
    assert found.probability > 0.05
    assert found.forecast is not None
    assert found.forecast["p95"][1] <= 100


def test_the_county_that_matters_is_the_one_whose_gap_moves_the_whole(look: Look) -> None:
    ratio = {"numerator": 50.0, "denominator": 100.0}
    series = figures(
        "rd_intensity",
        {2021: 0.030, 2022: 0.034, 2023: 0.038, 2024: 0.042},
        unit="%",
        numerator=42.0,
        denominator=100000.0,
    )
    counties = [
        *figures("rd_intensity", {2024: 0.03}, COUNTY, "%", numerator=24.0, denominator=80000.0),
        *figures("rd_intensity", {2024: 0.09}, OTHER, "%", numerator=18.0, denominator=20000.0),
    ]  # fmt: skip
    del ratio
    found = first(look([target("rd_intensity", 0.055, unit="%")], series, counties=counties))
    assert found.outlook is not None
    (gap,) = found.outlook.counties
    assert gap.region == COUNTY
    assert gap.short == pytest.approx(0.055 / 100 * 80000 - 24)
    assert gap.effect == pytest.approx(0.055 * 0.8 - 0.024)
    assert gap.probability > (found.probability or 0)


def test_more_each_year_never_lowers_the_chance(look: Look) -> None:
    series = figures("rd_fte", {2020: 90, 2021: 100, 2022: 110, 2023: 120}, unit="人年")
    found = first(look([target("rd_fte", 160, unit="人年")], series))
    assert found.outlook is not None
    levers = {lever.kind: lever for lever in found.outlook.levers}
    assert levers["pace"].probability >= found.outlook.likely - 1e-9
    assert (found.probability or 0) <= levers["step"].probability <= 1


def test_less_is_better_is_turned_around(look: Look) -> None:
    series = figures("rd_fte", {2020: 90, 2021: 85, 2022: 80, 2023: 75, 2024: 70}, unit="人年")
    easy, hard = (
        first(look([target("rd_fte", goal, unit="人年", comparator="<=")], series)).probability
        for goal in (80, 40)
    )
    assert (easy or 0) > 0.9
    assert hard is not None
    assert hard < 0.1


def test_the_next_figure_narrows_the_band_and_the_last_one_closes_it(look: Look) -> None:
    series = figures("rd_fte", {2020: 90, 2021: 100, 2022: 115, 2023: 121}, unit="人年")
    far = first(look([target("rd_fte", 160, unit="人年", year=2026)], series)).outlook
    assert far is not None
    assert far.next_return is not None
    assert 0 <= far.next_return.narrowing < 1
    near = first(
        look([target("rd_fte", 130, unit="人年", year=2024)], series, as_of=date(2024, 9, 1))
    ).outlook
    assert near is not None
    assert near.next_return is not None
    assert near.next_return.narrowing == 1


def test_binding_targets_are_taken_together(look: Look) -> None:
    series = [
        *figures("rd_fte", {2021: 100, 2022: 110, 2023: 121, 2024: 130}, unit="人年"),
        *figures("rd_intensity", {2021: 0.03, 2022: 0.034, 2023: 0.038, 2024: 0.042}, unit="%"),
    ]
    goals = [
        target("rd_fte", 137, unit="人年", nature="binding", baseline=Baseline(value=90, year=2020)),
        target("rd_intensity", 0.046, unit="%", id="T2", nature="binding"),
        target("agri_parks", 5, id="T3", nature="expected"),
    ]
    joint = look(goals, series).joint
    assert joint is not None
    assert (joint.of, joint.targets) == ("binding", ("T1", "T2"))
    assert joint.bounds is not None
    assert joint.probability is not None
    assert joint.dependent is not None
    assert joint.bounds[0] <= joint.probability <= joint.dependent <= joint.bounds[1]


def test_the_same_figures_give_the_same_outlook(look: Look) -> None:
    table = certificates(*((f"u{n}", date(2022, 10, 18)) for n in range(5)))
    one, two = (look([target("high_tech_enterprises", 4)], (), {"hte": table}).as_dict() for _ in range(2))
    assert one == two


@pytest.mark.parametrize("given", [{"value": None}, {"year": None}, {"indicator": "none"}])
def test_nothing_to_hold_against_gives_no_probability(look: Look, given: dict[str, Any]) -> None:
    found = first(look([target("rd_fte", 1, unit="人年").model_copy(update=given)], ()))
    assert found.probability is None
    assert found.outlook is not None
    assert found.outlook.verdict.zh
