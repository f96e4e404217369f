"""Administration, deadlines, reminders, evidence and reports, as their users meet them on a running site."""

from __future__ import annotations

import re
import socketserver
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest
from tests.web.conftest import FOREIGN, OWN, Client, Site, kechuang, running


class Post(socketserver.ThreadingTCPServer):
    """An SMTP server that keeps what it is given; it refuses the address it is told to."""

    allow_reuse_address = daemon_threads = True
    refuses = "nobody@"

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Talk)
        self.letters: list[Any] = []


class Talk(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self.say("220 post")
        while line := self.rfile.readline():
            word = line.split(b" ")[0].strip().upper()
            if word == b"EHLO":
                self.say("250-post\r\n250 8BITMIME")
            elif word == b"DATA":
                self.say("354 go on")
                self.server.letters.append(self.letter())  # type: ignore[attr-defined]
                self.say("250 kept")
            elif word == b"RCPT" and self.server.refuses.encode() in line:  # type: ignore[attr-defined]
                self.say("550 nobody here")
            elif word == b"QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 ok")

    def letter(self) -> Any:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        return message_from_bytes(b"".join(lines), policy=default)

    def say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


def finished(client: Client, address: str) -> dict[str, Any]:
    """The page once its job is no longer running."""
    for _ in range(3000):
        found = client.get(address + "?format=json").json()
        if found["job"]["state"] != "running":
            return found  # type: ignore[no-any-return]
        time.sleep(0.1)
    raise AssertionError("the job does not end")


def test_what_is_in_force_is_told_and_secrets_are_not(site: Site) -> None:
    admin = site.client("administrator-1")
    page = admin.get("/admin/?format=json").json()
    shown = {row["key"]: row["value"] for row in page["settings"]}
    assert shown["region"] == "653100"
    assert "secret.key" not in admin.get("/admin/").text
    facts = {fact["name"]["zh"]: fact for fact in page["facts"]}
    assert facts["备份"]["mark"] == "late"  # none was made
    assert sum(count for _, count in page["accounts"]) == 7
    assert page["unverified"]
    assert {row["id"] for row in page["packs"]} >= {"st-core", "agriculture"}


def test_every_entry_of_the_chain_has_words_and_can_be_found(site: Site) -> None:
    admin = site.client("administrator-1")
    chain = admin.get("/admin/audit/?format=json").json()
    numbers = [row["seq"] for row in chain["rows"]]
    assert numbers == sorted(numbers, reverse=True)
    assert numbers[0] == chain["total"]
    assert chain["older"] == numbers[-1]
    older = admin.get(f"/admin/audit/?before={chain['older']}&format=json").json()
    assert older["rows"][0]["seq"] == numbers[-1] - 1
    named = {name: label["zh"] for name, label in chain["actions"]}
    assert named["import"] == "导入"
    assert all(label != name for name, label in named.items())  # every act of the example is called something
    made = admin.post(
        "/admin/webhooks/", name="上级平台", url="https://none.invalid/", events="publication"
    ).headers["Location"]
    assert admin.post(made, do="close").status_code == admin.post(made, do="open").status_code == 302
    admin.post("/account/tokens/", name="月报程序", scopes="read", days="90")
    (token,) = admin.get("/account/tokens/?format=json").json()["rows"]
    admin.post("/account/tokens/", do="revoke", number=str(token["number"]))
    acts = admin.get("/admin/audit/?who=administrator-1&format=json").json()["rows"]
    words = {row["action"]: (row["name"]["zh"], row["told"]["zh"]) for row in acts}
    assert words["webhook-made"] == ("登记收通知的系统", "上级平台：https://none.invalid/")
    assert (words["webhook-closed"][0], words["webhook-opened"][0]) == ("停止发送通知", "恢复发送通知")
    assert words["token-made"][0] == "生成令牌" and words["token-made"][1].startswith("月报程序，有效至20")
    assert words["token-revoked"] == ("撤销令牌", "月报程序")
    only = admin.get("/admin/audit/?action=account-made&who=terminal&format=json").json()["rows"]
    assert len(only) == 7
    assert all(row["action"] == "account-made" and row["told"]["zh"] for row in only)
    nothing = admin.get("/admin/audit/?day=1999-01-01&format=json").json()
    assert nothing["rows"] == []


def test_reads_and_refusals_are_listed(site: Site) -> None:
    site.client("leader-1").get("/admin/audit/")
    admin = site.client("administrator-1")
    rows = admin.get("/admin/reads/?refused=1&who=leader&path=audit&format=json").json()["rows"]
    assert rows
    assert {row["user"] for row in rows} == {"leader-1"}
    assert all(row["refused"] and row["path"].startswith("/admin/audit/") for row in rows)


