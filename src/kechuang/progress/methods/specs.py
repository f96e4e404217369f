"""What is declared of each method in methods.yaml: words, thresholds, source; and thresholds set otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from math import isfinite
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, TypeAdapter

from kechuang.declared import plain, read_yaml
from kechuang.errors import Fault, KechuangError, listed
from kechuang.messages import say
from kechuang.packs.model import Label
from kechuang.progress.status import Mark

FILE = Path(__file__).with_name("methods.yaml")


class Declared(BaseModel):
    """Anything of methods.yaml; unknown keys are an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Word(Declared):
    """A status word of a method and the house's mark it is shown by."""

    mark: Mark
    label: Label


class Parameter(Declared):
    """A number of a method. ``verified``: read in the issued text or the publisher's own code."""

    value: float
    label: Label


class MethodSpec(Declared):
    """A method as declared; ``short`` is its name in tables, ``judged_by`` what its value is of a target,

    ``basis`` what its judgement rests on (see agreement).
    """

    label: Label
    short: Label
    judged_by: Label
    basis: Literal["compound", "projected", "straight", "recent", "path"]
    source: str
    formula: str
    verified: bool
    statuses: dict[str, Word]
    parameters: dict[str, Parameter]

    @property
    def defaults(self) -> dict[str, float]:
        return {name: parameter.value for name, parameter in self.parameters.items()}


@cache
def specs() -> Mapping[str, MethodSpec]:
    """The methods by name, in the order they are shown in."""
    return TypeAdapter(dict[str, MethodSpec]).validate_python(plain(read_yaml(FILE)))


def parameters_of(method: str, given: Mapping[str, float] | None = None) -> Mapping[str, float]:
    """The parameters of ``method``: the declared ones, with ``given`` in their place.

    KechuangError with every fault for a name the method does not have or a number that is none.
    """
    known = specs()[method].defaults
    faults = []
    for name, value in (given or {}).items():
        if name not in known:
            faults.append(
                Fault(
                    "unknown-parameter",
                    say(
                        "方法 {method} 没有参数 {name}，可用的有：{known}",
                        method=method,
                        name=name,
                        known=listed(list(known)),
                    ),
                )
            )
        elif not isfinite(value):
            faults.append(
                Fault(
                    "parameter-value", say("参数 {name} 应为有限的数，现为 {value}", name=name, value=value)
                )
            )
    if faults:
        raise KechuangError(faults[0].code, faults[0].message, faults=faults)
    return known | dict(given or {})
