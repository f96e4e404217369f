"""kechuang records submit, review, lock …: how a batch goes from the sender through every level."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from kechuang.cli.app import workspace
from kechuang.cli.options import AsJson, Reason, Region, Who, name_given, region_or_all
from kechuang.cli.records import Type, commands
from kechuang.cli.show import number, show_json, show_line, show_table
from kechuang.cli.usage import Commands
from kechuang.errors import Joined, listed
from kechuang.messages import Message, language, literal, say

if TYPE_CHECKING:
    from kechuang.packs import RecordType
    from kechuang.records.models import Batch as StoredBatch
    from kechuang.records.store import BatchInfo

Batch = Annotated[
    str, typer.Argument(metavar="BATCH", help=str(say("批次编号，见 kechuang records batches")))
]
Level = Annotated[
    str | None,
    typer.Option(
        "--level", metavar="county|prefecture|province", help=str(say("作哪一级审核；逐级审核时必填"))
    ),
]
LockedYear = Annotated[int, typer.Argument(metavar="YEAR", help=str(say("年度")))]
CHANGES_SHOWN = 20

review = typer.Typer(
    cls=Commands,
    help=str(say("审核批次：查看、逐级接收、退回")),
    no_args_is_help=True,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
commands.add_typer(review, name="review")


@commands.command("submit", help=str(say("报送一个草稿批次")))
def submit(batch: Batch, who: Who = "office", as_json: AsJson = False) -> None:
    _done(workspace().store.workflow.submit(batch, name_given(who, "--who")), as_json)


@commands.command("resubmit", help=str(say("被退回的批次不改数据、说明后重新报送")))
def resubmit(
    batch: Batch,
    comment: Annotated[str, typer.Option("--comment", metavar="TEXT", help=str(say("对退回意见的说明")))],
    who: Who = "office",
    as_json: AsJson = False,
) -> None:
    found = workspace().store.workflow.resubmit(
        batch, name_given(who, "--who"), name_given(comment, "--comment")
    )
    _done(found, as_json)


@commands.command("discard", help=str(say("作废一个草稿或被退回的批次（留有记录）")))
def discard(batch: Batch, reason: Reason, who: Who = "office", as_json: AsJson = False) -> None:
    found = workspace().store.workflow.discard(
        batch, name_given(who, "--who"), name_given(reason, "--reason")
    )
    _done(found, as_json)


@commands.command("explain", help=str(say("说明核对时的提醒：一条，或全部（--all）")))
def explain(
    batch: Batch,
    words: Annotated[
        list[str], typer.Argument(metavar="[FINDING] TEXT", help=str(say("提醒的序号，和说明的文字")))
    ],
    whole: Annotated[bool, typer.Option("--all", help=str(say("说明全部还没有说明的提醒")))] = False,
    who: Who = "office",
    as_json: AsJson = False,
) -> None:
    if len(words) != (1 if whole else 2) or not (whole or words[0].isdecimal()):
        raise typer.BadParameter(str(say("请写：explain BATCH 序号 说明，或 explain BATCH --all 说明")))
    numbers = None if whole else [int(words[0])]
    text = name_given(words[-1], "TEXT")
    found = workspace().store.workflow.explain(batch, numbers, text, name_given(who, "--who"))
    if as_json:
        show_json({"batch": batch, "findings": found, "text": text})
    else:
        show_line(say("批次 {batch}：已说明提醒 {numbers}", batch=batch, numbers=listed(found)))


@review.command("list", help=str(say("待审的批次，各待哪一级")))
def waiting(level: Level = None, as_json: AsJson = False) -> None:
    from kechuang.records.review import standing

    found = [
        batch
        for batch in workspace().store.batches()
        if batch.state in ("submitted", "resubmitted") and level in (None, batch.level)
    ]
    if as_json:
        show_json([batch.as_dict() for batch in found])
        return
    show_table(
        say("待审批次"),
        [say("批次"), say("类型"), say("文件"), say("状态"), say("行数"), say("经办"), say("登记时间")],
        [
            [
                batch.id,
                batch.type,
                batch.file or "",
                standing(batch.state, batch.level),
                batch.rows,
                batch.who,
                batch.as_dict()["recorded_at"][:16],
            ]
            for batch in found
        ],
        right=(4,),
    )


@review.command("show", help=str(say("一个批次的内容、提醒及说明、办理过程")))
def show(
    batch: Batch,
    limit: Annotated[
        int, typer.Option("--limit", min=1, metavar="N", help=str(say("最多列出多少条变动")))
    ] = CHANGES_SHOWN,
    as_json: AsJson = False,
) -> None:
    from kechuang.records.clock import stamp

    ws = workspace()
    desk = ws.store.workflow
    remarks = desk.remarks(batch)
    info = next(one for one in ws.store.batches() if one.id == batch)
    steps, changes = desk.steps(batch), desk.changes(batch, limit)
    if as_json:
        show_json(
            {
                **info.as_dict(),
                "findings": [remark.as_dict() for remark in remarks],
                "steps": [step.as_dict() for step in steps],
                **changes,
            }
        )
        return
    _show_batch(info)
    show_table(
        say("变动（共{n}条）", n=changes["total"]),
        [say("行"), say("主键"), say("变动"), say("内容")],
        [
            [one["row"] or "", one["key"], _what(one["what"]), _fields(one, ws.packs.records.get(info.type))]
            for one in changes["changes"]
        ],
        right=(0,),
    )
    if remarks:
        show_table(
            say("核对提醒"),
            [say("序号"), say("工作表"), say("行"), say("列"), say("程度"), say("问题"), say("说明")],
            [
                [
                    remark.number,
                    remark.place.sheet or "",
                    remark.place.row or "",
                    remark.place.column or "",
                    say("提示") if remark.severity == "hint" else say("提醒"),
                    remark.message,
                    Joined([literal(f"{one.text}（{one.who}）") for one in remark.explanations], ("；", "; "))
                    if remark.explanations
                    else say("（未说明）")
                    if remark.open
                    else "",
                ]
                for remark in remarks
            ],
            right=(0, 2),
        )
    show_table(
        say("办理过程"),
        [say("时间"), say("环节"), say("经办"), say("说明")],
        [[stamp(step.at)[:16], step.told(), step.who, step.reason] for step in steps],
    )


def _show_batch(info: BatchInfo) -> None:
    from kechuang.records.review import standing

    text = say(
        "批次 {batch}（{type}）：{state}；{who}报送，{rows}行",
        batch=info.id,
        type=info.type,
        state=standing(info.state, info.level),
        who=info.who,
        rows=info.rows,
    )
    show_line(text)
    if info.replaces:
        show_line(say("替代被退回的批次 {batch}", batch=info.replaces))


def _what(what: str) -> Message:
    return {
        "new": say("新增"),
        "corrected": say("更正"),
        "withdrawn": say("撤回"),
        "unchanged": say("不变"),
    }[what]


def _fields(change: dict[str, Any], record_type: RecordType | None) -> str:
    """The fields that change: name, old and new value; of a new record only the new, without its key."""
    parts = []
    keys = record_type.key if record_type is not None else []
    for field, (old, new) in change["fields"].items():
        if field in keys:
            continue
        known = record_type is not None and field in record_type.fields
        name = record_type.fields[field].label.text(language()) if record_type and known else field
        if change["what"] != "new":
            parts.append(f"{name}: {_value(old)} → {_value(new)}")
        elif new is not None:
            parts.append(f"{name}={_value(new)}")
    return "; ".join(parts)


def _value(value: Any) -> str:
    if isinstance(value, float):
        return number(value)
    return "—" if value is None else str(value)


@review.command("accept", help=str(say("接收一个批次；末一级接收后计入指标")))
def accept(batch: Batch, level: Level = None, who: Who = "office", as_json: AsJson = False) -> None:
    _done(workspace().store.accept(batch, name_given(who, "--who"), level), as_json)


@review.command("return", help=str(say("退回一个批次，并说明理由")))
def send_back(
    batch: Batch,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help=str(say("退回理由")))],
    level: Level = None,
    who: Who = "office",
    as_json: AsJson = False,
) -> None:
    store = workspace().store
    _done(
        store.send_back(batch, name_given(who, "--who"), name_given(reason, "--reason"), level),
        as_json,
    )


@review.command("change", help=str(say("登记审核级别的变更（减少审核级别须先登记）")))
def change(reason: Reason, who: Who = "office", as_json: AsJson = False) -> None:
    levels = workspace().store.workflow.change_review(
        name_given(who, "--who"), name_given(reason, "--reason")
    )
    if as_json:
        show_json({"levels": list(levels)})
    else:
        from kechuang.records.workflow.levels import told

        show_line(say("已登记：审核级别为{levels}", levels=told(levels)))


def _done(batch: BatchInfo | StoredBatch, as_json: bool) -> None:
    if as_json:
        show_json({"batch": batch.id, "state": batch.state, "level": batch.level})
    else:
        from kechuang.records.review import standing

        show_line(say("批次 {batch}：{state}", batch=batch.id, state=standing(batch.state, batch.level)))


# -- locks


@commands.command("lock", help=str(say("锁定一个年度的台账，此后不能改动")))
def lock(
    name: Type,
    year: LockedYear,
    reason: Reason,
    region: Region = None,
    who: Who = "office",
    as_json: AsJson = False,
) -> None:
    ws = workspace()
    code = region_or_all(ws, region)
    ws.store.workflow.lock(
        name, year, who=name_given(who, "--who"), reason=name_given(reason, "--reason"), region=code
    )
    _locked(name, year, code, True, as_json)


@commands.command("unlock", help=str(say("解除锁定，须写明理由")))
def unlock(
    name: Type,
    year: LockedYear,
    reason: Reason,
    region: Region = None,
    who: Who = "office",
    as_json: AsJson = False,
) -> None:
    ws = workspace()
    code = region_or_all(ws, region)
    ws.store.workflow.unlock(
        name, year, who=name_given(who, "--who"), reason=name_given(reason, "--reason"), region=code
    )
    _locked(name, year, code, False, as_json)


def _locked(name: str, year: int, region: str | None, locked: bool, as_json: bool) -> None:
    if as_json:
        show_json({"type": name, "year": year, "region": region, "locked": locked})
        return
    what = say("已锁定") if locked else say("已解除锁定")
    where = workspace().name_of(region) if region else say("全地区")
    show_line(say("{what} {type} {year}年度（{where}）", what=what, type=name, year=year, where=where))


@commands.command("locks", help=str(say("列出现有的锁定")))
def locks(as_json: AsJson = False) -> None:
    ws = workspace()
    found = ws.store.workflow.locks()
    if as_json:
        show_json([one.as_dict() for one in found])
        return
    show_table(
        say("锁定"),
        [say("台账"), say("年度"), say("地区"), say("理由"), say("经办"), say("时间")],
        [
            [
                one.type,
                one.year,
                ws.name_of(one.region) if one.region else say("全地区"),
                one.reason,
                one.who,
                one.as_dict()["at"][:16],
            ]
            for one in found
        ],
        right=(1,),
    )
