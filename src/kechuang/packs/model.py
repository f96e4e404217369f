"""What a pack declares: record types with their fields and checks, indicators, dated parameters.

A pack is a folder of YAML: ``pack.yaml``, ``records/*.yaml``, ``indicators/*.yaml`` and
``parameters/**/*.yaml`` (one number a file, each date with its source and clause); rules and their
tables stand in ``packs.rules``. Data, not code.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

if TYPE_CHECKING:
    from kechuang.packs.rules import RuleSpec, RuleTable

FieldType = Literal["text", "integer", "number", "date", "year", "boolean", "choice", "uscc", "region"]


def _as_date(value: object) -> object:
    """ruamel gives timestamps for some dates; keep the day."""
    return value.date() if hasattr(value, "date") and callable(value.date) else value


Day = Annotated[date, BeforeValidator(_as_date)]


class Declared(BaseModel):
    """Anything declared in a pack; unknown keys are an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Label(Declared):
    zh: str
    en: str

    def text(self, language: str) -> str:
        return self.en if language == "en" else self.zh


class Sampling(Declared):
    """How sample data fills a field; what is not said follows from the type of the field.

    ``values`` are picked from; ``low`` and ``high`` bound a number (``decimals``; ``shape`` log where small
    ones are more frequent), a date or a year; with ``after``, a date field further up, they are days after
    it; ``template`` is text with other fields and ``{n}``, the number of the row; ``formula`` is a row
    formula over fields further up and ``draw`` (0–1, drawn for each cell); ``share`` is how often an
    optional field is filled, or a boolean is true.
    """

    values: list[str | int | float | bool] = Field(default_factory=list)
    low: float | Day | None = None
    high: float | Day | None = None
    after: str | None = None
    decimals: int | None = None
    shape: Literal["even", "log"] = "even"
    template: str | None = None
    formula: str | None = None
    share: float | None = Field(default=None, ge=0, le=1)


class SampleRows(Declared):
    """How many sample records: ``rows`` for each combination of ``each`` (fields of region or year)."""

    rows: int = Field(default=10, ge=1)
    each: list[str] = Field(default_factory=list)


class FieldSpec(Declared):
    """A column. ``unit`` is the unit values are given and kept in; ``reference`` is ``type.field``.

    ``series`` is ``concept.member``: numbers of one concept kept by different systems, such as R&D money in
    statistics, in tax deduction and in certification, are never added, compared or put in a ratio.
    ``qualifier``: the field says of what scope the other numbers of the record are (全地区 or 本级); a formula
    that adds them up has to name one, and its figures carry it.
    """

    type: FieldType
    label: Label
    unit: str | None = None
    required: bool = True
    min: float | None = None
    max: float | None = None
    level: Literal["province", "prefecture", "county"] | None = None
    choices: dict[str, Label] = Field(default_factory=dict)
    pattern: str | None = None
    reference: str | None = None
    future: bool = False
    series: str | None = None
    qualifier: bool = False
    note: Label | None = None
    sample: Sampling | None = None


class Bridge(Declared):
    """A documented way over a break: values before it are multiplied by ``factor``."""

    factor: float = Field(gt=0)
    note: Label | None = None
    source: str
    clause: str
    verified: bool = False


class Break(Declared):
    """A break in a series: ``year`` is the first on the new basis.

    On a record type ``field`` names the field it is of (all where None), and ``revised`` is a condition
    (``accounts.release == 'revised'``): years up to ``year`` are on the new basis only where their records
    all meet it. Without ``bridge`` nothing is computed across the break.
    """

    year: int = Field(ge=1900, le=2999)
    kind: Literal["definition", "boundary", "rebasing", "source"]
    note: Label
    source: str
    clause: str
    verified: bool = False
    field: str | None = None
    revised: str | None = None
    bridge: Bridge | None = None


class Check(Declared):
    """A formula over the fields of one row that must hold (null counts as holding)."""

    id: str
    test: str
    level: Literal["error", "warning", "hint"] = "error"
    fields: list[str] = Field(default_factory=list)
    message: Label


