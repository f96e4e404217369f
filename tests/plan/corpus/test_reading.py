"""How much of the corpus the plan reader finds: matched one to one, with value, unit, year and name.

The floors are below what the reader reaches and are raised when it gets better; a change that loses targets, or
invents them, fails here with the list of both.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from kechuang.errors import KechuangError
from kechuang.plan.model import Target
from kechuang.plan.read import read_plan

HERE = Path(__file__).parent
NAMES = sorted(path.stem for path in HERE.glob("*.json"))
RECALL, PRECISION = 0.97, 0.97
SCALES = {"万亿": 1e12, "亿": 1e8, "万": 1e4}
SIMPLIFIED = str.maketrans("億萬個張畝條處場項", "亿万个张亩条处场项")
SAME = {"家": "个", "所": "个", "名": "人", "位": "人", "件": "项"}


def quantity(value: float, unit: str) -> tuple[float, str]:
    """The value in base units and the unit without 万 or 亿."""
    unit = re.sub(r"\s", "", unit.translate(SIMPLIFIED))
    for prefix, scale in SCALES.items():
        if unit.startswith(prefix):
            value, unit = value * scale, unit[len(prefix) :]
            break
    return round(value, 6), SAME.get(unit, unit)


def pairs(text: str) -> set[str]:
    text = re.sub(r"[\W_]", "", text.translate(SIMPLIFIED))
    return {text[i : i + 2] for i in range(len(text) - 1)} or {text}


def alike(found: str, wanted: str) -> bool:
    a, b = pairs(found), pairs(wanted)
    return len(a & b) >= 0.5 * min(len(a), len(b))


def same(found: Target, wanted: dict[str, Any]) -> bool:
    values = wanted["value"] if isinstance(wanted["value"], list) else [wanted["value"]]
    ends = [found.value, found.high][: len(values)]
    if found.year != wanted["year"] or any(end is None for end in ends):
        return False
    if any(
        quantity(end or 0, found.unit) != quantity(value, wanted["unit"])
        for end, value in zip(ends, values, strict=True)
    ):
        return False
    return alike(found.name, wanted["name"]) or alike(found.name, wanted["span_text"])


def compare(name: str) -> tuple[int, list[str], list[str]]:
    """Targets found as annotated, those missed and those reported though nobody promised them."""
    annotation = json.loads((HERE / f"{name}.json").read_text("utf-8"))
    wanted = [entry for entry in annotation["indicators"] if not isinstance(entry["value"], str)]
    document = next(path for path in HERE.glob(f"{name}.*") if path.suffix in {".txt", ".html"})
    try:
        found = [target for target in read_plan([document]).targets if target.value is not None]
    except KechuangError as error:
        assert error.code == "not-a-plan", name  # a text without any promise may be refused
        found = []
    hits, invented = 0, []
    for target in found:
        match = next((entry for entry in wanted if same(target, entry)), None)
        if match is None:
            invented.append(f"{name}: {target.name} {target.value} {target.unit} {target.year}")
        else:
            wanted.remove(match)
            hits += 1
    missed = [f"{name}: {e['name']} {e['value']} {e['unit']} {e['year']}" for e in wanted]
    return hits, missed, invented


def test_the_reader_finds_what_is_promised_and_nothing_else() -> None:
    results = [compare(name) for name in NAMES]
    hits = sum(result[0] for result in results)
    missed = [line for result in results for line in result[1]]
    invented = [line for result in results for line in result[2]]
    recall, precision = hits / (hits + len(missed)), hits / (hits + len(invented))
    report = "\n".join(["missed:", *missed, "invented:", *invented])
    assert recall >= RECALL and precision >= PRECISION, f"recall {recall:.3f}, {precision=:.3f}\n{report}"


@pytest.mark.parametrize("name", ["15_qinghe_news_no_target"])
def test_news_of_a_meeting_promise_nothing(name: str) -> None:
    assert compare(name) == (0, [], [])
