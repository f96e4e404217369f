"""What an attacker, a careless hand or a broken program sends: never a 500, never run, never a traceback, never a
deed done twice, nothing lost."""

from __future__ import annotations

import io
import json
import re
import socket
import uuid
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from html import unescape
from typing import Any
from urllib.parse import quote, urlsplit

import openpyxl
import pytest
import requests
from tests.web.conftest import PASSWORD, Client, Site, kechuang
from tests.web.forms import FORMULA, NASTY, SCRIPT, SPARED, Form, forms_of
from tests.web.test_access import may_open
from tests.web.world import TYPE, World

REVIEW = True
#: Who opens forms, the one that sees most first.
FILLERS = ("administrator-1", "officer-1", "county-1", "commissioner-1", "enterprise-1", "public")


def sound(answer: requests.Response) -> requests.Response:
    """Not our fault, and nothing of the inside or of what was typed runs in it."""
    assert answer.status_code < 500, (answer.url, answer.status_code)
    assert "Traceback" not in answer.text, answer.url
    if "text/html" in answer.headers.get("Content-Type", ""):
        assert "<script>alert" not in answer.text and "<img src=x" not in answer.text, answer.url
    return answer


def sent(client: Client, form: Form, fields: dict[str, str], files: dict[str, Any] | None = None) -> Any:
    """Send a form as its page holds it."""
    return client.session.post(
        client.base + form.action,
        data=fields,
        files=files,
        headers={"Referer": client.base},
        allow_redirects=False,
        timeout=300,
    )


def every_form(
    world: World, account: str, client: Client | None = None, known: set[Any] | None = None
) -> Iterator[Form]:
    """Every form of every page an account may open, once a kind; those in ``known`` are passed over."""
    client, known = client or world.client(account), set() if known is None else known
    for thing in world.things():
        if not may_open(world, thing, account):
            continue
        answer = client.get(thing.address)
        if answer.status_code != 200 or "text/html" not in answer.headers["Content-Type"]:
            continue
        for form in forms_of(thing.address, answer.text):
            kind = (form.action.split("?")[0], form.typed, form.files, form.buttons)
            if kind not in known:
                known.add(kind)
                yield form


def test_every_page_that_takes_a_form_shows_one(world: World) -> None:
    """So that the test after this one fills in all of them."""
    routes = sorted(world.pages, key=lambda page: page[0].count("<"))
    known = [(re.compile("/" + re.sub(r"<\w+:\w+>", "[^/]+", route)), name) for route, name, _ in routes]
    shown = {
        next((name for pattern, name in known if pattern.fullmatch(form.action.split("?")[0])), None)
        for account in FILLERS
        for form in every_form(world, account)
    }
    takes = {name for _, name, methods in world.pages if "POST" in methods}
    # Shown before the set-up; spared; shown with comments; shown while the plan is a draft (test_plan_room).
    assert takes - shown <= {"setup", "logout", "comments", "plan-confirm", "plan-add"}, takes - shown


#: Kinds of forms that were filled in already, by an account that sees more.
FILLED: set[Any] = set()


@pytest.mark.parametrize("account", FILLERS)
def test_nasty_text_in_every_field(world: World, account: str) -> None:
    client = world.client(account)
    for form in every_form(world, account, client, FILLED):
        for text in NASTY:
            buttons = [one for one in form.buttons if one not in SPARED] or [""] * (not form.buttons)
            for do in buttons:
                fields = form.filled(text) | ({"do": do} if do else {})
                files = {name: (f"{text[:60]}.csv", text.encode()) for name in form.files}
                answer = sound(sent(client, form, fields, files or None))
                assert answer.status_code != 403, form  # it was looked at, not turned away at the door


def test_a_byte_no_text_has_is_told(world: World) -> None:
    client = world.client("officer-1")
    for form in every_form(world, "officer-1", client):
        if form.typed:
            assert sound(sent(client, form, form.filled("a\x00b"))).status_code == 400
    for address in ("/records/sme/?q=%00", "/targets/T%001/", f"/records/{TYPE}/record/?key=a%00b"):
        assert sound(client.get(address)).status_code == 400
    for field in ("type", "explain", "replaces"):
        guard = {"X-CSRFToken": client.token("/account/"), "Referer": client.base}
        answer = client.session.post(
            client.base + "/api/batches",
            data={field: "\x00"},
            files={"file": ("a.csv", b"a")},
            headers=guard,
            timeout=60,
        )
        assert answer.status_code == 422


