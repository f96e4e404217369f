"""kechuang records: what happened, from Excel and CSV into the store and back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kechuang.cli.app import group, workspace
from kechuang.cli.options import AsJson, Who, day, name_given, near
from kechuang.cli.show import progress_bar, show_json, show_line, show_table
from kechuang.errors import KechuangError, listed
from kechuang.messages import Message, language, say

if TYPE_CHECKING:
    from kechuang.packs import RecordType
    from kechuang.packs.model import FieldSpec
    from kechuang.records.importing import ImportResult
    from kechuang.workspace import Workspace

commands = group("records")

PAGE = 100
"""Records listed after a key where it is not said how many."""

Type = Annotated[str, typer.Argument(metavar="TYPE", help=str(say("台账类型，见 kechuang records types")))]


@commands.command("types", help=str(say("列出台账类型及其字段")))
def types(
    name: Annotated[str | None, typer.Argument(metavar="[TYPE]")] = None, as_json: AsJson = False
) -> None:
    packs = workspace().packs
    chosen = [known_type(name)] if name else list(packs.records.values())
    if as_json:
        show_json([item.model_dump(mode="json", by_alias=True) for item in chosen])
        return
    if name is None:
        show_table(
            say("台账类型"),
            [say("类型"), say("名称"), say("主键"), say("说明")],
            [
                [
                    t.id,
                    t.label.text(language()),
                    listed(t.key),
                    t.description.text(language()) if t.description else "",
                ]
                for t in chosen
            ],
        )
        return
    for item in chosen:
        show_table(
            f"{item.id} {item.label.text(language())}",
            [say("字段"), say("名称"), say("类型"), say("单位"), say("必填"), say("可选值")],
            [
                [
                    key,
                    spec.label.text(language()),
                    spec.type,
                    spec.unit or "",
                    say("是") if spec.required else "",
                    listed([choice.text(language()) for choice in spec.choices.values()]),
                ]
                for key, spec in item.fields.items()
            ],
        )


@commands.command("import", help=str(say("导入 Excel 或 CSV：全部通过才入库，有错一次列全")))
def import_(
    files: Annotated[list[Path], typer.Argument(readable=False, metavar="FILE…")],
    name: Annotated[
        str | None, typer.Option("--type", metavar="TYPE", help=str(say("台账类型；缺省从文件识别")))
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=str(say("只检查，不入库")))] = False,
    sample: Annotated[bool, typer.Option("--sample", help=str(say("标为示例数据")))] = False,
    draft: Annotated[
        bool, typer.Option("--draft", help=str(say("先存为草稿，以后用 records submit 报送")))
    ] = False,
    replaces: Annotated[
        str | None,
        typer.Option("--replaces", metavar="BATCH", help=str(say("改正后重报：所替代的被退回的批次"))),
    ] = None,
    explain: Annotated[
        str | None, typer.Option("--explain", metavar="TEXT", help=str(say("对全部提醒的说明")))
    ] = None,
    who: Who = "office",
    error_book: Annotated[
        Path | None,
        typer.Option(
            "--errors",
            readable=False,
            metavar="ERRORS.xlsx",
            help=str(say("有问题时写出错误工作簿；导入几个文件时，给一个文件夹")),
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    ws = workspace()
    if name is not None:
        known_type(name)
    with progress_bar(str(say("导入"))) as report:
        result = ws.store.import_files(
            files,
            type=name,
            dry_run=dry_run,
            who=name_given(who, "--who"),
            nature="sample" if sample else "reported",
            draft=draft,
            replaces=replaces,
            explain=name_given(explain, "--explain") if explain is not None else None,
            progress=report,
        )
    content = result.as_dict()
    if error_book is not None:
        from kechuang.cli.records_excel import error_books

        books = error_books(files, result.faults, error_book)
        content["error_books"] = {file: str(book) for file, book in books.items()}
    if as_json:
        show_json(content)
    else:
        show_import(result, dry_run=dry_run)
        for file, book in content.get("error_books", {}).items():
            show_line(say("{file} 的错误工作簿：{book}", file=Path(file).name, book=book))
    if result.errors:
        raise typer.Exit(1)


def show_import(result: ImportResult, *, dry_run: bool) -> None:
    """What an import or a dry run found, and what it changed or would change."""
    content, faults = result.as_dict(), result.faults
    if faults:
        show_table(
            say("核对结果"),
            [say("文件"), say("工作表"), say("行"), say("列"), say("程度"), say("问题")],
            [
                [
                    Path(fault.place.file or "").name,
                    fault.place.sheet or "",
                    fault.place.row or "",
                    fault.place.column or "",
                    _level(fault.severity),
                    fault.message,
                ]
                for fault in faults
            ],
            right=(2,),
        )
    wrong = sum(fault.severity == "error" for fault in faults)
    if wrong:
        show_line(say("共{n}处错误；没有任何一行入库。改好后重新导入即可。", n=wrong))
    elif dry_run:
        _show_preview(result)
        show_line(say("核对通过：{n}行；未入库（--dry-run）。", n=content["rows"]))
    else:
        show_line(
            say(
                "已导入{rows}行，入库{accepted}行；批次 {batch}",
                rows=content["rows"],
                accepted=content["accepted"],
                batch=content["batch"] or "—",
            )
        )
        for outcome in content["batches"]:
            _show_state(outcome, warned=any(fault.severity == "warning" for fault in faults))


def _show_state(outcome: dict[str, Any], *, warned: bool) -> None:
    """What is still to be done before a batch counts."""
    batch, state = outcome["batch"], outcome["state"]
    if outcome["repeated"]:
        show_line(say("同一文件先前已导入，批次 {batch}，没有重复入库", batch=batch))
    if state == "draft":
        show_line(say("批次 {batch} 为草稿，还没有报送：kechuang records submit {batch}", batch=batch))
        if warned:
            show_line(say("报送审核前须说明提醒：kechuang records explain {batch} --all 说明", batch=batch))
    elif state in ("submitted", "resubmitted"):
        show_line(say("批次 {batch} 待审核，接收后才计入", batch=batch))


def _level(severity: str) -> Message:
    return {"error": say("错误"), "warning": say("提醒")}.get(severity, say("提示"))


def _show_preview(result: ImportResult) -> None:
    """What would change: counts by file, then each corrected field, old and new."""
    if not result.previews:
        return
    show_table(
        say("导入后将有的变化"),
        [say("文件"), say("类型"), say("新增"), say("更正"), say("不变")],
        [[one.file, one.type, one.new, one.corrected, one.unchanged] for one in result.previews],
        right=(2, 3, 4),
    )
    ws = workspace()
    for one in result.previews:
        if not one.changes:
            continue
        fields = ws.packs.records[one.type].fields
        show_table(
            say("{file} 中的更正", file=one.file),
            [say("行"), say("主键"), say("列"), say("原来"), say("改为")],
            [
                [
                    change.row,
                    change.key,
                    fields[change.field].label.text(language()),
                    _cell(ws, fields[change.field], change.old),
                    _cell(ws, fields[change.field], change.new),
                ]
                for change in one.changes
            ],
            right=(0,),
        )
        if one.more:
            show_line(say("另有{n}处更正未列出", n=one.more))


@commands.command("batches", help=str(say("列出导入的批次及其状态")))
def batches(as_json: AsJson = False) -> None:
    found = [batch.as_dict() for batch in workspace().store.batches()]
    from kechuang.records.review import standing

    if as_json:
        show_json(found)
        return
    show_table(
        say("批次"),
        [
            say("批次"),
            say("类型"),
            say("文件"),
            say("状态"),
            say("行数"),
            say("经办"),
            say("登记时间"),
            say("审核"),
        ],
        [
            [
                batch["batch"],
                batch["type"],
                batch["file"],
                standing(batch["state"], batch["level"]),
                batch["rows"],
                batch["who"],
                batch["recorded_at"][:16],
                batch["reviewed_by"] or "",
            ]
            for batch in found
        ],
        right=(4,),
    )


@commands.command("export", help=str(say("导出当前记录，格式与填报表相同")))
def export(
    name: Type,
    out: Annotated[
        Path,
        typer.Option(
            "-o", "--out", readable=False, metavar="FILE", help=str(say("写入此文件（.xlsx 或 .csv）"))
        ),
    ],
    excel: Annotated[bool, typer.Option("--excel", help=str(say("CSV 带 BOM，便于 Excel 打开")))] = False,
    as_of: Annotated[str | None, typer.Option("--as-of", metavar="DATE")] = None,
    as_json: AsJson = False,
) -> None:
    from kechuang.records.tables import write_table

    ws = workspace()
    record_type = known_type(name)
    rows = [version.data for version in ws.store.as_of(ws.day(day(as_of)), name)]
    write_table(
        record_type,
        rows,
        out,
        packs_version=pack_version(),
        regions=ws.regions,
        within=ws.settings.region,
        excel=excel,
    )
    _written(out, len(rows), as_json)


@commands.command("history", help=str(say("一条记录的全部版本：何时、何人、来自哪个单元格")))
def history(
    name: Type,
    key: Annotated[str, typer.Argument(metavar="KEY", help=str(say("主键，多项用 | 连接")))],
    as_json: AsJson = False,
) -> None:
    known_type(name)
    from kechuang.records.clock import stamp

    found = workspace().store.history(name, key)
    versions = [version.as_dict() for version in found]
    ways = [(version.number, version.batch, version.steps or ()) for version in found]
    if not versions:
        raise KechuangError(
            "unknown-record",
            say("台账“{type}”中没有主键为“{key}”的记录", type=name, key=key),
            remedy=say("可用 kechuang records as-of 查看现有主键。"),
        )
    if as_json:
        show_json(versions)
        return
    show_table(
        f"{name} {key}",
        [say("版本"), say("登记时间"), say("内容"), say("来自"), say("批次"), say("审核")],
        [
            [
                version["number"],
                version["recorded_at"][:16],
                say("（撤回）") if version["withdrawn"] else _row(version["data"]),
                " ".join(str(part) for part in (version["file"], version["sheet"], version["row"]) if part),
                version["batch"],
                version["reviewed_by"] or "",
            ]
            for version in versions
        ],
        right=(0,),
    )
    show_table(
        say("办理过程"),
        [say("版本"), say("批次"), say("时间"), say("环节"), say("经办"), say("说明")],
        [
            [number, batch, stamp(step.at)[:16], step.told(), step.who, step.reason]
            for number, batch, steps in ways
            for step in steps
        ],
        right=(0,),
    )


@commands.command("as-of", help=str(say("某一天所知的记录：全部、若干条、一条或条数")))
def as_of(
    date: Annotated[str, typer.Argument(metavar="DATE")],
    name: Type,
    key: Annotated[
        str | None, typer.Option("--key", metavar="KEY", help=str(say("只看这一条；多项主键用 | 连接")))
    ] = None,
    count: Annotated[bool, typer.Option("--count", help=str(say("只报条数")))] = False,
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, metavar="N", help=str(say("最多列出这么多条")))
    ] = None,
    after: Annotated[
        str | None,
        typer.Option("--after", metavar="KEY", help=str(say("从这个主键之后列起（与 --limit 合用）"))),
    ] = None,
    as_json: AsJson = False,
) -> None:
    record_type = known_type(name)
    ws = workspace()
    when = ws.day(day(date))
    if count:
        number = ws.store.as_of_count(when, name)
        if as_json:
            show_json({"type": name, "as_of": when.isoformat(), "count": number})
        else:
            show_line(say("{day}有{n}条记录", day=when.isoformat(), n=number))
        return
    if key is not None:
        one = ws.store.as_of_one(when, name, key)
        versions = [one] if one else []
    elif limit is not None or after is not None:
        versions = ws.store.as_of_page(when, name, PAGE if limit is None else limit, after=after)
    else:
        versions = ws.store.as_of(when, name)
    if as_json:
        show_json([version.as_dict() for version in versions])
        return
    show_table(
        f"{record_type.label.text(language())} {date}",
        [say("主键"), *(spec.label.text(language()) for spec in record_type.fields.values())],
        [
            [v.key, *(_cell(ws, spec, v.data.get(f)) for f, spec in record_type.fields.items())]
            for v in versions
        ],
    )


@commands.command("withdraw", help=str(say("撤回一条记录（留有记录，可查历史）")))
def withdraw(
    name: Type,
    key: Annotated[str, typer.Argument(metavar="KEY")],
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help=str(say("撤回理由")))],
    who: Who = "office",
    as_json: AsJson = False,
) -> None:
    known_type(name)
    workspace().store.withdraw(name, key, name_given(who, "--who"), name_given(reason, "--reason"))
    if as_json:
        show_json({"type": name, "key": key, "withdrawn": True})
    else:
        show_line(say("已撤回 {type} {key}", type=name, key=key))


@commands.command("returns", help=str(say("各县市填报情况：应报、已报、迟报、缺报")))
def returns(
    year: Annotated[int | None, typer.Option("--year", metavar="YEAR", help=str(say("缺省为各年")))] = None,
    as_of: Annotated[str | None, typer.Option("--as-of", metavar="DATE")] = None,
    as_json: AsJson = False,
) -> None:
    ws = workspace()
    when = ws.day(day(as_of))
    found = ws.returns(when, [year] if year else None)
    if as_json:
        show_json([status.as_dict() for status in found])
        return
    show_table(
        say("填报情况（截至{day}）", day=when.isoformat()),
        [
            say("台账"),
            say("年度"),
            say("地区"),
            say("应报"),
            say("已报"),
            say("迟报"),
            say("缺报"),
            say("期限"),
        ],
        [
            [
                ws.packs.records[status.type].label.text(language()),
                status.year,
                ws.name_of(status.region),
                status.expected,
                status.arrived,
                status.late,
                status.missing,
                status.deadline.isoformat(),
            ]
            for status in found
            if status.late or status.missing or year
        ],
        right=(1, 3, 4, 5, 6),
    )


def known_type(name: str) -> RecordType:
    known = workspace().packs.records
    if name in known:
        return known[name]
    raise KechuangError(
        "unknown-type",
        say("没有名为“{name}”的台账类型", name=name),
        remedy=say("是不是：{near}？全部类型见 kechuang records types。", near=near(name, known)),
    )


def pack_version() -> str:
    """The packs in use and their versions, as files are stamped with."""
    return "+".join(f"{info.pack} {info.version}" for info in workspace().packs.info)


def _written(out: Path, rows: int, as_json: bool) -> None:
    if as_json:
        show_json({"file": str(out), "rows": rows})
    else:
        show_line(say("已写入 {file}（{n}行）", file=out, n=rows))


def _row(data: dict[str, Any]) -> str:
    return "; ".join(f"{key}={value}" for key, value in data.items() if value is not None)


def _cell(ws: Workspace, spec: FieldSpec, value: Any) -> object:
    """A value for people: the label of a choice, the name of a region."""
    if value is None:
        return ""
    if spec.type == "choice" and value in spec.choices:
        return spec.choices[value].text(language())
    return ws.name_of(value) if spec.type == "region" else value
