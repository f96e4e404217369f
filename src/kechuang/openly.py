"""What a workspace tells the public: its figures without those that would tell of one respondent, and the
folder of open data made of them."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from kechuang.workspace import Report, Workspace

if TYPE_CHECKING:
    from kechuang.indicators import Figure
    from kechuang.publish.opendata import Material, Written
    from kechuang.publish.register import Publication


def public_figures(
    workspace: Workspace, as_of: date | None = None, *, progress: Report | None = None
) -> list[Figure]:
    """The figures as anybody may see them: totals that would tell of one respondent are withheld."""
    from kechuang.indicators.computation import Computation
    from kechuang.indicators.disclosure import public_figures as seen

    day = workspace.day(as_of)
    work = Computation.of(
        workspace.packs,
        workspace.snapshot(day),
        workspace.regions,
        workspace.region_codes,
        workspace.years(day),
        day,
        engine=workspace.settings.engine,
        address=workspace.settings.spark,
        cache=workspace.cache(),
    )
    work.measure(progress)
    return seen(work)


def open_material(
    workspace: Workspace, as_of: date | None = None, progress: Report | None = None
) -> Material:
    """All that open data is made of, as anybody may see it."""
    from kechuang.publish.opendata import Licence, Material
    from kechuang.seats import seats

    settings, day = workspace.settings, workspace.day(as_of)
    plan = workspace.plan if workspace.has_plan else None
    figures = tuple(public_figures(workspace, day, progress=progress))
    places = seats(workspace.folder, workspace.regions)
    return Material(
        title=settings.name,
        publisher=settings.publisher or (plan.issuer if plan else None) or settings.name,
        figures=figures,
        data=workspace.exchange(day, figures=figures),
        packs=workspace.packs,
        plan=plan,
        links=workspace.links if plan else {},
        as_of=day,
        prepared=workspace.clock(),
        sample=settings.sample or any(one.status == "sample" for one in figures),
        licence=Licence(settings.licence, settings.licence_url),
        home=settings.home,
        places={code: (one.lon, one.lat, one.source) for code, one in places.items()},
    )


def open_data(
    workspace: Workspace,
    folder: Path,
    as_of: date | None = None,
    *,
    who: str = "office",
    draft: bool = False,
    progress: Report | None = None,
) -> tuple[Written, Publication | None]:
    """Write the open data of a day to ``folder`` and enter it as published, unless a ``draft``."""
    from kechuang.publish.opendata import write

    material = open_material(workspace, as_of, progress)
    written = write(material, folder)
    if draft:
        return written, None
    return written, workspace.published(
        written.paths, material.figures, kind="opendata", as_of=material.as_of, who=who
    )