class Comparison(Declared):
    """A check over many records; rows it cannot judge (null, nothing to compare with) pass.

    ``change``: ``field`` over its value a year before, for the same key, lies in ``low``–``high``.
    ``outlier``: ``field`` lies within ``limit`` of its ``group`` (fields) by ``method``.
    ``parts``: ``field`` of the row where ``whole`` holds equals the sum over the other rows of ``group``.
    ``unique``: no two records share the values of ``fields``.
    ``lookup``: ``test`` holds over this row and ``other.field``, the record of type ``other`` with the same
    values of ``on_fields`` (rows without such a record pass).
    """

    id: str
    kind: Literal["change", "outlier", "parts", "unique", "lookup"]
    level: Literal["error", "warning", "hint"] = "warning"
    field: str | None = None
    fields: list[str] = Field(default_factory=list)
    low: float | None = None
    high: float | None = None
    method: Literal["z", "modified-z"] = "modified-z"
    limit: float = 3.5
    least: int = Field(default=8, ge=3)
    group: list[str] = Field(default_factory=list)
    whole: str | None = None
    tolerance: float = 0.01
    other: str | None = None
    on_fields: list[str] = Field(default_factory=list)
    test: str | None = None
    message: Label | None = None


class TimeSpec(Declared):
    """When a record is true in the world: ``year`` (a yearly return), ``on`` (something that happened on
    a day), or ``from``/``to`` (a register).

    All name fields; the interval is half open, and no ``to`` (or an empty one) means until further
    notice. What happened ``on`` a day belongs to the year of that day.
    """

    year: str | None = None
    on: str | None = None
    from_: str | None = Field(default=None, alias="from")
    to: str | None = None


class RegionSpec(Declared):
    """Which field says where; ``sum``: a region holds all records below it; ``own``: only its own."""

    field: str
    rollup: Literal["sum", "own"] = "sum"


class Frame(Declared):
    """The list that says which returns are due: coverage is returned / listed, matched ``on`` fields.

    Where there is no register, ``regions: true`` says that every region of the level of the type's
    region field owes a return.
    """

    type: str = ""
    on: list[str] = Field(default_factory=list)
    regions: bool = False


class Deadline(Declared):
    """When a yearly return is due: ``month``/``day``, ``years_after`` the year reported.

    ``working_days`` moves it by so many working days; ``shift`` says what becomes of a day off. Which
    days are working days is known to ``records.workflow.workdays``.
    """

    month: int = Field(ge=1, le=12)
    day: int = Field(ge=1, le=31)
    years_after: int = 1
    working_days: int = Field(default=0, ge=0, le=250)
    shift: Literal["none", "next", "previous"] = "none"

    def for_year(self, year: int) -> date:
        """The day of the calendar, before working days are counted; the last of a shorter month."""
        year += self.years_after
        return date(year, self.month, min(self.day, monthrange(year, self.month)[1]))


class Proving(Declared):
    """What records say of the progress of a task: which field plays which part.

    ``milestones``: ``name``, ``due``, ``done``, ``document`` (what proves it) and ``after`` (names of the
    milestones it waits for). ``projects``: ``start``, ``due`` (planned end), ``closed``, ``result``, whose
    values ``failed`` mean it was not carried out. ``money``: ``year``, ``planned``, ``allocated``, ``spent``
    of that year. ``through`` names the field that refers to the project a record belongs to, where it names
    no plan entry itself.
    """

    kind: Literal["milestones", "projects", "money"]
    name: str | None = None
    due: str | None = None
    done: str | None = None
    document: str | None = None
    after: str | None = None
    start: str | None = None
    closed: str | None = None
    result: str | None = None
    failed: list[str] = Field(default_factory=list)
    year: str | None = None
    planned: str | None = None
    allocated: str | None = None
    spent: str | None = None
    through: str | None = None

    @property
    def fields(self) -> dict[str, str]:
        """The parts that are played, each with its field."""
        given = self.model_dump(exclude={"kind", "failed"}, exclude_none=True)
        return {part: str(name) for part, name in given.items()}


class Duties(Declared):
    """The register that says which places a post looks after: ``type`` with the fields ``post`` and ``place``."""

    type: str
    post: str
    place: str


class Visits(Declared):
    """The register is kept by posts in the field, one record a visit, on the form of a phone.

    ``post`` is the field that says whose visit it was (the first of the key), ``place`` the one that says
    where, ``place_label`` the fields of the register ``place`` refers to that name a place: its name, then
    what it lies in. ``duties`` are the places of a post. ``quick`` are the values a tap gives a number.
    """

    post: str
    place: str
    place_label: list[str] = Field(default_factory=list)
    duties: Duties | None = None
    quick: dict[str, list[float]] = Field(default_factory=dict)


