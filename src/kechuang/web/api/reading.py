"""What the plan promises and where it stands: open to anybody."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query

from kechuang.indicators.figure import Figure
from kechuang.messages import say
from kechuang.packs.model import IndicatorSpec
from kechuang.web.access import not_public
from kechuang.web.api import answers
from kechuang.web.api.asked import After, AsOf, Limit, Name, RegionCode, Year, day_asked, stretch
from kechuang.web.api.door import Caller, caller_of
from kechuang.web.api.endpoints import FIGURES, PLAN, endpoint
from kechuang.web.api.refusals import unknown
from kechuang.web.api.scopes import RECORDS
from kechuang.web.rendering import plain
from kechuang.web.roles import READERS, REPORTERS
from kechuang.web.rooms.figures import figures_for
from kechuang.web.rooms.stores import is_own
from kechuang.web.standing import kept, standing, state_of
from kechuang.web.workspaces import served

#: Records told of one figure.
RECORDS_SHOWN = 200


@endpoint(
    "GET",
    "plan",
    "plan",
    say("规划：目标、工程、任务、措施，各附原句"),
    group=PLAN,
    answer=answers.PlanAnswer,
)
def plan(request: HttpRequest) -> dict[str, Any]:
    workspace = served()
    fresh = type(workspace)(workspace.folder, workspace.settings, workspace.clock)
    found, _ = kept.get("api plan", state_of(workspace), lambda: fresh.plan.model_dump(mode="json"))
    return found


@endpoint(
    "GET",
    "progress",
    "progress",
    say("全部进度：目标、工程、保障措施"),
    group=PLAN,
    answer=answers.ProgressAnswer,
)
def progress(request: HttpRequest, as_of: AsOf = None) -> dict[str, Any]:
    found, fresh = standing(served(), day_asked(request, as_of))
    return {**plain(found.progress), "fresh": fresh}


@endpoint(
    "GET",
    "targets",
    "targets",
    say("目标：最新值、状态、各方法的判断、预测和达成可能性"),
    group=PLAN,
    answer=answers.TargetsAnswer,
)
def targets(request: HttpRequest, as_of: AsOf = None) -> dict[str, Any]:
    found, fresh = standing(served(), day_asked(request, as_of))
    return {"as_of": found.as_of, "fresh": fresh, "items": [plain(one) for one in found.progress.targets]}


@endpoint("GET", "targets/{name}", "target", say("一项目标"), group=PLAN, answer=answers.TargetAnswer)
def target(request: HttpRequest, name: Name, as_of: AsOf = None) -> Any:
    found, _ = standing(served(), day_asked(request, as_of))
    one = found.progress.target(name)
    if one is None:
        raise unknown()
    return plain(one)


@endpoint(
    "GET",
    "programmes",
    "programmes",
    say("工程和保障措施：任务、节点、佐证、经费"),
    group=PLAN,
    answer=answers.ProgrammesAnswer,
)
def programmes(request: HttpRequest, as_of: AsOf = None) -> dict[str, Any]:
    found, fresh = standing(served(), day_asked(request, as_of))
    return {
        "as_of": found.as_of,
        "fresh": fresh,
        "programmes": [plain(one) for one in found.progress.programmes],
        "safeguards": [plain(one) for one in found.progress.safeguards],
    }


@endpoint("GET", "regions", "regions", say("规划的地区和各县市"), group=FIGURES, answer=answers.Regions)
def regions(request: HttpRequest) -> dict[str, Any]:
    workspace = served()
    own = workspace.settings.region
    return {
        "items": [
            {"code": code, "name": workspace.name_of(code), "own": code == own}
            for code in workspace.region_codes
        ]
    }


@endpoint(
    "GET",
    "indicators",
    "indicators",
    say("指标：名称、单位、口径的出处"),
    group=FIGURES,
    answer=answers.IndicatorsAnswer,
)
def indicators(request: HttpRequest, after: After = None, limit: Limit = 100) -> dict[str, Any]:
    specs = served().packs.indicators
    page, rest = stretch(sorted(specs), str, after, limit)
    return {"items": [_indicator(specs[name]) for name in page], "after": rest}


@endpoint(
    "GET",
    "indicators/{name}",
    "indicator",
    say("一项指标的口径：公式、说明、断点"),
    group=FIGURES,
    answer=answers.DefinitionAnswer,
)
def indicator(request: HttpRequest, name: Name) -> dict[str, Any]:
    from kechuang.indicators.definition import sentence

    workspace = served()
    spec = _spec(name)
    return {
        **_indicator(spec),
        "formula": sentence(workspace.packs, name),
        "by": spec.by,
        "notes": plain(spec.notes.model_dump()) if spec.notes else None,
        "breaks": [one.model_dump(mode="json") for one in spec.breaks],
        "targets": [target for target, linked in workspace.links.items() if linked == name],
    }


@endpoint(
    "GET",
    "figures",
    "figures",
    say("指标数：按指标、地区、年份；不写指标时为规划目标的指标"),
    group=FIGURES,
    answer=answers.FiguresAnswer,
)
def figures(
    request: HttpRequest,
    indicator: Annotated[str | None, Query(max_length=80)] = None,
    region: RegionCode = None,
    since: Annotated[int | None, Query(alias="from", ge=1949, le=2999)] = None,
    to: Year = None,
    as_of: AsOf = None,
    after: After = None,
    limit: Limit = 200,
) -> dict[str, Any]:
    if region is not None and region not in served().region_codes:
        raise unknown()
    if indicator is not None:
        _spec(indicator)
    day = day_asked(request, as_of)
    found, fresh = figures_of(request, indicator, day)
    wanted = sorted(
        (
            one
            for one in found
            if (region is None or one.region == region)
            and (since is None or int(one.period) >= since)
            and (to is None or int(one.period) <= to)
        ),
        key=figure_key,
    )
    page, rest = stretch(wanted, figure_key, after, limit)
    return {"as_of": day, "fresh": fresh, "items": [plain(one) for one in page], "after": rest}


@endpoint(
    "GET",
    "figures/lineage",
    "lineage",
    say("一个数的来历：公式、分项、条款；有权读台账的还有记录和单元格"),
    group=FIGURES,
    answer=answers.LineageAnswer,
)
def lineage(
    request: HttpRequest,
    indicator: Annotated[str, Query(max_length=80)],
    period: Annotated[int, Query(ge=1949, le=2999)],
    region: RegionCode = None,
    as_of: AsOf = None,
) -> dict[str, Any]:
    workspace = served()
    place = region or workspace.settings.region
    if place not in workspace.region_codes:
        raise unknown()
    _spec(indicator)
    day = day_asked(request, as_of)
    if period not in workspace.years(day):
        raise unknown()
    seen = figures_for(request, day if day != workspace.today else None)
    one = seen.get(indicator, place, str(period))
    if one is not None and one.absence == "withheld":
        raise unknown()
    explained, _ = kept.get(
        f"lineage {indicator} {place} {period} {day}",
        state_of(workspace),
        lambda: workspace.explain(indicator, place, period, day, limit=RECORDS_SHOWN).as_dict(),
    )
    caller = caller_of(request)
    shown = None
    if caller.may(READERS | REPORTERS, RECORDS.name) and caller.user is not None:
        not_public(request)
        shown = [plain(one) for one in explained["records"] if _may_read(caller, one, day)]
    spans = {one.id: one.span for one in workspace.plan.targets} if workspace.has_plan else {}
    return {
        "figure": plain(explained["figure"]),
        "formula": explained["formula"],
        "terms": [plain(one) for one in explained["terms"]],
        "definition": plain(explained["definition"]),
        "parameters": [plain(one) for one in explained["parameters"]],
        "plan": [
            {"target": name, "span": span.model_dump() if (span := spans.get(name)) else None}
            for name, linked in (workspace.links.items() if spans else ())
            if linked == indicator
        ],
        "records": shown,
        "records_total": explained["records_total"],
    }


def figures_of(request: HttpRequest, indicator: str | None, day: date) -> tuple[tuple[Figure, ...], bool]:
    """The figures of an indicator (of the plan's targets if None) in the plan's region and its counties, as
    whoever asks may see them: the same as on the pages."""
    workspace = served()
    found = figures_for(request, day if day != workspace.today else None)
    wanted = {indicator} if indicator is not None else set(workspace.linked if workspace.has_plan else ())
    return (
        tuple(one for one in found.by.values() if one.indicator in wanted),
        found.state == state_of(workspace),
    )


def figure_key(one: Figure) -> str:
    return f"{one.indicator}|{one.region}|{one.period}"


def _may_read(caller: Caller, record: dict[str, Any], day: date) -> bool:
    """Whether a record behind a figure is the caller's to see: a county's account sees its own alone."""
    user, workspace = caller.user, served()
    if user is None:
        return False
    if not user.region:
        return True
    record_type = workspace.packs.records.get(record["type"])
    version = workspace.store.as_of_one(day, record["type"], record["key"]) if record_type else None
    return record_type is not None and version is not None and is_own(user, record_type, version)


def _spec(name: str) -> IndicatorSpec:
    found = served().packs.indicators.get(name)
    if found is None:
        raise unknown()
    return found


def _indicator(spec: IndicatorSpec) -> dict[str, Any]:
    return {
        "id": spec.indicator,
        "label": spec.label.model_dump(),
        "unit": spec.unit,
        "decimals": spec.decimals,
        "direction": spec.direction,
        "frequency": spec.frequency,
        "value": spec.value,
        "source": spec.definition.source,
        "clause": spec.definition.clause,
        "verified": spec.definition.verified,
    }
