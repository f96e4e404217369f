"""Statuses of targets: a table of cases, the traps, and properties that hold for any figures."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kechuang.errors import KechuangError
from kechuang.indicators.figure import Figure
from kechuang.packs.model import IndicatorSpec
from kechuang.plan.model import Amendment, Baseline, Plan, Programme, Target, Task
from kechuang.progress import TargetProgress, assess


def target(**given: object) -> Target:
    return Target.model_validate(
        {"id": "T1", "name": "甲", "value": 10, "unit": "家", "year": 2025, "indicator": "x"} | given
    )


def figures(values: dict[int, float | None], unit: str = "家") -> list[Figure]:
    return [Figure("x", "653100", str(year), value, unit, "final") for year, value in values.items()]


def judged(
    goal: Target,
    values: dict[int, float | None],
    as_of: date = date(2025, 6, 30),
    *,
    unit: str = "家",
    spec: IndicatorSpec | None = None,
) -> TargetProgress:
    plan = Plan(title="规划", period=(2021, 2025), targets=[goal])
    specs = {"x": spec} if spec else {}
    return assess(plan, {"x": figures(values, unit)}, as_of, specs=specs).targets[0]


def based(value: float | None, year: int = 2020, origin: str = "plan") -> Baseline:
    return Baseline.model_validate({"value": value, "year": year, "origin": origin})


@pytest.mark.parametrize(
    ("goal", "values", "status", "attained"),
    [
        (target(baseline=based(0)), {2024: 8}, "on_schedule", 0.8),
        (target(baseline=based(0)), {2024: 7.2}, "basically_on_schedule", 0.72),
        (target(baseline=based(0)), {2024: 7.1999}, "behind", 0.71999),
        (target(baseline=based(0)), {2024: 10}, "achieved", 1.0),
        (target(baseline=based(0), comparator=">"), {2024: 10}, "on_schedule", 1.0),
        (target(baseline=based(4)), {2024: 3}, "behind", -1 / 6),
        (target(), {2024: 8}, "not_available", None),
        (target(), {2024: 12}, "achieved", None),
        (target(baseline=based(20), comparator="<="), {2024: 12}, "on_schedule", 0.8),
        (target(baseline=based(20), comparator="<="), {2024: 9}, "achieved", 1.1),
        (target(baseline=based(20), comparator="=", direction="down"), {2024: 15}, "behind", 0.5),
        (target(baseline=based(12)), {2024: 9}, "behind", None),
        (target(baseline=based(12)), {2024: 11}, "achieved", None),
        (target(baseline=based(10)), {2024: 9}, "behind", None),
        (target(baseline=based(10), comparator=">"), {2024: 9}, "behind", None),
        (target(baseline=based(0), comparator="range", high=12), {2024: 11}, "achieved", 1.1),
        (target(baseline=based(0), comparator="range", high=12), {2024: 13}, "on_schedule", 1.3),
        (target(baseline=based(0), comparator="~"), {2024: 9.6}, "achieved", 0.96),
        (target(baseline=based(0), interim={2024: 5}), {2024: 5}, "on_schedule", 0.5),
        (target(baseline=based(0), per_year=True), {2024: 10}, "on_schedule", None),
        (target(baseline=based(0), per_year=True), {2024: 8}, "behind", None),
        (target(baseline=based(0), year=None), {2024: 8}, "not_available", 0.8),
        (target(value=None), {2024: 8}, "not_available", None),
        (target(baseline=based(0)), {2020: 3}, "not_available", 0.3),
        (target(), {}, "not_available", None),
    ],
)
def test_status_by_case(
    goal: Target, values: dict[int, float | None], status: str, attained: float | None
) -> None:
    found = judged(goal, values)
    assert found.status == status
    assert found.attained == (None if attained is None else pytest.approx(attained))


def test_all_covered_is_reached_at_a_hundred_or_more() -> None:
    goal = target(value=100, unit="%", comparator="=", baseline=based(60))
    assert judged(goal, {2024: 100}, unit="%").status == "achieved"
    assert judged(goal, {2024: 100.2}, unit="%").status == "achieved"
    assert judged(goal, {2024: 99.96}, unit="%").status == "on_schedule"


def test_floating_sums_reach_the_target() -> None:
    assert (
        judged(target(value=0.3, unit="%", baseline=based(0.1)), {2024: 0.1 + 0.2}, unit="%").status
        == "achieved"
    )
    assert judged(target(value=0.3, unit="%"), {2024: 0.3 - 1e-6}, unit="%").status == "not_available"


def test_target_year_over() -> None:
    day = date(2026, 7, 1)
    assert judged(target(baseline=based(0)), {2025: 9.9}, day).status == "missed"
    assert judged(target(), {2025: 9.9}, day).status == "missed"
    reached = judged(target(), {2025: 10}, day)
    assert (reached.status, reached.early, reached.status_label.zh) == ("achieved", False, "已达成")
    waiting = judged(target(baseline=based(0)), {2024: 8}, day)
    assert (waiting.status, waiting.scheduled_share) == ("on_schedule", pytest.approx(0.8))
    assert any("2025年目标年度数据尚未产生" in reason.zh for reason in waiting.why)
    assert waiting.needed_per_year is None


def test_reached_before_its_year_is_early() -> None:
    found = judged(target(), {2023: 10})
    assert (found.early, found.status_label.zh) == (True, "提前完成")


def test_without_baseline_only_the_level_is_given() -> None:
    found = judged(target(), {2024: 8})
    assert (found.attained, found.level_share, found.baseline) == (None, 0.8, None)
    assert any("规划未给基期值" in reason.zh for reason in found.why)


def test_baseline_from_records() -> None:
    goal = target(baseline=based(None, 2020, "records"))
    found = judged(goal, {2020: 5, 2024: 9})
    assert found.baseline is not None
    assert (found.baseline.value, found.baseline.origin, found.status) == (5, "records", "on_schedule")
    missing = judged(goal, {2021: 5, 2024: 9})
    assert (missing.status, missing.baseline) == ("not_available", None)


def test_compared_at_the_end_of_the_figure_s_year() -> None:
    found = judged(target(baseline=based(0)), {2023: 6, 2024: None}, date(2025, 12, 1))
    assert (found.scheduled_share, found.status) == (pytest.approx(0.6), "on_schedule")
    assert found.needed_per_year == pytest.approx(2.0)


def test_a_running_year_is_compared_on_the_day() -> None:
    found = judged(target(baseline=based(0)), {2025: 9}, date(2025, 6, 30))
    assert found.scheduled_share == pytest.approx(0.9)


def test_amended_target_counts_from_its_day() -> None:
    goal = target(
        baseline=based(0), value=10, amendments=[Amendment(document="调整", date="2023-05", old=10, new=8)]
    )
    assert judged(goal, {2022: 4}, date(2023, 4, 30)).target == 10
    assert judged(goal, {2024: 8}, date(2025, 1, 1)).status == "achieved"
    withdrawn = target(amendments=[Amendment(document="调整", date="2023-05-01", old=10, new=None)])
    assert judged(withdrawn, {2024: 8}).status == "not_available"
    with pytest.raises(KechuangError):
        judged(target(amendments=[Amendment(document="调整", date="去年", old=1, new=2)]), {2024: 8})


def test_a_fallen_stock_is_told() -> None:
    found = judged(target(baseline=based(0)), {2023: 11, 2024: 9})
    assert any("较2023年减少2家" in reason.zh for reason in found.why)


def test_an_overdue_figure_is_told() -> None:
    spec = IndicatorSpec.model_validate(
        {
            "indicator": "x",
            "label": {"zh": "甲", "en": "A"},
            "unit": "家",
            "value": "sum(a.b)",
            "release_lag": {"months": 9},
            "definition": {"source": "s", "clause": "c"},
        }
    )
    late = judged(target(baseline=based(0)), {2022: 5}, date(2024, 10, 1), spec=spec)
    assert any("2023年数据按惯例此时应已公布" in reason.zh for reason in late.why)
    fresh = judged(target(baseline=based(0)), {2022: 5}, date(2024, 9, 30), spec=spec)
    assert not any("应已公布" in reason.zh for reason in fresh.why)


def test_units_that_differ_are_not_compared() -> None:
    assert judged(target(baseline=based(0)), {2024: 9}, unit="万元").status == "not_available"
    assert judged(target(baseline=based(0)), {2024: 9}, unit="个").status == "on_schedule"


def test_programmes_count_the_targets_they_serve() -> None:
    plan = Plan(
        title="规划",
        period=(2021, 2025),
        targets=[target(), target(id="T2", baseline=based(0))],
        programmes=[
            Programme(
                id="P1",
                title="一",
                tasks=[
                    Task(id="P1.1", title="甲", serves=["T1", "T2", "T9"]),
                    Task(id="P1.2", title="乙", serves=["T2"]),
                ],
            ),
            Programme(id="P2", title="二", tasks=[Task(id="P2.1", title="丙")]),
        ],
    )
    first, second = assess(plan, {"x": figures({2024: 8})}, date(2025, 6, 30)).as_dict()["programmes"]
    assert first["targets"] == {"on_schedule": 1, "not_available": 1}
    assert first["status"] is None
    assert second["targets"] == {} and second["why"]


@pytest.mark.parametrize("tolerance", [0, -1, 1.01])
def test_tolerance_must_be_a_share(tolerance: float) -> None:
    with pytest.raises(KechuangError):
        assess(Plan(title="规划"), {}, date(2025, 1, 1), tolerance)


def test_as_dict_has_the_agreed_keys() -> None:
    plan = Plan(title="规划", period=(2021, 2025), targets=[target(baseline=based(0))])
    content = assess(plan, {"x": figures({2024: 8})}, date(2024, 12, 31)).as_dict()
    assert content["as_of"] == "2024-12-31"
    assert content["period"] == [2021, 2025]
    assert content["time_share"] == pytest.approx(0.8)
    wanted = {
        "id",
        "name",
        "unit",
        "comparator",
        "target",
        "year",
        "baseline",
        "latest",
        "attained",
        "status",
    }
    wanted |= {"methods", "needed_per_year", "forecast", "probability", "why"}
    assert wanted <= content["targets"][0].keys()
    assert content["targets"][0]["forecast"] is None


numbers = st.floats(-1e6, 1e6) | st.integers(-1000, 1000).map(float)


@given(base=numbers, aim=numbers, low=numbers, high=numbers)
def test_attained_rises_with_the_latest_value(base: float, aim: float, low: float, high: float) -> None:
    low, high = sorted((low, high))
    goal = target(value=aim, baseline=based(base), direction="up" if aim >= base else "down", comparator="=")
    one, two = judged(goal, {2023: low}).attained, judged(goal, {2023: high}).attained
    if one is not None and two is not None:
        assert one <= two if aim > base else one >= two


@given(
    comparator=st.sampled_from([">=", ">", "=", "<=", "<", "~", "range"]),
    value=numbers | st.none(),
    high=numbers | st.none(),
    base=st.none()
    | st.tuples(numbers | st.none(), st.integers(2015, 2026), st.sampled_from(["plan", "records"])),
    year=st.none() | st.integers(2019, 2030),
    direction=st.sampled_from(["up", "down", None]),
    per_year=st.booleans(),
    values=st.dictionaries(st.integers(2018, 2026), st.none() | st.floats(), max_size=6),
    day=st.dates(date(2020, 1, 1), date(2031, 1, 1)),
    interim=st.dictionaries(st.integers(2019, 2030), numbers, max_size=2),
)
def test_any_figures_give_a_status_and_json(
    day: date, values: dict[int, float | None], **given: object
) -> None:
    base = given.pop("base")
    goal = target(**given, baseline=None if base is None else based(*base))  # type: ignore[misc]
    found = judged(goal, values, day).as_dict()
    assert found["status"] in {
        "achieved", "on_schedule", "basically_on_schedule", "behind", "missed", "not_available",
    }  # fmt: skip
    if found["status"] == "not_available":
        assert found["why"]


def test_a_break_between_baseline_and_latest_is_told() -> None:
    from kechuang.progress.reasons import breaks

    mark = {"year": 2022, "kind": "definition", "note": {"zh": "口径扩大", "en": "wider"}}
    plain = [Figure("x", "1", str(year), 1.0, "家", "final") for year in (2020, 2021, 2022, 2023)]
    marked = [replace(one, breaks=(mark,)) if one.period == "2022" else one for one in plain]
    assert breaks(plain) == []
    assert [message.zh for message in breaks(marked)] == [
        "2022年起数列中断（口径扩大），与此前年度不可直接比较"
    ]
    assert breaks(marked[2:]) == []  # the whole series is on the new basis
