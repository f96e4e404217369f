"""One of the plans compared: a plan.yaml with its sources, or a document just read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from kechuang.plan.documents import Document, read_document
from kechuang.plan.file import load_plan
from kechuang.plan.model import Plan
from kechuang.plan.read import plan_of


@dataclass(frozen=True)
class Side:
    """``name`` as the user gave it; ``documents`` that are there to be compared word for word.

    ``draft``: read from a document this moment, so without what only an office adds (evidence, indicators …).
    """

    name: str
    plan: Plan
    documents: tuple[Document, ...] = ()
    draft: bool = False


def open_side(path: Path) -> Side:
    """The plan in ``path``: a plan.yaml (with its sources beside it), or a document.

    Raises KechuangError where the file cannot be read.
    """
    if path.suffix.lower() in (".yaml", ".yml"):
        plan = load_plan(path)
        return Side(path.name, plan, tuple(_sources(path, plan)))
    document = read_document(path)
    return Side(path.name, plan_of(document), (document,), draft=True)


def _sources(path: Path, plan: Plan) -> list[Document]:
    found = []
    for name in plan.documents:
        places = [folder / name for folder in (path.parent / "source", path.parent)]
        place = next((place for place in places if place.is_file() and Path(name).name == name), None)
        if place is not None:
            found.append(read_document(place))
    return found
