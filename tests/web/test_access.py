"""Who may open what: every address of the site by every role, and by an account of another region."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from tests.web.conftest import OWN, ROLES, Site

OFFICE = {"administrator", "officer"}
READERS = OFFICE | {"leader", "evaluator"}
REPORTERS = OFFICE | {"county"}
EVERYBODY = {*ROLES, "public"}
#: Page → who may open it, written down here by hand: the site's own declarations are what is tested.
MAY = {
    "home": EVERYBODY,
    "plan": EVERYBODY,
    "targets": EVERYBODY,
    "target": EVERYBODY,
    "target-why": EVERYBODY,
    "target-drivers": READERS,
    "target-said": READERS,
    "changes": READERS,
    "programmes": EVERYBODY,
    "programme": EVERYBODY,
    "warnings": READERS,
    "health": EVERYBODY,
    "favicon": EVERYBODY,
    "setup": EVERYBODY,
    "login": EVERYBODY,
    "logout": EVERYBODY,
    "account": set(ROLES),
    "accounts": {"administrator"},
    "one-account": {"administrator"},
    "admin": {"administrator"},
    "audit": {"administrator"},
    "reads": {"administrator"},
    "verify": {"administrator"},
    "units": {"administrator"},
    "deadlines": READERS | REPORTERS,
    "deadline": READERS | REPORTERS,
    "reminders": OFFICE,
    "reminder-letters": OFFICE,
    "reminder-list": OFFICE,
    "attach": REPORTERS,
    "evidence": READERS | REPORTERS,
    "reports": READERS,
    "report-file": READERS,
    "draft": OFFICE,
    "records": READERS | REPORTERS,
    "records-of": READERS | REPORTERS,
    "record": READERS | REPORTERS,
    "template": READERS | REPORTERS,
    "export": READERS | REPORTERS,
    "import": REPORTERS,
    "uploaded": REPORTERS,
    "error-book": REPORTERS,
    "review": OFFICE,
    "batches": REPORTERS,
    "batch": REPORTERS,
    "desk": set(ROLES),
    "desk-figure": READERS,
    "visit": {"commissioner"},
    "visit-worker": EVERYBODY,
    "self-check": set(ROLES),
    "edit-record": REPORTERS,
    "api": EVERYBODY,
    "tokens": set(ROLES),
    "webhooks": {"administrator"},
    "webhook": {"administrator"},
    "indicators": EVERYBODY,
    "indicator": EVERYBODY,
    "figure": EVERYBODY,
    "map": EVERYBODY,
    "map-of": EVERYBODY,
    "map-in": EVERYBODY,
    "open-data": EVERYBODY,
    "open-file": EVERYBODY,
    "open-table": EVERYBODY,
    "consultation": EVERYBODY,
    "comments": OFFICE,
}
#: What stands for the parts of an address that may be anything.
PARTS = {
    "name": "sme",
    "token": "x" * 24,
    "number": "999999",
    "digest": "0" * 64,
    "region": "653100",
    "year": "2023",
    "folder": "data",
    "day": "2023-12-31",
}
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


@pytest.fixture(scope="module")
def pages(site: Site) -> list[tuple[str, str, list[str]]]:
    done = subprocess.run(
        [sys.executable, "-c", _LIST, str(site.folder)], capture_output=True, text=True, check=True
    )
    return [tuple(one) for one in json.loads(done.stdout)]  # type: ignore[misc]


def address(route: str) -> str:
    for name, value in PARTS.items():
        route = route.replace(f"<str:{name}>", value).replace(f"<int:{name}>", value)
    assert "<" not in route, route
    return "/" + route


def test_every_page_is_in_the_table(pages: list[tuple[str, str, list[str]]]) -> None:
    assert {name for _, name, _ in pages} == set(MAY)


@pytest.mark.parametrize("role", [*ROLES, "public"])
def test_every_page_by_every_role(site: Site, pages: list[tuple[str, str, list[str]]], role: str) -> None:
    client = site.client(site.accounts.get(role))
    for route, name, methods in pages:
        if "GET" not in methods:
            assert client.get(address(route)).status_code == 405
            continue
        status = client.get(address(route)).status_code
        if role in MAY[name]:
            assert status in (200, 302, 404), (name, status)  # 404: nothing has that number or name
        elif role == "public":
            assert status == 302, (name, status)
        else:
            assert status == 403, (name, status)
        if role not in MAY[name]:
            asked = client.get(address(route) + "?format=json").status_code
            assert asked in (401, 403), (name, asked)


def test_a_county_sees_its_own_records_alone(site: Site) -> None:
    client = site.client("county-1")
    grid = client.get("/records/sme/?format=json").json()
    assert grid["rows"]
    assert {row[0]["data"]["county"] for row in grid["rows"]} == {OWN}
    everywhere = site.client("officer-1").get("/records/sme/?format=json").json()
    foreign = next(row[0] for row in everywhere["rows"] if row[0]["data"]["county"] != OWN)
    assert client.get("/records/sme/record/", params={"key": foreign["key"]}).status_code == 404
    own = grid["rows"][0][0]
    assert client.get("/records/sme/record/", params={"key": own["key"]}).status_code == 200


def test_what_was_refused_is_kept(site: Site) -> None:
    import sqlite3

    site.client("leader-1").get("/admin/accounts/")
    with sqlite3.connect(site.folder / "kechuang.db") as database:
        found = database.execute(
            "select user, path, status from web_read where user = 'leader-1' and status = 403"
        ).fetchall()
    assert ("leader-1", "/admin/accounts/", 403) in found
