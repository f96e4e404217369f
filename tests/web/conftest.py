"""A site in a process of its own, of the example, with an account of every role; and a client that logs in."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests

ENTER = "from kechuang.cli.run import main; main()"
PASSWORD = "lv-zhou-xin-cao-27"
ROLES = ("administrator", "officer", "leader", "evaluator", "county", "commissioner", "enterprise")
#: The county of the bound accounts, and one that is not theirs.
OWN, FOREIGN = "653101", "653121"


def kechuang(*arguments: object, given: str | None = None) -> str:
    """Run a command; what it printed."""
    command = [sys.executable, "-c", ENTER, *map(str, arguments)]
    done = subprocess.run(command, input=given, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr + done.stdout
    return done.stdout


@dataclass
class Site:
    """A running site and the workspace behind it."""

    base: str
    folder: Path
    accounts: dict[str, str] = field(default_factory=dict)

    def client(self, account: str | None = None, password: str = PASSWORD) -> Client:
        """A client, logged in as an account (None: as nobody)."""
        made = Client(self.base)
        if account is not None:
            answer = made.post("/login/", name=account, password=password)
            assert answer.status_code == 302, answer.text
        return made


class Client:
    """A browser without a screen: keeps cookies, sends the token of forms, follows nothing by itself."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.session = requests.Session()
        self.session.trust_env = False
        # A server closes a line that was silent for a while; a browser asks again, this client takes a new one.
        self.session.headers["Connection"] = "close"

    def get(self, path: str, **more: Any) -> requests.Response:
        return self.session.get(self.base + path, allow_redirects=False, timeout=300, **more)

    def post(
        self,
        path: str,
        files: dict[str, Any] | None = None,
        *,
        page: str | None = None,
        token: str | None = None,
        **fields: str,
    ) -> requests.Response:
        """Send the form of ``page`` (the same path if None) with its token."""
        if token is None:
            token = self.token(page or path)
        return self.session.post(
            self.base + path,
            data={"csrfmiddlewaretoken": token, **fields},
            files=files,
            headers={"Referer": self.base + path},
            allow_redirects=False,
            timeout=300,
        )

    def token(self, page: str) -> str:
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.get(page).text)
        return found[1] if found else ""


@contextmanager
def running(folder: Path, *more: str) -> Iterator[str]:
    """Serve a workspace; its address. What it said is shown where it does not start."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-c", ENTER, "-C", str(folder), "serve", "--port", str(port), *more]
    log = folder / "serve.log"
    with log.open("w") as stream:
        process = subprocess.Popen(command, stdout=stream, stderr=stream, env={**os.environ})
    base = f"http://127.0.0.1:{port}"
    try:
        for _ in range(3000):
            assert process.poll() is None, log.read_text()
            try:
                if requests.get(base + "/healthz", timeout=10).status_code == 200:
                    break
            except (requests.ConnectionError, requests.Timeout):
                time.sleep(0.1)
        yield base
    finally:
        process.terminate()
        process.wait(60)
    assert "Traceback" not in log.read_text(), log.read_text()


#: Computes what a site computes before anybody asks, so that copies of the workspace begin with it.
AHEAD = """
import sys
from pathlib import Path
from kechuang.web import ahead, sharing
from kechuang.web.site import application, open_site

open_site(Path(sys.argv[1]))
application()
sharing.begin(Path(sys.argv[1]).resolve())
ahead.compute()
"""


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example with an account of every role, made once for all processes of a run: to be copied."""
    from kechuang.demo import build_example

    place = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        place = place.parent
    folder = place / "furnished" / "example"
    with (place / "furnished.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder.parent / "made").exists():
            shutil.rmtree(folder.parent, ignore_errors=True)
            folder.parent.mkdir()
            build_example(folder, "kashgar", lambda *_: None)
            for role in ROLES:
                region = ["--region", OWN] if role in ("county", "commissioner") else []
                kechuang(
                    "-C", folder, "user", "add", f"{role}-1", "--role", role, *region, given=PASSWORD + "\n"
                )
            subprocess.run([sys.executable, "-c", AHEAD, str(folder)], check=True)
            (folder.parent / "made").touch()
    return folder


@pytest.fixture(scope="module")
def site(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, furnished: Path
) -> Iterator[Site]:
    """The example served, with an account of every role; bound ones in the county ``OWN``. In a module
    that says ``REVIEW = True`` returns count once the office has accepted them."""
    folder = tmp_path_factory.mktemp("web") / "example"
    shutil.copytree(furnished, folder)
    if getattr(request.module, "REVIEW", False):
        settings = folder / "kechuang.toml"
        text = settings.read_text("utf-8")
        assert "review = false" in text
        settings.write_text(text.replace("review = false", "review = true"), "utf-8")
    with running(folder) as base:
        yield Site(base, folder, {role: f"{role}-1" for role in ROLES})
