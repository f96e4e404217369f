"""A page for every indicator: definition, formula, series, and the example's figure with its lineage.

The pages are made of the packs and of ``docs/assets/example-figures.json``, which holds the example's
figures; reading it takes no time, making it builds the example once:

python scripts/definition_pages.py     build the example and write its figures anew
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from kechuang.formula.latex import Latex
from kechuang.formula.series import scopes
from kechuang.formula.words import Sentence
from kechuang.indicators.breaks import Breaks
from kechuang.indicators.definition import Definition, definitions
from kechuang.indicators.schema import schema_of, series_of
from kechuang.language.regions import RegionTree
from kechuang.packs import Packs
from kechuang.packs.model import IndicatorSpec, Label
from kechuang.workspace import Workspace

ROOT = Path(__file__).parents[1]
FIGURES = ROOT / "docs" / "assets" / "example-figures.json"
EXAMPLE = ROOT / "examples" / "kashgar"
#: The day the example's figures are as of: all its files have come by then.
AS_OF = date(2026, 9, 30)
BRANCHES = 3
DIRECTIONS = {"up": "越高越好 higher is better", "down": "越低越好 lower is better"}
FREQUENCIES = {
    "year": "年 yearly",
    "half": "半年 half-yearly",
    "quarter": "季 quarterly",
    "month": "月 monthly",
    "continuous": "随时登记，按年取数 kept day by day, taken by year",
}
KINDS = {
    "definition": "口径 definition",
    "boundary": "区划 boundary",
    "rebasing": "修订 re-basing",
    "source": "来源 source",
}
STATUSES = {
    "final": "正式 final",
    "provisional": "初步 provisional",
    "estimated": "估算 estimated",
    "sample": "示例数据 sample data",
}


def pages(packs: Packs, notice: str) -> dict[str, str]:
    """``indicators/ID.md`` → page, of every indicator of ``packs``."""
    schema = schema_of(packs)
    held = json.loads(FIGURES.read_text("utf-8"))
    found = definitions(packs, schema)
    breaks = Breaks(packs, schema, RegionTree.national(), {one.spec.id: one for one in found})
    asked = _asked(packs)
    return {
        f"indicators/{one.spec.id}.md": notice + _page(packs, one, breaks, held, asked.get(one.spec.id, []))
        for one in found
    }


def example_figures(ws: Workspace) -> dict[str, Any]:
    """The example's latest figure of every indicator in the plan's region, with the first of its lineage."""
    region, years = ws.settings.region, range(2020, 2026)
    figures = ws.figures(AS_OF, region_codes=[region], years=years)
    found: dict[str, Any] = {}
    for name in ws.packs.indicators:
        own = [one for one in figures if one.indicator == name]
        latest = next((one for one in reversed(own) if one.value is not None), own[-1])
        told = ws.explain(name, region, int(latest.period), AS_OF, limit=50).as_dict()
        found[name] = {
            "period": latest.period,
            "value": None if latest.value is None else float(f"{latest.value:.12g}"),
            "unit": latest.unit,
            "status": latest.status,
            "reason": latest.reason,
            "coverage": latest.coverage,
            "breaks": list(latest.breaks),
            "records": told["records_total"],
            "trace": _pruned(told["trace"]),
        }
    return {"region": region, "name": ws.name_of(region), "as_of": AS_OF.isoformat(), "indicators": found}


def _pruned(trace: Mapping[str, Any]) -> dict[str, Any]:
    value = trace["value"]
    return {
        "label": trace["label"],
        "value": float(f"{value:.12g}") if isinstance(value, float) else value,
        "unit": trace["unit"],
        "records": trace["records"],
        "place": trace["place"],
        "more": max(0, len(trace["children"]) - BRANCHES),
        "children": [_pruned(child) for child in trace["children"][:BRANCHES]],
    }


def _asked(packs: Packs) -> dict[str, list[str]]:
    """Who asks for an indicator: the example plan's targets, and other indicators."""
    from kechuang.plan.file import load_plan
    from kechuang.progress import link_indicators

    plan = load_plan(EXAMPLE / "plan" / "plan.yaml")
    names = {target.id: target.name for target in plan.targets}
    found: dict[str, list[str]] = {}
    for target, indicator in link_indicators(plan, packs).items():
        found.setdefault(indicator, []).append(
            f"示例规划的目标 a target of the example's plan：{target} {names[target]}"
        )
    for spec in packs.indicators.values():
        text = " ".join([spec.value, *spec.let.values()])
        for other in packs.indicators:
            if f"indicator.{other}" in text:
                found.setdefault(other, []).append(f"指标 indicator [`{spec.id}`]({spec.id}.md)")
    return found


