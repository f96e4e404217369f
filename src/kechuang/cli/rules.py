"""kechuang rules: eligibility and scores by regulation, clause by clause, and what is missing for a yes."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kechuang.cli.app import chosen, group, workspace
from kechuang.cli.options import AsJson, Out, day
from kechuang.cli.show import console, entry, number, pick, progress_bar, show_json, show_line, show_table
from kechuang.messages import Message, language, say

if TYPE_CHECKING:
    from kechuang.errors import Fault
    from kechuang.packs import Packs, RuleSpec
    from kechuang.rules import Judgement

commands = group("rules")

OUTCOMES: dict[str, Message] = {"yes": say("符合"), "no": say("不符合"), "unknown": say("不知")}
ROWS_SHOWN = 50
DETAILED = 3
WARNINGS_SHOWN = 20

Rule = Annotated[str, typer.Argument(metavar="RULE", help=str(say("规则编号，见 kechuang rules list")))]
OnDay = Annotated[
    str | None,
    typer.Option("--as-of", metavar="DATE", help=str(say("按哪一天的规定判定，如 2025-06-30；缺省为今天"))),
]


@commands.command("list", help=str(say("列出规则及其文件")))
def list_(as_json: AsJson = False) -> None:
    specs = [_packs().rules[name] for name in sorted(_packs().rules)]
    if as_json:
        show_json(
            [
                {
                    "rule": s.id,
                    "label": s.label.model_dump(),
                    "source": s.regulation.source,
                    "from": s.from_.isoformat(),
                }
                for s in specs
            ]
        )
        return
    show_table(
        say("规则"),
        [say("编号"), say("名称"), say("文件"), say("施行")],
        [[s.id, s.label.text(language()), s.regulation.source, s.from_.isoformat()] for s in specs],
    )


@commands.command("show", help=str(say("一条规则要哪些列，用哪些参数：日期、文件、条款")))
def show(rule: Rule, as_of: OnDay = None, as_json: AsJson = False) -> None:
    from kechuang.rules import rule_of
    from kechuang.rules.describe import description, row_text

    packs = _packs()
    content = description(packs, rule_of(packs, rule), day(as_of))
    if as_json:
        show_json(content)
        return
    regulation = content["regulation"]
    show_line(entry(pick(content["label"]), f"{regulation['source']} {regulation['clause']}"))
    show_line(pick(content["description"]))
    if content["validity"]:
        show_line(pick(content["validity"]["note"]))
    show_line()
    show_table(
        say("列"),
        [say("列名"), say("名称"), say("类型"), say("单位"), say("说明")],
        [[c["id"], pick(c["label"]), c["type"], c["unit"] or "", _note(c)] for c in content["columns"]],
    )
    if content["clauses"]:
        show_table(
            say("条款"),
            [say("编号"), say("条件"), say("出处")],
            [[c["id"], pick(c["label"]), c["clause"]] for c in content["clauses"]],
        )
    lines = [
        [
            p["id"],
            pick(p["label"]),
            v["from"],
            f"{v['value']}{p['unit'] or ''}",
            f"{v['source']} {v['clause']}",
            _checked(v),
        ]
        for p in content["parameters"]
        for v in p["values"]
    ]
    lines += [
        [
            t["id"],
            pick(t["label"]),
            v["from"],
            "\n".join(row_text(row, language()) for row in v["rows"]),
            f"{v['source']} {v['clause']}",
            _checked(v),
        ]
        for t in content["tables"]
        for v in t["values"]
    ]
    heads = [say("编号"), say("名称"), say("自"), say("数值"), say("出处"), say("已核实")]
    show_table(say("参数"), heads, lines)


def _note(column: dict[str, Any]) -> str:
    parts = [] if column["asked"] else [str(say("可不设"))]
    if column["choices"]:
        names = [f"{code} {pick(label)}" for code, label in column["choices"].items()]
        parts.append("、".join(names) if language() == "zh" else ", ".join(names))
    if column["note"]:
        parts.append(pick(column["note"]))
    return "；".join(parts) if language() == "zh" else "; ".join(parts)


def _checked(value: dict[str, Any]) -> Message:
    return say("是") if value["verified"] else say("待核实")


@commands.command("check", help=str(say("判定一张表：逐条给出是、否、不知和理由")))
def check(
    rule: Rule,
    data: Annotated[
        Path,
        typer.Option("--data", readable=False, metavar="FILE", help=str(say("要判定的 .csv 或 .xlsx 文件"))),
    ],
    as_of: OnDay = None,
    missing: Annotated[bool, typer.Option("--missing", help=str(say("另列每条还差什么才符合")))] = False,
    out: Out = None,
    excel: Annotated[
        bool, typer.Option("--excel", help=str(say("CSV 带字节顺序标记，便于 Excel 打开")))
    ] = False,
    as_json: AsJson = False,
) -> None:
    from kechuang.rules import doubts, judge, read_cases, rule_of, tally
    from kechuang.rules.law import in_force
    from kechuang.rules.writing import check_suffix, write_json, write_judgement, write_rows

    packs = _packs()
    spec = rule_of(packs, rule)
    when = day(as_of) or _today()
    if out is not None:
        check_suffix(out)
    in_force(packs, rule, when)
    with progress_bar(str(say("判定"))):
        cases = read_cases(spec, data, packs)
        _warn(cases.warnings)
        if spec.tally is not None:
            rows = tally(rule, cases, when, packs)
        else:
            judgement = judge(rule, cases, when, packs)
            _warn(doubts(judgement))
    if spec.tally is not None:
        if out is not None:
            write_rows(rows, out, excel=excel)
        elif as_json:
            show_json(rows)
        else:
            _show_tally(spec, rows)
    elif out is not None:
        write_judgement(judgement, out, excel=excel, needs=missing)
    elif as_json:
        sys.stdout.flush()
        stream = getattr(sys.stdout, "buffer", None)
        if stream is None:  # a stream of text only, as in a notebook
            show_json(list(judgement.rows(needs=missing)))
        else:
            write_json(judgement.rows(needs=missing), stream)
    if out is not None:
        show_line(say("已写入 {file}", file=out)) if not as_json else show_json(
            {"file": str(out), "rows": len(cases.keys)}
        )
    if spec.tally is None and not as_json:
        _show_judgement(spec, judgement, when, detailed=out is None, missing=missing)


def _show_judgement(
    spec: RuleSpec, judgement: Judgement, when: date, *, detailed: bool, missing: bool
) -> None:
    counts = judgement.counts()
    show_line(
        say(
            "{rule}（截至{day}）：共{n}行，符合{yes}，不符合{no}，不知{unknown}",
            rule=spec.label.text(language()),
            day=when.isoformat(),
            n=len(judgement),
            **counts,
        )
    )
    if not all(judged.clause.verified for judged in judgement.clauses):
        show_line(say("所用条款尚未逐字核对发文原件，结果供自查，不作认定依据。"))
    if not detailed:
        return
    if len(judgement) <= DETAILED:
        for row in judgement.rows(needs=True):
            _show_row(row)
        return
    show_table(
        "",
        [say("编号"), say("结果"), say("得分"), say("不符合或不知的条款")],
        [
            [
                row["key"],
                OUTCOMES[row["outcome"]],
                _score(row["score"]),
                "\n".join(
                    f"{OUTCOMES[c['outcome']]} {c['id']} {pick(c['need'] if missing and c['need'] else c['reason'])}"
                    for c in row["clauses"]
                    if c["outcome"] != "yes"
                ),
            ]
            for row in judgement.rows(0, min(ROWS_SHOWN, len(judgement)), needs=missing)
        ],
    )
    if len(judgement) > ROWS_SHOWN:
        show_line(say("……另有{n}行，--out 可写出全部", n=len(judgement) - ROWS_SHOWN))


def _show_row(row: dict[str, Any]) -> None:
    head = say("{key}：{outcome}", key=row["key"], outcome=OUTCOMES[row["outcome"]])
    show_line()
    show_line(
        say("{head}，得分{score}", head=head, score=_score(row["score"]))
        if row["score"] is not None
        else head
    )
    show_table(
        "",
        [say("结果"), say("条款"), say("理由"), say("还差什么")],
        [[OUTCOMES[c["outcome"]], c["clause"], pick(c["reason"]), pick(c["need"])] for c in row["clauses"]],
    )


def _show_tally(spec: RuleSpec, rows: list[dict[str, Any]]) -> None:
    names = list(dict.fromkeys(name for row in rows for name in row))
    show_table(
        spec.label.text(language()),
        names,
        [[_cell(row.get(name)) for name in names] for row in rows],
        right=range(1, len(names)),
    )


def _cell(value: Any) -> str:
    if isinstance(value, str):
        return value
    return _score(value) if isinstance(value, list) else number(value)


def _score(score: Any) -> str:
    return f"{number(score[0])}–{number(score[1])}" if isinstance(score, list) else number(score)


def _warn(warnings: list[Fault]) -> None:
    for fault in warnings[:WARNINGS_SHOWN]:
        console(stderr=True).print(
            f"{say('提醒')}: {fault.full()} [{fault.code}]", markup=False, soft_wrap=True
        )


def _packs() -> Packs:
    """The packs of the workspace at hand; the built-in ones where there is none."""
    from kechuang.packs import load_packs
    from kechuang.settings import FILE

    folder = chosen.folder.expanduser().resolve()
    if any((place / FILE).is_file() for place in (folder, *folder.parents)):
        return workspace().packs
    return load_packs(["st-core"])


def _today() -> date:
    from kechuang.records.clock import day_of, now

    return day_of(now())
