"""Puts together what the register keeps of a publication: figures, what they meant, and their basis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from kechuang.indicators import Figure
from kechuang.indicators.definition import Definition, with_parents
from kechuang.indicators.schema import schema_of
from kechuang.indicators.vintages import Basis, kept, meanings
from kechuang.packs.model import Packs

Content = dict[str, Any]


def gathered(
    figures: Sequence[Figure],
    basis: Basis,
    *,
    kind: str,
    language: str,
    title: str,
    who: str,
    as_of: date,
    program: str,
) -> tuple[Content, Content]:
    """The content of a publication (but for number, moment and documents) and its basis, as plain data.

    A figure without a value said nothing and is left out.
    """
    said = [figure for figure in figures if figure.value is not None]
    names = list(dict.fromkeys(figure.indicator for figure in said))
    codes = list(dict.fromkeys(figure.region for figure in said))
    packs = basis.packs
    schema = schema_of(packs)
    every = with_parents(packs, schema, names)
    meaning = meanings(packs, names)
    read = {name: _parameters(every, name) for name in names}
    content: Content = {
        "kind": kind,
        "language": language,
        "title": title,
        "who": who,
        "as_of": as_of.isoformat(),
        "program": program,
        "packs": {info.pack: info.version for info in packs.info},
        "formulas": {name: _formula(every[name], every[name].sentence(schema)) for name in names},
        "figures": [
            {
                **figure.as_dict(),
                "definition": meaning[figure.indicator].digest,
                "parameters": _in_force(packs, read[figure.indicator], figure, as_of),
            }
            for figure in said
        ],
    }
    return content, kept(basis, names, codes)


def _formula(definition: Definition, sentence: Mapping[str, str]) -> Content:
    spec = definition.spec
    return {
        "label": {"zh": spec.label.zh, "en": spec.label.en},
        "unit": spec.unit,
        "decimals": spec.decimals,
        "formula": dict(sentence),
        "source": spec.definition.source,
        "clause": spec.definition.clause,
    }


def _parameters(every: Mapping[str, Definition], name: str) -> list[str]:
    """The parameters read by an indicator and by those it looks up."""
    found: dict[str, None] = {}
    waiting, seen = [name], {name}
    while waiting:
        definition = every[waiting.pop(0)]
        found.update(dict.fromkeys(definition.parameters))
        waiting.extend(one for one in definition.parents if one not in seen)
        seen.update(definition.parents)
    return list(found)


def _in_force(packs: Packs, names: Sequence[str], figure: Figure, as_of: date) -> Content:
    """The values at the end of the figure's period (or on the day, where that is sooner)."""
    end = min(date(int(figure.period), 12, 31), as_of)
    values = {name: packs.parameters[name].at(end) for name in names}
    return {name: value.value if value else None for name, value in values.items()}
