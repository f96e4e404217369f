"""Values from outside as records: which code of theirs is which field of a register, in which unit.

The result is the rows of an import file. They are not stored here: the file goes through ``records import`` and
its checks like any other return.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field

from kechuang.declared import line_of, read_yaml, validated
from kechuang.errors import Fault, KechuangError, Place, listed
from kechuang.formula.units import Unit, factors
from kechuang.indicators.exchange.cells import number
from kechuang.indicators.exchange.figures import period
from kechuang.indicators.exchange.message import Message, Observation, check_faults
from kechuang.indicators.exchange.units import CodedUnit, power_of, size
from kechuang.messages import Message as Words
from kechuang.messages import say
from kechuang.packs.model import Packs, RecordType

if TYPE_CHECKING:
    from kechuang.language.regions import RegionTree


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Target(_Strict):
    """Where the values of one outside code go. ``unit`` is that of the number as it stands; ``measure`` is
    what the file's code of a unit means, to which its multiplier is still applied."""

    field: str
    unit: str | None = None
    measure: str | None = None


class Components(_Strict):
    """What the file calls the parts of an observation."""

    indicator: str = "INDICATOR"
    region: str = "REF_AREA"
    period: str = "TIME_PERIOD"
    value: str = "OBS_VALUE"
    status: str = "OBS_STATUS"


class RecordMapping(_Strict):
    """A mapping as people write it (YAML).

    ``record`` is the register; ``indicators`` outside code → field; ``regions`` outside code → code of
    GB/T 2260 (one not listed stands for itself); ``where`` keeps only observations with these cells; ``set``
    gives fields their value; ``status`` gives fields by the status of an observation.
    """

    record: str
    indicators: dict[str, Target]
    regions: dict[str, str] = Field(default_factory=dict)
    components: Components = Components()
    where: dict[str, str | list[str]] = Field(default_factory=dict)
    set: dict[str, str | int | float | bool | date] = Field(default_factory=dict)
    status: dict[str, dict[str, str | int | float | bool | date]] = Field(default_factory=dict)


@dataclass(frozen=True)
class Mapped:
    """``rows`` (field → value) for the register ``record``; how many observations were passed over because
    no line of the mapping is about them, and how many had no value; whether they are ``sample`` data."""

    record: RecordType
    rows: tuple[Mapping[str, Any], ...]
    passed_over: Mapping[str, int] = field(default_factory=dict)
    filtered: int = 0
    empty: int = 0
    sample: bool = False


def read_mapping(path: Path, packs: Packs) -> RecordMapping:
    """The mapping in ``path``; KechuangError with every fault of it, each with its line."""
    try:
        content = read_yaml(path)
    except OSError:
        raise KechuangError(
            "file-trouble", say("没有这个文件或文件夹"), place=Place(file=str(path))
        ) from None
    mapping = validated(RecordMapping, content, path)
    faults: list[Fault] = []

    def fault(message: Words, *keys: Any) -> None:
        place = Place(file=str(path), line=line_of(content, keys), field=".".join(map(str, keys)))
        faults.append(Fault("mapping-invalid", message, place))

    record = packs.records.get(mapping.record)
    if record is None:
        known = listed(list(packs.records))
        fault(say("没有名为“{name}”的台账，可用的有：{known}", name=mapping.record, known=known), "record")
    else:
        _check_fields(mapping, record, fault)
    for code, target in mapping.indicators.items():
        if target.unit is not None and target.measure is not None:
            fault(say("unit 与 measure 只能写一个"), "indicators", code)
    if faults:
        raise KechuangError(
            "mapping-invalid",
            say("对照表有{n}处错误", n=len(faults)),
            place=Place(file=str(path)),
            faults=faults,
        )
    return mapping


def _check_fields(mapping: RecordMapping, record: RecordType, fault: Any) -> None:
    if record.region is None or record.time.year is None:
        fault(say("台账“{name}”不是按地区和年度的，不能由外来数值写成", name=record.id), "record")
    for code, target in mapping.indicators.items():
        spec = record.fields.get(target.field)
        if spec is None:
            known = listed(list(record.fields))
            fault(
                say("没有字段“{name}”，可用的有：{known}", name=target.field, known=known), "indicators", code
            )
        elif spec.type not in ("number", "integer"):
            fault(say("字段“{name}”不是数字", name=target.field), "indicators", code)
    for name in mapping.set:
        if name not in record.fields:
            fault(say("没有字段“{name}”", name=name), "set", name)
    for code, given in mapping.status.items():
        for name in given:
            if name not in record.fields:
                fault(say("没有字段“{name}”", name=name), "status", code, name)


def records(
    message: Message, mapping: RecordMapping, packs: Packs, regions: RegionTree, *, sample: bool = False
) -> Mapped:
    """The rows ``message`` makes by ``mapping``: one a region and year (and further keys), fields together.

    Values are converted into the unit of their field. Sample data, and a message that says it is a test, is
    refused unless ``sample`` says that it will be imported as such. Raises KechuangError with every fault.
    """
    work = _Mapping(mapping, packs.records[mapping.record], regions)
    for one in message.observations:
        work.take(one)
    made_up = message.test or work.sample
    if made_up and not sample:
        place = Place(file=message.observations[0].place.file if message.observations else None)
        problem = say("文件含示例数据，或标明是测试报文，不能当作统计数")
        remedy = say(
            "确要导入时加 --sample，并用 records import --sample 入库，由它算出的数处处标明示例数据。"
        )
        raise KechuangError("sample-values", problem, place=place, remedy=remedy)
    check_faults(work.faults, message.observations[0].place.file or "" if message.observations else "")
    return Mapped(
        work.record,
        tuple(work.rows.values()),
        dict(work.passed_over),
        work.filtered,
        work.empty,
        made_up,
    )


