"""A register that declares a form of visits: what it must have, told with the place of the fault."""

from __future__ import annotations

from typing import Any

import pytest

from kechuang.packs import load_packs
from kechuang.packs.model import RecordType
from kechuang.packs.sound_visits import unsound_visits

PACKS = load_packs(["st-core", "agriculture"])
LOG = PACKS.records["commissioner_services"]


def faults(**visits: Any) -> list[tuple[Any, ...]]:
    """The places of what is wrong, with parts of the declaration changed."""
    assert LOG.visits is not None
    changed = LOG.model_dump(by_alias=True)
    changed["visits"] = {**LOG.visits.model_dump(), **visits}
    return [path for path, _ in unsound_visits(RecordType.model_validate(changed), PACKS.records)]


def test_the_built_in_log_is_sound() -> None:
    assert faults() == []


@pytest.mark.parametrize(
    ("part", "value", "place"),
    [
        ("post", "county", ("visits", "post")),
        ("place", "nowhere", ("visits", "place")),
        ("place", "hours", ("visits", "place")),
        ("place_label", ["name", "nothing"], ("visits", "place_label", 1)),
        ("quick", {"kind": [1]}, ("visits", "quick", "kind")),
        ("quick", {"nothing": [1]}, ("visits", "quick", "nothing")),
        (
            "duties",
            {"type": "nothing", "post": "commissioner", "place": "village"},
            ("visits", "duties", "type"),
        ),
        (
            "duties",
            {"type": "assignments", "post": "nobody", "place": "village"},
            ("visits", "duties", "post"),
        ),
    ],
)
def test_what_the_form_cannot_be_made_of(part: str, value: Any, place: tuple[Any, ...]) -> None:
    assert place in faults(**{part: value})


def test_a_log_says_on_which_day() -> None:
    changed = LOG.model_copy(update={"time": PACKS.records["sme"].time})
    assert ("visits",) in [path for path, _ in unsound_visits(changed, PACKS.records)]
