"""One deed for one form: a button pressed twice, a form sent again by the way back."""

from __future__ import annotations

import io
import json
import sqlite3
import threading
import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import openpyxl
import requests
from tests.web.conftest import PASSWORD, Client, Site
from tests.web.world import TYPE, World

REVIEW = True


def at_once(deed: Callable[[], requests.Response], times: int = 4) -> list[requests.Response]:
    """The same request several times at the same moment."""
    found: list[requests.Response] = []
    gate = threading.Barrier(times)

    def run() -> None:
        gate.wait()
        found.append(deed())

    threads = [threading.Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == times
    return found


def counted(site: Site, question: str, *given: Any) -> int:
    with sqlite3.connect(site.folder / "kechuang.db") as database:
        found: int = database.execute(question, given).fetchone()[0]
    return found


def twice(
    client: Client, page: str, fields: dict[str, Any], path: str | None = None, **more: Any
) -> list[int]:
    """The statuses of a form sent four times at once and a fifth time by the way back, always as one page held it."""
    data = {**fields, "csrfmiddlewaretoken": client.token(page)}
    cookies = client.session.cookies.get_dict()

    def deed() -> requests.Response:
        given = {
            name: (label, io.BytesIO(content)) for name, (label, content) in more.get("files", {}).items()
        }
        return requests.post(
            client.base + (path or page),
            data=data,
            files=given or None,
            cookies=cookies,
            headers={"Referer": client.base},
            allow_redirects=False,
            timeout=300,
        )

    return [one.status_code for one in [*at_once(deed), deed()]]


def test_a_double_click_does_the_deed_once(site: Site, world: World) -> None:
    admin, officer, county = (world.client(f"{role}-1") for role in ("administrator", "officer", "county"))
    tokens = "select count(*) from web_token where name = ?"
    got = twice(county, "/account/tokens/", {"do": "make", "name": "双击", "scopes": "read", "days": "30"})
    assert sorted(got) == [200, 302, 302, 302, 302]  # the secret is shown once
    assert counted(site, tokens, "双击") == 1
    fields = {"name": "双击", "url": "https://none.invalid/", "events": "publication"}
    assert set(twice(admin, "/admin/webhooks/", fields)) == {302}
    assert counted(site, "select count(*) from web_hook where name = ?", "双击") == 1
    fields = {"name": "double-click", "role": "leader", "password": PASSWORD}
    assert set(twice(admin, "/admin/accounts/", fields)) == {302}
    fields = {"do": "extend", "day": "2099-11-30", "reason": "双击", "region": ""}
    assert set(twice(officer, f"/deadlines/{TYPE}/2022/", fields)) == {302}
    acts = "select count(*) from records_event where action = ? and detail like ?"
    reason = json.dumps("双击")
    assert (
        counted(site, acts, "deadline", f"%{reason.strip(chr(34))}%")
        + counted(site, acts, "deadline", "%双击%")
        == 1
    )
    key = world.ids["own record"]
    before = counted(site, "select count(*) from records_event where action = 'attach'")
    got = twice(
        county,
        f"/records/{TYPE}/record/?key={quote(key)}",
        {"key": key, "note": "双击"},
        f"/records/{TYPE}/evidence/",
        files={"file": ("double.txt", "双击".encode())},
    )
    assert set(got) == {302}
    assert counted(site, "select count(*) from records_event where action = 'attach'") == before + 1
    before = counted(site, "select count(*) from records_batch")
    path = f"/records/{TYPE}/edit/?key={quote(key)}"
    form = county.get(path + "&format=json").json()
    fields = {one["name"]: one["value"] for one in form["fields"]}
    fields |= {
        "version": str(form["version"]),
        "slip": str(uuid.uuid4()),
        "explain": "双击",
        "source": "双击",
    }
    assert set(twice(county, path, fields)) == {302}
    assert counted(site, "select count(*) from records_batch") == before + 1
    public = world.client("public")
    assert set(twice(public, "/consultation/", {"text": "双击的意见", "about": ""})) == {302}
    assert officer.get("/plan/comments/?format=json").text.count("双击的意见") == 1
    batch = world.ids["own batch"]
    assert set(twice(officer, f"/batches/{batch}/", {"do": "return", "comment": "请补充说明"})) == {302}
    steps = officer.get(f"/batches/{batch}/?format=json").json()["steps"]
    assert sum(step["action"] == "returned" for step, _ in steps) == 1


def test_a_return_is_sent_once(site: Site, world: World) -> None:
    """Two clicks on “submit” under a checked file, also from two windows."""
    client = world.client("officer-1")
    book = client.get("/records/sme/export.xlsx").content
    sheet = openpyxl.load_workbook(io.BytesIO(book))
    out = io.BytesIO()
    sheet.save(out)
    brought = client.post("/records/import/", {"file": ("sme.xlsx", out.getvalue())}, type="sme")
    place = brought.headers["Location"]
    before = counted(site, "select count(*) from records_batch")
    assert set(twice(client, place, {"do": "send", "explain": "与台账核对过"})) <= {200, 302}
    made = counted(site, "select count(*) from records_batch") - before
    assert made <= 1


def test_what_was_refused_may_be_sent_again(world: World) -> None:
    """A form that came to nothing is no deed."""
    client = world.client("administrator-1")
    fields = {"name": "weak-one", "role": "leader", "password": "1"}
    assert set(twice(client, "/admin/accounts/", fields)) == {422}
