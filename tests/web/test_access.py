"""Who may open what: every address of the site by every role, and by accounts of another region, with real things
behind the addresses; what is sent to them; the same for every operation of the API; and that refusals are kept."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from tests.web.conftest import FOREIGN, OWN, ROLES, Client, Site
from tests.web.test_api import MAY as OPERATIONS
from tests.web.test_api import operations, token
from tests.web.world import EVERYBODY, OFFICE, OTHERS, READERS, REPORTERS, TYPE, Thing, World, build

REVIEW = True
#: Page → who may open it, written down here by hand: the site's own declarations are what is tested.
MAY: dict[str, frozenset[str] | set[str]] = {
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
    "login-oidc": EVERYBODY,  # 404 without a provider, for everybody
    "login-oidc-back": EVERYBODY,
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
    "record-figures": READERS | REPORTERS,
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
    "plan-add": OFFICE,
    "plan-entry": OFFICE,
    "plan-confirm": OFFICE,
    "plan-finding": OFFICE,
    "plan-versions": READERS,
    "plan-version": READERS,
    "plan-compare": READERS,
}
#: Pages that are redirects, for whom they are.
LED_ON = {"favicon": EVERYBODY, "plan-add": OFFICE, "login": set(ROLES), "desk": {"leader", "commissioner"}}
ACCOUNTS = [f"{role}-1" for role in ROLES] + [*OTHERS, "public"]


@pytest.fixture(scope="module")
def world(site: Site) -> World:
    return build(site)


@pytest.fixture(scope="module")
def clients(world: World) -> dict[str, Client]:
    return {account: world.client(account) for account in ACCOUNTS}


def test_every_page_is_in_the_table(world: World) -> None:
    assert {name for _, name, _ in world.pages} == set(MAY)
    assert {thing.page for thing in world.things()} | {"setup"} == set(MAY)


def may_open(world: World, thing: Thing, account: str) -> bool:
    role = world.accounts[account]
    return role in MAY[thing.page] and (thing.opens is None or account in thing.opens)


@pytest.mark.parametrize("account", ACCOUNTS)
def test_every_thing_by_every_account(world: World, clients: dict[str, Client], account: str) -> None:
    """As a page, as its twin for programs, as the part a page asks for, and by HEAD."""
    client, role = clients[account], world.accounts[account]
    for thing in world.things():
        twin = thing.address + ("&" if "?" in thing.address else "?") + "format=json"
        if thing.page in world.only_forms:
            assert client.get(thing.address).status_code == 405, thing
            continue
        page = client.get(thing.address).status_code
        asked = client.get(twin).status_code
        part = client.get(thing.address, headers={"HX-Request": "true"}).status_code
        head = client.session.head(client.base + thing.address, timeout=300).status_code
        got = (page, asked, part, head)
        if may_open(world, thing, account):
            known = {200, 302} if role in LED_ON.get(thing.page, ()) else {200}
            assert set(got) <= known, (thing, got)
        elif role == "public":
            assert got == (302, 401, 401, 302) or (role in MAY[thing.page] and set(got) == {404}), (
                thing,
                got,
            )
        elif role not in MAY[thing.page]:
            assert set(got) == {403}, (thing, got)
        else:
            assert set(got) == {404}, (thing, got)


#: What may be sent to a page, and the accounts whose deed it is; by the name of the page.
OFFICERS = {"administrator-1", "officer-1"}
EVERY_ACCOUNT = set(ACCOUNTS) - {"public"}


def deeds(world: World) -> list[tuple[str, str, dict[str, str], set[str]]]:
    """Page, address, fields, and whose deed it is: everybody else is refused and nothing is changed."""
    one = world.ids
    own, foreign = one["own record"], one["foreign record"]
    made = [
        ("account", "/account/", {"do": "looks"}, EVERY_ACCOUNT),
        ("accounts", "/admin/accounts/", {"name": "new-one", "role": "leader"}, {"administrator-1"}),
        ("verify", "/admin/verify/", {"do": "start"}, {"administrator-1"}),
        ("units", "/admin/units/", {"unit": "x", "addresses": "a@example.cn"}, {"administrator-1"}),
        ("reminders", "/deadlines/reminders/", {"do": "note", "region": OWN}, OFFICERS),
        ("attach", f"/records/{TYPE}/evidence/", {"key": own}, OFFICERS | {"county-1"}),
        ("attach", f"/records/{TYPE}/evidence/", {"key": foreign}, OFFICERS | {"county-2"}),
        ("import", "/records/import/", {"type": "sme"}, OFFICERS | {"county-1", "county-2"}),
        ("visit", "/visit/", {"post": "x"}, {"commissioner-1", "commissioner-2"}),
        ("self-check", "/self-check/sme/", {"staff": "3"}, EVERY_ACCOUNT),
        ("tokens", "/account/tokens/", {"name": "x", "scopes": "read", "days": "30"}, EVERY_ACCOUNT),
        ("webhooks", "/admin/webhooks/", {"name": "x"}, {"administrator-1"}),
        ("comments", "/plan/comments/", {"comment": "C1", "as": "adopted"}, OFFICERS),
        ("warnings", "/warnings/", {"subject": "T1", "note": "x"}, OFFICERS),
        ("plan-add", "/plan/add/", {"kind": "target", "name": "x"}, OFFICERS),
        ("plan-confirm", "/plan/confirm/", {"seen": "x"}, OFFICERS),
        ("plan-finding", f"/plan/findings/{'0' * 64}/", {"reason": "x"}, OFFICERS),
        ("plan-compare", "/plan/compare/", {"a": "now"}, OFFICERS | {"leader-1", "evaluator-1"}),
    ]
    made += [
        ("plan-entry", "/plan/entries/T1/", {"do": do, "reason": "x"}, OFFICERS)
        for do in ("confirm", "restore", "drop", "correct", "amend")
    ]
    report = {"form": "html", "as_of": "2024-06-30"}
    made += [("reports", "/reports/", {"do": do, **report}, OFFICERS) for do in ("draft", "publish", "stop")]
    for do in ("close", "open", "password", "sessions", "change"):
        fields = {"do": do, "role": "administrator", "password": "another-password-27"}
        made.append(("one-account", f"/admin/accounts/{one['account']}/", fields, {"administrator-1"}))
    hook = f"/admin/webhooks/{one['webhook']}/"
    made += [("webhook", hook, {"do": do}, {"administrator-1"}) for do in ("ping", "close", "open")]
    for do in ("extend", "lock", "unlock"):
        fields = {"do": do, "day": "2099-01-01", "reason": "x", "region": OWN}
        made.append(("deadline", f"/deadlines/{TYPE}/2023/", fields, OFFICERS))
    for whose, account in (("own", "county-1"), ("foreign", "county-2")):
        for do in ("mend", "send", "draft"):
            fields = {"do": do, "cell": "A2", "text": "x"}
            made.append(("uploaded", f"/records/import/{one[f'{whose} upload']}/", fields, {account}))
        for do in ("accept", "return"):
            fields = {"do": do, "comment": "请补充"}
            made.append(("review", "/review/", {**fields, "batch": one[f"{whose} batch"]}, OFFICERS))
            made.append(("batch", f"/batches/{one[f'{whose} batch']}/", fields, OFFICERS))
        for do in ("submit", "explain", "discard"):
            fields = {"do": do, "comment": "请补充"}
            made.append(("batch", f"/batches/{one[f'{whose} batch']}/", fields, OFFICERS | {account}))
        address = f"/records/{TYPE}/edit/?key={one[f'{whose} record']}"
        fields = {"expenditure": "1", "version": "1", "slip": "x"}
        made.append(("edit-record", address, fields, OFFICERS | {account}))
    return made


def state(site: Site) -> list[Any]:
    """What the site holds, but for who came and read."""
    tables = ("records_batch", "records_version", "web_token", "web_hook", "web_delivery")
    with sqlite3.connect(site.folder / "kechuang.db") as database:
        found: list[Any] = [database.execute(f"select count(*) from {table}").fetchone() for table in tables]
        found += database.execute("select name, role, region, is_active, password from web_user").fetchall()
        acts = "select count(*) from records_event where action not in ('account-in', 'account-out')"
        found += database.execute(acts).fetchall()
    uploads = (site.folder / "records" / "uploads").rglob("*")
    return [*found, sorted((path.name, path.stat().st_mtime_ns) for path in uploads if path.is_file())]


def test_every_deed_by_everybody_whose_it_is_not(
    site: Site, world: World, clients: dict[str, Client]
) -> None:
    sent = {name for name, _, _, _ in deeds(world)}
    takes = {name for _, name, methods in world.pages if "POST" in methods}
    assert takes - sent == {
        "setup",
        "login",
        "logout",
        "consultation",
    }  # open to everybody, tested by themselves
    before = state(site)
    tokens = {
        one: client.token("/account/" if one != "public" else "/login/") for one, client in clients.items()
    }
    for page, address, fields, whose in deeds(world):
        for account, client in clients.items():
            if account in whose:
                continue
            answer = client.post(address, token=tokens[account], **fields)
            role = world.accounts[account]
            expected = 401 if role == "public" else 404 if role in MAY[page] else 403
            assert answer.status_code == expected, (page, address, fields, account, answer.status_code)
    assert state(site) == before


def test_nothing_is_done_without_the_token_of_a_form(
    site: Site, world: World, clients: dict[str, Client]
) -> None:
    before = state(site)
    for page, address, fields, whose in [
        *deeds(world),
        ("consultation", "/consultation/", {"text": "x"}, {"public"}),
        ("login", "/login/", {"name": "county-1"}, {"public"}),
        ("logout", "/logout/", {}, {"county-1"}),
    ]:
        for account in whose & {"administrator-1", "county-1", "county-2", "commissioner-1", "public"}:
            for wrong in ("", "0" * 64):
                answer = clients[account].post(address, token=wrong, **fields)
                assert answer.status_code == 403, (page, fields, account)
    assert state(site) == before


def test_other_methods_are_refused(world: World, clients: dict[str, Client]) -> None:
    client = clients["administrator-1"]
    guard = {"X-CSRFToken": client.token("/account/"), "Referer": client.base}
    methods = {name: found for _, name, found in world.pages}
    for thing in world.things():
        others = {"PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"} | ({"POST"} - set(methods[thing.page]))
        for method in others:
            answer = client.session.request(
                method, client.base + thing.address, headers=guard, timeout=60, allow_redirects=False
            )
            assert answer.status_code == 405, (thing, method, answer.status_code)


def test_what_was_refused_is_kept(site: Site, world: World, clients: dict[str, Client]) -> None:
    """Another county's record, file, return and address; a page of another role; and nobody's guess."""
    one = world.ids
    guesses = [
        (f"/records/{TYPE}/record/?key={one['foreign record']}", 404),
        (f"/records/{TYPE}/evidence/{one['foreign evidence']}/?key={one['foreign record']}", 404),
        (f"/records/import/{one['foreign upload']}/", 404),
        (f"/batches/{one['foreign batch']}/?format=json", 404),
        (f"/api/batches/{one['foreign batch']}", 404),
        ("/admin/accounts/", 403),
    ]
    last = newest(site)
    for address, status in guesses:
        assert clients["county-1"].get(address).status_code == status
    kept = reads(site, last, "county-1")
    for address, status in guesses:
        assert any(path == address.replace("|", "%7C") and code == status for path, code in kept), (
            address,
            kept,
        )
    last = newest(site)
    call(site, "batches", "kc_" + "x" * 43)
    assert ("/api/batches", 401) in reads(site, last, "")


def test_what_was_read_is_kept(site: Site, world: World, clients: dict[str, Client]) -> None:
    """Pages, exports, attachments, reports, twins, the API by token and by session, and what pages open to
    everybody tell some."""
    one, last = world.ids, newest(site)
    opened = [
        f"/records/{TYPE}/",
        f"/records/{TYPE}/?format=json",
        f"/records/{TYPE}/export.xlsx",
        f"/records/{TYPE}/evidence/{one['own evidence']}/?key={one['own record']}",
        f"/reports/{one['publication']}/1/",
        f"/api/records/{TYPE}",
        "/api/figures/lineage?indicator=rd_intensity&period=2023",
        "/indicators/rd_intensity/653100/2023/",
        "/",
    ]
    for address in opened:
        assert clients["officer-1"].get(address).status_code == 200, address
    secret = token(site, "county-1", "records:read")
    assert call(site, f"records/{TYPE}/one", secret, params={"key": one["own record"]}).status_code == 200
    kept = {path for path, code in reads(site, last, "officer-1") if code == 200}
    assert {address.replace("|", "%7C") for address in opened} <= kept
    assert any(path.startswith(f"/api/records/{TYPE}/one?key=") for path, _ in reads(site, last, "county-1"))
    last = newest(site)
    for address in ("/", "/targets/", "/indicators/rd_intensity/653100/2023/"):  # as everybody sees them
        assert clients["enterprise-1"].get(address).status_code == 200
    assert reads(site, last, "enterprise-1") == []


def newest(site: Site) -> int:
    with sqlite3.connect(site.folder / "kechuang.db") as database:
        found: int = database.execute("select coalesce(max(id), 0) from web_read").fetchone()[0]
    return found


def reads(site: Site, after: int, user: str) -> list[tuple[str, int]]:
    with sqlite3.connect(site.folder / "kechuang.db") as database:
        asked = "select path, status from web_read where id > ? and user = ?"
        return database.execute(asked, (after, user)).fetchall()


# -- what one county sees of another on pages both may open


def test_a_county_sees_its_own_records_alone(world: World, clients: dict[str, Client]) -> None:
    for account, code in (("county-1", OWN), ("county-2", FOREIGN)):
        grid = clients[account].get(f"/records/{TYPE}/?format=json").json()
        assert {row[0]["data"]["county"] for row in grid["rows"]} == {code}
    everywhere = clients["officer-1"].get("/records/sme/?format=json").json()
    assert {row[0]["data"]["county"] for row in everywhere["rows"]} > {OWN}


def test_a_county_reads_nothing_of_another_anywhere(world: World, clients: dict[str, Client]) -> None:
    """Neither keys, nor batches, nor files, nor the reasons the office gave another county."""
    one = world.ids
    secrets = [one["foreign record"], one["foreign batch"], one["foreign upload"], one["foreign evidence"]]
    for thing in world.things():
        if not may_open(world, thing, "county-1") or not thing.address.endswith("/"):
            continue
        for address in (thing.address, thing.address + "?format=json"):
            text = clients["county-1"].get(address).text
            for secret in (*secrets, "该县机构改革"):
                assert secret not in text, (address, secret)
    told = clients["county-2"].get(f"/deadlines/{TYPE}/2023/?format=json")
    assert "该县机构改革" in told.text, told.text


def test_records_behind_a_figure_are_shown_by_county(clients: dict[str, Client]) -> None:
    address = f"/indicators/rd_intensity/{FOREIGN}/2023/"
    assert clients["county-2"].get(address + "?format=json").json()["why"]["inside"] is True
    for account in ("county-1", "public", "enterprise-1", "commissioner-2"):
        told = clients[account].get(address + "?format=json")
        assert told.json()["why"]["inside"] is False
        assert "EXAM" not in told.text


def test_a_record_that_moved_is_told_up_to_there(
    site: Site, world: World, clients: dict[str, Client]
) -> None:
    """A county keeps what it wrote of a record; what another writes of it since is not its to read."""
    office = clients["officer-1"]
    rows = clients["county-1"].get(f"/records/{TYPE}/?format=json").json()["rows"]
    key = rows[-1][0]["key"]
    path = f"/records/{TYPE}/edit/?key={key}"
    form = office.get(path + "&format=json").json()
    fields = {one["name"]: one["value"] for one in form["fields"]} | {"county": FOREIGN}
    fields |= {
        "version": str(form["version"]),
        "slip": str(uuid.uuid4()),
        "explain": "迁到邻县",
        "source": "邻县统计",
    }
    sent = office.post(path, **fields)
    assert sent.status_code == 302, sent.text
    batch = office.get("/batches/?format=json").json()["rows"][0]["info"]["batch"]
    other = world.client("administrator-1")
    assert other.post(f"/batches/{batch}/", do="accept").status_code == 302
    record = f"/records/{TYPE}/record/?key={key}"
    before = clients["county-1"].get(record)
    assert before.status_code == 200
    assert "邻县统计" not in before.text
    assert clients["county-1"].get(path).status_code == 404
    assert "邻县统计" in clients["county-2"].get(record).text
    assert (
        clients["county-1"]
        .post(f"/records/{TYPE}/evidence/", {"file": ("a.txt", b"a")}, page="/account/", key=key)
        .status_code
        == 404
    )


def test_a_return_cannot_take_the_place_of_anothers(world: World, clients: dict[str, Client]) -> None:
    batch = world.ids["foreign batch"]
    answer = clients["county-1"].post(
        "/records/import/", {"file": ("sme.csv", b"a,b\n1,2\n")}, type="sme", replaces=batch
    )
    assert answer.status_code == 404


# -- the API, with things of its own


def call(
    site: Site, path: str, secret: str | None = None, method: str = "GET", **more: Any
) -> requests.Response:
    headers = {"Authorization": f"Bearer {secret}"} if secret else {}
    with requests.Session() as session:
        session.trust_env = False
        return session.request(method, f"{site.base}/api/{path}", headers=headers, timeout=300, **more)


def calls(world: World) -> Iterator[tuple[str, str, str, dict[str, Any], set[str] | None]]:
    """Operation, method, path, what is sent, and the accounts it is answered to (None: all its roles')."""
    one = world.ids
    first, second = ({f"{role}-1" for role in READERS} | {county} for county in ("county-1", "county-2"))
    for name, whose in (("own", first), ("foreign", second)):
        key = {"params": {"key": one[f"{name} record"]}}
        yield "record", "GET", f"records/{TYPE}/one", key, whose
        yield "history", "GET", f"records/{TYPE}/history", key, whose
        yield (
            "batch",
            "GET",
            f"batches/{one[f'{name} batch']}",
            {},
            OFFICERS | (whose & {"county-1", "county-2"}),
        )
    for name in ("record-types", "records", "batches", "warnings", "snapshot", "verification", "plan"):
        yield name, "GET", f"{name}/{TYPE}" if name == "records" else name, {}, None
    yield "record-type", "GET", f"record-types/{TYPE}", {}, None
    for name in ("progress", "targets", "programmes", "regions", "indicators", "figures", "publications"):
        yield name, "GET", name, {}, None
    yield "target", "GET", "targets/T1", {}, None
    yield "indicator", "GET", "indicators/rd_intensity", {}, None
    yield "open-data", "GET", "open-data/csv", {}, None
    lineage = {"params": {"indicator": "rd_intensity", "period": "2023", "region": FOREIGN}}
    yield "lineage", "GET", "figures/lineage", lineage, None
    foreign = {"files": {"file": ("sme.csv", b"a\n1\n")}, "data": {"replaces": one["foreign batch"]}}
    yield "import", "POST", "batches", foreign, OFFICERS | {"county-2"}
    for name in ("accept", "return"):
        yield name, "POST", f"batches/{one['foreign batch']}/{name}", {"data": {"comment": ""}}, None


def test_every_operation_is_called(site: Site, world: World) -> None:
    assert {name for name, *_ in calls(world)} == set(OPERATIONS)
    assert set(operations(site.client().get("/api/openapi.json").json())) == set(OPERATIONS)


@pytest.mark.parametrize("account", ACCOUNTS)
def test_every_operation_by_every_account(
    site: Site, world: World, clients: dict[str, Client], account: str
) -> None:
    """By a token that may all the role may, and by the session of the account's pages."""
    role = world.accounts[account]
    scopes = {scope for sees, scope in OPERATIONS.values() if role in sees}
    secret = token(site, account, *scopes) if role != "public" else None
    client = clients[account]
    guard = {"X-CSRFToken": client.token("/account/" if secret else "/login/"), "Referer": site.base}
    for name, method, path, sent, whose in calls(world):
        if (name, account) in {("accept", one) for one in OFFICERS}:
            continue  # would be done: tested by itself
        by_session = client.session.request(
            method, f"{site.base}/api/{path}", headers=guard if method == "POST" else {}, timeout=300, **sent
        )
        for answer in (call(site, path, secret, method, **sent), by_session):
            got = answer.status_code
            if role not in OPERATIONS[name][0]:
                assert got == (401 if role == "public" else 403), (name, path, got)
            elif whose is not None and account not in whose:
                assert got == 404, (name, path, got)
            else:
                assert got in ({200} if method == "GET" else {422}), (name, path, got, answer.text)
            if got in (401, 403, 404):
                assert set(answer.json()) == {"code", "message", "remedy", "faults"}
