"""kechuang plan diff, plan align: plans held against each other."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kechuang.cli.options import AsJson, Out
from kechuang.cli.plan import commands
from kechuang.cli.show import show_json, show_line, show_table
from kechuang.messages import language, say

if TYPE_CHECKING:
    from kechuang.plan.compare import Alignment, Difference

Old = Annotated[
    Path,
    typer.Argument(readable=False, metavar="A", help=str(say("原稿：plan.yaml 或 txt、docx、pdf、html"))),
]
New = Annotated[Path, typer.Argument(readable=False, metavar="B", help=str(say("新稿：同上，两者可以不同")))]
Own = Annotated[
    Path, typer.Argument(readable=False, metavar="PLAN", help=str(say("本级规划：plan.yaml 或文本")))
]
Uppers = Annotated[
    list[Path],
    typer.Argument(readable=False, metavar="UPPER…", help=str(say("上级规划，一份或几份：plan.yaml 或文本"))),
]
_SHOWN = 40


@commands.command("diff", help=str(say("比较两稿规划：条目和正文的移动、改写、调整、新增、删除")))
def diff(a: Old, b: New, out: Out = None, as_json: AsJson = False) -> None:
    from kechuang.plan.compare import compare, open_side
    from kechuang.publish.difference import check_out, write_difference

    if out is not None:
        check_out(out)
    found = compare(open_side(a), open_side(b))
    if out is not None:
        write_difference(out, found, language())
    if as_json:
        show_json(found.as_dict())
        return
    _show(found)
    if out is not None:
        show_line(say("已写入 {file}", file=out))


@commands.command("align", help=str(say("与上级规划对照：哪些条目落实了上级要求，哪些没有对应")))
def align(plan: Own, uppers: Uppers, out: Out = None, as_json: AsJson = False) -> None:
    from kechuang.plan.compare import align as aligned
    from kechuang.plan.compare import open_side
    from kechuang.publish.difference import check_out, write_alignment

    if out is not None:
        check_out(out)
    found = aligned(open_side(plan), [open_side(upper) for upper in uppers])
    if out is not None:
        write_alignment(out, found, language())
    if as_json:
        show_json(found.as_dict())
        return
    _show_alignment(found)
    if out is not None:
        show_line(say("已写入 {file}", file=out))


def _show_alignment(found: Alignment) -> None:
    from kechuang.plan.compare import wording

    show_line(wording.answered(found))
    for number, upper in enumerate(found.uppers):
        title = say("{title}（{level}）", title=upper.title or upper.name, level=wording.LEVEL[upper.level])
        if not upper.asks:
            show_line(title)
            show_line(say("这份规划里没有可对照的目标、任务或措施"))
            continue
        rows: list[list[object]] = []
        for ask in upper.asks:
            links = found.answers(number, ask)
            for at, link in enumerate(links):
                first = wording.asked(ask) if at == 0 else ""
                rows.append([first, wording.asked(link.own), wording.STRENGTH[link.level], link.reason])
            if not links:
                rows.append([wording.asked(ask), "—", say("没有对应"), ""])
        show_table(title, [say("上级要求"), say("本规划"), say("对应"), say("依据")], rows)
    if found.unfounded and any(upper.asks for upper in found.uppers):
        show_line(say("在上级规划中找不到出处的条目：{n}个", n=len(found.unfounded)))
        for ask in found.unfounded:
            show_line(f"    {wording.asked(ask)}")


def _show(found: Difference) -> None:
    from kechuang.plan.compare import wording

    show_line(wording.verdict(found))
    caution = wording.caution(found)
    if caution is not None:
        show_line(caution)
    summary = found.summary()
    columns = [change for change in wording.CHANGE if any(change in counts for counts in summary.values())]
    show_table(
        "",
        [say("类别"), *(wording.CHANGE[change] for change in columns)],
        [
            [wording.KIND[kind], *(str(counts.get(change, "")) for change in columns)]
            for kind, counts in summary.items()
        ],
        right=list(range(1, len(columns) + 1)),
    )
    changed = [entry for entry in found.entries if entry.change != ("kept",)]
    if changed:
        show_table(
            say("有变化的条目"),
            [say("条目"), say("变化"), say("原文"), say("新文"), say("说明")],
            [
                [
                    wording.label(entry.item),
                    wording.changes(entry),
                    wording.told(entry.a) if entry.a else "—",
                    wording.told(entry.b) if entry.b else "—",
                    "\n".join(str(line) for line in wording.details(entry)),
                ]
                for entry in changed[:_SHOWN]
            ],
        )
        if len(changed) > _SHOWN:
            show_line(say("……另有{n}个；写入文件可看全部：-o 对照表.html", n=len(changed) - _SHOWN))
    if found.text is None:
        show_line(say("正文未比较：有一方没有可读的文本（plan.yaml 的原文应在其旁边的 source 文件夹）。"))
