"""What the plan room knows: the plan with its journal, what was confirmed, its text and what the check found.

Kept by the state of the files it was read from, so that a page is made at once; nothing here is written.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from kechuang.errors import KechuangError
from kechuang.messages import Message
from kechuang.plan.check.finding import Finding
from kechuang.plan.documents import Document
from kechuang.plan.file import load_plan
from kechuang.plan.model import Plan
from kechuang.plan.preparation.confirm import Standing, draft_of, standings
from kechuang.plan.preparation.folder import PlanFolder, sha256_of
from kechuang.plan.preparation.items import Item, items_of
from kechuang.plan.preparation.journal import Entry
from kechuang.plan.preparation.state import State, replay
from kechuang.web.workspaces import served

Stamp = tuple[int, int] | None


@dataclass(frozen=True)
class Known:
    """The plan and its journal in one state. ``standings``: every entry with its answer, dropped ones last;
    ``digest`` of plan.yaml; ``trouble``: why the journal could not be read."""

    plan: Plan
    digest: str
    items: tuple[Item, ...]
    entries: tuple[Entry, ...]
    state: State
    standings: tuple[Standing, ...]
    trouble: Message | None

    @property
    def draft(self) -> bool:
        return self.plan.status == "draft"

    @property
    def open(self) -> list[Standing]:
        """The entries of a draft that nobody has answered for."""
        return [one for one in self.standings if one.open] if self.draft else []

    def item(self, name: str) -> Item | None:
        return next((one for one in self.items if one.id == name), None)

    def standing(self, name: str) -> Standing | None:
        """The answer on an entry of the plan, or of the draft where it was dropped."""
        return next((one for one in self.standings if one.item.id == name), None)


def folder_of(who: str = "") -> PlanFolder:
    """The folder of the site's plan, for whoever enters."""
    workspace = served()
    return PlanFolder(workspace.folder / workspace.settings.plan, who, workspace.clock)


def known() -> Known:
    """The plan as it lies on the disk now."""
    folder = folder_of()
    paths = (folder.plan_file, folder.journal.path, folder.journal.head, folder.folder / folder.draft_name)
    return _known(folder.plan_file, tuple(_stamp(path) for path in paths))


@lru_cache(maxsize=4)
def _known(path: Path, _: tuple[Stamp, ...]) -> Known:
    folder = PlanFolder(path)
    plan, trouble = load_plan(path), None
    entries: list[Entry] = []
    state, draft = State(), None
    try:
        entries = folder.journal.read()
        state = replay(entries)
        draft = draft_of(folder, state)
    except KechuangError as error:
        trouble = error.message
    found = standings(plan, draft, state.decisions)
    return Known(
        plan,
        sha256_of(path.read_bytes()),
        tuple(items_of(plan)),
        tuple(entries),
        state,
        tuple(found),
        trouble,
    )


# -- the text


def sources(plan: Plan) -> dict[str, Path]:
    """The documents of the plan that are there, by name."""
    folder = folder_of().folder
    places = {name: (folder / "source" / name, folder / name) for name in plan.documents}
    found = {name: next((one for one in both if one.is_file()), None) for name, both in places.items()}
    return {name: path for name, path in found.items() if path is not None and Path(name).name == name}


def document(path: Path) -> Document:
    return _document(path, _stamp(path))


@lru_cache(maxsize=8)
def _document(path: Path, _: Stamp) -> Document:
    from kechuang.plan.documents import read_document

    return read_document(path)


# -- the check


def findings(plan: Known) -> tuple[Finding, ...]:
    """What the check finds in the plan and in the first of its documents."""
    path = next(iter(sources(plan.plan).values()), None)
    return _checked(path, _stamp(path) if path else None, plan.digest)


@lru_cache(maxsize=4)
def _checked(path: Path | None, _: Stamp, digest: str) -> tuple[Finding, ...]:
    from kechuang.plan.check import check_plan

    return tuple(check_plan(known().plan, document(path) if path else None))


def _stamp(path: Path) -> Stamp:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