ADDRESSES = (
    "/admin/audit/?day=9999-12-31",
    "/admin/audit/?day=0001-01-01&before=" + "9" * 2000,
    "/admin/reads/?before=-1&day=x&path=%FF%FE&who=%ED%A0%80",
    "/admin/accounts/99999999999999999999999999/",
    "/admin/webhooks/99999999999999999999999999/",
    "/deadlines/?month=9999-12",
    "/deadlines/?month=0001-01",
    f"/deadlines/{TYPE}/99999999/",
    "/?as_of=0001-01-01",
    "/?as_of=1900-01-01",
    "/?as_of=2024-13-45",
    "/records/sme/?as_of=1900-01-01",
    "/records/sme/?after=" + "x" * 2000,
    "/records/sme/?q=%E2%80%AE%F0%9F%92%A9'%22%3C",
    "/records/sme/?q=%FF%FE%ED%A0%80",
    "/records/%FF%FE/",
    f"/records/{TYPE}/record/?key=" + "|" * 1000,
    f"/records/{TYPE}/edit/?key=%ED%A0%80",
    f"/records/{TYPE}/evidence/..%2f..%2fkechuang.toml/?key=x",
    "/reports/drafts/..%2f..%2fkechuang.toml/",
    "/reports/P0/99999999999999999999/",
    "/map/rd_intensity/99999999999999999/",
    "/indicators/rd_intensity/653100/99999999999/",
    "/desk/?year=" + "9" * 3000,
    "/desk/figures/rd_intensity/99999999999/",
    "/plan/?entry=%3Cscript%3E&finding=99999999999999",
    "/open/..%2fkechuang.db",
    "/open/data/..%2f..%2fkechuang.db",
    "/static/../kechuang.toml",
    "/static/..%2f..%2f..%2fsecret.key",
    "/static/kechuang/%2e%2e/%2e%2e/settings.py",
    "//example.org/",
    "/%2F%2Fexample.org/",
    "/.git/config",
    "/secret.key",
    "/api/records/sme?after=" + "%F0%9F%92%A9" * 50,
    "/api/records/sme/one?key=%FF",
    "/api/targets/%ED%A0%80",
    "/api/figures?from=99999999999999999999",
    "/api/../admin/",
    "/?lang=<script>&theme=%22%3E",
)


def test_addresses_nobody_wrote(site: Site, world: World) -> None:
    secret = (site.folder / "secret.key").read_text()
    for account in ("administrator-1", "county-1", "public"):
        client = world.client(account)
        for address in ADDRESSES:
            for twin in (address, address + ("&" if "?" in address else "?") + "format=json"):
                answer = sound(client.get(twin))
                assert secret not in answer.text
                assert 'packs = ["' not in answer.text, twin
                assert not answer.headers.get("Location", "").startswith(("//", "http"))


# -- below HTTP


def raw(site: Site, text: bytes) -> bytes:
    """What the server says to bytes as they are."""
    parts = urlsplit(site.base)
    with socket.create_connection((str(parts.hostname), int(parts.port or 80)), timeout=60) as connection:
        connection.sendall(text)
        found = b""
        with suppress(OSError):  # it may hang up while there is more to say
            connection.shutdown(socket.SHUT_WR)
            while piece := connection.recv(65536):
                found += piece
    return found