def _page(
    packs: Packs, definition: Definition, breaks: Breaks, held: Mapping[str, Any], asked: list[str]
) -> str:
    spec = definition.spec
    parts = [f"# {spec.label.zh} {spec.label.en}\n", _head(spec), *_formula(packs, definition)]
    parts += _table(packs, definition, breaks)
    if spec.notes:
        parts.append(f"## 说明 Notes\n\n{spec.notes.zh}\n\n{spec.notes.en}\n")
    parts += _parameters(packs, definition)
    parts += _reads(packs, definition)
    if asked:
        parts.append("## 谁用它 Who asks for it\n\n" + "\n".join(f"- {one}" for one in asked) + "\n")
    parts.append(_figure(spec, held))
    return "\n".join(parts)


def _head(spec: IndicatorSpec) -> str:
    full = spec.full_label or spec.label
    aliases = f"\n\n又称 also：{'、'.join(spec.aliases)}" if spec.aliases else ""
    return f"`{spec.id}` · {full.zh} · {full.en}{aliases}\n"


def _formula(packs: Packs, definition: Definition) -> list[str]:
    spec, schema = definition.spec, schema_of(packs)
    words = definition.sentence(schema)
    written = [f"{name} = {text}" for name, text in spec.let.items()] + [f"value = {spec.value}"]
    parts = ["## 公式 Formula\n", f"{words['zh']}\n", f"{words['en']}\n", "```python", *written, "```\n"]
    for language, title in (("zh", "LaTeX（中文）"), ("en", "LaTeX (English)")):
        latex = Latex(Sentence(schema, language, definition.names)).of(definition.written, spec.unit)
        parts.append(f'??? note "{title}"\n\n    ```latex\n    {latex}\n    ```\n')
    return parts


def _table(packs: Packs, definition: Definition, breaks: Breaks) -> list[str]:
    spec, schema = definition.spec, schema_of(packs)
    lag = spec.release_lag
    rows = [
        ("单位 unit", spec.unit or "无量纲 none"),
        ("方向 direction", DIRECTIONS[spec.direction]),
        ("频率 frequency", FREQUENCIES[spec.frequency]),
        ("口径 definition", f"{spec.definition.source}——{spec.definition.clause}"),
        ("核实 verification", verified(spec.definition.verified)),
    ]
    if lag is not None:
        note = f"；{lag.note.zh}; {lag.note.en}" if lag.note else ""
        rows.append(
            (
                "发布 release",
                f"期末后{lag.months}个月 {lag.months} months after the period{note}（{verified(lag.verified)}）",
            )
        )
    series = {
        found
        for part in definition.fields
        if (found := series_of(packs.records[part.table].fields[part.field]))
    }
    if series:
        told = "、".join(f"`{concept}.{member}`" for concept, member in sorted(series))
        rows.append(
            (
                "数列 series",
                f"{told}：同一概念的不同数列不得相加、相除 never added to or divided by another of its concept",
            )
        )
    for one in scopes(definition.tree, schema):
        info = schema.tables[one.table].fields[one.field]
        words = info.choices.get(str(one.value))
        value = f"{words.zh} {words.en}" if words else str(one.value)
        rows.append(
            (
                f"{info.label.zh} {info.label.en}",
                f"{value}（`{one.table}.{one.field} == '{one.value}'`，随数存储 stored with the value）",
            )
        )
    parts = ["## 口径 Definition\n", "| | |", "|---|---|"]
    parts += [f"| {head} | {_cell(text)} |" for head, text in rows]
    marks = breaks.of(definition)
    parts.append("\n## 数列中断 Breaks in series\n")
    if not marks:
        return [*parts, "无登记。None on record.\n"]
    parts += ["| 自 from | 种类 kind | 说明 note | 出处 source | 核实 |", "|---|---|---|---|---|"]
    parts += [
        f"| {mark.year} | {KINDS[mark.kind]} | {_cell(mark.note.zh)} {_cell(mark.note.en)} |"
        f" {_cell(mark.source)}：{_cell(mark.clause)} | {verified(mark.verified)} |"
        for mark in marks
    ]
    return [*parts, ""]


