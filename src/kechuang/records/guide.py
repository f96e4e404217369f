"""What a template tells whoever fills it in: the guide sheet, drop-downs, prompts and the words of a refusal."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from kechuang.messages import Message, say
from kechuang.packs.model import FieldSpec, RecordType
from kechuang.records import places
from kechuang.records.cells import YES_NO
from kechuang.records.headers import header_text

if TYPE_CHECKING:
    from kechuang.language.regions import RegionTree

Values = Callable[[str, str], Collection[str]]
"""Values another register has of a field, as text: (type, field) → values."""

MOST = 500
"""Values of another register offered in a drop-down; a longer list helps nobody."""

TYPES: dict[str, Message] = {
    "text": say("文字"),
    "integer": say("整数"),
    "number": say("数值"),
    "date": say("日期（如2024-03-05）"),
    "year": say("年份（如2024）"),
    "boolean": say("是／否"),
    "choice": say("从下拉项中选"),
    "uscc": say("18位统一社会信用代码"),
    "region": say("行政区划代码或名称"),
}

COLUMNS = (
    say("列"),
    say("英文"),
    say("字段"),
    say("类型"),
    say("单位"),
    say("必填"),
    say("可选值"),
    say("说明"),
)
WIDTHS = (28, 30, 18, 24, 10, 8, 36, 48)


def options(
    spec: FieldSpec,
    regions: RegionTree | None,
    within: str | None,
    language: str,
    values: Values | None = None,
) -> list[str]:
    """What the drop-down of a column offers; nothing where there is no list, or one too long."""
    if spec.type == "choice":
        return [label.text(language) for label in spec.choices.values()]
    if spec.type == "boolean":
        return list(YES_NO[language])
    if spec.type == "region" and regions is not None:
        return [region.name for region in places.choices(regions, within, spec.level)]
    if spec.reference is not None and values is not None:
        other, _, target = spec.reference.partition(".")
        known = values(other, target)
        return sorted(known) if len(known) <= MOST else []
    return []


def rule(spec: FieldSpec, listed: str | None, language: str) -> Any:
    """The data validation of a column: what Excel itself checks on entry, and the note beside a cell."""
    from openpyxl.worksheet.datavalidation import DataValidation

    made = DataValidation(**_rule(spec, listed))
    made.showErrorMessage = made.type is not None
    made.errorTitle = spec.label.text(language)[:30]
    made.error = say("应填：{kind}", kind=TYPES[spec.type]).text(language)
    if spec.reference is not None:
        # Another register may be brought in together with this one: what is not listed yet may be entered.
        made.errorStyle = "warning"
        made.error = say("现有登记中没有这一项；若同时另行登记，可以继续").text(language)
    made.showInputMessage = True
    made.promptTitle = header_text(spec, language)[:30]
    made.prompt = ("; " if language == "en" else "；").join(_explained(spec, language))[:250]
    return made


def _rule(spec: FieldSpec, listed: str | None) -> dict[str, Any]:
    if listed is not None:
        return {"type": "list", "formula1": listed, "allow_blank": True}
    between = {"operator": "between", "allow_blank": True}
    if spec.type in {"number", "integer"}:
        low = -1e15 if spec.min is None else spec.min
        high = 1e15 if spec.max is None else spec.max
        kind = "decimal" if spec.type == "number" else "whole"
        return {"type": kind, "formula1": f"{low:.15g}", "formula2": f"{high:.15g}", **between}
    if spec.type == "year":
        return {"type": "whole", "formula1": "1900", "formula2": "2200", **between}
    if spec.type == "date":
        return {"type": "date", "formula1": "1", "formula2": "109574", **between}
    return {"type": None, "allow_blank": True}


def _explained(spec: FieldSpec, language: str) -> list[str]:
    parts = [TYPES[spec.type].text(language), (say("必填") if spec.required else say("可空")).text(language)]
    if spec.unit:
        parts.append(say("单位：{unit}", unit=spec.unit).text(language))
    if spec.note is not None:
        parts.append(spec.note.text(language))
    return parts


def guide_rows(types: Sequence[RecordType], language: str) -> Iterator[tuple[str, list[Any]]]:
    """The rows of the guide sheet, each with its kind: title, text, head or row."""
    for number, record_type in enumerate(types):
        if number:
            yield "text", []
        other = record_type.label.en if language == "zh" else record_type.label.zh
        yield "title", [f"{record_type.label.text(language)}（{other}）"]
        if record_type.description is not None:
            yield "text", [record_type.description.text(language)]
        keys = ("、" if language == "zh" else ", ").join(
            record_type.fields[name].label.text(language) for name in record_type.key
        )
        rule = say(
            "同一张表中“{keys}”不得重复；再次填报同一条即为更正，原数保留可查。没有的数据请留空，不要填0。",
            keys=keys,
        )
        yield "text", [rule.text(language)]
        yield "head", [name.text(language) for name in COLUMNS]
        for name, spec in record_type.fields.items():
            yield "row", _field_row(name, spec, language)
        for check in record_type.checks:
            kind = say("核对") if check.level == "error" else say("提醒")
            told = check.message.text(language)
            yield "row", [kind.text(language), None, check.id, None, None, None, None, told]


def _field_row(name: str, spec: FieldSpec, language: str) -> list[Any]:
    choices = ("、" if language == "zh" else ", ").join(
        label.text(language) for label in spec.choices.values()
    )
    limits = [
        say("不小于{n}", n=f"{spec.min:g}").text(language) if spec.min is not None else "",
        say("不大于{n}", n=f"{spec.max:g}").text(language) if spec.max is not None else "",
    ]
    note = spec.note.text(language) if spec.note else ""
    says = ("；" if language == "zh" else "; ").join(part for part in [note, *limits] if part)
    required = YES_NO[language][0 if spec.required else 1]
    kind = TYPES[spec.type].text(language)
    return [header_text(spec, language), spec.label.en, name, kind, spec.unit, required, choices, says]


def write_guide(book: Any, title: str, types: Sequence[RecordType], language: str) -> None:
    """The guide sheet: what each column wants, in words."""
    from openpyxl.styles import Alignment, Font, PatternFill

    guide = book.create_sheet(title)
    for kind, cells in guide_rows(types, language):
        guide.append(cells)
        for cell in guide[guide.max_row]:
            cell.alignment = Alignment(vertical="top", wrap_text=kind in {"row", "head"})
            if isinstance(cell.value, str):
                cell.data_type = "s"
            cell.font = Font(name="宋体", size=10)
            if kind == "title":
                guide.row_dimensions[cell.row].height = 24
                cell.font = Font(name="宋体", bold=True, size=14)
            elif kind == "head":
                cell.font = Font(name="宋体", bold=True)
                cell.fill = PatternFill("solid", fgColor="E3E9EC")
    for column, width in zip("ABCDEFGH", WIDTHS, strict=True):
        guide.column_dimensions[column].width = width
