"""What a plan is: targets, programmes and tasks, safeguards and measures, stages, each with its span.

The JSON of ``kechuang plan read`` and the YAML of ``plan.yaml`` are this model. A plan read by a
machine has status ``draft``; a person makes it ``confirmed``.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator


def _text_keys(value: Any) -> Any:
    """A code written without quotes is a number in YAML."""
    if not isinstance(value, dict):
        return value
    return {str(key) if isinstance(key, int) else key: item for key, item in value.items()}


#: County (name or code) → year → value.
ByCounty = Annotated[dict[str, dict[int, float]], BeforeValidator(_text_keys)]

Comparator = Literal[">=", ">", "=", "<=", "<", "~", "range"]


class Entry(BaseModel):
    """Anything of a plan; unknown keys are an error, so a slip in plan.yaml is found.

    ``confidence`` of an entry is the reader's, 0–1, and null where a person wrote or confirmed it.
    """

    model_config = ConfigDict(extra="forbid", frozen=False)


class PlanSpan(Entry):
    """Characters ``start``–``end`` of the text of ``document``; ``text`` is that slice exactly."""

    document: str
    start: int
    end: int
    text: str


class Baseline(Entry):
    """Where a target starts from. ``origin`` says who gave it: the plan, or the office from records.

    With origin ``records`` the value may be null: it is then the figure of ``year``.
    """

    value: float | None
    year: int
    origin: Literal["plan", "records"] = "plan"
    note: str | None = None


class Amendment(Entry):
    """A later change of a target by a document: its value before and after (null: none, or withdrawn).

    ``comparator``, ``high``, ``unit`` and ``year`` are given where they change with it; ``number`` is the
    document's own.
    """

    document: str
    date: str
    old: float | None
    new: float | None
    comparator: Comparator | None = None
    high: float | None = None
    unit: str | None = None
    year: int | None = None
    number: str | None = None
    reason: str | None = None


class TargetPath(Entry):
    """How a target is to be approached, where not on a straight line; ``path: steps`` says the shape alone.

    ``straight``; ``rate``: the same growth every year; ``s-curve``: slow, fast, slow (``steepness``, and
    ``midpoint`` as a share of the time); ``steps``: each interim value holds until the next; ``level``: the
    value is asked for in every year, however it was at the beginning.
    """

    shape: Literal["straight", "rate", "s-curve", "steps", "level"] = "straight"
    steepness: float | None = Field(default=None, gt=0, le=100)
    midpoint: float | None = Field(default=None, gt=0, lt=1)

    @model_validator(mode="before")
    @classmethod
    def _named(cls, given: Any) -> Any:
        return {"shape": given} if isinstance(given, str) else given


class Target(Entry):
    id: str
    name: str
    comparator: Comparator = ">="
    value: float | None
    high: float | None = None
    #: Times the baseline (翻一番: 2), where the text gives no value; ``value`` is then null until one is known.
    multiple: float | None = None
    unit: str
    year: int | None
    baseline: Baseline | None = None
    nature: Literal["binding", "expected"] | None = None
    direction: Literal["up", "down"] | None = None
    per_year: bool = False
    lead: list[str] = Field(default_factory=list)
    partners: list[str] = Field(default_factory=list)
    span: PlanSpan | None = None
    confidence: float | None = None
    indicator: str | None = None
    interim: dict[int, float] = Field(default_factory=dict)
    #: What the plan asks of its counties.
    counties: ByCounty = Field(default_factory=dict)
    path: TargetPath | None = None
    #: The value is average yearly growth (%) from the baseline, of an indicator that measures a level.
    growth: bool = False
    amendments: list[Amendment] = Field(default_factory=list)
    note: str | None = None


class Weights(Entry):
    """How much each kind of evidence counts in a task's status; what is not given follows the entry above."""

    milestones: float | None = Field(default=None, ge=0)
    projects: float | None = Field(default=None, ge=0)
    money: float | None = Field(default=None, ge=0)
    outputs: float | None = Field(default=None, ge=0)
    targets: float | None = Field(default=None, ge=0)


class Milestone(Entry):
    """What is to be done by a day (ISO), as the plan or its action plan promises it.

    ``after`` names the milestones it waits for: by name within the entry, ``P1.2|name`` of another one.
    """

    name: str = Field(min_length=1)
    due: str = Field(pattern=r"^\d{4}-\d{2}-\d{2}$")
    after: list[str] = Field(default_factory=list)


class Output(Entry):
    """A quantity promised: records of ``type``, or the sum of their ``field``, by the end of ``year``."""

    type: str
    quantity: float = Field(gt=0)
    field: str | None = None
    year: int | None = None


class Action(Entry):
    """A task of a programme or a measure of a safeguard group."""

    id: str
    title: str
    span: PlanSpan | None = None
    lead: list[str] = Field(default_factory=list)
    partners: list[str] = Field(default_factory=list)
    serves: list[str] = Field(default_factory=list)
    evidence: list[str] = Field(default_factory=list)
    confidence: float | None = None
    #: Its weight among its siblings (1 where none is given), and of the kinds of evidence within it.
    weight: float | None = Field(default=None, ge=0)
    weights: Weights | None = None
    milestones: list[Milestone] = Field(default_factory=list)
    outputs: list[Output] = Field(default_factory=list)


class Task(Action):
    subtasks: list[Action] = Field(default_factory=list)


class Programme(Entry):
    id: str
    title: str
    span: PlanSpan | None = None
    lead: list[str] = Field(default_factory=list)
    confidence: float | None = None
    tasks: list[Task] = Field(default_factory=list)
    weights: Weights | None = None


class Safeguard(Entry):
    id: str
    title: str
    span: PlanSpan | None = None
    confidence: float | None = None
    measures: list[Action] = Field(default_factory=list)
    weights: Weights | None = None


class Stage(Entry):
    """A stage of preparation; ``start`` and ``end`` are months (``2020-03``), both included."""

    name: str
    start: str | None
    end: str | None
    months: int | None
    span: PlanSpan | None = None
    confidence: float | None = None


class FrameworkPart(Entry):
    """One number of a framework such as 12357 and what it counts."""

    number: int
    what: str


class Problem(Entry):
    text: str
    span: PlanSpan | None = None


class Plan(Entry):
    title: str | None
    plan_title: str | None = None
    region: str | None = None
    region_code: str | None = None
    period: tuple[int, int] | None = None
    issuer: str | None = None
    author: str | None = None
    issued: str | None = None
    status: Literal["draft", "confirmed"] = "draft"
    documents: list[str] = Field(default_factory=list)
    basis: list[str] = Field(default_factory=list)
    framework: list[FrameworkPart] = Field(default_factory=list)
    problems: list[Problem] = Field(default_factory=list)
    stages: list[Stage] = Field(default_factory=list)
    targets: list[Target] = Field(default_factory=list)
    programmes: list[Programme] = Field(default_factory=list)
    safeguards: list[Safeguard] = Field(default_factory=list)
    weights: Weights | None = None
