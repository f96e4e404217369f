"""kechuang plan comments: rounds of consultation, comments, what became of them, the table of adoption."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kechuang.cli.options import AsJson, Out, day
from kechuang.cli.plan_folder import By, Known, PlanFile, folder_of, shown, subgroup, tell
from kechuang.cli.show import show_json, show_line, show_table
from kechuang.errors import KechuangError, listed
from kechuang.messages import say

if TYPE_CHECKING:
    from kechuang.plan.preparation.state import Comment

comments = subgroup("comments", str(say("征求意见：登记轮次和意见，逐条处理，汇总采纳情况")))

RoundNumber = Annotated[
    int | None,
    typer.Option("--round", metavar="N", help=str(say("第几轮；登记时缺省为最近一轮，查看时缺省为全部"))),
]
Unplaced = Annotated[bool, typer.Option("--unplaced", help=str(say("“针对”在文本中找不到时照写，不算错误")))]


@comments.callback()
def default(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        context.invoke(show)


@comments.command("open", help=str(say("开始一轮征求意见：什么文本、起止日期、方式、征求了哪些单位")))
def open_(
    begin: Annotated[str, typer.Option("--from", metavar="DATE", help=str(say("开始日期")))],
    end: Annotated[str, typer.Option("--to", metavar="DATE", help=str(say("截止日期")))],
    draft: Annotated[
        Path | None,
        typer.Option("--draft", readable=False, metavar="FILE", help=str(say("征求意见稿；留存一份"))),
    ] = None,
    name: Annotated[
        str | None, typer.Option("--name", metavar="TEXT", help=str(say("名称，如 第一轮书面征求意见")))
    ] = None,
    channel: Annotated[
        list[str] | None,
        typer.Option("--channel", metavar="TEXT", help=str(say("方式，如 书面、网站公开；可重复"))),
    ] = None,
    unit: Annotated[
        list[str] | None, typer.Option("--unit", metavar="NAME", help=str(say("征求的单位，可重复")))
    ] = None,
    asked: Annotated[
        int | None, typer.Option("--asked", metavar="N", help=str(say("征求了多少个单位（不逐一列出时）")))
    ] = None,
    plan: PlanFile = None,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    from kechuang.plan.preparation.comments import open_round
    from kechuang.plan.preparation.days import day_given

    with folder_of(plan, by).change() as change:
        number = open_round(
            change,
            day_given(begin, "--from"),
            day_given(end, "--to"),
            draft=draft,
            name=name,
            channels=channel or (),
            asked=unit or (),
            asked_count=asked,
        )
    if as_json:
        show_json({"round": number})
    else:
        show_line(say("第{n}轮征求意见：{begin}至{end}", n=number, begin=begin, end=end))


@comments.command("template", help=str(say("写出意见表模板（.xlsx）")))
def template(
    out: Annotated[
        Path, typer.Option("-o", "--out", readable=False, metavar="FILE", help=str(say("写入此文件")))
    ],
    as_json: AsJson = False,
) -> None:
    from kechuang.plan.preparation.comment_file import template as make
    from kechuang.publish.consultation import write

    write(out, make(), (".xlsx",))
    if as_json:
        show_json({"file": str(out)})
    else:
        show_line(say("已写入 {file}", file=out))


@comments.command("import", help=str(say("导入意见表（xlsx、csv）：有一处错误就一条也不导入")))
def import_(
    file: Annotated[Path, typer.Argument(readable=False, metavar="FILE")],
    round_: RoundNumber = None,
    unplaced: Unplaced = False,
    plan: PlanFile = None,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    from kechuang.plan.preparation.comment_file import import_comments

    with folder_of(plan, by).change() as change:
        done = import_comments(change, file, round_, unplaced=unplaced)
    if as_json:
        show_json(
            {
                "file": done.file,
                "comments": [comment.comment for comment in done.comments],
                "repeated": list(done.repeated),
                "notices": [notice.both() for notice in done.notices],
            }
        )
        return
    show_line(say("{file}：登记了{n}条意见", file=done.file, n=len(done.comments)))
    tell(done.notices)


@comments.command("add", help=str(say("登记一条意见")))
def add(
    text: Annotated[str, typer.Argument(metavar="TEXT", help=str(say("意见内容")))],
    identity: Annotated[
        str,
        typer.Option(
            "--identity", metavar="KIND", help=str(say("身份：部门、县市、专家、公众、企业、高校院所、其他"))
        ),
    ],
    source: Annotated[
        str, typer.Option("--from", metavar="NAME", help=str(say("来源单位；公众意见不填")))
    ] = "",
    about: Annotated[
        str,
        typer.Option("--about", metavar="TEXT", help=str(say("针对：条目号（如 T3）或原文；对全文的不填"))),
    ] = "",
    on: Annotated[str | None, typer.Option("--date", metavar="DATE", help=str(say("提出的日期")))] = None,
    round_: RoundNumber = None,
    unplaced: Unplaced = False,
    plan: PlanFile = None,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    from kechuang.plan.preparation.comments import IDENTITIES, Written, add_comment, identity_of

    kind = identity_of(identity)
    if kind is None:
        raise KechuangError(
            "identity-unknown",
            say(
                "“{value}”不是身份，应为{words}之一", value=identity, words=listed(list(IDENTITIES.values()))
            ),
        )
    with folder_of(plan, by).change() as change:
        done = add_comment(change, Written(kind, source, text, about, day(on)), round_, unplaced=unplaced)
    if as_json:
        show_json(
            {
                "comment": done.comments[0].model_dump(mode="json"),
                "notices": [notice.both() for notice in done.notices],
            }
        )
        return
    show_line(say("已登记意见 {id}", id=done.comments[0].comment))
    tell(done.notices)


@comments.command("list", help=str(say("列出意见")))
def show(
    only_open: Annotated[bool, typer.Option("--open", help=str(say("只列还没有处理的")))] = False,
    round_: RoundNumber = None,
    known: Known = None,
    plan: PlanFile = None,
    as_json: AsJson = False,
) -> None:
    from kechuang.plan.preparation.comments import DISPOSITIONS, IDENTITIES, chosen

    found = chosen(folder_of(plan).state(day(known)), round_, only_open=only_open)
    if as_json:
        show_json({"comments": [_comment_dict(comment) for comment in found]})
        return
    show_table(
        say("意见：{n}条", n=len(found)),
        [say("编号"), say("轮"), say("身份"), say("来源"), say("意见内容"), say("针对"), say("采纳情况")],
        [
            [
                comment.id,
                comment.content.round,
                IDENTITIES[comment.content.identity],
                comment.content.source,
                comment.content.text,
                _about(comment),
                DISPOSITIONS[comment.disposed.disposition] if comment.disposed else say("未处理"),
            ]
            for comment in found
        ],
    )


@comments.command("dispose", help=str(say("处理意见：采纳、部分采纳或未采纳（后两种须写理由）")))
def dispose(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="ID…", help=str(say("意见编号，如 C3")))
    ] = None,
    as_: Annotated[
        str | None,
        typer.Option("--as", metavar="WHAT", help=str(say("采纳 adopted、部分采纳 partly、未采纳 not"))),
    ] = None,
    reason: Annotated[str | None, typer.Option("--reason", metavar="TEXT", help=str(say("理由")))] = None,
    made: Annotated[
        str | None, typer.Option("--change", metavar="TEXT", help=str(say("据此对文本作了什么修改")))
    ] = None,
    table_file: Annotated[
        Path | None,
        typer.Option(
            "--table", readable=False, metavar="FILE", help=str(say("从填好的采纳情况汇总表成批登记"))
        ),
    ] = None,
    plan: PlanFile = None,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    from kechuang.plan.preparation.comment_file import dispose_from
    from kechuang.plan.preparation.comments import DISPOSITIONS, disposition_of
    from kechuang.plan.preparation.comments import dispose as note

    if table_file is not None:
        with folder_of(plan, by).change() as change:
            count = dispose_from(change, table_file)
        if as_json:
            show_json({"disposed": count})
        else:
            show_line(say("已登记{n}条意见的采纳情况", n=count))
        return
    if not names or as_ is None:
        raise typer.BadParameter(str(say("请给出意见编号和 --as，或用 --table 给出填好的汇总表")))
    found = disposition_of(as_)
    if found is None:
        words = listed(list(DISPOSITIONS.values()))
        raise KechuangError(
            "disposition-unknown", say("“{value}”不是采纳情况，只能是{words}", value=as_, words=words)
        )
    with folder_of(plan, by).change() as change:
        note(change, names, found, reason=reason, change_made=made)
    if as_json:
        show_json({"disposed": len(names)})
    else:
        show_line(say("已登记{n}条意见的采纳情况", n=len(names)))


@comments.command("table", help=str(say("征求意见采纳情况汇总表（.docx、.xlsx、.html、.csv）")))
def table(
    out: Out = None,
    round_: RoundNumber = None,
    known: Known = None,
    plan: PlanFile = None,
    as_json: AsJson = False,
) -> None:
    from kechuang.publish.consultation import table_of, write_table

    folder = folder_of(plan)
    made = table_of(folder.plan(), folder.state(day(known)), round_, folder.today)
    if out is not None:
        write_table(out, made)
    if as_json:
        show_json({**made.as_dict(), "file": str(out) if out else None})
        return
    if out is None:
        show_line(made.title)
        for line in made.head:
            show_line(line)
        show_table("", made.columns, made.rows)
    else:
        show_line(say("已写入 {file}", file=out))
    tell(made.warnings)


@comments.command("summary", help=str(say("意见的合计：征求单位、意见数、采纳情况")))
def summary(
    round_: RoundNumber = None, known: Known = None, plan: PlanFile = None, as_json: AsJson = False
) -> None:
    from kechuang.plan.preparation.comments import IDENTITIES
    from kechuang.plan.preparation.comments import summary as sums

    found = sums(folder_of(plan).state(day(known)), round_)
    if as_json:
        show_json(
            {
                "rounds": [
                    {"round": r.number, "from": shown(r.begin), "to": shown(r.end), "name": r.name}
                    for r in found.rounds
                ],
                "asked": found.asked,
                "answered": found.answered,
                "comments": found.comments,
                "adopted": found.adopted,
                "partly": found.partly,
                "not": found.not_adopted,
                "open": found.open,
                "by_identity": found.by_identity,
            }
        )
        return
    rows: list[tuple[Any, Any]] = [
        (say("轮次"), len(found.rounds)),
        (say("征求单位"), found.asked if found.asked is not None else "—"),
        (say("提出意见的单位"), found.answered),
        (say("意见"), found.comments),
        (say("采纳"), found.adopted),
        (say("部分采纳"), found.partly),
        (say("未采纳"), found.not_adopted),
        (say("未处理"), found.open),
    ]
    rows += [(IDENTITIES[name], count) for name, count in found.by_identity.items()]  # type: ignore[index]
    show_table(say("征求意见合计"), [say("项目"), say("数量")], rows, right=(1,))


def _about(comment: Comment) -> str:
    place = comment.content.about
    if place is None:
        return str(say("全文"))
    return " ".join(part for part in (place.entry, place.text or place.quote) if part)


def _comment_dict(comment: Comment) -> dict[str, Any]:
    disposed = comment.disposed.model_dump(mode="json", exclude={"comment"}) if comment.disposed else None
    return {
        **comment.content.model_dump(mode="json", exclude_none=True),
        "disposed": disposed,
    }
