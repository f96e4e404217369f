"""A site with something in it for everybody, and a plan that may be commented on."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from tests.web.conftest import PASSWORD, Site, kechuang
from tests.web.world import World, build


@pytest.fixture(scope="module")
def world(site: Site) -> World:
    today = date.today()
    days = ("--from", (today - timedelta(2)).isoformat(), "--to", (today + timedelta(2)).isoformat())
    kechuang("-C", site.folder, "plan", "comments", "open", *days, "--by", "科技局")
    made = build(site)
    # The account whose form is filled with nonsense, password and all, is nobody's who logs in afterwards.
    kechuang("-C", site.folder, "user", "add", "spare-1", "--role", "leader", given=PASSWORD + "\n")
    rows = site.client("administrator-1").get("/admin/accounts/?format=json").json()["rows"]
    made.ids["account"] = str(next(row["number"] for row in rows if row["name"] == "spare-1"))
    return made
