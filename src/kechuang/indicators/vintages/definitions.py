"""How a definition differs from an earlier one: classified before it is applied, old and new in words.

A change of label, note or source recomputes nothing; a change of formula, unit, parameter, of how records
meet regions and years, of an indicator looked up, or of the regions themselves does.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from kechuang.errors import KechuangError
from kechuang.formula.schema import Schema
from kechuang.indicators.definition import with_parents
from kechuang.indicators.schema import schema_of
from kechuang.indicators.vintages.basis import Basis, Meaning, changed_places, is_ranked, meanings
from kechuang.packs.model import IndicatorSpec, Parameter

#: ``label``: names, notes or sources, which no figure depends on. ``removed``: no longer declared.
Kind = Literal["label", "formula", "unit", "records", "parents", "parameter", "boundary", "removed"]


@dataclass(frozen=True)
class ParameterChange:
    """A parameter whose value from a day on is another, newly set, or gone (``new`` None)."""

    id: str
    label: dict[str, str]
    from_day: str
    old: Any
    new: Any


@dataclass(frozen=True)
class DefinitionChange:
    """What of ``indicator`` changed. ``old`` and ``new`` are its formula in words (None where it is gone or
    cannot be read); ``written`` the same as formulas; ``boundary`` names regions that hold others now."""

    indicator: str
    label: dict[str, str]
    kinds: tuple[Kind, ...]
    old: dict[str, str] | None
    new: dict[str, str] | None
    written: tuple[str, str | None]
    units: tuple[str, str | None]
    parameters: tuple[ParameterChange, ...]
    boundary: tuple[str, ...]
    parents: tuple[str, ...]

    @property
    def recomputes(self) -> bool:
        """Whether a figure may be another by it."""
        return any(kind != "label" for kind in self.kinds)

    def as_dict(self) -> dict[str, Any]:
        return {**asdict(self), "kinds": list(self.kinds), "recomputes": self.recomputes}


def changed_definitions(
    old: Basis, new: Basis, indicators: Iterable[str], region_codes: Sequence[str]
) -> list[DefinitionChange]:
    """How each of ``indicators`` (declared in ``old``) differs in ``new``; those that do not are left out."""
    names = [name for name in dict.fromkeys(indicators) if name in old.packs.indicators]
    still = [name for name in names if name in new.packs.indicators]
    before, now = _meanings(old, names), _meanings(new, still)
    schemas = schema_of(old.packs), schema_of(new.packs)

    def moved(name: str) -> tuple[str, ...]:
        ranked = old.regions is not new.regions and is_ranked(old.packs, [name])
        return tuple(changed_places(old.regions, new.regions, region_codes, ranked=ranked))

    found = [
        _change(old, new, name, before, now, moved(name) if name in before else (), schemas) for name in names
    ]
    return [one for one in found if one is not None]


def _meanings(basis: Basis, names: Sequence[str]) -> dict[str, Meaning]:
    """The meanings of those that can be read."""
    try:
        return meanings(basis.packs, names)
    except KechuangError:
        found: dict[str, Meaning] = {}
        for name in names:
            try:
                found.update(meanings(basis.packs, [name]))
            except KechuangError:
                continue
        return found


def _change(
    old: Basis,
    new: Basis,
    name: str,
    before: dict[str, Meaning],
    now: dict[str, Meaning],
    boundary: tuple[str, ...],
    schemas: tuple[Schema, Schema],
) -> DefinitionChange | None:
    was, is_ = old.packs.indicators[name], new.packs.indicators.get(name)
    one, other = before.get(name), now.get(name)
    kinds: list[Kind] = []
    parameters: tuple[ParameterChange, ...] = ()
    if is_ is None:
        kinds.append("removed")
    elif one is None or other is None:
        kinds.append("formula")
    else:
        parameters = tuple(_parameters(old, new, name))
        checks: list[tuple[Kind, bool]] = [
            ("formula", one.formula != other.formula),
            ("unit", one.unit != other.unit),
            ("records", any(other.tables.get(t, met) != met for t, met in one.tables.items())),
            ("parents", dict(one.parents) != dict(other.parents)),
            ("parameter", bool(parameters)),
            ("boundary", bool(boundary)),
        ]
        kinds.extend(kind for kind, differs in checks if differs)
        if not kinds and _told(was) != _told(is_):
            kinds.append("label")
    if not kinds:
        return None
    label = (is_ or was).label
    return DefinitionChange(
        indicator=name,
        label={"zh": label.zh, "en": label.en},
        kinds=tuple(kinds),
        old=_sentence(old, name, schemas[0]) if one else None,
        new=_sentence(new, name, schemas[1]) if other else None,
        written=(_written(was), _written(is_) if is_ else None),
        units=(was.unit, is_.unit if is_ else None),
        parameters=parameters,
        boundary=boundary if "boundary" in kinds else (),
        parents=tuple(
            parent
            for parent in (one.parents if one else ())
            if other is None or other.parents.get(parent) != (one.parents[parent] if one else None)
        ),
    )


def _sentence(basis: Basis, name: str, schema: Schema) -> dict[str, str]:
    return with_parents(basis.packs, schema, [name])[name].sentence(schema)


def _written(spec: IndicatorSpec) -> str:
    """The formula as it is declared, with its ``let`` names before it."""
    return "; ".join([*(f"{name} = {text}" for name, text in spec.let.items()), spec.value])


def _told(spec: IndicatorSpec) -> dict[str, Any]:
    """What a declaration tells that no figure depends on."""
    return spec.model_dump(mode="json", exclude={"let", "value", "unit"})


def _parameters(old: Basis, new: Basis, name: str) -> Iterable[ParameterChange]:
    """The dated values that differ, of the parameters the indicator (or one it looks up) reads."""
    read: dict[str, None] = {}
    for basis in (old, new):
        every = with_parents(basis.packs, schema_of(basis.packs), [name])
        read.update(dict.fromkeys(one for definition in every.values() for one in definition.parameters))
    for one in read:
        was, is_ = old.packs.parameters.get(one), new.packs.parameters.get(one)
        values, values_now = _values(was), _values(is_)
        declared = is_ or was
        label = declared.label if declared else None
        for day in sorted(values.keys() | values_now.keys()):
            if values.get(day) != values_now.get(day):
                both = {"zh": label.zh, "en": label.en} if label else {"zh": one, "en": one}
                yield ParameterChange(one, both, day, values.get(day), values_now.get(day))


def _values(parameter: Parameter | None) -> dict[str, Any]:
    return {value.from_.isoformat(): value.value for value in parameter.values} if parameter else {}
