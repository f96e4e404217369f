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
        own = None if table is None else self.of(f"{GROUP}.{table}.{name}")
        return self.of(f"{GROUP}.{name}") if own is None else own

    def of(self, key: str) -> float | None:
        """The number of any parameter in force on the day, None where there is none."""
        for given in (self.packs.parameters, _core()):
            found = given[key].at(self.day) if key in given else None
            if found is not None and not isinstance(found.value, str):
                return float(found.value)
        return None


@cache
def _core() -> Mapping[str, Parameter]:
    from kechuang.packs import load_packs

    return load_packs(["st-core"]).parameters
