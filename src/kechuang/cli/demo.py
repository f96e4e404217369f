"""kechuang demo: the whole road on the example."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from kechuang.cli.app import command
from kechuang.cli.options import AsJson
from kechuang.cli.progress import show_progress
from kechuang.cli.show import progress_bar, show_json, show_line
from kechuang.messages import language, say

EXAMPLE = "kashgar"


@command("demo")
def demo(
    folder: Annotated[
        Path, typer.Argument(readable=False, metavar="[DIR]", help=str(say("示例放在哪里；缺省为 demo")))
    ] = Path("demo"),
    as_json: AsJson = False,
) -> None:
    from kechuang.demo import build_example, underway

    with progress_bar(str(say("导入台账"))) as report:
        ws = build_example(folder, EXAMPLE, report)
    with progress_bar(str(say("计算与写报告"))) as report:
        earlier = underway(ws.plan.period, ws.today)
        steps = 4 if earlier else 2
        report("", 0, steps)
        material = ws.material(language=language())
        report("", 1, steps)
        written = [ws.folder / "out" / "report.docx", ws.folder / "out" / "report.html"]
        ws.write(material, written)
        if earlier is not None:  # what was said then, with the forecasts that only a plan underway has
            report("", 2, steps)
            before = ws.folder / "out" / f"report-{earlier.isoformat()}.html"
            then = ws.material(earlier, language())
            report("", 3, steps)
            ws.write(then, [before])
            written.append(before)
    content: dict[str, Any] = material.progress.as_dict()
    if as_json:
        show_json({"folder": str(ws.folder), "files": [str(path) for path in written], "progress": content})
        return
    show_line(
        say(
            "示例数据：企业、特派员和研发填报均为随机生成，仅用于演示；规划指标、行政村名录和注明来源的统计数为公开事实。"
        )
    )
    show_progress(ws, content)
    for path in written:
        show_line(say("已写入 {file}", file=path))
    show_line(say("接着可以试：kechuang -C {folder} indicators explain high_tech_enterprises", folder=folder))
