"""DHIS2: metadata (data elements, organisation units, one data set) and data value sets, as its Web API has them.

Codes identify objects in data (``dataElementIdScheme: CODE``), so that a receiver who numbers objects
otherwise still understands the file; the identifiers in the metadata are made from the codes and are the same
on every machine. What DHIS2 has no field for (status, unit, coverage, fingerprint) stands in the comment of
each value. An unknown value is an entry with a comment and no value. DHIS2 developer manual, Web API: metadata
and data values.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from hashlib import sha256
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import unquote

from kechuang.errors import Fault, KechuangError, Place
from kechuang.indicators.exchange.cells import DIMENSIONS, MEASURE, cells, plain
from kechuang.indicators.exchange.dataset import Dataset, Described
from kechuang.indicators.exchange.message import Message, Observation, check_faults
from kechuang.indicators.exchange.structure import about
from kechuang.indicators.figure import Figure
from kechuang.messages import say
from kechuang.packs.model import IndicatorSpec, Label

if TYPE_CHECKING:
    from kechuang.language.regions import Region

#: The category combination every DHIS2 has for what is not disaggregated.
DEFAULT_COMBO = "bjDvmb4bfuf"
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_SIGNS = "0123456789" + _LETTERS
_UID_LENGTH, _CODE_LENGTH, _NAME_LENGTH, _SHORT_LENGTH = 11, 50, 230, 50
#: A day before any figure: an organisation unit takes data only from its opening on.
_OPENED = "1949-10-01"
_SAMPLE = "示例数据 sample data"
_TOKEN = re.compile(r"([A-Z][A-Z_]*)=(.*)")
_ESCAPES = {"%": "%25", ";": "%3B", "=": "%3D", "\n": "%0A", "\r": "%0D"}
#: What a comment does not repeat: it stands in fields of its own.
_ELSEWHERE = {*DIMENSIONS, MEASURE, "DECIMALS"}
_FIELDS = {"dataElement": "INDICATOR", "orgUnit": "REF_AREA", "period": "TIME_PERIOD", "value": MEASURE}


def uid(kind: str, code: str) -> str:
    """The identifier of the object of ``kind`` with ``code``: eleven letters and digits, a letter first.

    >>> uid("dataElement", "rd_intensity") == uid("dataElement", "rd_intensity"), len(uid("dataSet", "x"))
    (True, 11)
    """
    number = int.from_bytes(sha256(f"kechuang/{kind}/{code}".encode()).digest(), "big")
    number, first = divmod(number, len(_LETTERS))
    signs = [_LETTERS[first]]
    for _ in range(_UID_LENGTH - 1):
        number, place = divmod(number, len(_SIGNS))
        signs.append(_SIGNS[place])
    return "".join(signs)


def data_set(data: Dataset) -> str:
    """The code of the data set that holds all data elements."""
    return data.naming.flow


def write_metadata(data: Dataset, stream: IO[str]) -> None:
    """Write what a DHIS2 has to know before it takes the values (``POST /api/metadata``)."""
    check(data)
    own = uid("dataSet", data_set(data))
    combo = {"id": DEFAULT_COMBO}
    units = [_unit(region, data) for region in data.regions]
    elements = [_element(spec, data.described.get(name)) for name, spec in data.indicators.items()]
    reporting = dict.fromkeys(figure.region for figure in data.figures)
    content = {
        "date": data.prepared.isoformat(timespec="seconds"),
        "organisationUnits": units,
        "dataElements": elements,
        "dataSets": [
            {
                "id": own,
                "code": data_set(data),
                "name": data.title.zh[:_NAME_LENGTH],
                "shortName": data.title.zh[:_SHORT_LENGTH],
                "periodType": "Yearly",
                "categoryCombo": combo,
                "dataSetElements": [
                    {"dataSet": {"id": own}, "dataElement": {"id": element["id"]}} for element in elements
                ],
                "organisationUnits": [{"id": uid("organisationUnit", code)} for code in reporting],
                "translations": _translations(Label(zh=data.title.zh, en=data.title.en)),
            }
        ],
    }
    json.dump(content, stream, ensure_ascii=False, indent=1, allow_nan=False)


def _unit(region: Region, data: Dataset) -> dict[str, Any]:
    """A region as an organisation unit; the highest one stands below none."""
    found: dict[str, Any] = {
        "id": uid("organisationUnit", region.code),
        "code": region.code,
        "name": region.name,
        "shortName": region.name[:_SHORT_LENGTH],
        "openingDate": _OPENED,
    }
    if region.parent is not None and any(one.code == region.parent for one in data.regions):
        found["parent"] = {"id": uid("organisationUnit", region.parent)}
    return found


def _element(spec: IndicatorSpec, described: Described | None) -> dict[str, Any]:
    unit = spec.unit
    name = f"{spec.label.zh}（{unit}）" if unit else spec.label.zh
    said = about(spec, described)
    zh, en = said.zh, said.en
    if described is not None and described.numerator and described.denominator:
        zh += f"；分子：{described.numerator.zh}；分母：{described.denominator.zh}"
        en += f"; numerator: {described.numerator.en}; denominator: {described.denominator.en}"
    return {
        "id": uid("dataElement", spec.id),
        "code": spec.id,
        "name": name[:_NAME_LENGTH],
        "shortName": name[:_SHORT_LENGTH],
        "description": zh,
        "valueType": "NUMBER",
        "domainType": "AGGREGATE",
        # Each region has its own figure; a ratio of a prefecture is no sum of those of its counties.
        "aggregationType": "NONE",
        "zeroIsSignificant": True,
        "categoryCombo": {"id": DEFAULT_COMBO},
        "translations": [
            *_translations(spec.label),
            {"property": "DESCRIPTION", "locale": "en", "value": en},
        ],
    }


def _translations(label: Label) -> list[dict[str, str]]:
    return [
        {"property": "NAME", "locale": "en", "value": label.en[:_NAME_LENGTH]},
        {"property": "SHORT_NAME", "locale": "en", "value": label.en[:_SHORT_LENGTH]},
    ]


def check(data: Dataset) -> None:
    """Raises KechuangError for a code that DHIS2 cannot hold."""
    faults = [
        Fault("code-invalid", say("编号“{name}”超过DHIS2允许的{n}个字符", name=name, n=_CODE_LENGTH))
        for name in data.indicators
        if len(name) > _CODE_LENGTH
    ]
    if faults:
        raise KechuangError("not-exchangeable", say("有{n}处使数据不能写出", n=len(faults)), faults=faults)


def write(data: Dataset, stream: IO[str]) -> None:
    """Write the values (``POST /api/dataValueSets``)."""
    check(data)
    values = []
    for figure in data.figures:
        entry = {
            "dataElement": figure.indicator,
            "period": figure.period,
            "orgUnit": figure.region,
            "comment": comment(data, figure),
        }
        if figure.value is not None:
            entry["value"] = plain(figure.value)
        values.append(entry)
    content = {"dataElementIdScheme": "CODE", "orgUnitIdScheme": "CODE", "dataValues": values}
    json.dump(content, stream, ensure_ascii=False, indent=1, allow_nan=False)


def comment(data: Dataset, figure: Figure) -> str:
    """What the format has no field for: ``示例数据 sample data; FIGURE_STATUS=sample; UNIT=万元; …``."""
    key = (figure.indicator, figure.region, figure.period)
    found = cells(figure, data.indicators.get(figure.indicator), data.breaks.get(key))
    parts = [_SAMPLE] if figure.status == "sample" else []
    parts += [f"{name}={_escaped(text)}" for name, text in found.items() if name not in _ELSEWHERE]
    return "; ".join(parts)


def _escaped(text: str) -> str:
    return "".join(_ESCAPES.get(sign, sign) for sign in text)


def said(text: str) -> dict[str, str]:
    """The cells a comment holds; a comment that people wrote is the cell COMMENT.

    >>> said("OBS_STATUS=P; COVERAGE=0.5"), said("late return")
    ({'OBS_STATUS': 'P', 'COVERAGE': '0.5'}, {'COMMENT': 'late return'})
    """
    parts = [part for part in text.split("; ") if part and part != _SAMPLE]
    matches = [_TOKEN.fullmatch(part) for part in parts]
    if not parts or not all(matches):
        return {"COMMENT": text} if text else {}
    return {match[1]: unquote(match[2]) for match in matches if match is not None}


def is_values(content: Any) -> bool:
    """Whether JSON looks like a data value set of DHIS2."""
    return isinstance(content, Mapping) and "dataValues" in content


def read(content: Mapping[str, Any], file: str) -> Message:
    """The observations of a data value set: values of their own region and period, or those of the set.

    Raises KechuangError naming every entry that is not made as the Web API has it.
    """
    values = content.get("dataValues")
    if not isinstance(values, list):
        raise KechuangError(
            "exchange-unreadable", say("dataValues 应为列表"), place=Place(file=file, field="dataValues")
        )
    shared = {
        _FIELDS[name]: str(content[name]) for name in ("orgUnit", "period") if content.get(name) is not None
    }
    faults: list[Fault] = []
    found: list[Observation] = []
    for number, entry in enumerate(values, start=1):
        place = Place(file=file, field=f"dataValues[{number}]")
        wrong = not isinstance(entry, Mapping) or any(
            isinstance(value, dict | list) for name, value in entry.items() if name in (*_FIELDS, "comment")
        )
        if wrong:
            faults.append(Fault("exchange-unreadable", say("这一项不是一个值"), place))
            continue
        if entry.get("deleted") is True:
            problem = say("不支持动作“{action}”：只读取值，不删除", action="deleted")
            faults.append(Fault("action-unsupported", problem, place))
            continue
        row = dict(shared)
        for name, value in entry.items():
            if value is None or name in ("comment", "storedBy", "created", "lastUpdated", "followup"):
                continue
            row[_FIELDS.get(name, name)] = _text(value)
        found.append(Observation({**said(str(entry.get("comment") or "")), **row}, place))
    check_faults(faults, file)
    return Message("dhis2", tuple(found))


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value) if isinstance(value, float) else str(value)
