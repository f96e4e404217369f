"""Verification on site: what was drawn, what was found, and how often records were wrong.

A draw and each outcome are entries of the chain: neither can be changed, and a second draw stands beside
the first. The last outcome entered for a record counts; the others stay.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from kechuang.errors import KechuangError, listed
from kechuang.messages import Message, say
from kechuang.packs.model import FieldSpec, RecordType
from kechuang.records.clock import day_of, stamp
from kechuang.records.fields import Named
from kechuang.records.history import RecordVersion, as_of
from kechuang.records.models import Event, Finding
from kechuang.records.workflow import intervals, sampling
from kechuang.records.workflow.acts import act, acts, next_number
from kechuang.records.workflow.locks import touched
from kechuang.records.workflow.sheets import Sheet, write_workbook

DRAW, VISIT = "draw", "visit"
OUTCOMES = ("confirmed", "corrected", "unconfirmed")
WORDS = {"confirmed": "属实", "corrected": "有误已更正", "unconfirmed": "未能核实"}
RISKS = (1.0, 3.0)
"""Weight of a record as such, and of one with a warning; large values add up to as much again."""


@dataclass(frozen=True)
class Draw:
    """A list drawn for verification: keys and sizes by stratum."""

    id: str
    type: str
    year: int | None
    seed: str
    by: str | None
    risk: bool
    population: int
    as_of: date
    keys: Mapping[str, tuple[str, ...]]
    sizes: Mapping[str, int]
    who: str
    at: datetime

    def as_dict(self) -> dict[str, Any]:
        return {
            **{name: value for name, value in self.__dict__.items() if name != "id"},
            "draw": self.id,
            "n": sum(map(len, self.keys.values())),
            "as_of": self.as_of.isoformat(),
            "keys": {name: list(keys) for name, keys in self.keys.items()},
            "sizes": dict(self.sizes),
            "at": stamp(self.at),
        }


def outcome_name(outcome: str) -> Message:
    """What was found on site, in words."""
    return {
        "confirmed": say("属实"),
        "corrected": say("有误已更正"),
        "unconfirmed": say("未能核实"),
    }[outcome]


def draw(
    alias: str,
    type_: RecordType,
    year: int | None,
    *,
    who: str,
    at: datetime,
    seed: str,
    n: int | None = None,
    share: float | None = None,
    by: str | None = None,
    risk: bool = False,
) -> Draw:
    """Draw accepted records of a type (that tell of ``year``) for verification, and note the list.

    ``n`` records, or a ``share`` of them between 0 and 1; stratified ``by`` a field. With ``risk``, records with
    warnings and with large values are drawn more often.
    """
    if by is not None and by not in type_.fields:
        raise KechuangError(
            "unknown-field",
            say("台账“{type}”没有字段“{name}”", type=Named.of(type_.label), name=by),
            remedy=say("可用的字段：{names}", names=listed(list(type_.fields))),
        )
    day = day_of(at)
    records = [record for record in as_of(alias, day, type_.id) if _of_year(type_, record, year)]
    wanted = n if n is not None else math.ceil((share or 0) * len(records) - 1e-9)
    if not records or wanted < 1:
        raise KechuangError(
            "nothing-to-draw", say("没有可抽取的记录：台账“{type}”", type=Named.of(type_.label))
        )
    weights = _weights(alias, type_, records) if risk else {}
    units = [
        sampling.Unit(record.key, _stratum(record, by), weights.get(record.key, 1.0)) for record in records
    ]
    drawn = sampling.draw(units, wanted, seed)
    name = next_number(alias, "D", DRAW, at)
    detail = {
        "type": type_.id,
        "year": year,
        "seed": seed,
        "by": by,
        "risk": risk,
        "population": len(records),
        "as_of": day.isoformat(),
        "keys": {stratum: list(keys) for stratum, keys in drawn.keys.items()},
        "sizes": dict(drawn.sizes),
    }
    act(alias, DRAW, who=who, at=at, detail=detail, subject=name)
    return drawn_as(alias, name)


def draws(alias: str) -> list[Draw]:
    """Every list drawn, first to last."""
    return [_draw(event) for event in acts(alias, DRAW)]


def drawn_as(alias: str, name: str) -> Draw:
    """The list with a number; KechuangError where there is none."""
    found = acts(alias, DRAW, subject=name)
    if not found:
        raise KechuangError(
            "unknown-draw",
            say("没有编号为{draw}的抽查", draw=name),
            remedy=say("抽查编号见 kechuang records sample-check list。"),
        )
    return _draw(found[0])


def _draw(event: Event) -> Draw:
    told = event.detail
    return Draw(
        event.batch,
        told["type"],
        told["year"],
        told["seed"],
        told["by"],
        told["risk"],
        told["population"],
        date.fromisoformat(told["as_of"]),
        {name: tuple(keys) for name, keys in told["keys"].items()},
        told["sizes"],
        event.who,
        event.at,
    )


def _stratum(record: RecordVersion, by: str | None) -> str:
    value = record.data.get(by) if by else None
    return "" if value is None else str(value)


def _of_year(type_: RecordType, record: RecordVersion, year: int | None) -> bool:
    if year is None:
        return True
    first, last = touched(type_, None, record.data)
    return first < date(year + 1, 1, 1) and last > date(year, 1, 1)


def _weights(alias: str, type_: RecordType, records: Sequence[RecordVersion]) -> dict[str, float]:
    """More weight for records with warnings, and for those with a large share of a value."""
    batches = {record.batch for record in records}
    warned: set[tuple[str, str | None, int | None]] = set()
    names = sorted(batches)
    for start in range(0, len(names), 900):
        rows = Finding.objects.using(alias).filter(batch_id__in=names[start : start + 900])
        for batch, place in rows.filter(severity="warning").values_list("batch_id", "place"):
            warned.add((batch, place.get("sheet"), place.get("row")))
    amounts = [name for name, spec in type_.fields.items() if spec.type in ("number", "integer")]
    largest = {
        name: max((abs(record.data.get(name) or 0) for record in records), default=0) for name in amounts
    }
    weights = {}
    for record in records:
        base = RISKS[(record.batch, record.sheet, record.row) in warned]
        shares = [abs(record.data.get(name) or 0) / top for name, top in largest.items() if top]
        weights[record.key] = base + RISKS[1] * max(shares, default=0)
    return weights


def enter(
    alias: str, name: str, key: str, outcome: str, note: str, *, who: str, at: datetime
) -> dict[str, Any]:
    """Note what was found on site for a record that was drawn."""
    if outcome not in OUTCOMES:
        raise KechuangError(
            "unknown-outcome",
            say("核实结果只能是：{names}", names=listed(OUTCOMES)),
            remedy=say("confirmed 属实，corrected 有误已更正，unconfirmed 未能核实。"),
        )
    found = drawn_as(alias, name)
    if not any(key in keys for keys in found.keys.values()):
        raise KechuangError(
            "not-drawn",
            say("“{key}”不在抽查{draw}的名单中", key=key, draw=name),
            remedy=say("名单见 kechuang records sample-check show {draw}。", draw=name),
        )
    if outcome != "confirmed" and not note.strip():
        raise KechuangError(
            "note-needed", say("不属实或未能核实的，须写明情况"), remedy=say("请加 --note 说明。")
        )
    detail = {"key": key, "outcome": outcome, "note": note.strip()}
    act(alias, VISIT, who=who, at=at, detail=detail, subject=name)
    return {"draw": name, **detail}


def outcomes(alias: str, name: str) -> dict[str, dict[str, Any]]:
    """The last outcome entered for each record of a draw."""
    return {
        event.detail["key"]: {**event.detail, "who": event.who, "at": stamp(event.at)}
        for event in acts(alias, VISIT, subject=name)
    }


def summary(alias: str, name: str) -> dict[str, Any]:
    """How many were wrong, by stratum and overall, with 95% intervals.

    Wrong is what was corrected or could not be confirmed. A draw by risk tells of the records drawn
    only: its ``share`` is theirs, and there is no interval for all records.
    """
    found = drawn_as(alias, name)
    known = outcomes(alias, name)
    strata = []
    for stratum, keys in found.keys.items():
        counted = [known[key]["outcome"] for key in keys if key in known]
        strata.append(
            {
                "stratum": stratum,
                "population": found.sizes[stratum],
                "drawn": len(keys),
                **_rates(counted, inferred=not found.risk),
            }
        )
    entered = [known[key]["outcome"] for keys in found.keys.values() for key in keys if key in known]
    overall = _rates(entered, inferred=not found.risk)
    told = [
        (int(one["population"]), int(one["entered"]), int(one["wrong"])) for one in strata if one["entered"]
    ]
    if not found.risk and told and len(told) == len(strata):
        share, interval = intervals.stratified(told)
        overall |= {"error_rate": share, "wilson": list(interval)}
        if len(told) > 1:
            overall["clopper_pearson"] = None  # exact for one stratum only
    elif not found.risk and len(strata) > 1:
        overall |= {"wilson": None, "clopper_pearson": None}  # a stratum nobody visited
    return {
        **found.as_dict(),
        "overall": {"population": found.population, "drawn": len(entered_of(found)), **overall},
        "strata": strata,
        "outcomes": [known[key] for keys in found.keys.values() for key in keys if key in known],
    }


def entered_of(found: Draw) -> list[str]:
    """All keys of a draw, stratum by stratum."""
    return [key for keys in found.keys.values() for key in keys]


def _rates(counted: Sequence[str], *, inferred: bool) -> dict[str, Any]:
    n, wrong = len(counted), sum(outcome != "confirmed" for outcome in counted)
    sure = inferred and n > 0
    return {
        "entered": n,
        **{outcome: counted.count(outcome) for outcome in OUTCOMES},
        "wrong": wrong,
        "error_rate": wrong / n if n else None,
        "wilson": list(intervals.wilson(wrong, n)) if sure else None,
        "clopper_pearson": list(intervals.exact(wrong, n)) if sure else None,
    }


def write_sheet(
    alias: str, found: Draw, type_: RecordType, path: Path, name_of: Callable[[str], str]
) -> None:
    """The Excel sheet to take along: what was reported, and room for what is found."""
    records = {record.key: record for record in as_of(alias, found.as_of, type_.id)}
    alone = type_.key[0] if len(type_.key) == 1 else None  # the key already has a column
    fields = [(name, spec) for name, spec in type_.fields.items() if name != alone]
    heads = ["序号", "主键", *(_head(spec) for _, spec in fields), "核实结果", "现场情况说明", "核实单位"]
    rows = []
    for number, key in enumerate(entered_of(found), start=1):
        data = records[key].data if key in records else {}
        cells = [_cell(spec, data.get(name), name_of) for name, spec in fields]
        rows.append([number, key, *cells, "", "", ""])
    result = len(heads) - 3
    year = f"{found.year}年度" if found.year is not None else ""
    title = f"{type_.label.zh}（{year}）现场核实表　{found.id}".replace("（）", "")
    widths = [6, 24, *(_width(spec) for _, spec in fields), 14, 36, 18]
    sheet = Sheet("现场核实", heads, rows, widths, {result: list(WORDS.values())}, title)
    write_workbook(path, [sheet])


def _width(spec: FieldSpec) -> float:
    least = {"text": 20, "uscc": 21, "choice": 14, "date": 12, "region": 12}.get(spec.type, 8)
    return max(least, min(16, 2.2 * len(spec.label.zh)))


def _head(spec: FieldSpec) -> str:
    return f"{spec.label.zh}（{spec.unit}）" if spec.unit else spec.label.zh


def _cell(spec: FieldSpec, value: Any, name_of: Callable[[str], str]) -> Any:
    if value is None:
        return ""
    if spec.type == "choice" and value in spec.choices:
        return spec.choices[value].zh
    if spec.type == "boolean":
        return "是" if value else "否"
    return name_of(value) if spec.type == "region" else value
