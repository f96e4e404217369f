"""kechuang publish opendata, portal: what anybody may take away, and the public pages as files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kechuang.cli.app import workspace
from kechuang.cli.options import AsJson, AsOf, Who, day
from kechuang.cli.publish import commands
from kechuang.cli.show import progress_bar, show_json, show_line
from kechuang.messages import say

Draft = Annotated[bool, typer.Option("--draft", help=str(say("只是草稿：不登记为已发布，核验时不管它")))]


@commands.command(
    "opendata", help=str(say("写出开放数据：CSV、JSON、SDMX、Data Package、DCAT目录；涉及单位太少的数不公布"))
)
def opendata(
    folder: Annotated[Path, typer.Argument(metavar="DIR", readable=False, help=str(say("写入此文件夹")))],
    as_of: AsOf = None,
    draft: Draft = False,
    who: Who = "office",
    as_json: AsJson = False,
) -> None:
    from kechuang.openly import open_data

    with progress_bar(str(say("计算"))) as report:
        written, publication = open_data(
            workspace(), folder, day(as_of), who=who, draft=draft, progress=report
        )
    if as_json:
        show_json(
            {
                "folder": str(folder),
                "files": [path.relative_to(folder).as_posix() for path in written.paths],
                "figures": written.figures,
                "withheld": written.withheld,
                "publication": publication.number if publication else None,
            }
        )
        return
    for path in written.paths:
        show_line(say("已写入 {file}", file=path))
    show_line(say("{n}个数；{withheld}个因涉及单位太少不公布", n=written.figures, withheld=written.withheld))
    if publication is not None:
        show_line(
            say(
                "已登记为发布 {number}（{n}个数）；只是草稿时请用 --draft",
                number=publication.number,
                n=len(publication.figures),
            )
        )


@commands.command(
    "portal", help=str(say("写出公众网站：总览、目标、工程、规划、指标、地图、开放数据，不要服务器也能看"))
)
def portal(
    folder: Annotated[Path, typer.Argument(metavar="DIR", readable=False, help=str(say("写入此文件夹")))],
    as_json: AsJson = False,
) -> None:
    from kechuang.web.portal import write_portal

    ws = workspace()
    with progress_bar(str(say("写网页"))) as report:
        written = write_portal(ws.folder, folder, report)
    if as_json:
        show_json({"folder": str(folder), "pages": written.pages, "files": written.files})
        return
    for name in written.pages:
        show_line(name)
    show_line(
        say(
            "{n}页，{m}个文件；打开 {file} 即可",
            n=len(written.pages),
            m=len(written.files),
            file=folder / "index.html",
        )
    )
