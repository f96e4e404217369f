"""The doors against those who try them: lock-out, cookies, stolen sessions, other people's passwords, headers of
every answer, and a site behind a proxy that speaks HTTPS."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from tests.web.conftest import PASSWORD, Client, Site, kechuang, running

from kechuang.start import new_workspace

NAMES = {"keji-bureau": "administrator", "leader-a": "leader", "leader-b": "leader", "leader-c": "leader"}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """An office behind a proxy: what the proxy says of the other end counts, so a test can be many addresses."""
    folder = tmp_path_factory.mktemp("guarded") / "office"
    new_workspace(folder, region="330523", name="安吉县科技创新规划", plan_files=[])
    with (folder / "kechuang.toml").open("a") as stream:
        stream.write('\n[web]\nhttps = true\nhosts = ["kjj.example.cn"]\n')
    for name, role in NAMES.items():
        kechuang("-C", folder, "user", "add", name, "--role", role, given=PASSWORD + "\n")
    with running(folder) as base:
        yield Site(base, folder)


class Behind(Client):
    """A browser at an address, as the proxy tells of it. Its cookies are for HTTPS: it keeps them by hand."""

    def __init__(self, base: str, address: str = "10.0.0.1") -> None:
        super().__init__(base)
        self.jar: dict[str, str] = {}
        self.headers = {"X-Forwarded-For": address, "X-Forwarded-Proto": "https", "Host": "kjj.example.cn"}

    def ask(self, method: str, path: str, **more: Any) -> requests.Response:
        cookies = "; ".join(f"{name}={value}" for name, value in self.jar.items())
        headers = {
            **self.headers,
            "Cookie": cookies,
            "Referer": "https://kjj.example.cn/",
            **more.pop("headers", {}),
        }
        answer = requests.request(
            method, self.base + path, headers=headers, allow_redirects=False, timeout=60, **more
        )
        self.jar.update(answer.cookies.get_dict())
        return answer

    def get(self, path: str, **more: Any) -> requests.Response:
        return self.ask("GET", path, **more)

    def send(self, path: str, page: str | None = None, **fields: str) -> requests.Response:
        return self.ask("POST", path, data={"csrfmiddlewaretoken": self.token(page or path), **fields})

    def log_in(self, name: str, password: str = PASSWORD) -> requests.Response:
        return self.send("/login/", name=name, password=password)


def test_an_outsider_locks_out_himself_and_not_the_office(office: Site) -> None:
    """Who fails on purpose, from many addresses, again and again: the owner still comes in from where the owner
    came in before; strangers do not, and the right password opens nothing for them either."""
    home = Behind(office.base, "10.1.1.1")
    assert home.log_in("leader-a").status_code == 302
    for number in range(8):
        assert Behind(office.base, f"203.0.113.{number}").log_in("leader-a", "wrong").status_code in (
            422,
            429,
        )
    assert Behind(office.base, "203.0.113.99").log_in("leader-a").status_code == 429
    assert Behind(office.base, "10.1.1.1").log_in("leader-a").status_code == 302
    assert (
        Behind(office.base, "203.0.113.99").log_in("leader-b").status_code == 302
    )  # others are not concerned


def test_an_address_that_tries_many_names_waits(office: Site) -> None:
    hostile = "198.51.100.7"
    statuses = [Behind(office.base, hostile).log_in(f"name-{n}", "wrong").status_code for n in range(31)]
    assert statuses[:30] == [422] * 30
    assert statuses[30] == 429
    assert Behind(office.base, hostile).log_in("leader-b").status_code == 429
    assert Behind(office.base, "10.1.1.2").log_in("leader-b").status_code == 302
    with sqlite3.connect(office.folder / "kechuang.db") as database:
        locked = database.execute("select who from records_event where action = 'account-locked'").fetchall()
    assert all(who in {*NAMES, "-"} for (who,) in locked)  # a password typed as a name is kept nowhere


def test_many_tries_at_once_are_no_more_than_one_after_another(office: Site) -> None:
    clients = [Behind(office.base, "192.0.2.5") for _ in range(16)]
    tokens = [client.token("/login/") for client in clients]
    found: list[int] = []

    def run(client: Behind, token: str) -> None:
        fields = {"csrfmiddlewaretoken": token, "name": "leader-c", "password": "wrong"}
        found.append(client.ask("POST", "/login/", data=fields).status_code)

    threads = [threading.Thread(target=run, args=pair) for pair in zip(clients, tokens, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 16
    assert found.count(422) <= 5
    assert set(found) <= {422, 429}


def test_cookies_are_for_https_and_for_no_script(office: Site) -> None:
    client = Behind(office.base, "10.2.0.1")
    answer = client.log_in("leader-b")
    marks = {
        text.split("=")[0].strip(): text.lower()
        for text in answer.headers["Set-Cookie"].split(", ")
        if "=" in text
    }
    session = marks["kechuang"]
    assert "secure" in answer.headers["Set-Cookie"].lower()
    assert "httponly" in session or "httponly" in answer.headers["Set-Cookie"].lower()
    assert "samesite=lax" in answer.headers["Set-Cookie"].lower()
    assert "max-age=31536000" in client.get("/").headers["Strict-Transport-Security"]
    spoken = client.get("/?lang=en").headers["Set-Cookie"].lower()
    assert "secure" in spoken and "httponly" in spoken


def test_a_session_brought_along_is_not_used(office: Site) -> None:
    """Session fixation: the key somebody planted opens nothing after the log-in."""
    client = Behind(office.base, "10.2.0.2")
    client.jar["kechuang"] = "planted0planted0planted0planted0"
    assert client.log_in("leader-b").status_code == 302
    assert client.jar["kechuang"] != "planted0planted0planted0planted0"
    planted = Behind(office.base, "10.2.0.3")
    planted.jar["kechuang"] = "planted0planted0planted0planted0"
    assert planted.get("/account/").status_code == 302


def test_a_new_password_ends_every_other_session(office: Site) -> None:
    kechuang("-C", office.folder, "user", "add", "leader-d", "--role", "leader", given=PASSWORD + "\n")
    here, there = Behind(office.base, "10.3.0.1"), Behind(office.base, "10.3.0.2")
    assert here.log_in("leader-d").status_code == there.log_in("leader-d").status_code == 302
    assert len(here.get("/account/?format=json").json()["sessions"]) == 2
    stolen = dict(here.jar)
    fresh = "xin-mi-ma-gao-yuan-3"
    done = here.send("/account/", do="password", old=PASSWORD, password=fresh, again=fresh)
    assert done.status_code == 200
    assert here.get("/account/").status_code == 200
    assert there.get("/account/").status_code == 302
    thief = Behind(office.base, "10.3.0.3")
    thief.jar = stolen
    assert thief.get("/account/").status_code == 302
    after = dict(here.jar)
    here.send("/logout/", page="/account/")
    thief.jar = after
    assert thief.get("/account/").status_code == 302


def test_a_password_somebody_else_chose_is_changed_first(office: Site) -> None:
    admin = Behind(office.base, "10.4.0.1")
    assert admin.log_in("keji-bureau").status_code == 302
    fields = {"name": "new-leader", "title": "新", "role": "leader", "password": PASSWORD}
    assert admin.send("/admin/accounts/", **fields).status_code == 302
    new = Behind(office.base, "10.4.0.2")
    assert new.log_in("new-leader").headers["Location"] == "/account/"
    assert new.get("/warnings/").headers["Location"] == "/account/"
    assert new.get("/warnings/?format=json").status_code == 403
    fresh = "xin-mi-ma-gao-yuan-4"
    new.send("/account/", do="password", old=PASSWORD, password=fresh, again=fresh)
    assert new.get("/desk/").status_code == 302
    assert new.get("/desk/").headers["Location"] != "/account/"
    long = admin.send("/admin/accounts/", **{**fields, "name": "too-long", "title": "长" * 121})
    assert long.status_code == 422


def test_unknown_names_cost_as_much_as_known_ones(office: Site) -> None:
    """One hash of a password either way: the time tells nobody which names exist. Counted, not timed."""
    script = """