def test_an_administrator_ends_sessions(site: Site) -> None:
    evaluator, admin = site.client("evaluator-1"), site.client("administrator-1")
    assert evaluator.get("/account/").status_code == 200
    rows = admin.get("/admin/accounts/?format=json").json()["rows"]
    number = next(row["number"] for row in rows if row["name"] == "evaluator-1")
    address = f"/admin/accounts/{number}/"
    assert admin.get(address + "?format=json").json()["sessions"]
    assert admin.post(address, do="sessions").status_code == 200
    assert evaluator.get("/account/").status_code == 302
    assert admin.get(address + "?format=json").json()["sessions"] == []


def test_a_county_sees_what_it_owes_and_changes_no_deadline(site: Site) -> None:
    county, officer = site.client("county-1"), site.client("officer-1")
    everything = officer.get("/deadlines/?format=json").json()["open"]
    assert everything
    mine = county.get("/deadlines/?format=json").json()
    assert not mine["may_remind"]
    name = "rd_survey"
    places = county.get(f"/deadlines/{name}/2025/?format=json").json()["places"]
    assert {place["code"] for place in places} == {OWN}
    day = (date.today() + timedelta(days=40)).isoformat()
    asked = {"do": "extend", "day": day, "region": OWN, "reason": "大雪封路"}
    refused = county.post(f"/deadlines/{name}/2025/", token=county.token("/account/"), **asked)
    assert refused.status_code == 404
    assert officer.post(f"/deadlines/{name}/2025/", **{**asked, "reason": " "}).status_code == 422
    assert officer.post(f"/deadlines/{name}/2025/", **asked).status_code == 302
    after = officer.get(f"/deadlines/{name}/2025/?format=json").json()
    days = {place["code"]: place["day"] for place in after["places"]}
    assert days.pop(OWN) == day
    assert day not in days.values()
    assert after["extensions"][0][0]["reason"] == "大雪封路"


def test_a_year_is_locked_and_opened_again(site: Site) -> None:
    officer = site.client("officer-1")
    address = "/deadlines/rd_survey/2022/"
    assert officer.post(address, do="lock", reason="已定案").status_code == 302
    assert officer.post(address, do="lock", reason="再锁").status_code == 422
    assert len(officer.get(address + "?format=json").json()["locks"]) == 1
    assert officer.post(address, do="unlock", reason="更正错误").status_code == 302
    assert officer.get(address + "?format=json").json()["locks"] == []


def test_evidence_is_attached_and_taken_away_by_those_it_belongs_to(site: Site) -> None:
    county, officer, leader = site.client("county-1"), site.client("officer-1"), site.client("leader-1")
    key = county.get("/records/sme/?format=json").json()["rows"][0][0]["key"]
    page = f"/records/sme/record/?key={key}"
    content = b"%PDF-1.7\n1 0 obj <<>> endobj\n%%EOF\n"
    sent = county.post("/records/sme/evidence/", {"file": ("证书.pdf", content)}, page=page, key=key)
    assert sent.status_code == 302, sent.text
    kept = county.get(page + "&format=json").json()["attachments"]
    assert [(one["name"], one["size"], one["who"]) for one in kept] == [
        ("证书.pdf", len(content), "county-1")
    ]
    address = f"/records/sme/evidence/{kept[0]['sha256']}/?key={key}"
    for reader in (county, officer, leader):
        taken = reader.get(address)
        assert taken.content == content
        assert taken.headers["Content-Disposition"].startswith("attachment")
        assert taken.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in taken.headers["Content-Security-Policy"]
    rows = officer.get("/records/sme/?format=json").json()["rows"]
    other = next(row[0]["key"] for row in rows if row[0]["data"]["county"] != OWN)
    assert officer.get(f"/records/sme/evidence/{kept[0]['sha256']}/?key={other}").status_code == 404
    script = county.post(
        "/records/sme/evidence/", {"file": ("a.pdf", b"<script>alert(1)</script>")}, page=page, key=key
    )
    assert script.status_code == 422
    token = county.token(page)
    foreign = county.post("/records/sme/evidence/", {"file": ("a.pdf", content)}, token=token, key=other)
    assert foreign.status_code == 404
    assert (
        leader.post("/records/sme/evidence/", {"file": ("a.pdf", content)}, token="x", key=key).status_code
        == 403
    )


