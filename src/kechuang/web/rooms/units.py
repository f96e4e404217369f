"""Units of the plan and offices that report, with the addresses their reminders go to."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from kechuang.errors import KechuangError
from kechuang.messages import Message, say
from kechuang.records.workflow import addresses, letters
from kechuang.web.access import Hidden, account, page
from kechuang.web.models import User
from kechuang.web.rendering import Page
from kechuang.web.roles import ADMINISTRATORS
from kechuang.web.workspaces import served


@dataclass(frozen=True)
class UnitRow:
    """A unit: what of the plan it leads and takes part in; ``accounts`` are the addresses its accounts gave."""

    name: str
    leads: int
    joins: int
    addresses: tuple[str, ...]
    accounts: tuple[str, ...]


@dataclass(frozen=True)
class Units:
    """Offices that report, and units of the plan."""

    heading: Message
    offices: list[UnitRow]
    units: list[UnitRow]
    mail: bool
    wrong: tuple[Message, ...] = ()
    given: tuple[str, str] = ("", "")


@page("admin/units/", "units", ADMINISTRATORS, ("GET", "POST"))
def units(request: HttpRequest) -> Page | HttpResponse:
    workspace, wrong, given = served(), (), ("", "")
    offices, others = _rows()
    if request.method == "POST":
        name, text = str(request.POST.get("unit", "")), str(request.POST.get("addresses", ""))
        if name not in {row.name for row in (*offices, *others)}:
            raise Hidden
        try:
            addresses.change(
                workspace.folder,
                workspace.store.alias,
                name,
                text,
                who=account(request).name,
                at=workspace.store.now(),
            )
            return redirect("/admin/units/")
        except KechuangError as error:
            wrong, given = tuple(fault.message for fault in error.faults) or (error.message,), (name, text)  # type: ignore[assignment]
    lacking = sum(not (row.addresses or row.accounts) for row in offices)
    heading = (
        say("{n}个报送单位还没有邮箱", n=lacking) if lacking else say("{n}个报送单位都有邮箱", n=len(offices))
    )
    context = Units(heading, offices, others, workspace.settings.mail is not None, wrong, given)
    return Page("kechuang/units.html", context, 422 if wrong else 200)


def addresses_of(office: str, region: str, known: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Where reminders of an office go: as listed, else to its county's accounts that gave an address."""
    return known.get(office) or _of_accounts(region)


def _of_accounts(region: str) -> tuple[str, ...]:
    role = "county" if region != served().settings.region else "officer"
    found = User.objects.filter(region=region, role=role, is_active=True).exclude(email="")
    return tuple(dict.fromkeys(found.values_list("email", flat=True)))


def _rows() -> tuple[list[UnitRow], list[UnitRow]]:
    workspace = served()
    known = addresses.read(workspace.folder)
    offices = []
    for code in workspace.region_codes:
        name = letters.office(workspace.name_of(code))
        offices.append(UnitRow(name, 0, 0, known.get(name, ()), _of_accounts(code)))
    counted: dict[str, list[int]] = {}
    if workspace.has_plan:
        plan = workspace.plan
        tasks = [task for programme in plan.programmes for task in programme.tasks]
        for entry in (*plan.targets, *plan.programmes, *tasks, *plan.safeguards):
            for place, names in ((0, getattr(entry, "lead", ())), (1, getattr(entry, "partners", ()))):
                for name in names:
                    counted.setdefault(str(name), [0, 0])[place] += 1
    rows = [
        UnitRow(name, leads, joins, known.get(name, ()), ())
        for name, (leads, joins) in sorted(counted.items(), key=lambda one: (-one[1][0], -one[1][1], one[0]))
    ]
    return offices, rows
