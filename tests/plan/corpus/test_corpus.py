"""The corpus is sound: every annotation names a verbatim slice of its document and has the agreed form."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from lxml import html

HERE = Path(__file__).parent
NAMES = sorted(path.stem for path in HERE.glob("*.json"))
COMPARATORS = {">=", ">", "=", "<=", "<", "~", "range"}


def document(name: str) -> str:
    """The text of a document; of a page, what stands in its body."""
    page = HERE / f"{name}.html"
    if page.exists():
        body = html.fromstring(page.read_text("utf-8")).find("body")
        assert body is not None
        return "".join(str(piece) for piece in body.itertext())
    return (HERE / f"{name}.txt").read_text("utf-8")


def annotation(name: str) -> dict[str, Any]:
    return dict(json.loads((HERE / f"{name}.json").read_text("utf-8")))


def test_every_document_has_an_annotation_and_a_line_in_the_readme() -> None:
    documents = sorted(path.stem for suffix in ("*.txt", "*.html") for path in HERE.glob(suffix))
    assert documents == NAMES
    readme = (HERE / "README.md").read_text("utf-8")
    assert [name for name in NAMES if f"`{name}`" not in readme] == []


@pytest.mark.parametrize("name", NAMES)
def test_spans_are_verbatim(name: str) -> None:
    text, plan = document(name), annotation(name)
    for entry in [*plan["indicators"], *plan.get("baselines", []), *plan.get("counts", [])]:
        assert entry["span_text"] and entry["span_text"] in text, entry["name"]
    for part, items in (("projects", "tasks"), ("measures", "items")):
        for group in plan[part]:
            assert all(title in text for title in (group["title"], *group[items])), group["title"]


@pytest.mark.parametrize("name", NAMES)
def test_targets_have_the_agreed_form(name: str) -> None:
    plan = annotation(name)
    seen = set()
    for target in plan["indicators"]:
        value = target["value"]
        assert target["comparator"] in COMPARATORS, target
        assert (target["comparator"] == "range") == isinstance(value, list), target
        assert not isinstance(value, list) or value[0] < value[1], target
        assert isinstance(target["year"], int) and target["year"] >= plan["period"][0], target
        assert not (isinstance(value, str) and target["unit"]), target
        key = (target["name"], str(value), target["year"])
        assert key not in seen, f"annotated twice: {key}"
        seen.add(key)