def test_a_report_is_drafted_published_verified_and_corrected_publications_are_told(site: Site) -> None:
    officer, admin, leader = (site.client(f"{role}-1") for role in ("officer", "administrator", "leader"))
    asked = {"as_of": "2024-06-30", "language": "en", "form": "html"}
    assert officer.post("/reports/", do="draft", **asked).status_code == 302
    after = finished(officer, "/reports/")
    assert after["job"]["state"] == "done", after["job"]
    assert after["publications"] == []
    name = after["drafts"][0]["name"]
    assert b"<html" in officer.get(f"/reports/drafts/{name}/").content
    assert leader.get(f"/reports/drafts/{name}/").status_code == 403
    assert leader.get("/reports/?format=json").json()["drafts"] == []
    assert officer.post("/reports/", do="publish", **asked).status_code == 302
    row = finished(officer, "/reports/")["publications"][0]
    assert row["figures"] > 0
    assert row["mark"] == "none"  # not verified since
    file = leader.get(f"/reports/{row['number']}/1/")
    assert file.headers["Content-Disposition"].startswith("attachment")
    assert len(file.content) == row["documents"][0]["size"]
    assert admin.post("/admin/verify/", do="start").status_code == 302
    found = finished(admin, "/admin/verify/")
    assert found["faults"] == []
    mark = leader.get("/reports/?format=json").json()["publications"][0]["mark"]
    told = [one for one in found["corrections"] if one["visible"] and row["number"] in one["numbers"]]
    assert mark == ("watch" if any(one["outstanding"] for one in told) else "ok" if told else "done")
    (site.folder / "out" / "reports" / row["documents"][0]["name"]).write_bytes(b"not as it was published")
    assert b"not as it was published" not in leader.get(f"/reports/{row['number']}/1/").content


def test_a_change_behind_the_back_is_found_from_the_page(site: Site) -> None:
    admin = site.client("administrator-1")
    with closing(sqlite3.connect(site.folder / "kechuang.db")) as database, database:
        told = database.execute("select seq, who from records_event where seq = 3").fetchone()
        database.execute("update records_event set who = 'somebody' where seq = 3")
    assert admin.post("/admin/verify/", do="start").status_code == 302
    found = finished(admin, "/admin/verify/")
    assert {fault["code"] for fault in found["faults"]} == {"audit-changed"}
    facts = {fact["name"]["zh"]: fact for fact in admin.get("/admin/?format=json").json()["facts"]}
    assert facts["审计链"]["mark"] == "late"
    with closing(sqlite3.connect(site.folder / "kechuang.db")) as database, database:
        database.execute("update records_event set who = ? where seq = 3", (told[1],))


def test_a_backup_made_while_the_site_runs_is_restored_and_seen(site: Site, tmp_path: Any) -> None:
    file, again = tmp_path / "one.zip", tmp_path / "again"
    kechuang("-C", site.folder, "backup", file)
    kechuang("restore", file, again)
    assert not (again / "secret.key").exists()
    facts = site.client("administrator-1").get("/admin/?format=json").json()["facts"]
    assert next(fact for fact in facts if fact["name"]["zh"] == "备份")["mark"] == "ok"


@pytest.fixture
def post() -> Iterator[Post]:
    with Post() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def test_reminders_go_out_once_to_those_who_have_an_address(site: Site, post: Post) -> None:
    settings = site.folder / "kechuang.toml"
    text = settings.read_text("utf-8")
    mail = f'\n[mail]\nhost = "127.0.0.1"\nport = {post.server_address[1]}\nsender = "kjj@example.cn"\ntls = "none"\n'
    settings.write_text(text + mail, "utf-8")
    try:
        with running(site.folder) as base:
            again = Site(base, site.folder)
            officer, admin = again.client("officer-1"), again.client("administrator-1")
            letters = officer.get("/deadlines/reminders/?format=json").json()["letters"]
            first = letters[0]
            assert admin.post("/admin/units/", unit=first["office"], addresses="没有").status_code == 422
            done = admin.post("/admin/units/", unit=first["office"], addresses="a@example.cn, b@example.cn")
            assert done.status_code == 302
            assert officer.post("/deadlines/reminders/", do="send").status_code == 302
            after = finished(officer, "/deadlines/reminders/")
            assert after["job"]["state"] == "done", after["job"]
            assert after["result"]["sent"] == 1
            assert sorted(after["result"]["without"]) == sorted(one["office"] for one in letters[1:])
            (letter,) = post.letters
            assert letter["To"] == "a@example.cn, b@example.cn"
            assert "提醒" in letter["Subject"]
            assert first["office"] in letter.get_content()
            assert first["office"] not in {one["office"] for one in after["letters"]}
            assert {one["office"] for one in after["sent"]} == {first["office"]}
            taken = officer.get("/deadlines/reminders/letters.txt")
            assert first["office"] not in taken.content.decode()
            if after["letters"]:
                other = after["letters"][0]["office"]
                assert (
                    admin.post("/admin/units/", unit=other, addresses="nobody@example.cn").status_code == 302
                )
                assert officer.post("/deadlines/reminders/", do="send").status_code == 302
                refused = finished(officer, "/deadlines/reminders/")
                assert refused["job"]["error"]["code"] == "mail-failed"
                assert other in {one["office"] for one in refused["letters"]}  # not noted as sent
    finally:
        settings.write_text(text, "utf-8")


def test_a_foreign_county_is_not_told_apart_from_one_that_is_not_there(site: Site) -> None:
    county = site.client("county-1")
    page = county.get("/deadlines/rd_survey/2025/").text
    assert not re.search(rf"value=\"{FOREIGN}\"", page)
    assert county.get("/deadlines/nothing/2025/").status_code == 404
    assert county.get("/deadlines/rd_survey/9999/").status_code == 404
