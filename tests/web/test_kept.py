"""Pages and figures that are kept: never another's, never an earlier state's without saying so, never lost."""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
import pickle
import re
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import requests
from hypothesis import given
from hypothesis import strategies as st
from tests.web.conftest import PASSWORD, Site, kechuang, running

from kechuang.records.uscc import check_digit
from kechuang.web.packed import Packed
from kechuang.web.sharing import Shared

#: Pages that are held, each of another kind.
HELD = ("/", "/targets/", "/targets/T1/", "/programmes/", "/programmes/P1/", "/map/", "/indicators/")
PATIENCE = 240
#: What a site computes before anybody asks.
AHEAD = ("standing", "open-figures", "all-figures", f"owed {datetime.now(ZoneInfo('Asia/Shanghai')).year}")


def wait_for(what: Any) -> Any:
    """Ask again until there is an answer."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        found = what()
        if found:
            return found
        time.sleep(0.2)
    raise AssertionError("it never came")


@given(st.lists(st.binary(max_size=300), min_size=1, max_size=6), st.binary(max_size=200))
def test_parts_and_fillings_are_one_valid_gzip(parts: list[bytes], filling: bytes) -> None:
    packed = Packed.of(parts, ["a"] * (len(parts) - 1))
    whole = filling.join(parts)
    assert packed.plain({"a": filling}) == whole
    assert gzip.decompress(packed.gzipped({"a": filling})) == whole


def test_a_long_filling_takes_several_blocks() -> None:
    packed = Packed.of([b"head", b"foot"], ["a"])
    filling = bytes(range(256)) * 700
    assert gzip.decompress(packed.gzipped({"a": filling})) == b"head" + filling + b"foot"


def test_nobodys_page_sets_no_cookie_and_is_not_sent_twice(site: Site) -> None:
    for path in HELD:
        first = requests.get(site.base + path, timeout=PATIENCE)
        assert first.status_code == 200 and "Set-Cookie" not in first.headers, path
        assert "csrf" not in first.text.lower(), path
        assert first.headers["Cache-Control"] == "no-cache" and "Cookie" in first.headers["Vary"]
        again = requests.get(
            site.base + path, headers={"If-None-Match": first.headers["ETag"]}, timeout=PATIENCE
        )
        assert again.status_code == 304 and again.content == b"", path
        assert again.headers["ETag"] == first.headers["ETag"] and "Content-Security-Policy" in again.headers
        other = requests.get(
            site.base + path + "?lang=en", headers={"If-None-Match": first.headers["ETag"]}, timeout=PATIENCE
        )
        assert other.status_code == 200 and 'lang="en"' in other.text, path
        plain = requests.get(site.base + path, headers={"Accept-Encoding": "identity"}, timeout=PATIENCE)
        assert plain.text == first.text and "Content-Encoding" not in plain.headers
        head = requests.head(site.base + path, headers={"Accept-Encoding": "identity"}, timeout=PATIENCE)
        assert head.content == b"" and head.headers["Content-Length"] == str(len(plain.content))


#: Every page as every account gets it once others have had it, against the same page made for this account alone.
COMPARE = """
import json, re, sys
from pathlib import Path
from kechuang.web.site import application, open_site

open_site(Path(sys.argv[1]))
application()
from django.test import Client
from kechuang.web import held
from kechuang.web.models import User

paths, password, names = json.loads(sys.argv[2]), sys.argv[3], json.loads(sys.argv[4])
for number, name in enumerate(names):
    User.objects.filter(name=name).update(title=f"<{name}>", theme=("", "dark", "light")[number % 3])
clients = {"": Client(HTTP_HOST="localhost")}
for name in names:
    clients[name] = Client(HTTP_HOST="localhost")
    assert clients[name].post("/login/", {"name": name, "password": password}).status_code == 302, name

def text(client, path):
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    content = answer.content.decode()
    tokens = re.findall(r'(?:value="|X-CSRFToken": ")([A-Za-z0-9]{64})', content)
    assert all(tokens) and "csrf_token" not in content and chr(0xe000) not in content, path
    return re.sub(r"[A-Za-z0-9]{64}", "TOKEN", content), len(tokens)

holdable, wrong, seen = held._holdable, [], {}
asked = [path + query for path in paths for query in ("", "?lang=zh", "?lang=en", "?as_of=2024-06-30")]
for turn in range(2):
    for path in asked:
        for name, client in clients.items():
            seen[path, name] = text(client, path)
held._holdable = lambda request: False
for path in asked:
    for name, client in clients.items():
        if text(client, path) != seen[path, name]:
            wrong.append([path, name])
