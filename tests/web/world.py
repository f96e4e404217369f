"""A site with something in it for everybody to open, and to be refused: things of one county, of another, of an
account, of the office, each with its real address; and who may open them."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from tests.web.conftest import FOREIGN, OWN, PASSWORD, ROLES, Client, Site, kechuang

OFFICE = frozenset({"administrator", "officer"})
READERS = OFFICE | {"leader", "evaluator"}
REPORTERS = OFFICE | {"county"}
EVERYBODY = frozenset({*ROLES, "public"})
#: Accounts beside one of every role: a county's and a commissioner's of another region.
OTHERS = {"county-2": "county", "commissioner-2": "commissioner"}
#: A register whose records every county has.
TYPE = "rd_survey"
#: Pages that are not there where no identity provider is configured.
UNCONFIGURED = ("login-oidc", "login-oidc-back")
#: A small file nobody would run.
PROOF = ("proof.txt", "验收合格，见附件。".encode())
_LIST = """
import json, sys
from pathlib import Path
from kechuang.web.site import open_site
open_site(Path(sys.argv[1]))
import django
from kechuang.web import urls
from kechuang.web.access import PAGES
json.dump([[p.route, p.name, list(p.methods)] for p in PAGES], sys.stdout)
"""


@dataclass(frozen=True)
class Thing:
    """An address and the accounts that may open it (None: every account whose role may open the page)."""

    page: str
    address: str
    opens: frozenset[str] | None = None


@dataclass
class World:
    """The site, its pages as registered, and things by what they are called."""

    site: Site
    pages: list[tuple[str, str, list[str]]]
    ids: dict[str, str] = field(default_factory=dict)

    @property
    def accounts(self) -> dict[str, str]:
        """Account → role, nobody in particular included."""
        return {**{name: role for role, name in self.site.accounts.items()}, **OTHERS, "public": "public"}

    @property
    def only_forms(self) -> set[str]:
        """Pages that take a form and show nothing."""
        return {name for _, name, methods in self.pages if "GET" not in methods}

    def client(self, account: str) -> Client:
        return self.site.client(None if account == "public" else account)

    def things(self) -> list[Thing]:
        """At least one thing for every page."""
        one, routes = self.ids, {name: route for route, name, _ in self.pages}
        bare = [Thing(name, f"/{route}") for name, route in routes.items() if "<" not in route]
        office = frozenset(self.site.accounts[role] for role in OFFICE)
        readers = frozenset(self.site.accounts[role] for role in READERS)
        first, second = readers | {"county-1"}, readers | {"county-2"}

        def record(page: str, path: str, key: str, who: frozenset[str]) -> Thing:
            return Thing(page, f"/records/{TYPE}/{path}?key={quote(one[key])}", who)

        made = [
            *(Thing(name, f"/{routes[name]}", frozenset()) for name in UNCONFIGURED),
            record("record", "record/", "own record", first),
            record("record", "record/", "foreign record", second),
            Thing("record", f"/records/{TYPE}/record/?key=nothing", frozenset()),
            record("edit-record", "edit/", "own record", office | {"county-1"}),
            record("edit-record", "edit/", "foreign record", office | {"county-2"}),
            record("evidence", f"evidence/{one['own evidence']}/", "own record", first),
            record("evidence", f"evidence/{one['foreign evidence']}/", "foreign record", second),
            record("evidence", f"evidence/{one['foreign evidence']}/", "own record", frozenset()),
            Thing("uploaded", f"/records/import/{one['own upload']}/", frozenset({"county-1"})),
            Thing("uploaded", f"/records/import/{one['foreign upload']}/", frozenset({"county-2"})),
            Thing("error-book", f"/records/import/{one['own upload']}/errors.xlsx", frozenset({"county-1"})),
            Thing(
                "error-book", f"/records/import/{one['foreign upload']}/errors.xlsx", frozenset({"county-2"})
            ),
            Thing("batch", f"/batches/{one['own batch']}/", office | {"county-1"}),
            Thing("batch", f"/batches/{one['foreign batch']}/", office | {"county-2"}),
            Thing("batch", "/batches/B99999999-9999/", frozenset()),
            Thing("records-of", f"/records/{TYPE}/"),
            Thing("template", f"/records/{TYPE}/template.xlsx"),
            Thing("export", f"/records/{TYPE}/export.xlsx"),
            Thing("records-of", "/records/nothing/", frozenset()),
            Thing("attach", f"/records/{TYPE}/evidence/"),
            Thing("deadline", f"/deadlines/{TYPE}/2023/"),
            Thing("report-file", f"/reports/{one['publication']}/1/", readers),
            Thing("report-file", "/reports/PUB-0000/1/", frozenset()),
            Thing("draft", f"/reports/drafts/{one['draft']}/"),
            Thing("draft", "/reports/drafts/kechuang.toml/", frozenset()),
            Thing("one-account", f"/admin/accounts/{one['account']}/"),
            Thing("webhook", f"/admin/webhooks/{one['webhook']}/"),
            Thing("target", "/targets/T1/"),
            Thing("target-why", "/targets/T1/why/"),
            Thing("target-said", "/targets/T1/said/1999-12-31/", frozenset()),
            Thing("programme", "/programmes/P1/"),
            Thing("indicator", "/indicators/rd_intensity/"),
            Thing("figure", "/indicators/rd_intensity/653100/2023/"),
            Thing("desk-figure", "/desk/figures/rd_intensity/2023/"),
            Thing("map-of", "/map/rd_intensity/"),
            Thing("map-in", "/map/rd_intensity/2023/"),
            Thing("open-file", "/open/README.md"),
            Thing("open-table", "/open/data/figures.csv"),
            Thing("self-check", "/self-check/sme/"),
            record("record-figures", "figures/", "own record", first),
            record("record-figures", "figures/", "foreign record", second),
            Thing("target-drivers", "/targets/T1/drivers/"),
            Thing("target-said", "/targets/T1/said/2023-12-31/"),
            Thing("target-said", "/targets/T1/said/2023-12-30/", frozenset()),
            Thing("plan-entry", "/plan/entries/T1/"),
            Thing("plan", "/plan/?finding=1"),
            Thing("plan-entry", "/plan/entries/T99/", frozenset()),
            Thing("plan-finding", f"/plan/findings/{'0' * 64}/"),
            Thing("plan-version", "/plan/versions/99999/plan.yaml", frozenset()),
        ]
        found = [one for one in bare if one.page not in {"setup", *UNCONFIGURED}] + made
        named = {thing.page for thing in found}
        missing = [name for name, route in routes.items() if name not in named and name != "setup"]
        assert not missing, f"no real address for {missing}: add one here"
        return found


def registered(site: Site) -> list[tuple[str, str, list[str]]]:
    """Route, name and methods of every page of the site."""
    done = subprocess.run(
        [sys.executable, "-c", _LIST, str(site.folder)], capture_output=True, text=True, check=True
    )
    return [tuple(one) for one in json.loads(done.stdout)]  # type: ignore[misc]


def build(site: Site) -> World:
    """Fill the site: what a county brought, what another brought, what the office made."""
    for name, role in OTHERS.items():
        kechuang(
            *("-C", site.folder, "user", "add", name, "--role", role, "--region", FOREIGN),
            given=PASSWORD + "\n",
        )
    world = World(site, registered(site))
    ids = world.ids
    officer, admin = site.client(site.accounts["officer"]), site.client(site.accounts["administrator"])
    for whose, name, code in (("own", "county-1", OWN), ("foreign", "county-2", FOREIGN)):
        client = site.client(name)
        rows = client.get(f"/records/{TYPE}/?format=json").json()["rows"]
        assert {row[0]["data"]["county"] for row in rows} == {code}
        ids[f"{whose} record"] = rows[0][0]["key"]
        ids[f"{whose} batch"] = _corrected(client, rows[1][0]["key"])
        ids[f"{whose} upload"] = _uploaded(client)
        ids[f"{whose} evidence"] = _attached(officer, ids[f"{whose} record"], whose)
    rows = admin.get("/admin/accounts/?format=json").json()["rows"]
    ids["account"] = str(next(row["number"] for row in rows if row["name"] == "county-2"))
    made = admin.post("/admin/webhooks/", name="上级平台", url="https://none.invalid/", events="publication")
    assert made.status_code == 302, made.text
    ids["webhook"] = made.headers["Location"].strip("/").rsplit("/", 1)[-1]
    given = officer.post(
        f"/deadlines/{TYPE}/2023/", do="extend", day="2099-12-31", region=FOREIGN, reason="该县机构改革"
    )
    assert given.status_code == 302, given.text
    ids["draft"] = _reported(officer, "draft")["files"][0]
    ids["publication"] = _reported(officer, "publish")["number"]
    return world


def _corrected(client: Client, key: str) -> str:
    """A correction that waits for a reviewer; the number of its batch."""
    path = f"/records/{TYPE}/edit/?key={quote(key)}"
    form = client.get(path + "&format=json").json()
    fields = {one["name"]: one["value"] for one in form["fields"]}
    fields |= {"version": str(form["version"]), "slip": str(uuid.uuid4()), "explain": "核对过原表"}
    fields |= {"basic": "", "applied": "", "experimental": "", "expenditure": "123.5"}
    answer = client.post(path, **fields)
    assert answer.status_code == 302, answer.text
    rows: list[dict[str, Any]] = client.get("/batches/?format=json").json()["rows"]
    return str(rows[0]["info"]["batch"])


def _uploaded(client: Client) -> str:
    """A file that was brought and not sent yet."""
    content = "统一社会信用代码,年度\n不是代码,2024\n".encode()
    answer = client.post("/records/import/", {"file": ("sme.csv", content)}, type="sme")
    assert answer.status_code == 302, answer.text
    found = re.fullmatch(r"/records/import/([^/]+)/", answer.headers["Location"])
    assert found
    return found[1]


def _attached(client: Client, key: str, whose: str) -> str:
    """A file attached to a record; its fingerprint."""
    path = f"/records/{TYPE}/record/?key={quote(key)}"
    name, content = PROOF
    answer = client.post(
        f"/records/{TYPE}/evidence/",
        {"file": (f"{whose}-{name}", content + whose.encode())},
        page=path,
        key=key,
        note=f"{whose} 佐证",
    )
    assert answer.status_code == 302, answer.text
    return str(client.get(path + "&format=json").json()["attachments"][-1]["sha256"])


def _reported(client: Client, way: str) -> Mapping[str, Any]:
    """A report, as a draft or published; what the job gave."""
    answer = client.post("/reports/", do=way, form="html", as_of="2024-06-30", language="zh")
    assert answer.status_code == 302, answer.text
    for _ in range(3000):
        job = client.get("/reports/?format=json").json()["job"]
        if job["state"] != "running":
            assert job["state"] == "done", job
            return job["result"]  # type: ignore[no-any-return]
        time.sleep(0.1)
    raise AssertionError("the report is never done")
