"""Figures with all that a receiver needs to read them: indicators, regions, who sends, when."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

from kechuang.errors import Fault, KechuangError
from kechuang.formula.words import Sentence
from kechuang.indicators.definition import definitions
from kechuang.indicators.figure import Figure
from kechuang.indicators.schema import schema_of
from kechuang.messages import LANGUAGES, say
from kechuang.packs.model import IndicatorSpec, Label, Packs

if TYPE_CHECKING:
    from kechuang.language.regions import Region

Key = tuple[str, str, str]
AGENCY = "KECHUANG"
#: Identifiers SDMX allows for a code, and for an agency (which may be nested).
_CODE = re.compile(r"[A-Za-z0-9_@$\-]+")
_AGENCY = re.compile(r"[A-Za-z][A-Za-z0-9_\-]*(\.[A-Za-z][A-Za-z0-9_\-]*)*")


class Regions(Protocol):
    """What is asked of a tree of regions."""

    def get(self, code: str) -> Region | None: ...


@dataclass(frozen=True)
class Naming:
    """Who maintains the structures (``agency``), under which version, and the id of the flow of data."""

    agency: str = AGENCY
    version: str = "1.0.0"
    flow: str = "INDICATORS"

    def __post_init__(self) -> None:
        if not _AGENCY.fullmatch(self.agency):
            raise KechuangError(
                "agency-invalid",
                say("“{agency}”不能作机构代码", agency=self.agency),
                remedy=say("请以英文字母开头，只用字母、数字、下划线和连字符，如 KECHUANG 或 CN.STATS。"),
            )

    @property
    def structure(self) -> str:
        """Id of the data structure."""
        return f"DSD_{self.flow}"


@dataclass(frozen=True)
class Described:
    """An indicator in words: formula, and the two sides of its ratio (None where it is none)."""

    formula: Label
    numerator: Label | None
    denominator: Label | None


@dataclass(frozen=True, eq=False)
class Dataset:
    """Figures ready to be sent. ``regions`` holds those of the figures and all above them, highest first;
    ``breaks`` tells of breaks in series by (indicator, region, period); ``prepared`` is when it was made."""

    figures: tuple[Figure, ...]
    indicators: Mapping[str, IndicatorSpec]
    regions: tuple[Region, ...]
    title: Label
    naming: Naming = Naming()
    prepared: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    described: Mapping[str, Described] = field(default_factory=dict)
    breaks: Mapping[Key, str] = field(default_factory=dict)

    @property
    def sample(self) -> bool:
        """Whether any figure is made of sample data: the message then says so in its header."""
        return any(figure.status == "sample" for figure in self.figures)

    @property
    def units(self) -> list[str]:
        """The units of the figures and of the indicators, as written."""
        found = [spec.unit for spec in self.indicators.values()] + [figure.unit for figure in self.figures]
        return list(dict.fromkeys(found))

    @property
    def name(self) -> Label:
        """The title, with the word for sample data where there is any."""
        if not self.sample:
            return self.title
        return Label(zh=f"{self.title.zh}（含示例数据）", en=f"{self.title.en} (holds sample data)")


def dataset(
    figures: Sequence[Figure],
    packs: Packs,
    regions: Regions,
    *,
    title: Label,
    naming: Naming | None = None,
    prepared: datetime | None = None,
    breaks: Mapping[Key, str] | None = None,
) -> Dataset:
    """``figures`` with their indicators and regions, in the order they were given.

    Raises KechuangError naming every indicator or region that is not known or cannot be a code, and every
    figure that is there twice.
    """
    faults: list[Fault] = []
    named = dict.fromkeys(figure.indicator for figure in figures)
    for name in named:
        if name not in packs.indicators:
            faults.append(Fault("unknown-indicator", say("没有名为“{name}”的指标", name=name)))
        elif not _CODE.fullmatch(name):
            message = say("指标编号“{name}”不能作代码，只能用字母、数字、下划线和连字符", name=name)
            faults.append(Fault("code-invalid", message))
    places = _with_those_above((figure.region for figure in figures), regions, faults)
    seen: set[Key] = set()
    for figure in figures:
        key = (figure.indicator, figure.region, figure.period)
        if key in seen:
            what = say("{indicator} {region} {period} 的值重复", **_as_params(key))
            faults.append(Fault("duplicate-observation", what))
        seen.add(key)
    if faults:
        raise KechuangError("not-exchangeable", say("有{n}处使数据不能写出", n=len(faults)), faults=faults)
    return Dataset(
        tuple(figures),
        {name: packs.indicators[name] for name in named},
        places,
        title,
        naming or Naming(),
        prepared or datetime(1970, 1, 1, tzinfo=UTC),
        _described(packs, list(named)),
        dict(breaks or {}),
    )


def _as_params(key: Key) -> dict[str, str]:
    return dict(zip(("indicator", "region", "period"), key, strict=True))


def _with_those_above(codes: Iterable[str], regions: Regions, faults: list[Fault]) -> tuple[Region, ...]:
    found: dict[str, Region] = {}
    for code in dict.fromkeys(codes):
        road = []
        region = regions.get(code)
        if region is None:
            faults.append(Fault("unknown-region", say("地区代码 {code} 不存在", code=code)))
        while region is not None and region.code not in found:
            road.append(region)
            region = regions.get(region.parent) if region.parent else None
        found.update((one.code, one) for one in reversed(road))
    return tuple(found.values())


def _described(packs: Packs, names: list[str]) -> dict[str, Described]:
    schema = schema_of(packs)
    found = {}
    for definition in definitions(packs, schema, names):
        words = {language: Sentence(schema, language, definition.names) for language in LANGUAGES}
        above, below = definition.numerator, definition.denominator
        found[definition.spec.id] = Described(
            Label(**definition.sentence(schema)),
            Label(**{lang: said.part(above) for lang, said in words.items()}) if below is not None else None,
            Label(**{lang: said.part(below) for lang, said in words.items()}) if below is not None else None,
        )
    return found