def test_requests_no_browser_sends(site: Site) -> None:
    host = site.base.removeprefix("http://").encode()
    for text in (
        b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: " + host + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: " + host + b"\r\nCookie: kechuang=" + b"x" * 50_000 + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: " + host + b"@evil.example\r\n\r\n",
        b"GET http://evil.example/ HTTP/1.1\r\nHost: " + host + b"\r\nConnection: close\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET /\xff\xfe HTTP/1.1\r\nHost: " + host + b"\r\nConnection: close\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc",
        b"POST /login/ HTTP/1.1\r\nHost: " + host + b"\r\nContent-Length: -1\r\n\r\n",
        b"POST /login/ HTTP/1.1\r\nHost: " + host + b"\r\nContent-Length: 99999999999\r\n\r\nname=a",
        b"POST /login/ HTTP/1.1\r\nHost: "
        + host
        + b"\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 500\r\n\r\nname=half",
        b"POST /login/ HTTP/1.1\r\nHost: "
        + host
        + b"\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: 900\r\n\r\n--x\r\nContent-Dispo",
        b"POST /login/ HTTP/1.1\r\nHost: "
        + host
        + b"\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ):
        answer = raw(site, text)
        assert b"Traceback" not in answer
        assert not re.match(rb"HTTP/1.[01] 5", answer), (text[:80], answer[:200])
        assert b"evil.example" not in answer
    assert site.client().get("/healthz").status_code == 200


def test_a_host_that_is_not_ours_is_refused_and_never_written_back(site: Site) -> None:
    client = site.client()
    for host in ("evil.example", "evil.example:80", "127.0.0.1.evil.example", "a b"):
        for path in ("/", "/login/", "/account/", "/api/plan", "/nothing/", "/static/kechuang/office.js"):
            answer = client.get(path, headers={"Host": host})
            assert "evil.example" not in answer.text + json.dumps(dict(answer.headers))
            if not path.startswith("/static/"):
                assert answer.status_code == 400, (host, path)
    forwarded = {
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "https",
        "Forwarded": "host=evil.example",
    }
    for path in ("/login/", "/account/", "/api/openapi.json"):
        answer = client.get(path, headers=forwarded)
        assert "evil.example" not in answer.text + json.dumps(dict(answer.headers))


def test_bodies_no_form_sends(site: Site, world: World) -> None:
    client = world.client("officer-1")
    token = client.token("/account/")
    # What is refused unread ends its connection: none of them is used twice.
    guard = {"X-CSRFToken": token, "Referer": client.base, "Connection": "close"}

    def send(path: str, body: Any, kind: str | None = None, **more: Any) -> requests.Response:
        headers = {**guard, **({"Content-Type": kind} if kind else {})}
        return sound(
            client.session.post(
                client.base + path, data=body, headers=headers, timeout=120, allow_redirects=False, **more
            )
        )

    deep = b"[" * 100_000 + b"]" * 100_000
    broken = "multipart/form-data; boundary=x"
    for path in (
        "/account/",
        "/admin/accounts/",
        "/records/import/",
        "/api/batches",
        f"/deadlines/{TYPE}/2023/",
    ):
        for body, kind in (
            (deep, "application/json"),
            (b'{"a":' * 50_000, "application/json"),
            (b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "application/xml"),
            (b"name=\xff\xfe&do=%ED%A0%80&a=%", "application/x-www-form-urlencoded"),
            (b"a=1", "application/x-www-form-urlencoded; charset=nonsense"),
            (b"a=1", "text/plain"),
            (b"--x\r\nnonsense", broken),
            (
                b'--x\r\nContent-Disposition: form-data; name="file"; filename="../../a.csv"\r\n\r\nhalf',
                broken,
            ),
            (b"x" * 3_000_000, "application/x-www-form-urlencoded"),
            (b"", "multipart/form-data"),
        ):
            assert send(path, body, kind).status_code < 500
    many = {f"field-{number}": "x" for number in range(10_000)}
    for path in ("/account/", "/login/", "/api/batches", "/records/import/"):
        assert send(path, many).status_code in (400, 422)
    for method in ("PUT", "DELETE"):  # a form cannot pretend to be another method
        answer = client.session.post(
            client.base + "/api/plan", headers={**guard, "X-HTTP-Method-Override": method}, timeout=60
        )
        assert answer.status_code == 405


def test_more_than_an_upload_may_be_is_refused_before_it_is_read(site: Site) -> None:
    host = site.base.removeprefix("http://").encode()
    head = (
        b"POST /login/ HTTP/1.1\r\nHost: " + host + b"\r\nContent-Type: multipart/form-data; boundary=x\r\n"
    )
    answer = raw(site, head + b"Content-Length: 90000000\r\n\r\n--x\r\n")
    assert answer.startswith(b"HTTP/1.1 413")


# -- the end of a session in the middle of a form


def test_text_outlives_the_session_in_every_form(world: World) -> None:
    """Whatever was typed is on the page of the log-in, and sent on after it; what is secret is not."""
    for account in ("administrator-1", "county-1", "commissioner-1", "enterprise-1"):
        client = world.client(account)
        for form in every_form(world, account, client):
            if not form.typed or form.action == "/login/":
                continue
            fields = form.filled("写到一半的话")
            cookies = {"csrftoken": client.session.cookies["csrftoken"]}
            lost = requests.post(
                client.base + form.action,
                data=fields,
                cookies=cookies,
                headers={"Referer": client.base},
                allow_redirects=False,
                timeout=60,
            )
            if form.action.startswith("/consultation/"):
                continue  # nobody needs to be logged in
            assert lost.status_code == 401, form
            assert lost.headers["Cache-Control"] == "no-store"
            carried = re.search(r'name="carried" value="([^"]*)"', lost.text)
            assert carried
            names = {name for name, _ in json.loads(unescape(carried[1]))}
            secret = {"old", "again", "password", "csrfmiddlewaretoken"}
            assert names >= set(form.typed) - secret, form
            assert not names & secret
            if set(form.typed) <= secret:
                assert "写到一半的话" not in lost.text
            else:
                assert "写到一半的话" in lost.text


def test_carried_text_cannot_be_made_to_break_the_log_in(site: Site) -> None:
    for carried in (
        "[" * 50_000,
        '[["a"]]',
        "5",
        '{"a": 1}',
        '[["x", null]]',
        "null",
        '[[["a"], "b"]]',
        "\ud83d",
    ):
        client = site.client()
        token = client.token("/login/")
        answer = client.session.post(
            client.base + "/login/",
            data={
                "csrfmiddlewaretoken": token,
                "name": "leader-1",
                "password": PASSWORD,
                "carried": carried.encode("utf-8", "surrogatepass"),
            },
            allow_redirects=False,
            timeout=60,
        )
        assert sound(answer).status_code in (200, 302), (carried[:20], answer.status_code)


# -- what is taken away


def test_nothing_typed_becomes_a_formula(site: Site, world: World) -> None:
    """Neither in a workbook, nor in a marked one, nor in CSV: what was typed stays text."""
    county, officer = world.client("county-1"), world.client("officer-1")
    key = county.get(f"/records/{TYPE}/?format=json").json()["rows"][2][0]["key"]
    path = f"/records/{TYPE}/edit/?key={quote(key)}"
    form = county.get(path + "&format=json").json()
    fields = {one["name"]: one["value"] for one in form["fields"]}
    fields |= {
        "version": str(form["version"]),
        "slip": str(uuid.uuid4()),
        "explain": FORMULA,
        "source": FORMULA,
    }
    fields |= {"name": f"@{SCRIPT}"}
    sent_ = county.post(path, **fields)
    assert sent_.status_code == 302, sent_.text
    batch = county.get("/batches/?format=json").json()["rows"][0]["info"]["batch"]
    assert officer.post(f"/batches/{batch}/", do="accept").status_code == 302
    book = openpyxl.load_workbook(io.BytesIO(county.get(f"/records/{TYPE}/export.xlsx").content))
    cells = [cell for row in book.worksheets[0].iter_rows() for cell in row if isinstance(cell.value, str)]
    found = [cell for cell in cells if "cmd|" in str(cell.value) or "<script>" in str(cell.value)]
    assert len(found) == 2
    for cell in found:
        assert cell.data_type == "s"
        assert not cell.value.startswith("=") or cell.quotePrefix
    out = site.folder / "out" / "all.csv"
    kechuang("-C", site.folder, "records", "export", TYPE, "-o", out)
    assert not re.search(r'(^|[,\n]"?)[=@+]', out.read_text("utf-8-sig"))


BOMB = '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">' + "".join(
    f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9)
)


