"""A record type told in words, for documentation: its columns as a Markdown table, in either language."""

from __future__ import annotations

from kechuang.packs.model import Comparison, FieldSpec, RecordType

HEADS = {
    "zh": ("列", "字段", "类型", "单位", "必填", "说明"),
    "en": ("Column", "Field", "Type", "Unit", "Required", "Notes"),
}
WORDS = {
    "zh": {"yes": "是", "no": "否", "key": "主键", "choices": "可选：", "refers": "须见于 ", "apart": "；"},
    "en": {
        "yes": "yes",
        "no": "no",
        "key": "key",
        "choices": "one of: ",
        "refers": "listed in ",
        "apart": "; ",
    },
}


def describe(record_type: RecordType, language: str = "zh") -> str:
    """Heading, description, table of fields, checks and comparisons of ``record_type`` as Markdown."""
    words = WORDS[language]
    lines = [f"### {record_type.label.text(language)} `{record_type.id}`", ""]
    if record_type.description is not None:
        lines += [record_type.description.text(language), ""]
    heads = HEADS[language]
    lines += [_row(heads), _row(["---"] * len(heads))]
    for name, spec in record_type.fields.items():
        required = words["yes"] if spec.required else words["no"]
        notes = _notes(name, spec, record_type, language)
        lines.append(
            _row([spec.label.text(language), f"`{name}`", spec.type, spec.unit or "", required, notes])
        )
    if record_type.checks:
        lines.append("")
        lines += [
            f"- `{check.id}` ({check.level}): {check.message.text(language)}" for check in record_type.checks
        ]
    if record_type.compare:
        lines += [] if record_type.checks else [""]
        lines += [f"- {_compared(one, record_type, language)}" for one in record_type.compare]
    return "\n".join(lines) + "\n"


def _compared(one: Comparison, record_type: RecordType, language: str) -> str:
    """A check over many records in a sentence."""
    label = record_type.fields[one.field].label.text(language) if one.field else ""
    names = [
        record_type.fields[name].label.text(language) for name in (*one.fields, *one.on_fields, *one.group)
    ]
    among = ("、" if language == "zh" else ", ").join(names)
    method = {"z": "Z-score", "modified-z": "modified Z-score"}[one.method]
    low, high = ("…" if bound is None else f"{bound:g}" for bound in (one.low, one.high))
    told = {
        "change": (f"{label}与上年之比应在{low}—{high}倍", f"{label} over the year before: {low}–{high}"),
        "outlier": (
            f"{label}与同组（{among or '全部'}）相比不离群（{'Z分数' if one.method == 'z' else '修正Z分数'}≤{one.limit:g}）",
            f"{label} no outlier among {among or 'all'} ({method} ≤ {one.limit:g})",
        ),
        "parts": (
            f"{label}：各项之和等于合计（按{among}）",
            f"{label}: parts add up to the whole (by {among})",
        ),
        "unique": (f"{among}不得与别的记录相同", f"{among} shared by no other record"),
        "lookup": (f"与台账 `{one.other}` 对照（按{among}）", f"held against `{one.other}` (by {among})"),
    }[one.kind]
    text = one.message.text(language) if one.message else told[language == "en"]
    return f"`{one.id}` ({one.level}, {one.kind}): {text}"


def _notes(name: str, spec: FieldSpec, record_type: RecordType, language: str) -> str:
    words = WORDS[language]
    parts = []
    if name in record_type.key:
        parts.append(words["key"])
    if spec.choices:
        parts.append(words["choices"] + ", ".join(label.text(language) for label in spec.choices.values()))
    if spec.min is not None:
        parts.append(f"≥ {spec.min:g}")
    if spec.max is not None:
        parts.append(f"≤ {spec.max:g}")
    if spec.pattern is not None:
        parts.append(f"`{spec.pattern}`")
    if spec.reference is not None:
        parts.append(f"{words['refers']}`{spec.reference}`")
    if spec.note is not None:
        parts.append(spec.note.text(language))
    return words["apart"].join(parts)


def _row(cells: list[str] | tuple[str, ...]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
