"""What the journal of a plan can hold: one model a kind of entry, checked whenever the journal is read.

The file border of the journal: a line whose content is not of its kind is a fault with its number.
Days are ``date``; who, when and the chain stand on the entry itself (:mod:`journal`).
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Decision = Literal["keep", "change", "drop", "add"]
Disposition = Literal["adopted", "partly", "not"]
Identity = Literal["department", "county", "expert", "public", "enterprise", "institute", "other"]


class Content(BaseModel):
    """The content of an entry; unknown keys are an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class PlanChange(Content):
    """How plan.yaml changed: its SHA-256 before and after, and the number the new content is kept under."""

    version: int = Field(ge=1)
    before: Digest
    after: Digest


class PlanEdited(Content):
    """plan.yaml was found changed since the last entry, by hand or by reading the text again."""

    plan: PlanChange


class Begun(Content):
    """Confirming began: the machine's draft was kept as ``file``."""

    file: Text
    draft: Digest


class Decided(Content):
    """A person's answer on one entry of the draft. ``item`` names it (T3, title, basis.2); ``entry`` is the
    digest of the entry as confirmed (None when dropped), ``old`` and ``new`` the fields changed, ``replaces``
    the key it had in the draft, where the change gave it another."""

    item: Text
    kind: Text
    key: Text
    decision: Decision
    entry: Digest | None
    old: dict[str, Any] = Field(default_factory=dict)
    new: dict[str, Any] = Field(default_factory=dict)
    replaces: str | None = None
    reason: str | None = None
    plan: PlanChange | None = None


class Completed(Content):
    """Every entry was decided: plan.yaml became confirmed."""

    plan: PlanChange | None = None


class FileSeen(Content):
    """A file as it was on the day it was entered: its path from the plan's folder and its SHA-256."""

    path: Text
    sha256: Digest


class StepAdded(Content):
    stage: Text
    step: Text
    name: Text
    due: date | None = None


class StepDone(Content):
    """A step (``2.1``) or a whole stage (its name) was done on a day."""

    stage: Text
    step: str | None = None
    on: date


class DocumentFiled(Content):
    stage: Text
    step: str | None = None
    title: Text
    number: str | None = None
    day: date | None = None
    file: FileSeen | None = None


class RoundOpened(Content):
    """A round of consultation on a text: which text (``draft`` is our copy), when, how, how many were asked."""

    round: int = Field(ge=1)
    begin: date
    end: date
    draft: FileSeen | None = None
    name: str | None = None
    channels: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    asked_count: int | None = Field(default=None, ge=0)


class About(Content):
    """What a comment is about: an entry of the plan, words of the draft's text (characters ``start``–``end``
    of it), both, or only words nobody found in it (``quote`` alone)."""

    entry: str | None = None
    quote: str | None = None
    start: int | None = None
    end: int | None = None
    text: str | None = None


class Commented(Content):
    """A comment. ``source`` is an office, an organisation or a post; the public is a running number."""

    comment: Text
    round: int = Field(ge=1)
    identity: Identity
    source: Text
    text: Text
    about: About | None = None
    received: date | None = None
    masked: int = 0
    file: str | None = None
    sheet: str | None = None
    row: int | None = None
    sha256: Digest | None = None


class Disposed(Content):
    comment: Text
    disposition: Disposition
    reason: str | None = None
    change: str | None = None


class Milestone(Content):
    """A review, an approval or the issue: which body, when, under which number, with what result."""

    body: Text
    on: date
    title: str | None = None
    number: str | None = None
    result: Literal["passed", "revise", "rejected"] = "passed"
    file: FileSeen | None = None
    set: tuple[str, ...] = ()
    plan: PlanChange | None = None


class Amended(Content):
    """A target was changed by a document; ``old`` and ``new`` hold the fields that changed."""

    target: Text
    document: Text
    number: str | None = None
    on: date
    reason: Text
    old: dict[str, Any]
    new: dict[str, Any]
    plan: PlanChange


class FindingAccepted(Content):
    """A finding of the check that the office leaves as it is: ``finding`` is its mark, the rest what it said."""

    finding: Digest
    code: Text
    message: Text
    reason: Text


class FindingReopened(Content):
    """A finding accepted before that is to be mended after all."""

    finding: Digest
    reason: Text


class Voided(Content):
    """An earlier entry was made in error: it stays in the journal and no longer counts."""

    entry: int = Field(ge=1)
    reason: Text
    plan: PlanChange | None = None


KINDS: dict[str, type[Content]] = {
    "plan.edited": PlanEdited,
    "confirm.begin": Begun,
    "confirm.decide": Decided,
    "confirm.complete": Completed,
    "stage.step": StepAdded,
    "stage.done": StepDone,
    "stage.document": DocumentFiled,
    "round.open": RoundOpened,
    "comment.add": Commented,
    "comment.dispose": Disposed,
    "review": Milestone,
    "approve": Milestone,
    "issue": Milestone,
    "amend": Amended,
    "finding.accept": FindingAccepted,
    "finding.reopen": FindingReopened,
    "void": Voided,
}
#: Entries that a later entry may declare void; the others changed plan.yaml and are undone by a new change.
VOIDABLE = frozenset(
    {
        "stage.step",
        "stage.done",
        "stage.document",
        "round.open",
        "comment.add",
        "comment.dispose",
        "review",
        "approve",
        "issue",
        "finding.accept",
        "finding.reopen",
    }
)