def archive(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return out.getvalue()


def test_files_that_are_not_what_they_say(world: World) -> None:
    """Programs, archives, bombs, entities, macros: told on the page, nothing kept as evidence."""
    client, key = world.client("county-1"), world.ids["own record"]
    types = b"<Types xmlns='http://schemas.openxmlformats.org/package/2006/content-types'/>"
    entities = (BOMB + "]><worksheet>&j;</worksheet>").encode()
    outside = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><workbook>&x;</workbook>'
    strange = {
        "zeros.xlsx": archive({"xl/workbook.xml": b"0" * 300_000_000, "[Content_Types].xml": types}),
        "entities.xlsx": archive({"xl/workbook.xml": entities, "[Content_Types].xml": types}),
        "outside.xlsx": archive({"xl/workbook.xml": outside, "[Content_Types].xml": types}),
        "macro.xlsm": archive(
            {"xl/vbaProject.bin": b"x", "xl/workbook.xml": b"<w/>", "[Content_Types].xml": types}
        ),
        "slip.xlsx": archive({"../../evil.txt": b"x"}),
        "program.xlsx": b"MZ" + b"\x00" * 5000,
        "page.xlsx": SCRIPT.encode(),
        "page.csv": SCRIPT.encode(),
        "half.xlsx": archive({"xl/workbook.xml": b"<w/>"})[:60],
        "old.xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600,
        "open.ods": archive({"content.xml": outside, "mimetype": b"x"}),
        "..\\..\\evil.csv": b"a,b\n1,2\n",
        "\u202egnp.csv": b"a,b\n1,2\n",
        "CON.csv": b"a\n",
        "a" * 300 + ".csv": b"a\n",
        "program.exe": b"MZ",
        "page.html": SCRIPT.encode(),
        "picture.svg": b"<svg onload='alert(1)'/>",
    }
    for name, content in strange.items():
        answer = sound(client.post("/records/import/", {"file": (name, content)}, type="sme"))
        assert answer.status_code in (302, 422), (name, answer.status_code)
        if answer.status_code == 302:
            place = answer.headers["Location"]
            assert re.fullmatch(r"/records/import/[\w-]{20,40}/", place)
            page = sound(client.get(place))
            assert "root:" not in page.text
            assert page.status_code in (200, 404, 422), (name, page.status_code)
            sound(client.get(place + "errors.xlsx"))
            sound(client.post(place, do="mend", cell="A1", text=FORMULA))
            sound(client.post(place, do="send", explain="x"))
        kept = client.post(
            f"/records/{TYPE}/evidence/",
            {"file": (name, content)},
            page=f"/records/{TYPE}/record/?key={quote(key)}",
            key=key,
        )
        harmless = name in ("entities.xlsx", "outside.xlsx") or content in (b"a,b\n1,2\n", b"a\n")
        assert sound(kept).status_code == (302 if harmless else 422), (
            name
        )  # kept as it is, opened by nobody here


# -- and after all of it

#: Files that were sent or spoilt on the way.
UNOPENED = ("uploaded", "error-book")


def test_after_all_of_it_every_page_still_opens_and_nothing_runs(site: Site, world: World) -> None:
    """What was stored breaks no page, no twin, no file; the log of the site holds no traceback."""
    for account in ("administrator-1", "officer-1", "county-1", "county-2", "public"):
        client = world.client(account)
        for thing in world.things():
            if may_open(world, thing, account) and thing.page not in {*UNOPENED, *world.only_forms}:
                answer = sound(client.get(thing.address))
                assert answer.status_code in (200, 302), (account, thing)
    assert "Traceback" not in (site.folder / "serve.log").read_text()
    kechuang("-C", site.folder, "verify")


def _dismissed(troubles: list[str], dialog: Any) -> None:
    troubles.append(f"dialog {dialog.message}")
    dialog.dismiss()


@pytest.mark.browser
def test_nothing_that_was_typed_runs_in_a_browser(site: Site, world: World) -> None:
    """Every page of those who see most, in Chromium: no dialog, no broken content policy, no error of a script."""
    pytest.importorskip("playwright.sync_api")
    from tests.web.browsing import PATIENCE, browser_of, enter, watched

    with browser_of() as browser:
        for role, account in (
            ("administrator", "administrator-1"),
            ("county", "county-1"),
            ("public", "public"),
        ):
            context = browser.new_context()
            context.set_default_timeout(PATIENCE)
            page = context.new_page()
            troubles = watched(page, site.base)
            page.on("dialog", partial(_dismissed, troubles))
            enter(page, site, role)
            for thing in world.things():
                files = ("template", "export", "evidence", "error-book", "report-file", "draft", "open-file")
                aside = (
                    *files,
                    *UNOPENED,
                    *world.only_forms,
                    "open-table",
                    "reminder-letters",
                    "reminder-list",
                    "favicon",
                    "visit-worker",
                    "health",
                )
                if may_open(world, thing, account) and thing.page not in aside:
                    page.goto(site.base + thing.address)
                    page.wait_for_load_state("networkidle")
            context.close()
            assert not troubles, troubles
