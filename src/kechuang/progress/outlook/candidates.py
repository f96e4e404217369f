"""Candidates of a register from the records of type ``candidates``, each with its chance of passing."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date
from typing import TYPE_CHECKING, Any

from kechuang.messages import Message, say
from kechuang.packs.model import Packs
from kechuang.progress.outlook.parameters import Parameters
from kechuang.progress.outlook.registers import Candidate, chance_of
from kechuang.progress.wording import number

if TYPE_CHECKING:
    import pyarrow as pa

TABLE = "candidates"


def candidates_of(
    register: str,
    table: Callable[[str], pa.Table | None],
    packs: Packs,
    day: date,
    places: Collection[str] | None,
    parameters: Parameters,
) -> tuple[list[Candidate], list[Message]]:
    """The open candidates of ``register``, and a sentence on what they add up to.

    A candidate with a score has the chance that its interval reaches the pass mark of the register's rule
    (the parameter ``REGISTER.score_pass``); one without has that of its stage.
    """
    found = table(TABLE) if TABLE in packs.records else None
    if found is None or not len(found):
        return [], []
    rows = [
        row
        for row in found.to_pylist()
        if row["register"] == register
        and (row["closed"] is None or row["closed"] > day)
        and row["listed"] <= day
        and (places is None or row["county"] in places)
    ]
    candidates = [
        Candidate(row["candidate"], row["expected"], _chance(row, register, parameters)) for row in rows
    ]
    if not candidates:
        return [], []
    total = sum(one.chance for one in candidates)
    listed = say(
        "在册的申报和培育对象{n}个，按评分和阶段预计通过{expected}个",
        n=len(candidates),
        expected=number(total, 1),
    )
    return candidates, [listed]


def _chance(row: dict[str, Any], register: str, parameters: Parameters) -> float:
    low, high = row["score_low"], row["score_high"]
    if low is None and high is None:
        return parameters.number(f"pass_{row['stage']}", register)
    mark = parameters.of(f"{register}.score_pass")
    if mark is None:
        return parameters.number(f"pass_{row['stage']}", register)
    low = high if low is None else low
    high = low if high is None else high
    return chance_of(float(low), float(high), mark, parameters.number("score_softness", register))
