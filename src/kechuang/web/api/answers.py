"""The schemas of what the API answers. Keys of the public formats stand as they are named there; parts that go
deeper than a program needs to rely on are open objects."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class Answer(BaseModel):
    """Declared keys, nothing else."""

    model_config = ConfigDict(extra="forbid")


class Open(BaseModel):
    """Declared keys, and more that may be added."""

    model_config = ConfigDict(extra="allow")


class Both(Answer):
    """A sentence in Chinese and English."""

    zh: str
    en: str


class FaultAnswer(Answer):
    """One thing wrong, and where."""

    code: str
    severity: str
    message: Both
    file: str | None = None
    sheet: str | None = None
    row: int | None = None
    column: str | None = None
    field: str | None = None
    line: int | None = None


class Wrong(Answer):
    """Every error: a stable code, a sentence, what to do, and all that was wrong."""

    code: str
    message: Both
    remedy: Both | None
    faults: list[FaultAnswer]


class Span(Answer):
    """A stretch of a document of the plan, in characters."""

    document: str
    start: int
    end: int
    text: str


class PlanTarget(Open):
    id: str
    name: str
    comparator: str
    value: float | None
    high: float | None
    unit: str
    year: int | None
    nature: str | None
    direction: str | None
    per_year: bool
    lead: list[str]
    indicator: str | None
    span: Span | None


class PlanTask(Open):
    id: str
    title: str
    lead: list[str]
    partners: list[str]
    span: Span | None


class PlanProgramme(Open):
    id: str
    title: str
    lead: list[str]
    tasks: list[PlanTask]
    span: Span | None


class PlanMeasure(Open):
    id: str
    title: str
    span: Span | None


class PlanSafeguard(Open):
    id: str
    title: str
    measures: list[PlanMeasure]
    span: Span | None


class PlanStage(Open):
    name: str
    start: str | None
    end: str | None
    months: int | None


class PlanAnswer(Open):
    """The structured plan."""

    title: str | None
    region: str | None
    region_code: str | None
    period: tuple[int, int] | None
    issuer: str | None
    issued: str | None
    status: str
    documents: list[str]
    stages: list[PlanStage]
    targets: list[PlanTarget]
    programmes: list[PlanProgramme]
    safeguards: list[PlanSafeguard]


class LatestAnswer(Open):
    period: str
    value: float
    status: str


class BaselineAnswer(Open):
    value: float
    year: int
    origin: str


class VerdictAnswer(Open):
    method: str
    status: str
    value: float | None


class ForecastAnswer(Open):
    period: str | int
    median: float
    p50: tuple[float, float]
    p80: tuple[float, float]
    p95: tuple[float, float]


class TargetAnswer(Open):
    """A target on a day. Shares are 0–1; what is not known is null."""

    id: str
    name: str
    unit: str
    comparator: str
    target: float | None
    high: float | None
    year: int | None
    direction: str
    nature: str | None
    indicator: str | None
    baseline: BaselineAnswer | None
    latest: LatestAnswer | None
    attained: float | None
    scheduled_share: float | None
    status: str
    status_label: Both
    mark: str
    method: str
    methods: list[VerdictAnswer]
    needed_per_year: float | None
    forecast: ForecastAnswer | None
    probability: float | None
    why: list[Both]


class TaskAnswer(Open):
    id: str
    title: str
    lead: list[str]
    partners: list[str]
    status: str | None


class ProgrammeAnswer(Open):
    id: str
    title: str
    lead: list[str]
    status: str | None
    tasks: list[TaskAnswer]
    why: list[Both]


class SafeguardAnswer(Open):
    id: str
    title: str
    status: str | None
    measures: list[TaskAnswer]
    why: list[Both]


class Stood(Answer):
    """``fresh`` is false where records have changed since and the new state is still being computed."""

    as_of: date
    fresh: bool


class TargetsAnswer(Stood):
    items: list[TargetAnswer]


class ProgrammesAnswer(Stood):
    programmes: list[ProgrammeAnswer]
    safeguards: list[SafeguardAnswer]


class ProgressAnswer(Open):
    """The whole plan on a day."""

    as_of: date
    fresh: bool
    period: tuple[int, int] | None
    time_share: float | None
    method: str
    targets: list[TargetAnswer]
    programmes: list[ProgrammeAnswer]
    safeguards: list[SafeguardAnswer]


class Region(Answer):
    code: str
    name: str
    own: bool = Field(description="The region of the plan itself.")


class Regions(Answer):
    items: list[Region]


class IndicatorAnswer(Answer):
    """An indicator: what it is called, its unit, and the text that defines it."""

    id: str
    label: Both
    unit: str
    decimals: int
    direction: str
    frequency: str
    value: str = Field(description="The formula as declared.")
    source: str
    clause: str
    verified: bool = Field(description="Whether the definition was read word by word in the text as issued.")


class DefinitionAnswer(IndicatorAnswer):
    formula: Both
    by: list[str]
    notes: Both | None
    breaks: list[dict[str, Any]]
    targets: list[str] = Field(description="Targets of the plan it measures.")


class IndicatorsAnswer(Answer):
    items: list[IndicatorAnswer]
    after: str | None


class FigureAnswer(Open):
    """One number of one indicator, region and year; ``reason`` says why there is none."""

    indicator: str
    region: str
    period: str
    value: float | None
    unit: str
    status: str
    numerator: float | None
    denominator: float | None
    coverage: float | None
    snapshot: str
    fingerprint: str
    verified: bool
    reason: Both | None


class FiguresAnswer(Stood):
    items: list[FigureAnswer]
    after: str | None


class TermAnswer(Open):
    name: str
    label: Both
    value: float | None
    unit: str | None
    records: int


class SourceAnswer(Open):
    type: str
    key: str
    field: str
    value: Any
    file: str | None
    sheet: str | None
    cell: str | None
    batch: str | None
    reviewed_by: str | None


class LineageAnswer(Answer):
    """Why a figure is what it is. ``records`` is null for whoever may not read records."""

    figure: FigureAnswer
    formula: Both
    terms: list[TermAnswer]
    definition: dict[str, Any]
    parameters: list[dict[str, Any]]
    plan: list[dict[str, Any]]
    records: list[SourceAnswer] | None
    records_total: int


class PublicationAnswer(Answer):
    number: str
    day: date
    kind: str
    language: str
    title: str
    as_of: date
    figures: int
    snapshots: list[str]
    documents: list[dict[str, Any]]


class PublicationsAnswer(Answer):
    items: list[PublicationAnswer]
    after: str | None


class WarningAnswer(Open):
    id: str
    level: str
    level_label: Both
    kind: str
    name: Both
    lead: list[str]
    reasons: list[dict[str, Any]]
    advice: Both
    state: str


class WarningsAnswer(Stood):
    counts: dict[str, int]
    items: list[WarningAnswer]


class SnapshotAnswer(Answer):
    """The records of a day, frozen; the same records have the same digest on any machine."""

    as_of: date
    digest: str
    tables: dict[str, int]
    audit: str = Field(description="The last entry of the audit chain when it was taken.")


class VerificationAnswer(Answer):
    ok: bool
    fresh: bool
    publications: int
    figures: int
    faults: list[FaultAnswer]


class FieldAnswer(Answer):
    name: str
    type: str
    label: Both
    unit: str | None
    required: bool
    key: bool
    choices: dict[str, Both]
    note: Both | None


class RecordTypeRow(Answer):
    id: str
    label: Both
    description: Both | None
    key: list[str]


class RecordTypesAnswer(Answer):
    items: list[RecordTypeRow]
    after: str | None


class RecordTypeAnswer(RecordTypeRow):
    fields: list[FieldAnswer]
    region_field: str | None


class VersionAnswer(Answer):
    """One version of a record: what it says, when that holds, and where it came from."""

    key: str
    number: int
    data: dict[str, Any]
    valid_from: date | None
    valid_to: date | None
    recorded_at: datetime
    who: str
    batch: str
    state: str
    nature: str
    file: str | None
    sheet: str | None
    row: int | None
    reviewed_by: str | None
    reviewed_at: datetime | None
    withdrawn: bool
    reason: str


class RecordsAnswer(Answer):
    as_of: date
    items: list[VersionAnswer]
    after: str | None


class HistoryAnswer(Answer):
    type: str
    key: str
    items: list[VersionAnswer]


class BatchAnswer(Answer):
    """A batch and where its review stands."""

    batch: str
    type: str
    kind: str
    file: str | None
    nature: str
    who: str
    recorded_at: datetime
    rows: int
    state: str
    level: str | None
    reviewed_by: str | None
    reviewed_at: datetime | None
    reason: str
    replaces: str | None


class BatchesAnswer(Answer):
    items: list[BatchAnswer]
    after: str | None


class OneBatchRow(Answer):
    """A batch after it was reviewed."""

    batch: BatchAnswer


class OneBatchAnswer(Answer):
    batch: BatchAnswer
    remarks: list[dict[str, Any]]
    steps: list[dict[str, Any]]
    total: int = Field(description="How many records it changes; `changes` lists the first of them.")
    changes: list[dict[str, Any]]


class ImportAnswer(Open):
    """What an import brought, or with ``dry_run`` would bring."""

    batch: str | None
    type: str | None
    rows: int
    accepted: int
    new: int
    corrected: int
    unchanged: int
    repeated: bool
    dry_run: bool
    batches: list[dict[str, Any]]
    preview: list[dict[str, Any]]
    warnings: list[FaultAnswer]
