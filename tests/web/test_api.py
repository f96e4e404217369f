"""The API: every operation by every caller, tokens and what they open, own and foreign, errors, limits, a return sent."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.web.conftest import FOREIGN, OWN, PASSWORD, ROLES, Client, Site, kechuang, running

OFFICE = {"administrator", "officer"}
READERS = OFFICE | {"leader", "evaluator"}
REPORTERS = OFFICE | {"county"}
PUBLIC = {*ROLES, "public"}
READ, RECORDS, WRITE, REVIEW = "read", "records:read", "records:write", "records:review"
#: Operation → who may use it and the scope a token needs; written by hand, the register is what is tested.
MAY: dict[str, tuple[set[str], str]] = {
    "plan": (PUBLIC, READ),
    "progress": (PUBLIC, READ),
    "targets": (PUBLIC, READ),
    "target": (PUBLIC, READ),
    "programmes": (PUBLIC, READ),
    "regions": (PUBLIC, READ),
    "indicators": (PUBLIC, READ),
    "indicator": (PUBLIC, READ),
    "figures": (PUBLIC, READ),
    "lineage": (PUBLIC, READ),
    "open-data": (PUBLIC, READ),
    "publications": (PUBLIC, READ),
    "warnings": (READERS, READ),
    "snapshot": (READERS, READ),
    "verification": (OFFICE, READ),
    "record-types": (READERS | REPORTERS, RECORDS),
    "record-type": (READERS | REPORTERS, RECORDS),
    "records": (READERS | REPORTERS, RECORDS),
    "record": (READERS | REPORTERS, RECORDS),
    "history": (READERS | REPORTERS, RECORDS),
    "batches": (REPORTERS, RECORDS),
    "batch": (REPORTERS, RECORDS),
    "import": (REPORTERS, WRITE),
    "accept": (OFFICE, REVIEW),
    "return": (OFFICE, REVIEW),
}
#: What stands for the open parts of an address, and the parameters it must have.
PARTS = {
    "indicator": "rd_intensity",
    "target": "T1",
    "open-data": "csv",
    "batch": "B00000000-0000",
    "accept": "B00000000-0000",
}
PARTS["return"] = PARTS["batch"]
ASKED = {
    "lineage": {"indicator": "rd_intensity", "period": "2024"},
    "record": {"key": "nothing"},
    "history": {"key": "nothing"},
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The example with an account of every role, and calls enough for the tests."""
    from kechuang.demo import build_example

    folder = tmp_path_factory.mktemp("api") / "example"
    build_example(folder, "kashgar", lambda *_: None)
    with (folder / "kechuang.toml").open("a") as stream:
        stream.write("\n[web]\napi_per_minute = 100000\n")
    accounts = {role: f"{role}-1" for role in ROLES}
    for role, name in accounts.items():
        region = ["--region", OWN] if role in ("county", "commissioner") else []
        kechuang("-C", folder, "user", "add", name, "--role", role, *region, given=PASSWORD + "\n")
    with running(folder) as base:
        yield Site(base, folder, accounts)


@pytest.fixture(scope="module")
def schema(site: Site) -> dict[str, Any]:
    found: dict[str, Any] = site.client().get("/api/openapi.json").json()
    return found


def token(site: Site, account: str, *scopes: str) -> str:
    """A token made on the page of an account."""
    client = site.client(account)
    answer = client.post(
        "/account/tokens/?format=json",
        page="/account/tokens/",
        do="make",
        name="月报程序",
        scopes=list(scopes),  # type: ignore[arg-type]
        days="30",
    )
    assert answer.status_code == 200, answer.text
    secret: str = answer.json()["secret"]
    return secret


def call(
    site: Site, path: str, secret: str | None = None, method: str = "GET", **more: Any
) -> requests.Response:
    headers = {"Authorization": f"Bearer {secret}"} if secret else {}
    with requests.Session() as session:
        session.trust_env = False
        return session.request(method, f"{site.base}/api/{path}", headers=headers, timeout=300, **more)


def operations(schema: dict[str, Any]) -> dict[str, tuple[str, str, dict[str, Any]]]:
    """Operation id → method, address, operation."""
    return {
        operation["operationId"]: (method.upper(), path, operation)
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
    }


def address(name: str, path: str) -> str:
    part = PARTS.get(name, "sme")
    return path.replace("{name}", part).replace("{form}", part).removeprefix("/api/")


def in_one_form(answer: requests.Response) -> None:
    """An error is ``{code, message {zh, en}, remedy, faults}``, whatever went wrong."""
    told = answer.json()
    assert set(told) == {"code", "message", "remedy", "faults"}, told
    assert set(told["message"]) == {"zh", "en"}