print(json.dumps({"wrong": wrong, "compared": len(seen), "held": len(held._pages._held)}))
"""


def test_a_held_page_is_the_page_made_for_this_account(site: Site) -> None:
    kechuang("-C", site.folder, "user", "add", "leader-2", "--role", "leader", given=PASSWORD + "\n")
    kechuang(
        "-C",
        site.folder,
        "user",
        "add",
        "county-2",
        "--role",
        "county",
        "--region",
        "653121",
        given=PASSWORD + "\n",
    )
    names = [*site.accounts.values(), "leader-2", "county-2"]
    arguments = [str(site.folder), json.dumps(HELD), PASSWORD, json.dumps(names)]
    done = subprocess.run(
        [sys.executable, "-c", COMPARE, *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["wrong"] == []
    assert told["compared"] == 4 * len(HELD) * (len(names) + 1)
    assert 4 * len(HELD) < told["held"] < told["compared"]  # shared by accounts alike, by no others


def test_what_only_readers_see_is_not_in_nobodys_page(site: Site) -> None:
    leader = site.client("leader-1")
    assert 'id="h-w"' in leader.get("/").text
    assert 'id="h-w"' not in site.client().get("/").text
    token = leader.token("/")
    assert token and leader.post("/logout/", token=token).status_code == 302
    assert leader.get("/").text == site.client().get("/").text


def test_an_import_is_shown_once_it_is_computed(site: Site, tmp_path: Path) -> None:
    file = tmp_path / "hte.csv"
    kechuang("-C", site.folder, "records", "export", "hte", "-o", file)
    with file.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.reader(stream))
    before = requests.get(site.base + "/", timeout=PATIENCE)
    issued = rows[0].index("发证日期")
    last = max((row for row in rows[1:] if row[issued] < "2026"), key=lambda row: row[issued])
    code = "91653101EXAM99999"
    own = {
        "证书编号": "GR202599999999",
        "统一社会信用代码": code + check_digit(code),
        "企业名称": "示例企业999号",
    }
    new = [own.get(name, cell) for name, cell in zip(rows[0], last, strict=True)]
    with file.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([rows[0], new])
    kechuang("-C", site.folder, "records", "import", file, "--type", "hte")

    def changed() -> bool:
        answer = requests.get(site.base + "/", timeout=PATIENCE)
        assert answer.status_code == 200
        if answer.text == before.text:
            return False
        return "正在重新计算" not in answer.text

    wait_for(changed)
    after = requests.get(site.base + "/", headers={"If-None-Match": before.headers["ETag"]}, timeout=PATIENCE)
    assert after.status_code == 200 and after.headers["ETag"] != before.headers["ETag"]


ONCE = """
import sys, time
from pathlib import Path
from kechuang.web.sharing import Shared

def make():
    with open(sys.argv[2], "a") as stream:
        stream.write("made\\n")
    time.sleep(1)
    return {"value": 7}

assert Shared(Path(sys.argv[1]), b"k" * 32).once("figures", ("state", 1), make) == {"value": 7}
"""


def test_of_several_processes_one_computes(tmp_path: Path) -> None:
    log = tmp_path / "log"
    command = [sys.executable, "-c", ONCE, str(tmp_path), str(log)]
    work = [subprocess.Popen(command) for _ in range(3)]
    assert [one.wait(PATIENCE) for one in work] == [0, 0, 0]
    assert log.read_text() == "made\n"


class _Trap:
    """A value that does something when it is read."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def __reduce__(self) -> Any:
        return Path.touch, (self.file,)


def test_what_somebody_else_wrote_is_not_even_read(tmp_path: Path) -> None:
    mine, other = Shared(tmp_path, b"m" * 32), Shared(tmp_path, b"o" * 32)
    mine.once("figures", 1, lambda: "right")
    assert mine.last("figures") == (1, "right") and other.last("figures") is None
    (file,) = (tmp_path / "cache" / "kept").glob("*.kept")
    trap = tmp_path / "sprung"
    for seal in (b"\0" * 32, file.read_bytes()[:32]):
        file.write_bytes(seal + pickle.dumps((1, _Trap(trap))))
        assert mine.last("figures") is None and not trap.exists()
    file.write_bytes(b"short")
    assert mine.last("figures") is None
    assert mine.once("figures", 1, lambda: "again") == "again"


def test_a_value_is_not_another_ones_of_the_same_size(tmp_path: Path) -> None:
    shared = Shared(tmp_path, b"m" * 32)
    shared.once("all-figures", 1, lambda: "withheld")
    shared.once("open-figures", 1, lambda: "open")
    files = sorted((tmp_path / "cache" / "kept").glob("*.kept"))
    contents = [file.read_bytes() for file in files]
    for file, content in zip(files, contents[::-1], strict=True):
        file.write_bytes(content)
    assert shared.last("open-figures") is None and shared.last("all-figures") is None


