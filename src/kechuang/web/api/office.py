"""What presses, what was published, open data, and whether all of it still holds."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse

from kechuang.messages import say
from kechuang.web.api import answers
from kechuang.web.api.asked import After, AsOf, Limit, day_asked, stretch
from kechuang.web.api.endpoints import KEEPING, OPEN, endpoint
from kechuang.web.rendering import plain
from kechuang.web.roles import OFFICE, READERS
from kechuang.web.rooms.figures import open_figures
from kechuang.web.standing import kept, standing, state_of
from kechuang.web.workspaces import served

#: Suffix and content type of the formats of open data.
FORMATS = {
    "csv": (".csv", "text/csv; charset=utf-8"),
    "sdmx-csv": (".csv", "text/csv; charset=utf-8"),
    "sdmx-ml": (".xml", "application/xml"),
    "sdmx-json": (".json", "application/json"),
}
Format = Literal["csv", "sdmx-csv", "sdmx-ml", "sdmx-json"]


@endpoint(
    "GET",
    "open-data/{form}",
    "open-data",
    say("公开数据文件：全部目标指标的数，CSV 或 SDMX"),
    group=OPEN,
    answer=None,
    cost=5,
)
def open_data(request: HttpRequest, form: Format) -> HttpResponse:
    workspace = served()
    content, _ = kept.get(f"open-data {form}", state_of(workspace), lambda: _file(form))
    suffix, kind = FORMATS[form]
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="figures{suffix}"'
    return answer


@endpoint(
    "GET",
    "publications",
    "publications",
    say("已发布的报告和数据"),
    group=OPEN,
    answer=answers.PublicationsAnswer,
)
def publications(request: HttpRequest, after: After = None, limit: Limit = 50) -> dict[str, Any]:
    from kechuang.publish.register import Register

    workspace = served()
    register = Register(workspace.store.alias, workspace.folder)
    page, rest = stretch(register.all(), lambda one: one.number, after, limit)
    items = []
    for one in page:
        told = one.summary()
        documents = [{**document, "path": Path(document["path"]).name} for document in told["documents"]]
        items.append({**{key: told[key] for key in told if key != "who"}, "documents": documents})
    return {"items": items, "after": rest}


@endpoint(
    "GET",
    "warnings",
    "warnings",
    say("预警：等级、理由、建议、处置情况"),
    group=KEEPING,
    answer=answers.WarningsAnswer,
    sees=READERS,
)
def warnings(request: HttpRequest, as_of: AsOf = None) -> dict[str, Any]:
    found, fresh = standing(served(), day_asked(request, as_of))
    told = plain(found.warnings)
    return {"as_of": found.as_of, "fresh": fresh, "counts": told["counts"], "items": told["warnings"]}


@endpoint(
    "GET",
    "snapshot",
    "snapshot",
    say("一天的快照：摘要和各台账的记录数"),
    group=KEEPING,
    answer=answers.SnapshotAnswer,
    sees=READERS,
)
def snapshot(request: HttpRequest, as_of: AsOf = None) -> dict[str, Any]:
    day = day_asked(request, as_of)
    found = served().snapshot(day)
    chain = str(found.manifest["audit"])
    return {"as_of": day, "digest": found.digest, "tables": dict(found.tables), "audit": chain}


@endpoint(
    "GET",
    "verification",
    "verification",
    say("核验：审计链、快照、已发布的数能否重算"),
    group=KEEPING,
    answer=answers.VerificationAnswer,
    sees=OFFICE,
    cost=30,
)
def verification(request: HttpRequest) -> dict[str, Any]:
    from kechuang.web.api.refusals import fault_told

    workspace = served()
    found, fresh = kept.get("verification", state_of(workspace), workspace.verify)
    return {
        "ok": found.ok,
        "fresh": fresh,
        "publications": found.publications,
        "figures": found.figures,
        "faults": [fault_told(fault) for fault in found.faults],
    }


def _file(form: str) -> bytes:
    from kechuang.indicators.exchange import export

    workspace = served()
    linked = set(workspace.linked if workspace.has_plan else ())
    figures = [one for one in open_figures().by.values() if one.indicator in linked]
    data = workspace.exchange(figures=figures)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"figures{FORMATS[form][0]}")
        export(data, path, form, structures=False)
        return path.read_bytes()