def test_every_operation_is_in_the_table(schema: dict[str, Any]) -> None:
    assert set(operations(schema)) == set(MAY)
    for name, (_, _, operation) in operations(schema).items():
        sees, scope = MAY[name]
        assert (set(operation["x-roles"]), operation["x-scope"]) == (sees, scope), name


def test_every_operation_is_in_the_reference(schema: dict[str, Any]) -> None:
    text = Path(__file__).parents[2].joinpath("docs", "reference", "api.md").read_text("utf-8")
    for method, path, _ in operations(schema).values():
        assert f"`{method} {path}`" in text, "run scripts/api_reference.py"


@pytest.mark.parametrize("role", [*ROLES, "public"])
def test_every_operation_by_every_caller(site: Site, schema: dict[str, Any], role: str) -> None:
    may = {scope for sees, scope in MAY.values() if role in sees}
    full = token(site, site.accounts[role], *may) if role != "public" else None
    session = site.client(site.accounts.get(role))
    for name, (method, path, _) in operations(schema).items():
        asked = {"params": ASKED.get(name)}
        answers = [call(site, address(name, path), full, method, **asked)]
        if method == "GET":
            answers.append(session.get(f"/api/{address(name, path)}", **asked))
        for answer in answers:
            if role in MAY[name][0]:
                assert answer.status_code in (200, 404, 422), (name, answer.status_code, answer.text)
            else:
                assert answer.status_code == (401 if role == "public" else 403), (name, answer.status_code)
                in_one_form(answer)


def test_a_token_opens_what_its_scope_says_and_nothing_else(site: Site, schema: dict[str, Any]) -> None:
    for scope in (READ, RECORDS, WRITE, REVIEW):
        secret = token(site, "officer-1", scope)
        for name, (method, path, _) in operations(schema).items():
            answer = call(site, address(name, path), secret, method, params=ASKED.get(name))
            told = answer.json().get("code") if answer.status_code == 403 else None
            assert (told == "scope-missing") == (MAY[name][1] != scope), (scope, name, answer.status_code)


def test_a_county_reads_its_own_records_alone(site: Site) -> None:
    county, office = token(site, "county-1", RECORDS), token(site, "officer-1", RECORDS)
    mine = call(site, "records/sme", county).json()["items"]
    assert mine
    assert {one["data"]["county"] for one in mine} == {OWN}
    everything, after = [], None
    while True:
        page = call(
            site, "records/sme", office, params={"limit": 7, **({"after": after} if after else {})}
        ).json()
        everything += page["items"]
        after = page["after"]
        if after is None:
            break
    keys = [one["key"] for one in everything]
    assert keys == sorted(set(keys))
    assert len(keys) == len(call(site, "records/sme", office, params={"limit": 500}).json()["items"])
    foreign = next(one for one in everything if one["data"]["county"] == FOREIGN)
    for path in ("records/sme/one", "records/sme/history"):
        assert call(site, path, office, params={"key": foreign["key"]}).status_code == 200
        assert call(site, path, county, params={"key": foreign["key"]}).status_code == 404
        assert call(site, path, county, params={"key": mine[0]["key"]}).status_code == 200
    batch = call(site, "batches", office, params={"limit": 1}).json()["items"][0]["batch"]
    assert call(site, f"batches/{batch}", office).status_code == 200
    assert call(site, f"batches/{batch}", county).status_code == 404
    assert call(site, "batches", county).json()["items"] == []
    with sqlite3.connect(site.folder / "kechuang.db") as database:
        kept = database.execute(
            "select path from web_read where user = 'county-1' and status = 404"
        ).fetchall()
    assert any(f"/api/batches/{batch}" == path for (path,) in kept)


def test_records_behind_a_figure_are_told_to_whoever_may_read_them(site: Site) -> None:
    asked = {"indicator": "high_tech_enterprises", "period": "2024"}

    def records(secret: str | None) -> Any:
        told = call(site, "figures/lineage", secret, params=asked).json()
        assert told["formula"]["zh"]
        assert told["terms"][0]["records"] == told["records_total"] > 0
        return told["records"]

    assert records(None) is None
    whole = records(token(site, "officer-1", READ, RECORDS))
    own = records(token(site, "county-1", READ, RECORDS))
    assert {one["key"] for one in own} < {one["key"] for one in whole}
    assert records(token(site, "county-1", READ)) is None


