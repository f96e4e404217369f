"""kechuang progress assess | methods: status methods on your own cases, and what each method is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kechuang.cli.options import AsJson, Out
from kechuang.cli.progress import commands
from kechuang.cli.show import console, number, progress_bar, show_json, show_line, show_table
from kechuang.errors import KechuangError
from kechuang.messages import language, say

if TYPE_CHECKING:
    from kechuang.progress.methods.table import Assessment

ROWS_SHOWN = 50


@commands.command("assess", help=str(say("用一种或全部方法判断一张案例表：状态、判断值、得分")))
def assess(
    data: Annotated[
        Path,
        typer.Option("--data", readable=False, metavar="FILE", help=str(say("案例表，.csv 或 .xlsx 文件"))),
    ],
    method: Annotated[
        str,
        typer.Option(
            "--method", metavar="METHOD", help=str(say("方法，见 kechuang progress methods；all 为全部并列"))
        ),
    ] = "open-sdg",
    given: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="NAME=NUMBER",
            help=str(say("改一个参数，如 tolerance=0.8 或 schedule.tolerance=0.8；可重复")),
        ),
    ] = None,
    out: Out = None,
    excel: Annotated[
        bool, typer.Option("--excel", help=str(say("CSV 带字节顺序标记，便于 Excel 打开")))
    ] = False,
    as_json: AsJson = False,
) -> None:
    from kechuang.progress.methods import known_method
    from kechuang.progress.methods.reading import read_table
    from kechuang.progress.methods.table import ALL, assess_table, check_suffix, write_assessment

    if method != ALL:
        known_method(method)
    if out is not None:
        check_suffix(out)
    parameters = dict(_pair(text) for text in given or [])
    with progress_bar(str(say("判断"))):
        found = assess_table(read_table(data, defaults=method == "open-sdg"), method, parameters)
        if out is not None:
            write_assessment(found, out, excel=excel)
    for message in found.table.assumed:
        console(stderr=True).print(f"{say('提醒')}: {message}", markup=False, soft_wrap=True)
    if as_json and out is None:
        show_json(found.as_dict())
    elif as_json:
        show_json({"file": str(out), "rows": len(found.verdicts), "counts": found.counts()})
    else:
        _show(found, detailed=out is None)
        if out is not None:
            show_line(say("已写入 {file}", file=out))


@commands.command("methods", help=str(say("判断方法：公式、状态、参数、出处")))
def methods(
    name: Annotated[
        str | None, typer.Argument(metavar="METHOD", help=str(say("方法；缺省为列出全部")))
    ] = None,
    as_json: AsJson = False,
) -> None:
    from kechuang.progress.methods import known_method, specs

    found = {known_method(name): specs()[name]} if name else dict(specs())
    if as_json:
        show_json([{"method": key, **spec.model_dump()} for key, spec in found.items()])
        return
    spoken = language()
    if name is None:
        show_table(
            say("判断方法"),
            [say("方法"), say("名称"), say("状态")],
            [
                [
                    key,
                    spec.label.text(spoken),
                    _words([word.label.text(spoken) for word in spec.statuses.values()]),
                ]
                for key, spec in found.items()
            ],
        )
        return
    spec = found[name]
    show_line(spec.label.text(spoken))
    show_line(spec.formula)
    show_line(say("出处：{source}", source=spec.source))
    if not spec.verified:
        show_line(say("数值未逐字核对发布原件，待核实"))
    show_line()
    show_table(
        say("状态"),
        [say("编号"), say("名称")],
        [[key, word.label.text(spoken)] for key, word in spec.statuses.items()],
    )
    show_table(
        say("参数"),
        [say("编号"), say("数值"), say("含义")],
        [[key, number(one.value), one.label.text(spoken)] for key, one in spec.parameters.items()],
        right=(1,),
    )


def _pair(text: str) -> tuple[str, float]:
    name, sign, value = text.partition("=")
    try:
        if sign and name.strip():
            return name.strip(), float(value)
    except ValueError:
        pass
    raise KechuangError(
        "parameter-value",
        say("“{text}”不是参数和数值", text=text),
        remedy=say("请写成 名称=数值，如 tolerance=0.8；名称见 kechuang progress methods METHOD。"),
    )


def _show(found: Assessment, *, detailed: bool) -> None:
    from kechuang.progress.methods import specs

    spoken = language()
    for method, counts in found.counts().items():
        spec = specs()[method]
        parts = [
            f"{spec.statuses[key].label.text(spoken)} {counts[key]}" for key in spec.statuses if key in counts
        ]
        show_line(
            say(
                "{method}：共{n}行，{counts}",
                method=spec.label.text(spoken),
                n=len(found.verdicts),
                counts=_words(parts),
            )
        )
    if len(found.methods) > 1:
        stands = [stand.agree for stand in found.agreements()]
        show_line(
            say(
                "各法一致{same}行，不一致{other}行，其余不足两法可判",
                same=stands.count(True),
                other=stands.count(False),
            )
        )
    if not detailed:
        return
    many = len(found.methods) > 1
    heads: list[object] = [
        say("行"),
        *(found.methods if many else [say("判断值"), say("状态"), say("得分"), say("说明")]),
    ]
    rows = []
    for at, verdicts in zip(found.table.numbers[:ROWS_SHOWN], found.verdicts, strict=False):
        if many:
            rows.append([at, *(f"{one.label} {_brief(one.value)}" for one in verdicts)])
        else:
            (one,) = verdicts
            rows.append([at, _brief(one.value), one.label, _brief(one.score), "；".join(map(str, one.why))])
    show_table("", heads, rows, right=() if many else (1, 3))
    if len(found.verdicts) > ROWS_SHOWN:
        show_line(say("……另有{n}行，--out 可写出全部", n=len(found.verdicts) - ROWS_SHOWN))


def _brief(value: float | None) -> str:
    return "—" if value is None else number(round(value, 6) + 0.0)


def _words(parts: list[str]) -> str:
    return (", " if language() == "en" else "、").join(parts)
