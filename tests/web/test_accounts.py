"""Doors: the first set-up, logging in and out, the lock-out, passwords, sessions, and what guards all pages."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.web.conftest import PASSWORD, Client, Site, kechuang, running

from kechuang.start import new_workspace
from kechuang.web.roles import role_named


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Site]:
    """A new workspace nobody has an account in."""
    folder = tmp_path / "office"
    new_workspace(folder, region="330523", name="安吉县科技创新规划", plan_files=[])
    with running(folder) as base:
        yield Site(base, folder)


def made(fresh: Site, name: str = "keji-bureau") -> Client:
    client = fresh.client()
    answer = client.post("/setup/", name=name, title="科技局", password=PASSWORD, again=PASSWORD)
    assert answer.status_code == 302, answer.text
    return client


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A workspace with an administrator, and an account for the test that locks one."""
    folder = tmp_path_factory.mktemp("doors") / "office"
    new_workspace(folder, region="330523", name="安吉县科技创新规划", plan_files=[])
    for name, role in (("keji-bureau", "administrator"), ("often-wrong", "leader")):
        kechuang("-C", folder, "user", "add", name, "--role", role, given=PASSWORD + "\n")
    with running(folder) as base:
        yield Site(base, folder)


def test_the_first_visit_makes_the_administrator(fresh: Site) -> None:
    client = fresh.client()
    led = client.session.get(fresh.base + "/plan/", headers={"Accept": "text/html"}, allow_redirects=False)
    assert led.headers["Location"] == "/setup/"
    assert client.session.post(fresh.base + "/login/", allow_redirects=False).headers["Location"] == "/setup/"
    for public in (
        "/indicators/?format=json",
        "/api/openapi.json",
        "/api/indicators",
    ):  # what is public is so already
        assert client.get(public).status_code == 200, public
    assert client.get("/desk/").headers["Location"].startswith("/login/")
    assert client.get("/api/warnings").status_code == 401
    weak = client.post("/setup/", name="keji-bureau", title="", password="12345678", again="12345678")
    assert weak.status_code == 422
    assert "密码至少" in weak.text
    assert "12345678" not in weak.text
    differs = client.post(
        "/setup/", name="keji-bureau", title="", password=PASSWORD, again="other-" + PASSWORD
    )
    assert differs.status_code == 422
    made(fresh)
    assert fresh.client().get("/setup/").status_code == 404
    with sqlite3.connect(fresh.folder / "kechuang.db") as database:
        (stored,) = database.execute("select password from web_user").fetchone()
    assert stored.startswith("argon2$argon2id$")
    assert (fresh.folder / "secret.key").stat().st_mode & 0o077 == 0


def test_five_failures_lock_the_account_and_its_right_password_too(office: Site) -> None:
    client = office.client()
    for _ in range(5):
        answer = client.post("/login/", name="often-wrong", password="wrong-password")
        assert answer.status_code == 422
    assert client.post("/login/", name="often-wrong", password=PASSWORD).status_code == 429
    assert "account-locked" in _actions(office)


def test_a_wrong_name_and_a_wrong_password_are_told_alike(office: Site) -> None:
    client = office.client()
    one = client.post("/login/", name="keji-bureau", password="wrong-password")
    other = client.post("/login/", name="nobody-here", password="wrong-password")
    assert one.status_code == other.status_code == 422
    assert "账号名或密码不对" in one.text
    assert "账号名或密码不对" in other.text


def test_a_form_without_its_token_is_refused_and_its_text_kept(office: Site) -> None:
    client = office.client("keji-bureau")
    answer = client.post("/admin/accounts/", token="0" * 64, name="new-account", title="一段写好的话")
    assert answer.status_code == 403
    assert "一段写好的话" in answer.text
    assert "new-account" not in kechuang("-C", office.folder, "user", "list")


def test_logging_in_changes_the_session_and_out_ends_it(office: Site) -> None:
    client = office.client()
    client.get("/login/")
    client.post("/login/", name="keji-bureau", password=PASSWORD)
    cookie = next(one for one in client.session.cookies if one.name == "kechuang")
    assert cookie.has_nonstandard_attr("HttpOnly")
    assert cookie.get_nonstandard_attr("SameSite") == "Lax"
    assert client.get("/account/").status_code == 200
    stolen = office.client()
    stolen.session.cookies.update(client.session.cookies)
    client.post("/logout/", page="/account/")
    assert stolen.get("/account/").status_code == 302
    assert {"account-in", "account-out"} <= _actions(office)


def test_nobody_is_sent_to_another_site_after_logging_in(office: Site) -> None:
    for elsewhere in ("https://example.org/", "//example.org/", "/\\example.org"):
        answer = office.client().post("/login/", name="keji-bureau", password=PASSWORD, next=elsewhere)
        assert answer.headers["Location"] == "/desk/"  # where this role's work is


def test_pages_allow_nothing_from_elsewhere(office: Site) -> None:
    answer = office.client().get("/login/")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert " style=" not in answer.text
    assert "<script>" not in answer.text


def test_accounts_are_opened_changed_and_closed(office: Site) -> None:
    client = office.client("keji-bureau")
    fields = {"name": "leader-a", "title": "分管领导", "role": "leader", "password": PASSWORD}
    assert client.post("/admin/accounts/", **fields).status_code == 302
    again = client.post("/admin/accounts/", **fields)
    assert again.status_code == 422
    assert "已有账号" in again.text
    leader = office.client()
    answer = leader.post("/login/", name="leader-a", password=PASSWORD)
    assert answer.headers["Location"] == "/account/"  # a password somebody else chose is changed first
    rows = client.get("/admin/accounts/?format=json").json()["rows"]
    number = next(row["number"] for row in rows if row["name"] == "leader-a")
    client.post(f"/admin/accounts/{number}/", do="close")
    assert leader.get("/account/").status_code == 302
    own = next(row["number"] for row in rows if row["name"] == "keji-bureau")
    last = client.post(f"/admin/accounts/{own}/", do="close")
    assert last.status_code == 422
    assert "最后一个系统管理员" in last.text


def test_script_in_a_text_field_stays_text(office: Site) -> None:
    client = office.client("keji-bureau")
    client.post(
        "/admin/accounts/",
        name="safe-name",
        title="<script>alert(1)</script>",
        role="leader",
        password=PASSWORD,
    )
    text = client.get("/admin/accounts/").text
    assert "<script>alert(1)" not in text
    assert "&lt;script&gt;alert(1)" in text


def _actions(site: Site) -> set[str]:
    with sqlite3.connect(site.folder / "kechuang.db") as database:
        return {action for (action,) in database.execute("select action from records_event")}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("officer", "officer"),
        ("Prefecture Administrator", "administrator"),
        ("county_reporter", "county"),
        ("科技特派员", "commissioner"),
        ("Enterprise", "enterprise"),
        ("emperor", "emperor"),
    ],
)
def test_a_role_goes_by_the_words_people_use(typed: str, meant: str) -> None:
    assert role_named(typed) == meant