def test_the_same_figures_as_the_command(site: Site) -> None:
    asked = {"indicator": "rd_intensity", "region": FOREIGN, "from": 2021, "to": 2023}
    office = token(site, "officer-1", READ)  # the public is not told what stands for one enterprise
    told = call(site, "figures", office, params=asked).json()["items"]
    printed = json.loads(
        kechuang(
            *("-C", site.folder, "indicators", "compute", "--indicator", "rd_intensity", "--by", "county"),
            *("--from", 2021, "--to", 2023, "--json"),
        )
    )
    here = {(one["period"], one["value"]) for one in printed if one["region"] == FOREIGN}
    assert {(one["period"], one["value"]) for one in told} == here
    progress = call(site, "progress").json()
    assert [one["id"] for one in progress["targets"]] == [f"T{n}" for n in range(1, 9)]
    past = call(site, "targets", params={"as_of": "2024-06-30"}).json()
    assert past["as_of"] == "2024-06-30"
    assert any(one["forecast"] and one["probability"] for one in past["items"])


def test_a_return_is_checked_then_sent(site: Site, tmp_path: Path) -> None:
    path = tmp_path / "sme.csv"
    kechuang("-C", site.folder, "records", "export", "sme", "-o", path)
    lines = path.read_text("utf-8-sig").splitlines()
    office = token(site, "officer-1", WRITE, RECORDS)
    before = len(call(site, "batches", office, params={"limit": 500}).json()["items"])

    def send(secret: str, rows: list[str], **fields: str) -> requests.Response:
        content = "\n".join([lines[0], *rows]).encode()
        return call(
            site,
            "batches",
            secret,
            "POST",
            files={"file": ("sme.csv", content)},
            data={"type": "sme", **fields},
        )

    broken = send(office, [lines[1].replace(lines[1].split(",")[0], "not-a-code")], dry_run="true")
    assert broken.status_code == 422
    in_one_form(broken)
    assert broken.json()["faults"][0]["file"] == "sme.csv"
    tried = send(office, lines[1:3], dry_run="true")
    assert tried.status_code == 200, tried.text
    assert (tried.json()["batch"], tried.json()["rows"]) == (None, 2)
    assert len(call(site, "batches", office, params={"limit": 500}).json()["items"]) == before
    done = send(office, lines[1:3])
    assert done.status_code == 200, done.text
    batch = done.json()["batch"]
    assert call(site, f"batches/{batch}", office).json()["batch"]["who"] == "officer-1"
    county = token(site, "county-1", WRITE, RECORDS)
    elsewhere = next(line for line in lines[1:] if FOREIGN in line or "疏附县" in line)
    assert send(county, [elsewhere]).status_code == 422  # a county reports its own
    refused = send(county, lines[1:3], replaces=batch)
    assert refused.status_code == 404  # and replaces its own
    assert not list((site.folder / "records" / "uploads").glob("*/"))


def test_a_session_writes_only_with_the_token_of_its_page(site: Site) -> None:
    client = site.client("officer-1")
    file = {"file": ("x.csv", b"a,b\n1,2\n")}
    plain = client.session.post(f"{site.base}/api/batches", files=file, timeout=60)
    assert (plain.status_code, plain.json()["code"]) == (403, "csrf")
    headers = {"X-CSRFToken": client.token("/account/"), "Referer": site.base}
    with_token = client.session.post(f"{site.base}/api/batches", files=file, headers=headers, timeout=60)
    assert with_token.status_code == 422
    assert with_token.json()["code"] == "import-faults"


def test_a_token_ends_when_revoked_and_when_its_account_changes(site: Site) -> None:
    kechuang("-C", site.folder, "user", "add", "often-moved", "--role", "evaluator", given=PASSWORD + "\n")
    client = site.client("often-moved")
    gone, kept = token(site, "often-moved", READ), token(site, "often-moved", READ, RECORDS)
    with sqlite3.connect(site.folder / "kechuang.db") as database:
        text = json.dumps(database.execute("select * from web_token").fetchall(), default=str)
        assert gone not in text
        assert kept not in text
    rows = client.get("/account/tokens/?format=json").json()
    assert len(rows["rows"]) == 2
    assert rows["secret"] is None
    client.post("/account/tokens/", do="revoke", number=str(rows["rows"][1]["number"]))
    assert call(site, "warnings", gone).status_code == 401
    assert call(site, "warnings", kept).status_code == 200
    assert (
        call(site, "plan", "kc_" + "x" * 43).status_code == 401
    )  # a wrong token is told, even where none is needed
    stranger = site.client("leader-1").post(
        "/account/tokens/", do="revoke", number=str(rows["rows"][0]["number"])
    )
    assert stranger.status_code == 404
    admin = site.client("administrator-1")
    number = next(
        row["number"]
        for row in admin.get("/admin/accounts/?format=json").json()["rows"]
        if row["name"] == "often-moved"
    )
    admin.post(
        f"/admin/accounts/{number}/", do="change", role="leader", region="", title="", uscc="", email=""
    )
    assert call(site, "warnings", kept).status_code == 401


