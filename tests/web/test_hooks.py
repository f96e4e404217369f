"""Notices: what is told to whom, signed; sent again until they arrive; never into the office's own network."""

from __future__ import annotations

import hashlib
import hmac
import json
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.web.conftest import OWN, PASSWORD, Client, Site, kechuang, running


class Receiver:
    """A receiver on this machine: answers ``status``, keeps what came."""

    def __init__(self) -> None:
        self.came: list[tuple[dict[str, str], bytes]] = []
        self.status = 204
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                content = self.rfile.read(int(self.headers["Content-Length"]))
                outer.came.append((dict(self.headers), content))
                self.send_response(outer.status)
                if outer.status == 302:
                    self.send_header("Location", f"http://127.0.0.1:{outer.port}/elsewhere")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]

    @contextmanager
    def listening(self) -> Iterator[Receiver]:
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        try:
            yield self
        finally:
            self.server.shutdown()

    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(content) for _, content in self.came]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The example under review, whose notices may stay inside; an administrator, and a county that reports."""
    from kechuang.demo import build_example

    folder = tmp_path_factory.mktemp("hooks") / "example"
    build_example(folder, "kashgar", lambda *_: None)
    settings = folder / "kechuang.toml"
    kept = [line for line in settings.read_text("utf-8").splitlines() if not line.startswith("review")]
    at = kept.index("[records]") + 1 if "[records]" in kept else len(kept)
    kept[at:at] = ["review = true"] if "[records]" in kept else ["[records]", "review = true"]
    settings.write_text(
        "\n".join([*kept, "[web]", "webhooks_inside = true", "api_per_minute = 100000", ""]), "utf-8"
    )
    for name, role, region in (
        ("kjj", "administrator", ""),
        ("county-1", "county", OWN),
        ("county-2", "county", "653121"),
    ):
        kechuang("-C", folder, "user", "add", name, "--role", role, "--region", region, given=PASSWORD + "\n")
    with running(folder) as base:
        yield Site(base, folder)


def registered(client: Client, receiver: Receiver, *events: str, region: str = "") -> tuple[str, str]:
    """A receiver registered on the page: the path of its page and its secret."""
    answer = client.post(
        "/admin/webhooks/",
        name="省厅平台",
        url=f"http://127.0.0.1:{receiver.port}/hook?from=kc",
        events=list(events),  # type: ignore[arg-type]
        region=region,
    )
    assert answer.status_code == 302, answer.text
    path = answer.headers["Location"]
    secret = client.get(path + "?format=json").json()["secret"]
    assert secret
    assert client.get(path + "?format=json").json()["secret"] is None  # shown once
    return path, secret


def until(true: Callable[[], Any]) -> None:
    for _ in range(600):
        if true():
            return
        time.sleep(0.1)
    raise AssertionError("nothing came")


def settled(client: Client, path: str, n: int) -> None:
    """Until ``n`` notices of a receiver were delivered."""
    until(
        lambda: sum(one["mark"] == "done" for one in client.get(path + "?format=json").json()["notices"]) >= n
    )


def a_return(site: Site, account: str, row: int = 1) -> str:
    """A batch of one record sent by an account through the API."""
    office = site.client(account)
    keys = office.get("/api/records/sme", params={"limit": 5}).json()["items"]
    fields = office.get("/api/record-types/sme").json()["fields"]
    names = [one["name"] for one in fields]
    data = {**keys[row]["data"]}
    data["staff"] = (data.get("staff") or 10) + 1 + row
    import csv
    import io

    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([next(one["label"]["zh"] for one in fields if one["name"] == name) for name in names])
    writer.writerow(["" if data.get(name) is None else data[name] for name in names])
    answer = office.session.post(
        f"{site.base}/api/batches",
        files={"file": ("sme.csv", out.getvalue().encode())},
        data={"type": "sme", "explain": "已核对"},
        headers={"X-CSRFToken": office.token("/account/"), "Referer": site.base},
        timeout=120,
    )
    assert answer.status_code == 200, answer.text
    batch: str = answer.json()["batch"]
    return batch


def test_a_batch_is_told_signed_and_without_its_content(site: Site) -> None:
    admin = site.client("kjj")
    with Receiver().listening() as receiver:
        path, secret = registered(admin, receiver, "batch.submitted", "batch.accepted", "batch.returned")
        batch = a_return(site, "county-1")
        until(lambda: receiver.came)
        headers, content = receiver.came[0]
        moment, _, given_ = headers["X-Kechuang-Signature"].partition(",v1=")
        signed = moment.removeprefix("t=").encode() + b"." + content
        assert hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest() == given_
        told = json.loads(content)
        assert told["event"] == headers["X-Kechuang-Event"] == "batch.submitted"
        assert told["data"] == {
            "batch": batch,
            "type": "sme",
            "state": "submitted",
            "rows": 1,
            "nature": "reported",
            "href": f"/api/batches/{batch}",
        }
        admin.post(f"/batches/{batch}/", page="/account/", do="return", comment="请补附件，联系某某")
        until(lambda: len(receiver.came) >= 2)
        assert receiver.bodies()[1]["event"] == "batch.returned"
        assert "某某" not in receiver.came[1][1].decode()
        other = a_return(site, "county-1", 2)
        admin.post(f"/batches/{other}/", page="/account/", do="accept")
        until(lambda: len(receiver.came) >= 4)
        assert [one["event"] for one in receiver.bodies()[2:]] == ["batch.submitted", "batch.accepted"]
        settled(admin, path, 4)
        numbers = [headers["X-Kechuang-Delivery"] for headers, _ in receiver.came]
        assert len(set(numbers)) == 4
        admin.post(path, do="close")


def test_a_receiver_of_a_region_hears_of_its_own(site: Site) -> None:
    admin = site.client("kjj")
    with Receiver().listening() as everything, Receiver().listening() as bound:
        all_path, _ = registered(admin, everything, "batch.submitted", "warning.raised")
        path, _ = registered(admin, bound, "batch.submitted", "warning.raised", region=OWN)
        foreign = a_return(site, "county-2")
        own = a_return(site, "county-1", 3)
        kechuang("-C", site.folder, "progress", "warnings", "update", "--who", "办公室")
        until(lambda: len(everything.came) >= 3)
        until(lambda: bound.came)
        admin.post(path, do="ping")  # comes after all that came before it
        until(lambda: bound.bodies()[-1]["event"] == "ping")
        told = everything.bodies()
        assert {one["data"]["batch"] for one in told if one["event"] == "batch.submitted"} == {foreign, own}
        warned = [one["data"] for one in told if one["event"] == "warning.raised"]
        assert {one["change"] for one in warned} == {"raised"}
        assert set(warned[0]) == {"subject", "level", "change", "day"}
        assert [one["data"].get("batch") for one in bound.bodies()] == [own, None]
        for one in (path, all_path):
            admin.post(one, do="close")


def test_what_did_not_arrive_is_sent_again_and_given_up_at_last(site: Site) -> None:
    admin = site.client("kjj")
    database = site.folder / "kechuang.db"

    def sql(text: str, *values: Any) -> list[Any]:
        with sqlite3.connect(database, timeout=60) as connection:
            return connection.execute(text, values).fetchall()

    with Receiver().listening() as receiver:
        path, _ = registered(admin, receiver, "batch.submitted")
        number = path.strip("/").rsplit("/", 1)[-1]
        row = "select state, tries, status, next_at > tried_at from web_delivery where hook_id = ? order by id desc"
        receiver.status = 302  # a redirect is not followed
        admin.post(path, do="ping")
        until(lambda: sql(row, number)[0][2] == 302)
        assert sql(row, number)[0] == ("waiting", 1, 302, 1)
        receiver.status = 200
        sql("update web_delivery set next_at = '2000-01-01' where hook_id = ?", number)
        until(lambda: sql(row, number)[0][0] == "delivered")
        assert len(receiver.came) == 2
        assert receiver.came[0][1] == receiver.came[1][1]
        receiver.status = 500
        admin.post(path, do="ping")
        until(lambda: sql(row, number)[0][2] == 500)
        sql(
            "update web_delivery set tries = 7, next_at = '2000-01-01' where state = 'waiting' and hook_id = ?",
            number,
        )
        until(lambda: sql(row, number)[0][0] == "given-up")
        notices = admin.get(path + "?format=json").json()["notices"]
        assert [one["mark"] for one in notices] == ["late", "done"]
        assert admin.get(path).status_code == 200
        admin.post(path, do="close")


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/",
        "https://localhost/",
        "https://127.0.0.1/hook",
        "https://[::1]/",
        "https://10.0.0.8/",
        "https://192.168.1.1:8443/",
        "https://169.254.169.254/latest/meta-data/",
        "https://[::ffff:127.0.0.1]/",
        "https://[64:ff9b::a00:1]/",
        "https://0.0.0.0/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://user:password@example.org/",
        "https://example.org:99999/",
        "file:///etc/passwd",
        "ftp://example.org/",
        "https:///nothing",
        "",
    ],
)
def test_no_notice_goes_into_the_office(inward: Client, url: str) -> None:
    answer = inward.post("/admin/webhooks/", name="x", url=url, events="publication", region="")
    assert answer.status_code == 422, url


@pytest.fixture(scope="module")
def inward(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """The administrator of an office whose settings keep notices out of its network."""
    from kechuang.start import new_workspace

    folder: Path = tmp_path_factory.mktemp("inward") / "office"
    new_workspace(folder, region="330523", name="安吉县科技创新规划", plan_files=[])
    kechuang("-C", folder, "user", "add", "keji-bureau", "--role", "administrator", given=PASSWORD + "\n")
    with running(folder) as base:
        yield Site(base, folder).client("keji-bureau")


def test_a_name_that_leads_inside_is_refused_when_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    """The name is looked up anew for every try, and one address inside is enough to refuse."""
    from kechuang.web.hooks import sending

    def answers(*addresses: str) -> None:
        found = [(2, 1, 6, "", (one, 443)) for one in addresses]
        monkeypatch.setattr(sending.socket, "getaddrinfo", lambda *_, **__: found)

    answers("93.184.216.34")
    assert sending.reached("https://example.org/x?y=1", False).path == "/x?y=1"
    answers("93.184.216.34", "10.0.0.1")
    with pytest.raises(sending.Unreachable) as refused:
        sending.send("https://example.org/", "s", "ping", "1", "{}", inside=False)
    assert refused.value.code == sending.FORBIDDEN


@given(st.ip_addresses())
def test_an_address_is_public_only_where_the_library_calls_it_global(address: Any) -> None:
    from kechuang.web.hooks.sending import public

    if public(str(address)):
        assert address.is_global
        assert not address.is_private
        assert not address.is_loopback
        assert not address.is_link_local


@given(st.ip_addresses(v=4))
def test_an_address_inside_another_is_seen(address: Any) -> None:
    from ipaddress import IPv6Address

    from kechuang.web.hooks.sending import public

    for outer in (0xFFFF << 32, int(IPv6Address("64:ff9b::")), int(IPv6Address("2002::"))):
        shift = 80 if outer >> 112 == 0x2002 else 0
        assert public(str(IPv6Address(outer | int(address) << shift))) == public(str(address))