class RecordType(Declared):
    """A register. ``entry`` names the field that says which task or measure of the plan a record belongs
    to; ``proves`` what it says of that task's progress; ``provisional`` is a row formula for records that may
    still change; ``visits`` makes it the form of those who are out in the field."""

    record: str
    label: Label
    description: Label | None = None
    key: list[str]
    time: TimeSpec = TimeSpec()
    region: RegionSpec | None = None
    frame: Frame | None = None
    deadline: Deadline | None = None
    fields: dict[str, FieldSpec]
    checks: list[Check] = Field(default_factory=list)
    compare: list[Comparison] = Field(default_factory=list)
    breaks: list[Break] = Field(default_factory=list)
    sample: SampleRows = SampleRows()
    provisional: str | None = None
    entry: str | None = None
    proves: Proving | None = None
    visits: Visits | None = None

    @property
    def id(self) -> str:
        return self.record


class DefinitionSource(Declared):
    source: str
    clause: str
    verified: bool = False


class ReleaseLag(Declared):
    """How many months after the end of the period the value is published; ``verified`` as everywhere."""

    months: int = Field(ge=0, le=60)
    verified: bool = False
    note: Label | None = None


class IndicatorSpec(Declared):
    """One indicator. ``value`` is a formula; ``let`` names sub-expressions used in it, ``let_labels``
    says what sentences call them. ``frequency`` is how often what it is made of arrives: yearly, by
    quarter or month, or day by day in a register (``continuous``); figures are of years in any case."""

    indicator: str
    label: Label
    full_label: Label | None = None
    aliases: list[str] = Field(default_factory=list)
    unit: str
    decimals: int = 2
    let: dict[str, str] = Field(default_factory=dict)
    let_labels: dict[str, Label] = Field(default_factory=dict)
    value: str
    by: list[str] = Field(default_factory=lambda: ["county", "year"])
    direction: Literal["up", "down"] = "up"
    frequency: Literal["year", "half", "quarter", "month", "continuous"] = "year"
    release_lag: ReleaseLag | None = None
    definition: DefinitionSource
    breaks: list[Break] = Field(default_factory=list)
    notes: Label | None = None

    @property
    def id(self) -> str:
        return self.indicator


class ParameterValue(Declared):
    """The value from a day on, with the document and clause that set it."""

    from_: Day = Field(alias="from")
    value: float | int | str | bool
    source: str
    clause: str
    verified: bool = False


class Parameter(Declared):
    parameter: str
    label: Label
    unit: str | None = None
    values: list[ParameterValue]

    @property
    def id(self) -> str:
        return self.parameter

    def at(self, day: date) -> ParameterValue | None:
        """The value in force on ``day``; None before the first date."""
        known = [value for value in self.values if value.from_ <= day]
        return max(known, key=lambda value: value.from_) if known else None


Level = Literal["blue", "yellow", "orange", "red"]
"""Levels of a warning, from the lightest."""


class WarningValue(Declared):
    """The thresholds of a warning from a day on: the least measure of each level (not every level need be
    there); ``missed`` is the least level of what can no longer be made good."""

    from_: Day = Field(alias="from")
    levels: dict[Level, float]
    missed: Level | None = None
    source: str
    clause: str
    verified: bool = False


class WarningRule(Declared):
    """When to warn. ``measure`` is what is measured, in ``unit``; more is worse unless ``below``."""

    warning: str
    label: Label
    measure: Literal[
        "target_shortfall",
        "target_probability",
        "milestone_delay",
        "chain_overrun",
        "project_delay",
        "money_gap",
        "no_proof",
        "late_return",
        "stale_data",
    ]
    unit: str | None = None
    below: bool = False
    values: list[WarningValue]

    @property
    def id(self) -> str:
        return self.warning

    def at(self, day: date) -> WarningValue | None:
        """The thresholds in force on ``day``; None before the first date."""
        known = [value for value in self.values if value.from_ <= day]
        return max(known, key=lambda value: value.from_) if known else None


class PackInfo(Declared):
    pack: str
    label: Label
    version: str
    description: Label | None = None


class Packs(Declared):
    """All loaded packs together; ids are unique across packs.

    ``places`` tells file and line of each formula: indicator → key (``value``, ``let.NAME``) → (file, line).
    """

    info: list[PackInfo]
    records: dict[str, RecordType]
    indicators: dict[str, IndicatorSpec]
    parameters: dict[str, Parameter]
    rules: dict[str, RuleSpec] = Field(default_factory=dict)
    tables: dict[str, RuleTable] = Field(default_factory=dict)
    warnings: dict[str, WarningRule] = Field(default_factory=dict)
    #: The file each indicator stands in, to tell the line of a fault.
    files: dict[str, str] = Field(default_factory=dict, repr=False)
