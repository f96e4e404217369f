"""kechuang plan: from a document to a structured plan."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kechuang.cli.app import group
from kechuang.cli.options import AsJson, Out
from kechuang.cli.show import entry, number, progress_bar, show_json, show_line, show_table
from kechuang.errors import KechuangError
from kechuang.messages import say

if TYPE_CHECKING:
    from kechuang.plan.model import Plan, Target

commands = group("plan")

Files = Annotated[
    list[Path],
    typer.Argument(readable=False, metavar="FILE…", help=str(say("规划文本：txt、docx、pdf、html"))),
]


@commands.command("text", help=str(say("输出文本的全部文字；条目的起止位置按它计数")))
def text(
    file: Annotated[Path, typer.Argument(readable=False, metavar="FILE")], as_json: AsJson = False
) -> None:
    from kechuang.plan.documents import read_document

    document = read_document(file)
    if as_json:
        show_json(document.as_dict())
    else:
        typer.echo(document.text, nl=False)


@commands.command("read", help=str(say("读取规划文本，得到规划草案（须经人工确认）")))
def read(
    files: Files,
    out: Out = None,
    force: Annotated[bool, typer.Option("--force", help=str(say("覆盖已确认的规划")))] = False,
    as_json: AsJson = False,
) -> None:
    from kechuang.plan.file import load_plan, save_plan
    from kechuang.plan.read import read_plan

    with progress_bar(str(say("读取"))) as report:
        plan = read_plan(files, progress=lambda done, of: report("", done, of))
    if out is not None:
        draft = out.with_name("draft.yaml")
        if out.is_file() and draft.is_file() and not force:
            raise KechuangError(
                "plan-confirming",
                say("{file} 正在逐条确认（旁边有 draft.yaml），没有覆盖", file=out),
                remedy=say("请另给一个文件名；确要重新读取时加 --force。"),
            )
        if out.is_file() and not force and load_plan(out).status == "confirmed":
            raise KechuangError(
                "plan-confirmed",
                say("{file} 是已经人工确认的规划，没有覆盖", file=out),
                remedy=say("请另给一个文件名；确要覆盖时加 --force。"),
            )
        save_plan(plan, out)
    if as_json:
        show_json(plan.model_dump(mode="json"))
        return
    _show_plan(plan)
    if out is not None:
        show_line(say("已写入 {file}（草案，待人工确认）", file=out))


@commands.command("check", help=str(say("检查规划文本或 plan.yaml：对不上的数、编号、残留、无人服务的目标")))
def check(
    file: Annotated[
        Path, typer.Argument(readable=False, metavar="FILE|plan.yaml", help=str(say("规划文本或结构化规划")))
    ],
    facts: Annotated[
        Path | None,
        typer.Option(
            "--facts",
            readable=False,
            metavar="FILE",
            help=str(say("数据文件：指标、地区、年份、数值、单位、来源（CSV）；用来核对目标")),
        ),
    ] = None,
    accept: Annotated[
        str | None,
        typer.Option("--accept", metavar="MARK", help=str(say("照原文保留这一处（须有 --reason 和 --by）"))),
    ] = None,
    reopen: Annotated[
        str | None,
        typer.Option(
            "--reopen", metavar="MARK", help=str(say("重开以前保留的一处（须有 --reason 和 --by）"))
        ),
    ] = None,
    reason: Annotated[str | None, typer.Option("--reason", metavar="TEXT", help=str(say("理由")))] = None,
    by: Annotated[
        str | None,
        typer.Option("--by", metavar="NAME", help=str(say("由谁登记：岗位或单位，不写姓名"))),
    ] = None,
    as_json: AsJson = False,
) -> None:
    from kechuang.plan.check import check_plan, read_facts
    from kechuang.plan.documents import read_document
    from kechuang.plan.file import load_plan
    from kechuang.plan.preparation import findings as desk
    from kechuang.plan.preparation.folder import PlanFolder
    from kechuang.plan.preparation.state import State
    from kechuang.plan.read import plan_of

    structured = file.suffix.lower() in (".yaml", ".yml")
    if (accept or reopen) and not structured:
        raise typer.BadParameter(str(say("只有 plan.yaml 的检查发现可以登记处理")))
    if structured:
        plan = load_plan(file)
        sources = [file.parent / "source" / name for name in plan.documents]
        document = next((read_document(path) for path in sources if path.is_file()), None)
    else:
        document = read_document(file)
        plan = plan_of(document)  # a part of a plan may be checked too
    findings = check_plan(plan, document, read_facts(facts) if facts is not None else ())
    folder = PlanFolder(file, by or "")
    if accept or reopen:
        with folder.change() as change:
            if accept:
                desk.accept(change, findings, accept, reason or "")
            if reopen:
                desk.reopen(change, reopen, reason or "")
    found = desk.judged(findings, folder.state() if structured else State())
    if as_json:
        show_json({"findings": [one.as_dict() for one in found]})
        return
    words = {"error": say("错误"), "warning": say("提醒"), "info": say("提示")}
    show_table(
        say("检查结果：{n}处", n=len(findings)),
        [say("程度"), say("编号"), say("问题"), say("应为"), say("原文位置"), say("处理")],
        [
            [
                words[one.finding.severity],
                f"{one.finding.code}\n{one.finding.mark[:8]}",
                one.finding.message,
                one.finding.expected or "",
                "\n".join(f"{span.start}–{span.end}" for span in one.finding.spans[:3]),
                say("保留：{reason}", reason=one.accepted.content.reason) if one.accepted else "",
            ]
            for one in found
        ],
    )


@commands.command("show", help=str(say("显示结构化规划 plan.yaml")))
def show(
    file: Annotated[
        Path | None, typer.Argument(readable=False, metavar="plan.yaml", help=str(say("缺省为工作区的规划")))
    ] = None,
    as_json: AsJson = False,
) -> None:
    from kechuang.cli.app import workspace
    from kechuang.plan.file import load_plan

    plan = load_plan(file) if file else workspace().plan
    if as_json:
        show_json(plan.model_dump(mode="json"))
    else:
        _show_plan(plan)


def _show_plan(plan: Plan) -> None:
    show_line(plan.title or say("（未识别标题）"))
    facts = [
        (say("地区"), " ".join(filter(None, (plan.region, plan.region_code)))),
        (say("规划期"), f"{plan.period[0]}—{plan.period[1]}" if plan.period else ""),
        (say("印发"), " ".join(filter(None, (plan.issuer, plan.issued)))),
        (say("依据"), "; ".join(plan.basis)),
        (say("总体布局"), "; ".join(f"{part.number} {part.what}" for part in plan.framework)),
        (say("编制阶段"), "; ".join(f"{s.name} {s.start}—{s.end} ({s.months})" for s in plan.stages)),
    ]
    for name, value in facts:
        show_line(entry(name, value or "—"))
    show_table(
        say("目标"),
        [say("编号"), say("指标"), say("目标值"), say("单位"), say("年度"), say("原文位置")],
        [
            [
                t.id,
                t.name,
                _wanted(t),
                t.unit,
                str(t.year or "—"),
                f"{t.span.start}–{t.span.end}" if t.span else "—",
            ]
            for t in plan.targets
        ],
        right=(2, 4, 5),
    )
    for programme in plan.programmes:
        show_line(f"{programme.id} {programme.title}")
        for task in programme.tasks:
            show_line(f"    {task.id} {task.title}")
    for safeguard in plan.safeguards:
        show_line(f"{safeguard.id} {safeguard.title}")
        for measure in safeguard.measures:
            show_line(f"    {measure.id} {measure.title}")


def _wanted(target: Target) -> str:
    if target.comparator == "range":
        return f"{number(target.value)}—{number(target.high)}"
    return f"{target.comparator} {number(target.value)}"
