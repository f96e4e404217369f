"""The dated parameters of the outlook, as the packs of a workspace set them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from kechuang.errors import KechuangError
from kechuang.messages import say
from kechuang.packs.model import Packs, Parameter

GROUP = "outlook"


@dataclass(frozen=True)
class Parameters:
    """Reads ``outlook.NAME`` as in force on ``day``; a register's own ``outlook.TABLE.NAME`` goes first.

    Packs that set none of them use those of the core pack.
    """

    packs: Packs
    day: date

    def number(self, name: str, table: str | None = None) -> float:
        """The value; KechuangError where no pack sets one in force that day."""
        found = self.optional(name, table)
        if found is None:
            raise KechuangError(
                "outlook-parameter",
                say("参数 {name} 在 {day} 没有数值", name=f"{GROUP}.{name}", day=self.day.isoformat()),
                remedy=say("请在指标包的 parameters/outlook/ 中补上该日期起的数值。"),
            )
        return found

    def optional(self, name: str, table: str | None = None) -> float | None:
        """The value, None where there is none."""
        wanted = [f"{GROUP}.{name}"] if table is None else [f"{GROUP}.{table}.{name}", f"{GROUP}.{name}"]
        for key in wanted:
            found = self.of(key)
            if found is not None:
                return found
        return _number(_core().get(wanted[-1]), self.day)

    def of(self, key: str) -> float | None:
        """The number of any parameter of the packs in force on the day, None where there is none."""
        return _number(self.packs.parameters.get(key), self.day)


def _number(parameter: Parameter | None, day: date) -> float | None:
    found = parameter.at(day) if parameter is not None else None
    return None if found is None or isinstance(found.value, str) else float(found.value)


@cache
def _core() -> Mapping[str, Parameter]:
    from kechuang.packs import load_packs

    return load_packs(["st-core"]).parameters
