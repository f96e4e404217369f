"""What must not be published: totals of fewer respondents than the parameter says, and what would give them away."""

from __future__ import annotations

import pytest

from kechuang.demo import build_example
from kechuang.indicators import Figure
from kechuang.openly import public_figures
from kechuang.workspace import Workspace


@pytest.fixture(scope="module")
def ws(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return build_example(tmp_path_factory.mktemp("disclosure") / "example", "kashgar", lambda *_: None)


@pytest.fixture(scope="module")
def figures(ws: Workspace) -> tuple[dict[tuple[str, str, str], Figure], list[Figure]]:
    full = {(one.indicator, one.region, one.period): one for one in ws.figures()}
    return full, public_figures(ws)


def test_what_is_shown_is_the_figure_itself(
    figures: tuple[dict[tuple[str, str, str], Figure], list[Figure]],
) -> None:
    full, public = figures
    assert len(public) == len(full)
    hidden = [one for one in public if one.absence == "withheld"]
    assert hidden
    for one in public:
        if one.absence == "withheld":
            assert one.value is one.numerator is one.denominator is None and one.reason
        else:
            assert one == full[one.indicator, one.region, one.period]


def test_totals_of_one_or_two_respondents_are_withheld_and_counts_are_not(
    ws: Workspace, figures: tuple[dict[tuple[str, str, str], Figure], list[Figure]]
) -> None:
    _, public = figures
    year = 2023
    answers: dict[str, set[str]] = {}
    for version in ws.store.as_of(ws.today, "rd_survey"):
        if version.data.get("year") == year and version.data.get("expenditure") is not None:
            answers.setdefault(str(version.data["county"]), set()).add(str(version.data["uscc"]))
    shown = {
        one.region: one.absence
        for one in public
        if one.indicator == "rd_expenditure" and one.period == str(year)
    }
    few = {code for code, units in answers.items() if len(units) < 3}
    assert few
    assert all(shown[code] == "withheld" for code in few)
    assert not [one for one in public if one.indicator == "st_smes" and one.absence == "withheld"]


def test_one_county_is_never_withheld_alone(
    ws: Workspace, figures: tuple[dict[tuple[str, str, str], Figure], list[Figure]]
) -> None:
    """The whole less the others would tell it."""
    _, public = figures
    region = ws.settings.region
    whole = {(one.indicator, one.period) for one in public if one.region == region and one.value is not None}
    hidden: dict[tuple[str, str], int] = {}
    left: dict[tuple[str, str], int] = {}
    for one in public:
        if one.region != region:
            key = one.indicator, one.period
            hidden[key] = hidden.get(key, 0) + (one.absence == "withheld")
            left[key] = left.get(key, 0) + (one.value is not None)
    alone = [key for key in whole if hidden.get(key) == 1 and left.get(key)]
    assert not alone, alone