class _Mapping:
    def __init__(self, mapping: RecordMapping, record: RecordType, regions: RegionTree) -> None:
        self.mapping, self.record, self.regions = mapping, record, regions
        self.names = mapping.components
        self.rows: dict[tuple[Any, ...], dict[str, Any]] = {}
        self.given: dict[tuple[Any, ...], Place] = {}
        self.faults: list[Fault] = []
        self.passed_over: Counter[str] = Counter()
        self.filtered = self.empty = 0
        self.sample = False

    def take(self, one: Observation) -> None:
        cells = one.values
        for name, wanted in self.mapping.where.items():
            allowed = [wanted] if isinstance(wanted, str) else wanted
            if cells.get(name) not in allowed:
                self.filtered += 1
                return
        code = cells.get(self.names.indicator, "")
        target = self.mapping.indicators.get(code)
        if target is None:
            self.passed_over[code] += 1
            return
        status = cells.get(self.names.status, "")
        self.sample = self.sample or "SAMPLE" in status or cells.get("FIGURE_STATUS") == "sample"
        before = len(self.faults)
        region, year = self.region(cells, one.place), self.year(cells, one.place)
        value = self.value(cells, target, one.place)
        if len(self.faults) > before:
            return
        if value is None:
            self.empty += 1
            return
        assert self.record.region is not None and self.record.time.year is not None
        row: dict[str, Any] = {self.record.region.field: region, self.record.time.year: year}
        row |= self.mapping.set | self.mapping.status.get(status, {})
        key = tuple(str(row.get(name)) for name in self.record.key)
        first = self.given.setdefault((*key, target.field), one.place)
        if first is not one.place:
            where = Place(row=first.row, line=first.line, field=first.field).message()
            self.faults.append(
                Fault(
                    "duplicate-observation",
                    say(
                        "{key} 的“{field}”重复，先前在{place}",
                        key=" ".join(key),
                        field=target.field,
                        place=where,
                    ),
                    one.place,
                )
            )
            return
        held = self.rows.setdefault(key, row)
        differing = [name for name in row if held.get(name) != row[name]]
        if differing:
            self.faults.append(
                Fault("status-conflict", say("同一条记录的“{field}”前后不一", field=differing[0]), one.place)
            )
        held[target.field] = value

    def region(self, cells: Mapping[str, str], place: Place) -> str | None:
        outside = cells.get(self.names.region, "")
        found = self.regions.find(self.mapping.regions.get(outside, outside)) if outside else None
        if found is None:
            self.faults.append(
                Fault(
                    "unknown-region",
                    say("地区“{code}”不在对照表中，也不是行政区划代码或名称", code=outside),
                    place,
                )
            )
            return None
        return found.code

    def year(self, cells: Mapping[str, str], place: Place) -> int | None:
        text = cells.get(self.names.period, "")
        year = period(text)
        if year is None:
            self.faults.append(Fault("wrong-period", say("时期“{text}”不是一个公历年度", text=text), place))
            return None
        return int(year)

    def value(self, cells: Mapping[str, str], target: Target, place: Place) -> float | int | None:
        text = cells.get(self.names.value)
        try:
            value = number(text)
        except ValueError:
            shown = (text or "")[:40]
            self.faults.append(
                Fault("not-a-number", say("“{text}”不是数字，或大得不能计算", text=shown), place)
            )
            return None
        if value is None:
            return None
        spec = self.record.fields[target.field]
        if spec.unit is not None:
            have = self.unit(cells, target, place)
            if have is None:
                return None
            want = Unit.parse(spec.unit)
            if have.powers != want.powers:
                self.faults.append(
                    Fault(
                        "unknown-unit",
                        say("单位“{unit}”换算不成字段的单位“{own}”", unit=have.text or "1", own=spec.unit),
                        place,
                    )
                )
                return None
            up, down = factors(have, want)
            value = value * up / down
        if spec.type == "integer" and value == int(value):
            return int(value)
        return value

    def unit(self, cells: Mapping[str, str], target: Target, place: Place) -> Unit | None:
        """The unit of the number as it stands, multiplier and all."""
        power = power_of(cells.get("UNIT_MULT", "0"))
        if power is None:
            self.faults.append(
                Fault("unknown-unit", say("单位倍数“{text}”不是可用的整数", text=cells["UNIT_MULT"]), place)
            )
            return None
        if "UNIT" in cells:
            said: Unit | None = Unit.parse(cells["UNIT"])
        else:
            said = size(CodedUnit(cells["UNIT_MEASURE"], power)) if "UNIT_MEASURE" in cells else None
        if target.measure is not None:
            base = Unit.parse(target.measure)
            return Unit(base.powers, base.scale * 10.0**power)
        if target.unit is not None:
            own = Unit.parse(target.unit)
            if said is not None and said != own:
                self.faults.append(
                    Fault(
                        "unknown-unit",
                        say(
                            "对照表说单位是“{own}”，文件说是“{unit}”", own=target.unit, unit=said.text or "1"
                        ),
                        place,
                    )
                )
                return None
            return own
        if said is None:
            self.faults.append(Fault("unknown-unit", say("没有说单位；请在对照表写 unit 或 measure"), place))
        return said
