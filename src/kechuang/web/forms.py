"""A record type as a form: a field for each column, with its unit, its choices and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from kechuang.messages import Message, language, say
from kechuang.packs.model import FieldSpec, Label, RecordType
from kechuang.web.models import User
from kechuang.web.numbers import unit_text
from kechuang.web.workspaces import served

Kind = Literal["text", "number", "date", "select", "chips", "fixed"]
#: Choices up to so many are buttons; more are a list.
BUTTONS = 6


@dataclass(frozen=True)
class FormField:
    """A field as it stands on the page: what is in it as text, and what is wrong with that."""

    name: str
    label: Label
    kind: Kind
    value: str
    required: bool
    unit: str = ""
    note: Label | None = None
    shown: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    wrong: tuple[Message, ...] = ()
    asked: tuple[Message, ...] = ()


def fields_of(
    user: User,
    record_type: RecordType,
    values: Mapping[str, str],
    *,
    fixed: Iterable[str] = (),
    wrong: Mapping[str, list[Message]] | None = None,
    asked: Mapping[str, list[Message]] | None = None,
) -> list[FormField]:
    """The fields of a record type in their order; ``fixed`` are shown and not to be changed."""
    held = frozenset(fixed)
    made = []
    for name, spec in record_type.fields.items():
        value = values.get(name, "")
        choices = choices_of(user, spec)
        kind: Kind = "fixed" if name in held else _kind(spec, len(choices))
        made.append(
            FormField(
                name,
                spec.label,
                kind,
                value,
                spec.required,
                unit_text(spec.unit).strip(),
                spec.note,
                dict(choices).get(value, value),
                choices,
                tuple((wrong or {}).get(name, ())),
                tuple((asked or {}).get(name, ())),
            )
        )
    return made


def choices_of(user: User, spec: FieldSpec) -> tuple[tuple[str, str], ...]:
    """What a field may be, as (value, label): choices, yes and no, the counties of the account."""
    if spec.type == "choice":
        return tuple((code, label.text(language())) for code, label in spec.choices.items())
    if spec.type == "boolean":
        return (("是", str(say("是"))), ("否", str(say("否"))))
    if spec.type == "region" and spec.level == "county":
        workspace = served()
        bound = user.region or workspace.settings.region
        below = [(one.code, one.name) for one in workspace.regions.children(bound)]
        return tuple(below) if below and not user.region else ((bound, workspace.name_of(bound)),)
    return ()


def cell_text(value: Any) -> str:
    """A value of the store as a person would type it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)


def _kind(spec: FieldSpec, choices: int) -> Kind:
    if choices:
        return "chips" if choices <= BUTTONS and spec.type != "region" else "select"
    return {"date": "date", "number": "number", "integer": "number", "year": "number"}.get(spec.type, "text")  # type: ignore[return-value]
