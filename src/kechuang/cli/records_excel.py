"""kechuang records template, check, merge: workbooks that go out to offices and come back."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kechuang.cli.app import workspace
from kechuang.cli.options import AsJson, near
from kechuang.cli.records import commands, pack_version, show_import
from kechuang.cli.show import progress_bar, show_json, show_line, show_table
from kechuang.errors import Fault, KechuangError, Place
from kechuang.messages import language, say

if TYPE_CHECKING:
    from kechuang.packs import RecordType

Files = Annotated[list[Path], typer.Argument(readable=False, metavar="FILE…")]
TypeOption = Annotated[
    str | None, typer.Option("--type", metavar="TYPE", help=str(say("台账类型；缺省从文件识别")))
]


@commands.command(
    "template", help=str(say("写出填报表（Excel，含下拉项、示例行和填报说明）；可一次写几种，各占一张工作表"))
)
def template(
    names: Annotated[
        list[str], typer.Argument(metavar="TYPE…", help=str(say("台账类型，见 kechuang records types")))
    ],
    out: Annotated[
        Path, typer.Option("-o", "--out", readable=False, metavar="FILE.xlsx", help=str(say("写入此文件")))
    ],
    as_json: AsJson = False,
) -> None:
    from kechuang.records.templates import write_templates

    ws = workspace()
    types = [_type(name) for name in dict.fromkeys(names)]

    def known(other: str, field: str) -> frozenset[str]:  # the store is opened only where a type refers to it
        return ws.store.known_values(other, field)

    write_templates(
        types,
        out,
        packs_version=pack_version(),
        regions=ws.regions,
        within=ws.settings.region,
        language=language(),
        values=known,
    )
    if as_json:
        show_json({"file": str(out), "rows": 0, "types": [type_.id for type_ in types]})
    else:
        show_line(say("已写入 {file}（{n}张填报表）", file=out, n=len(types)))


@commands.command("check", help=str(say("核对填报文件，不入库；可写出标明错误的工作簿，改好后交回")))
def check(
    files: Files,
    out: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--out",
            readable=False,
            metavar="ERRORS.xlsx",
            help=str(say("写出错误工作簿；核对几个文件时，给一个文件夹")),
        ),
    ] = None,
    name: TypeOption = None,
    as_json: AsJson = False,
) -> None:
    ws = workspace()
    if name is not None:
        _type(name)
    with progress_bar(str(say("核对"))) as report:
        result = ws.store.import_files(files, type=name, dry_run=True, who="check", progress=report)
    books = error_books(files, result.faults, out) if out is not None else {}
    if as_json:
        show_json({**result.as_dict(), "error_books": {file: str(book) for file, book in books.items()}})
    else:
        show_import(result, dry_run=True)
        _tell_books(books)
    if result.errors:
        raise typer.Exit(1)


def error_books(files: Sequence[Path], faults: Sequence[Fault], out: Path) -> dict[str, Path]:
    """Write an error workbook for each of ``files`` that has errors or warnings: at ``out``, or in it where
    it is a folder.

    Gives file → workbook. A file that cannot be read at all has none.
    """
    from kechuang.records.errorbook import write_error_book
    from kechuang.records.sheets import UNREADABLE

    names = [file.name for file in files]
    found = {file: [f for f in faults if f.place.file in (file.name, str(file))] for file in files}
    wrong = [
        file
        for file, mine in found.items()
        if any(fault.severity != "hint" for fault in mine)
        and not any(fault.code in UNREADABLE for fault in mine)
    ]
    folder = out.is_dir() or (len(files) > 1 and out.suffix.lower() != ".xlsx")
    if len(wrong) > 1 and not folder:
        raise KechuangError(
            "several-files",
            say("有问题的文件有{n}个，写不进一个错误工作簿", n=len(wrong)),
            place=Place(file=str(out)),
            remedy=say("请给一个文件夹，或逐个文件核对。"),
        )
    if len(set(names)) < len(names):
        raise KechuangError(
            "same-name",
            say("有几个文件同名，错误工作簿分不清是哪一个的"),
            remedy=say("请先改名，或逐个文件核对。"),
        )
    made: dict[str, Path] = {}
    for file in wrong:
        if folder:
            out.mkdir(parents=True, exist_ok=True)
        suffix = str(say("-问题"))
        target = out / f"{file.stem}{suffix}.xlsx" if folder else out
        write_error_book(file, faults, target, language())
        made[str(file)] = target
    return made


def _tell_books(books: dict[str, Path]) -> None:
    for file, book in books.items():
        show_line(say("{file} 的错误工作簿：{book}", file=Path(file).name, book=book))


@commands.command("merge", help=str(say("合并各单位交回的同一种填报表：相同的并为一行，矛盾的逐条列出")))
def merge(
    files: Files,
    out: Annotated[
        Path, typer.Option("-o", "--out", readable=False, metavar="FILE.xlsx", help=str(say("写入此文件")))
    ],
    name: TypeOption = None,
    prefer: Annotated[
        str | None,
        typer.Option(
            "--prefer", metavar="first|last", help=str(say("矛盾时采用先给的还是后给的文件；缺省都留下待定"))
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    from kechuang.records.cells import Shown
    from kechuang.records.mergebook import write_merged
    from kechuang.records.merging import merge as join

    if prefer not in (None, "first", "last"):
        raise typer.BadParameter(str(say("--prefer 只能是 first 或 last")))
    ws = workspace()
    if name is not None:
        _type(name)
    result = join(
        files,
        ws.packs.records,
        ws.today,
        type=name,
        prefer=prefer,  # type: ignore[arg-type]  # checked above
        regions=ws.regions,
        within=ws.settings.region,
    )
    write_merged(
        result,
        out,
        packs_version=pack_version(),
        regions=ws.regions,
        within=ws.settings.region,
        language=language(),
    )
    if as_json:
        show_json({"file": str(out), **result.as_dict()})
    else:
        if result.conflicts:
            shown = Shown(result.type, ws.regions, ws.settings.region, language())
            show_table(
                say("矛盾之处"),
                [say("主键"), say("列名"), say("文件"), say("行"), say("所填的值")],
                [
                    [
                        conflict.key,
                        result.type.fields[conflict.field].label.text(language()),
                        row.file,
                        row.number,
                        "" if value is None else shown.cell(result.type.fields[conflict.field], value),
                    ]
                    for conflict in result.conflicts
                    for row, value in conflict.values
                ],
                right=(3,),
            )
        show_line(
            say(
                "已写入 {file}：{n}行，来自{files}个文件；重复的{repeated}行已并入",
                file=out,
                n=len(result.rows),
                files=len(result.files),
                repeated=result.repeated,
            )
        )
        if not result.ok:
            show_line(
                say("有{n}行互相矛盾，都留在表中并已标出；请只留正确的一行再导入。", n=len(result.undecided))
            )
    if not result.ok:
        raise typer.Exit(1)


def _type(name: str) -> RecordType:
    known = workspace().packs.records
    if name in known:
        return known[name]
    raise KechuangError(
        "unknown-type",
        say("没有名为“{name}”的台账类型", name=name),
        remedy=say("是不是：{near}？全部类型见 kechuang records types。", near=near(name, known)),
    )