def test_more_than_the_role_may_is_not_to_be_had(site: Site) -> None:
    answer = site.client("leader-1").post(
        "/account/tokens/",
        do="make",
        name="x",
        scopes=[READ, WRITE],
        days="30",  # type: ignore[arg-type]
    )
    assert answer.status_code == 422


def test_errors_have_one_form(site: Site) -> None:
    for path, method, status in (
        ("nothing-here", "GET", 404),
        ("plan", "DELETE", 405),
        ("targets/T99", "GET", 404),
        ("figures?region=65", "GET", 422),
        ("figures?region=110000", "GET", 404),
        ("figures?as_of=2099-01-01", "GET", 422),
        ("figures?indicator=%00", "GET", 422),
        ("figures?limit=100000", "GET", 422),
        ("figures/lineage?indicator=rd_intensity&period=1950", "GET", 404),
    ):
        answer = call(site, path, method=method)
        assert answer.status_code == status, (path, answer.status_code, answer.text)
        in_one_form(answer)


def test_too_many_calls_are_told_when_to_come_back(site: Site, tmp_path: Path) -> None:
    from kechuang.start import new_workspace

    folder = tmp_path / "office"
    new_workspace(folder, region="330523", name="安吉县科技创新规划", plan_files=[])
    kechuang("-C", folder, "user", "add", "keji-bureau", "--role", "administrator", given=PASSWORD + "\n")
    with (folder / "kechuang.toml").open("a") as stream:
        stream.write("\n[web]\napi_per_minute = 3\n")
    with running(folder) as base:
        here = Site(base, folder)
        statuses = [call(here, "regions").status_code for _ in range(5)]
        assert statuses[:3] == [200, 200, 200]
        answer = call(here, "regions")
        assert answer.status_code == 429
        assert int(answer.headers["Retry-After"]) >= 1
        in_one_form(answer)
        assert call(here, "indicators", token(here, "keji-bureau", READ)).status_code == 200  # another caller
        assert Client(base).get("/").status_code < 500


# -- whatever is asked, never our fault

JUNK = st.one_of(
    st.text(max_size=40),
    st.integers().map(str),
    st.floats().map(str),
    st.sampled_from(
        ["", "0", "-1", "null", "9999-12-31", "0001-01-01", "1949-10-01", "é" * 300, "%", "|", "../..", "'"]
    ),
    st.dates().map(str),
)


def likely(part: dict[str, Any]) -> st.SearchStrategy[str]:
    """Values as a parameter's schema has them."""
    one = next((kind for kind in part.get("anyOf", [part]) if kind.get("type") != "null"), part)
    if "enum" in one:
        return st.sampled_from(one["enum"])
    if one.get("type") == "integer":
        return st.integers(one.get("minimum", 0), one.get("maximum", 3000)).map(str)
    if one.get("format") == "date":
        return st.sampled_from(["2021-06-30", "2024-06-30", "2026-01-01"])
    if "pattern" in one:
        return st.sampled_from([OWN, FOREIGN, "653100", "110000"])
    return st.sampled_from(
        ["rd_intensity", "high_tech_enterprises", "sme", "hte", "T1", "B20240110-0001", "x|2024"]
    )