import sys
from pathlib import Path
from kechuang.web.site import application, open_site
open_site(Path(sys.argv[1])); application()
from django.contrib.auth.hashers import Argon2PasswordHasher
from kechuang.web.accounts.doors import Password
calls = []
for name in ("encode", "verify"):
    def counted(self, *given, _old=getattr(Argon2PasswordHasher, name), **more):
        calls.append(1)
        return _old(self, *given, **more)
    setattr(Argon2PasswordHasher, name, counted)
for name in ("leader-a", "nobody-here"):
    calls.clear()
    assert Password().authenticate(None, name=name, password="wrong") is None
    print(len(calls))
"""
    done = subprocess.run(
        [sys.executable, "-c", script, str(office.folder)], capture_output=True, text=True, check=True
    )
    known, unknown = done.stdout.split()
    assert known == unknown == "1"


ANSWERS = (
    "/login/",
    "/",
    "/nothing/",
    "/account/",
    "/account/?format=json",
    "/api/nothing",
    "/api/openapi.json",
    "/static/kechuang/office.js",
    "/static/nothing.js",
    "/healthz",
    "/favicon.ico",
    "/login/%00",
)


def test_headers_of_every_answer(office: Site) -> None:
    client, known = Behind(office.base, "10.5.0.1"), Behind(office.base, "10.5.0.2")
    assert known.log_in("leader-b").status_code == 302
    for who in (client, known):
        for path in ANSWERS:
            for method in ("GET", "DELETE", "POST"):
                answer = who.ask(method, path)
                headers = answer.headers
                told = (path, method, answer.status_code, dict(headers))
                assert answer.status_code < 500, told
                assert "default-src 'none'" in headers["Content-Security-Policy"], told
                assert "frame-ancestors 'none'" in headers["Content-Security-Policy"], told
                assert "unsafe" not in headers["Content-Security-Policy"], told
                assert headers["X-Frame-Options"] == "DENY", told
                assert headers["X-Content-Type-Options"] == "nosniff", told
                assert headers["Referrer-Policy"] == "same-origin", told
                assert "Server" not in headers or "Kechuang" not in headers["Server"], told
                if not path.startswith("/static/") and (who is known or answer.status_code >= 400):
                    assert headers["Cache-Control"] == "no-store", told


def test_what_a_token_reads_is_kept_by_no_cache(office: Site) -> None:
    client = Behind(office.base, "10.6.0.1")
    client.log_in("leader-b")
    made = client.ask(
        "POST",
        "/account/tokens/?format=json",
        data={
            "csrfmiddlewaretoken": client.token("/account/tokens/"),
            "do": "make",
            "name": "x",
            "scopes": "read",
            "days": "30",
        },
    )
    secret = made.json()["secret"]
    caller = Behind(office.base, "10.6.0.2")
    answer = caller.get("/api/warnings", headers={"Authorization": f"Bearer {secret}"})
    assert answer.headers["Cache-Control"] == "no-store"


def test_after_the_log_in_one_is_where_one_wanted_to_go_and_nowhere_else(office: Site) -> None:
    client = Behind(office.base, "10.7.0.1")
    there = client.get("/account/?a=1&b=2").headers["Location"]
    assert there == "/login/?next=%2Faccount%2F%3Fa%3D1%26b%3D2"
    for elsewhere in (
        *(
            "https://evil.example/",
            "//evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "/\t/evil.example",
        ),
        *(
            "javascript:alert(1)",
            "http:evil.example",
            "///evil.example",
            " //evil.example",
            "/%09/evil.example",
        ),
    ):
        answer = Behind(office.base, "10.7.0.2").send(
            "/login/", name="leader-b", password=PASSWORD, next=elsewhere
        )
        place = answer.headers["Location"]
        assert place.startswith("/") and not place.startswith(("//", "/\\")), (elsewhere, place)
        assert "evil.example" not in place or place.startswith("/%09/"), (elsewhere, place)
    assert json.dumps(there)


def test_a_named_site_answers_to_its_names_alone(office: Site) -> None:
    client = Behind(office.base)
    assert client.get("/login/").status_code == 200
    assert client.get("/login/", headers={"Host": "other.example.cn"}).status_code == 400
