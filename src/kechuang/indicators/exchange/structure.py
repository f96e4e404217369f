"""The structure of the data: concepts, code lists and components, made from packs and regions.

The dimensions are FREQ, REF_AREA, INDICATOR and TIME_PERIOD; the measure is OBS_VALUE; all else that makes a
figure trustworthy (status, coverage, the two sides of a ratio, snapshot, fingerprint) is an attribute of the
observation. Information model: SDMX 3.0, section 2.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

from kechuang.indicators.exchange.cells import DIMENSIONS, MEASURE
from kechuang.indicators.exchange.dataset import Dataset, Described, Naming
from kechuang.indicators.exchange.statuses import codes as status_codes
from kechuang.indicators.exchange.units import coded, content_of, named, powers
from kechuang.packs.model import IndicatorSpec, Label

Kind = Literal["dimension", "time", "measure", "attribute"]


@dataclass(frozen=True)
class Code:
    """``parent`` is a code of the same list."""

    id: str
    name: Label
    description: Label | None = None
    parent: str | None = None


@dataclass(frozen=True)
class Codelist:
    id: str
    name: Label
    codes: tuple[Code, ...]


@dataclass(frozen=True)
class Component:
    """A dimension, the measure or an attribute: its concept has the same id. ``type`` is the SDMX text
    type of what has no ``codelist``; ``required`` says that no observation is without it."""

    id: str
    kind: Kind
    name: Label
    codelist: str | None = None
    type: str = "String"
    required: bool = False


@dataclass(frozen=True)
class Structure:
    """All that describes one flow of data."""

    naming: Naming
    title: Label
    components: tuple[Component, ...]
    codelists: tuple[Codelist, ...]

    @property
    def dimensions(self) -> tuple[Component, ...]:
        """With the time dimension, which is the last."""
        return tuple(part for part in self.components if part.kind in ("dimension", "time"))

    @property
    def attributes(self) -> tuple[Component, ...]:
        return tuple(part for part in self.components if part.kind == "attribute")

    @property
    def measure(self) -> Component:
        return next(part for part in self.components if part.kind == "measure")

    def codelist(self, name: str) -> Codelist:
        return next(one for one in self.codelists if one.id == name)


def structure_of(data: Dataset) -> Structure:
    """The structure that describes ``data``, with code lists that hold every code it uses."""
    lists = (
        _frequencies(),
        Codelist("CL_AREA", _label("CL_AREA"), tuple(_areas(data))),
        Codelist("CL_INDICATOR", _label("CL_INDICATOR"), tuple(_indicators(data))),
        Codelist("CL_OBS_STATUS", _label("CL_OBS_STATUS"), _statuses()),
        Codelist("CL_FIGURE_STATUS", _label("CL_FIGURE_STATUS"), _figure_statuses()),
        Codelist("CL_UNIT_MEASURE", _label("CL_UNIT_MEASURE"), tuple(_units(data))),
        Codelist("CL_UNIT_MULT", _label("CL_UNIT_MULT"), _powers()),
    )
    return Structure(data.naming, data.title, _components(), lists)


@cache
def _components() -> tuple[Component, ...]:
    found = []
    for name, row in content_of("components.yaml")["components"].items():
        kind: Kind = "attribute"
        if name in DIMENSIONS:
            kind = "time" if name == DIMENSIONS[-1] else "dimension"
        elif name == MEASURE:
            kind = "measure"
        found.append(
            Component(
                name,
                kind,
                Label(zh=row["zh"], en=row["en"]),
                row.get("codelist"),
                row.get("type", "String"),
                bool(row.get("required", False)),
            )
        )
    return tuple(found)


def _label(name: str) -> Label:
    return Label(**content_of("components.yaml")["codelists"][name])


def _frequencies() -> Codelist:
    return Codelist("CL_FREQ", _label("CL_FREQ"), (Code("A", Label(zh="年度", en="Annual")),))


def _areas(data: Dataset) -> list[Code]:
    present = {region.code for region in data.regions}
    return [
        Code(
            region.code,
            # Names of divisions have no official English here; none is made up.
            Label(zh=region.name, en=region.name),
            parent=region.parent if region.parent in present else None,
        )
        for region in data.regions
    ]


def _indicators(data: Dataset) -> list[Code]:
    return [
        Code(spec.id, spec.label, about(spec, data.described.get(spec.id)))
        for spec in data.indicators.values()
    ]


def about(spec: IndicatorSpec, described: Described | None) -> Label:
    """What an indicator is, in a paragraph: full name, unit, formula, definition, whether it was verified."""
    source, clause = spec.definition.source, spec.definition.clause
    full = spec.full_label or spec.label
    zh, en = [f"{full.zh}；单位：{spec.unit or '无量纲'}"], [f"{full.en}; unit: {_english(spec.unit)}"]
    if described is not None:
        zh.append(f"公式：{described.formula.zh}")
        en.append(f"formula: {described.formula.en}")
    zh.append(f"口径：{source}——{clause}" + ("" if spec.definition.verified else "（待核实）"))
    en.append(f"definition: {source} — {clause}" + ("" if spec.definition.verified else " (to be verified)"))
    return Label(zh="；".join(zh), en="; ".join(en))


def _english(text: str) -> str:
    unit = coded(text)
    name = named(unit.code, [text]).en
    return f"{powers()[unit.power][1]} of {name}" if unit.power else name


def _statuses() -> tuple[Code, ...]:
    return tuple(Code(one.code, Label(zh=one.zh, en=one.en)) for one in status_codes().values())


def _figure_statuses() -> tuple[Code, ...]:
    rows: Mapping[str, Mapping[str, str]] = content_of("components.yaml")["figure_statuses"]
    return tuple(Code(name, Label(**row)) for name, row in rows.items())


def _units(data: Dataset) -> list[Code]:
    found = {}
    for text in data.units:
        code = coded(text).code
        name = named(code, data.units)
        found[code] = Code(code, Label(zh=name.zh, en=name.en))
    return list(found.values())


def _powers() -> tuple[Code, ...]:
    return tuple(Code(str(power), Label(zh=zh, en=en)) for power, (zh, en) in powers().items())