@pytest.fixture(scope="module")
def callers(site: Site) -> list[str | None]:
    full = [READ, RECORDS, WRITE]
    return [None, token(site, "administrator-1", *full), token(site, "county-1", *full)]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_call_makes_the_server_fail(
    site: Site, schema: dict[str, Any], callers: list[str | None], data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from(sorted(set(MAY) - {"verification"})))
    method, path, operation = operations(schema)[name]
    secret = data.draw(st.sampled_from(callers))
    asked: dict[str, str] = {}
    for parameter in operation["parameters"]:
        value = data.draw(st.one_of(likely(parameter["schema"]), likely(parameter["schema"]), JUNK))
        if parameter["in"] == "path":
            quoted = requests.utils.quote(value.encode("utf-8", "replace"), safe="") or "x"
            path = path.replace("{" + parameter["name"] + "}", quoted)
        elif parameter["required"] or data.draw(st.booleans()):
            asked[parameter["name"]] = value.encode("utf-8", "replace").decode()
    more: dict[str, Any] = {}
    if method == "POST":
        content = data.draw(
            st.one_of(
                st.binary(max_size=200), st.text(max_size=200).map(lambda t: t.encode("utf-8", "replace"))
            )
        )
        suffix = data.draw(st.sampled_from(["csv", "xlsx", "xls", "ods", "et", "exe", ""]))
        more["files"] = {"file": (f"a.{suffix}", content)}
        more["data"] = {
            "dry_run": data.draw(JUNK),
            "type": data.draw(st.sampled_from(["sme", "", "no-such"])),
        }
    answer = call(site, path.removeprefix("/api/"), secret, method, params=asked, **more)
    assert answer.status_code in (200, 400, 401, 403, 404, 422), (name, answer.status_code, answer.text)
    if answer.status_code != 200:
        in_one_form(answer)


# -- every operation by the schema it says of itself


@pytest.mark.parametrize("caller", ["anybody", "officer-1", "county-1"])
def test_every_operation_keeps_its_schema(site: Site, caller: str) -> None:
    """Twenty calls an operation (fewer where there are not so many), made of the schema: no fault of ours, no
    status, type or form of an answer that the schema does not have. The same calls on every run."""
    schemathesis = pytest.importorskip("schemathesis")
    from schemathesis.checks import not_a_server_error
    from schemathesis.specs.openapi import checks

    sound = [
        *(not_a_server_error, checks.status_code_conformance),
        *(checks.content_type_conformance, checks.response_schema_conformance),
    ]
    scopes = (READ, RECORDS, WRITE, REVIEW) if caller == "officer-1" else (READ, RECORDS, WRITE)
    headers = {"Authorization": f"Bearer {token(site, caller, *scopes)}"} if caller != "anybody" else {}
    described = schemathesis.openapi.from_url(f"{site.base}/api/openapi.json")
    seen = set()
    for found in described.get_all_operations():
        operation = found.ok()
        seen.add(operation.definition.raw["operationId"])

        @settings(
            max_examples=20,
            derandomize=True,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def called(case: Any) -> None:
            case.call_and_validate(checks=sound, headers=headers, timeout=300)

        called()
    assert seen == set(MAY)


def test_a_reviewer_accepts_and_returns_by_a_token(site: Site) -> None:
    """What waits is accepted or returned once, by a token that may review and by nobody else's."""
    officer = token(site, "officer-1", REVIEW, RECORDS)
    batch = call(site, "batches", officer, params={"limit": 1}).json()["items"][0]["batch"]
    again = call(site, f"batches/{batch}/accept", officer, "POST")
    assert again.status_code == 422  # accepted long ago
    in_one_form(again)
    assert call(site, f"batches/{batch}/return", officer, "POST", data={"comment": " "}).status_code == 422
    assert call(site, f"batches/{batch}/return", officer, "POST").status_code == 422
    assert call(site, "batches/B0/accept", officer, "POST").status_code == 404
    plain = token(site, "officer-1", RECORDS)
    assert call(site, f"batches/{batch}/accept", plain, "POST").json()["code"] == "scope-missing"


def test_head_is_answered_as_get_without_its_body(site: Site) -> None:
    for path in ("plan", "targets", "openapi.json", "targets/T99", "records/sme"):
        head, whole = call(site, path, method="HEAD"), call(site, path)
        assert head.status_code == whole.status_code
        assert head.content == b""
        assert head.headers["Content-Type"] == whole.headers["Content-Type"]


def test_the_public_gets_no_figure_the_pages_withhold(site: Site) -> None:
    """What would tell of one respondent has no value here either, nor in the files of open data."""
    officer, withheld = token(site, "officer-1", READ), 0
    for one in call(site, "indicators", params={"limit": 500}).json()["items"]:
        asked = {"indicator": one["id"], "limit": 500}
        told = {(f["region"], f["period"]): f for f in call(site, "figures", params=asked).json()["items"]}
        for key, figure in told.items():
            if figure["reason"] and figure.get("absence") == "withheld":
                withheld += 1
                assert figure["value"] is figure["numerator"] is figure["denominator"] is None
                lineage = {"indicator": one["id"], "region": key[0], "period": key[1]}
                assert call(site, "figures/lineage", params=lineage).status_code == 404
                assert call(site, "figures/lineage", officer, params=lineage).status_code == 200
                break
        if withheld > 2:
            break
    assert withheld