def _parameters(packs: Packs, definition: Definition) -> list[str]:
    if not definition.parameters:
        return []
    parts = [
        "## 参数 Parameters\n",
        "| 参数 | 名称 | 自 from | 值 value | 出处 source | 核实 |",
        "|---|---|---|---|---|---|",
    ]
    for name in definition.parameters:
        one = packs.parameters[name]
        parts += [
            f"| `{name}` | {one.label.zh} {one.label.en} | {value.from_} | {value.value}{one.unit or ''} |"
            f" {_cell(value.source)}：{_cell(value.clause)} | {verified(value.verified)} |"
            for value in one.values
        ]
    return [*parts, ""]


def _reads(packs: Packs, definition: Definition) -> list[str]:
    parts = ["## 取自 Reads\n", "| 台账 record type | 列 field | 单位 unit |", "|---|---|---|"]
    fields = {
        table: [part.field for part in definition.fields if part.table == table]
        for table in definition.tables
    }
    for table, names in fields.items():
        record = packs.records[table]
        told = (
            "、".join(f"{record.fields[name].label.zh} `{name}`" for name in names)
            or "条数 number of records"
        )
        units = "、".join(dict.fromkeys(unit for name in names if (unit := record.fields[name].unit)))
        parts.append(f"| {_label(record.label)} [`{table}`](../records.md) | {_cell(told)} | {units} |")
    return [*parts, ""]


def _figure(spec: IndicatorSpec, held: Mapping[str, Any]) -> str:
    one = held["indicators"].get(spec.id)
    if one is None:
        return ""
    lines = [
        "## 示例 Example\n",
        f'!!! warning "示例数据 Sample data"\n    {held["name"]}，截至 as of {held["as_of"]}；随机生成，不是统计数 drawn at random, no statistics.\n',
    ]
    if one["value"] is None:
        return "\n".join([*lines, f"{one['period']}：— {one['reason']['zh']} {one['reason']['en']}\n"])
    shown = f"{one['value']:,.{spec.decimals}f}{spec.unit}"
    lines.append(
        f"{one['period']}：**{shown}**（{STATUSES[one['status']]}，{one['records']}条记录 records）\n"
    )
    lines += ["```text", *_tree(one["trace"], ""), "```\n"]
    lines.append(f"`kechuang indicators explain {spec.id} --period {one['period']}`\n")
    return "\n".join(lines)


def _tree(trace: Mapping[str, Any], indent: str) -> Iterable[str]:
    value = trace["value"]
    shown = (
        "—"
        if value is None
        else f"{value:,.6g}"
        if isinstance(value, float) and abs(value) < 1e6
        else f"{value:,}"
        if isinstance(value, int | float) and not isinstance(value, bool)
        else str(value)
    )
    place = f" ← {trace['place']}" if trace["place"] else ""
    records = f"（{trace['records']}条 records）" if trace["children"] and trace["records"] else ""
    yield f"{indent}{trace['label']['zh']} = {shown}{trace['unit'] or ''}{records}{place}"
    for child in trace["children"]:
        yield from _tree(child, indent + "  ")
    if trace["more"]:
        yield f"{indent}  ……"


def verified(done: bool) -> str:
    """Whether the issued text was read word by word."""
    return "已核实 verified" if done else "待核实 to be verified"


def _label(label: Label) -> str:
    return f"{label.zh} {label.en}"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def written(ws: Workspace) -> str:
    """The content of the file of the example's figures."""
    return json.dumps(example_figures(ws), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def main() -> None:
    from kechuang.demo import build_example

    if len(sys.argv) > 1:  # an example that was built before
        FIGURES.write_text(written(Workspace.open(Path(sys.argv[1]))), "utf-8")
        return
    with tempfile.TemporaryDirectory() as folder:
        FIGURES.write_text(
            written(build_example(Path(folder) / "example", "kashgar", lambda *_: None)), "utf-8"
        )


if __name__ == "__main__":
    main()