def test_a_site_started_again_shows_its_last_figures_in_every_process(site: Site) -> None:
    def settled() -> bool:
        """Whether what is computed before anybody asks is there, all of it in one state of the records."""
        requests.get(site.base + "/", timeout=PATIENCE)
        names = (hashlib.sha256(name.encode()).hexdigest()[:24] for name in AHEAD)
        files = [site.folder / "cache" / "kept" / f"{name}.kept" for name in names]
        states = [pickle.loads(file.read_bytes()[32:])[0] for file in files if file.exists()]
        return len(states) == len(AHEAD) and len(set(states)) == 1

    wait_for(settled)
    first = requests.get(site.base + "/", timeout=PATIENCE).text
    assert "正在重新计算" not in first
    kept = {file: file.stat().st_mtime_ns for file in (site.folder / "cache" / "kept").glob("*.kept")}
    assert kept
    with running(site.folder, "--workers", "2") as base:
        assert {requests.get(base + "/", timeout=PATIENCE).text for _ in range(12)} == {first}
    assert kept == {file: file.stat().st_mtime_ns for file in kept}  # read, not computed


def test_static_files_are_kept_under_their_digest_and_compressed(site: Site) -> None:
    found = re.findall(
        r'/static/kechuang/[^"]+', requests.get(site.base + "/targets/T1/", timeout=PATIENCE).text
    )
    assert len(found) > 8
    for address in found:
        answer = requests.get(site.base + address, timeout=PATIENCE)
        assert answer.status_code == 200 and "immutable" in answer.headers["Cache-Control"], address
        without = requests.get(site.base + address.split("?")[0] + "?0", timeout=PATIENCE)
        assert without.content == answer.content and "immutable" not in without.headers["Cache-Control"]
    script = next(one for one in found if "echarts.min.js" in one)
    packed = requests.get(site.base + script, timeout=PATIENCE)
    assert packed.headers["Content-Encoding"] == "gzip" and int(packed.headers["Content-Length"]) < 400_000
    plain = requests.get(site.base + script, headers={"Accept-Encoding": "identity"}, timeout=PATIENCE)
    assert plain.content == packed.content and "Content-Encoding" not in plain.headers


def _reads(site: Site, path: str) -> int:
    with closing(sqlite3.connect(site.folder / "kechuang.db", timeout=60)) as link:
        return int(link.execute("select count(*) from web_read where path = ?", [path]).fetchone()[0])


def test_a_reader_does_not_wait_for_a_writer_and_the_read_is_kept(site: Site) -> None:
    leader, path = site.client("leader-1"), "/warnings/?looked=while-written"
    leader.get("/warnings/")
    with closing(sqlite3.connect(site.folder / "kechuang.db", timeout=60, isolation_level=None)) as link:
        link.execute("BEGIN IMMEDIATE")
        assert leader.get(path).status_code == 200
        assert _reads(site, path) == 0
        assert path in (site.folder / "records" / "reads.jsonl").read_text("utf-8")
        link.execute("ROLLBACK")
    wait_for(lambda: _reads(site, path) == 1)
    assert _reads(site, path) == 1
    assert not (site.folder / "records" / "reads.jsonl").exists()


BUSY = """
import sqlite3, sys
from pathlib import Path
from kechuang.web.site import application, open_site

workspace = open_site(Path(sys.argv[1]))
application()
from django.db import connections
from django.test import Client

connections.settings[workspace.store.alias]["OPTIONS"]["timeout"] = 0.2
client = Client(HTTP_HOST="localhost", raise_request_exception=False)
client.get("/login/")
link = sqlite3.connect(workspace.folder / "kechuang.db", isolation_level=None)
link.execute("BEGIN IMMEDIATE")
answer = client.post("/login/", {"name": "leader-1", "password": sys.argv[2]})
print(answer.status_code, answer.headers.get("Retry-After"), sys.argv[2] in answer.content.decode())
link.execute("ROLLBACK")
print(client.post("/login/", {"name": "leader-1", "password": sys.argv[2]}).status_code)
"""


def test_who_cannot_write_for_an_import_is_told_to_come_again(site: Site) -> None:
    done = subprocess.run(
        [sys.executable, "-c", BUSY, str(site.folder), PASSWORD], capture_output=True, text=True, check=False
    )
    assert done.stdout.split("\n")[:2] == ["503 60 False", "302"], done.stdout + done.stderr


def test_fifty_readers_while_records_come_in(site: Site, tmp_path: Path) -> None:
    file = tmp_path / "sme.csv"
    kechuang("-C", site.folder, "records", "export", "sme", "-o", file)
    troubles: list[object] = []
    clients = [site.client("leader-1") for _ in range(5)] + [site.client() for _ in range(45)]
    paths = ["/", "/targets/", "/programmes/P1/", "/indicators/", "/warnings/"]

    def read(client: Any, mine: list[str]) -> None:
        for path in mine:
            answer = client.get(path)
            if answer.status_code != 200:
                troubles.append((path, answer.status_code))

    readers = [
        threading.Thread(target=read, args=(client, paths if number < 5 else paths[:4]))
        for number, client in enumerate(clients)
    ]
    for one in readers:
        one.start()
    for _ in range(2):
        kechuang("-C", site.folder, "records", "import", file, "--type", "sme")
    for one in readers:
        one.join(PATIENCE)
    assert troubles == []
