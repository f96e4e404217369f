"""The leader's page under load, beside a bare Django view that answers the same bytes from the same server.

`python -m benchmarks leader_page` takes the example as it is. `python -m benchmarks web_leader` is a table, run only
when named: the example a hundred times (`hundredfold`), on PostgreSQL where KECHUANG_TEST_POSTGRESQL names a server,
else on SQLite; 20 requests a second for 30 s, ours and the peer by turns; 300 readers at once; what a request costs
the processor; and in Chromium, with the processor slowed four times, the weight of the page, the first contentful
paint and the layout shift. Everything is on the loopback, bounded in number, and ends by itself.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.case import Case
from benchmarks.hundredfold import multiply

RATE, SECONDS, READERS = 20, 30, 300
#: Turns of ours and the peer in the table; requests of the case.
TURNS, REQUESTS = 3, 200
#: Browsers that look at the page.
LOOKS = 5
WORKERS = 2
#: A view that answers bytes from a file, in the server the site runs in.
BARE = """
import sys
from pathlib import Path
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.urls import path
from gunicorn.app.base import BaseApplication

page = Path(sys.argv[1]).read_bytes()

def view(request):
    return HttpResponse(page, headers={"Content-Encoding": "gzip"})

urlpatterns = [path("", view)]
settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], SECRET_KEY="bench", MIDDLEWARE=[])
app = get_wsgi_application()

class Bare(BaseApplication):
    def load_config(self):
        for name, value in {"bind": f"127.0.0.1:{sys.argv[2]}", "workers": int(sys.argv[3]), "threads": 16,
                            "worker_class": "gthread", "preload_app": True, "loglevel": "warning",
                            "backlog": 2048}.items():
            self.cfg.set(name, value)

    def load(self):
        return app

Bare().run()
"""
ENTER = "from kechuang.cli.run import main; main()"
PASSWORD = "lv-zhou-xin-cao-27"
PAINTS = """() => new Promise(done => {
  let shift = 0;
  new PerformanceObserver(list => list.getEntries().forEach(one => { if (!one.hadRecentInput) shift += one.value; }))
    .observe({type: 'layout-shift', buffered: true});
  setTimeout(() => {
    const paint = performance.getEntriesByName('first-contentful-paint')[0];
    const all = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')];
    done([paint ? paint.startTime : -1, shift, all.reduce((sum, one) => sum + one.transferSize, 0)]);
  }, 1500);
})"""


@contextmanager
def leader_page() -> Iterator[Case]:
    """The leader's page of the example, one request after another."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "example"
        _furnish(place, None, 1)
        with _served(place) as site, _bare(site.base, Path(folder)) as peer:

            def of(server: Server) -> Callable[[], object]:
                return lambda: asyncio.run(_ask(server.base, REQUESTS, 4))

            yield Case(
                f"leader's page, {REQUESTS} requests / bare Django view", of(site), of(peer), "at most 3"
            )


def web_leader() -> None:
    """Times and errors of the leader's page, as a table."""
    with tempfile.TemporaryDirectory() as folder, _database() as database:
        place = Path(folder) / "example"
        rows = _furnish(place, database, 100)
        with _served(place) as site, _bare(site.base, Path(folder)) as peer:
            found = {one: Found() for one in (site, peer)}
            for _ in range(TURNS):
                for one, kept in found.items():
                    before = one.seconds()
                    times, wrong = asyncio.run(_steady(one.base))
                    kept.cpu.append((one.seconds() - before) / len(times))
                    kept.times.append(times)
                    kept.wrong += wrong
            for one, kept in found.items():
                kept.crowd, kept.failed = asyncio.run(_crowd(one.base))
            paint, shift, weight = _looked_at(site.base)
    ours, bare = found[site], found[peer]
    kind = "PostgreSQL" if database else "SQLite"
    print(
        f"leader's page, {kind}, {rows:,} records (100 × the example), {os.cpu_count()} cores, load {_load()}"
    )
    print(f"{'':40}{'ours':>12}{'bare view':>12}{'ratio':>8}  aim")
    for name, of, unit, aim in (
        (f"{RATE}/s for {SECONDS} s: median", lambda one: 1000 * one.median(), "ms", ""),
        (f"{RATE}/s for {SECONDS} s: p95", lambda one: 1000 * one.p95(), "ms", "< 150 ms"),
        ("processor a request", lambda one: 1000 * statistics.median(one.cpu), "ms", ""),
        (f"{READERS} readers at once: slowest", lambda one: max(one.crowd), "s", ""),
    ):
        mine, other = of(ours), of(bare)
        print(f"{name:40}{mine:9.1f} {unit:2}{other:9.1f} {unit:2}{mine / other:8.2f}  {aim}")
    for name, value, aim in (
        (f"{RATE}/s for {SECONDS} s: errors", str(ours.wrong), "0"),
        (f"{READERS} readers at once: errors", str(ours.failed), "0"),
        ("page weight, compressed", f"{weight / 1000:.0f} kB", "< 600 kB"),
        ("first contentful paint, 4× slower", f"{paint:.0f} ms", "< 1000 ms"),
        ("layout shift", f"{shift:.3f}", "0"),
    ):
        print(f"{name:40}{value:>12}{'':20}  {aim}")


@dataclass(eq=False)
class Found:
    """What was measured of a server."""

    times: list[list[float]] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    crowd: list[float] = field(default_factory=list)
    wrong: int = 0
    failed: int = 0

    def median(self) -> float:
        return statistics.median(statistics.median(one) for one in self.times)

    def p95(self) -> float:
        return statistics.median(_p95(one) for one in self.times)


@dataclass(frozen=True)
class Server:
    """A server and where it answers."""

    base: str
    process: int

    def seconds(self) -> float:
        """Processor seconds of its processes so far."""
        ticks = 0
        for place in Path("/proc").glob("[0-9]*/stat"):
            try:
                parts = place.read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if self.process in (int(place.parent.name), int(parts[1])):
                ticks += int(parts[11]) + int(parts[12])
        return ticks / os.sysconf("SC_CLK_TCK")


def _load() -> str:
    return f"{os.getloadavg()[0]:.1f}"


def _p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]


@contextmanager
def _database() -> Iterator[str | None]:
    """An empty database on the server that is named; None where there is none."""
    server = os.environ.get("KECHUANG_TEST_POSTGRESQL")
    if not server:
        yield None
        return
    import psycopg

    name = f"kechuang_web_{os.getpid()}"
    with psycopg.connect(server, autocommit=True) as link:
        link.execute(f'CREATE DATABASE "{name}"')  # type: ignore[call-overload]
    yield f"{server.rsplit('/', 1)[0]}/{name}"
    with psycopg.connect(server, autocommit=True) as link:
        link.execute(f'DROP DATABASE "{name}" WITH (FORCE)')  # type: ignore[call-overload]


def _furnish(folder: Path, database: str | None, times: int) -> int:
    """The example, so many times, and an administrator; how many records."""
    from kechuang.demo import example_folder

    shutil.copytree(example_folder("kashgar"), folder)
    if database:
        settings = folder / "kechuang.toml"
        text = settings.read_text("utf-8")
        settings.write_text(text.replace('database = "sqlite"', f'database = "{database}"'), "utf-8")
    _run("demo", folder)
    rows = multiply(folder, copies=times - 1) if times > 1 else 0
    _run("-C", folder, "user", "add", "office", "--role", "administrator", given=PASSWORD + "\n")
    return rows


def _run(*arguments: object, given: str | None = None) -> None:
    done = subprocess.run(
        [sys.executable, "-c", ENTER, *map(str, arguments)],
        input=given,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(done.stdout + done.stderr)


@contextmanager
def _served(folder: Path) -> Iterator[Server]:
    with _running(
        lambda port: ["-c", ENTER, "-C", str(folder), "serve", "--port", port, "--workers", str(WORKERS)]
    ) as one:
        for _ in range(6):  # the first waits until the figures are computed, then every process has the page
            asyncio.run(_ask(one.base, 4 * WORKERS, 4))
        yield one


@contextmanager
def _bare(base: str, folder: Path) -> Iterator[Server]:
    """The peer: the same compressed bytes."""
    from urllib.request import Request, urlopen

    page = folder / "page.gz"
    with urlopen(Request(base, headers={"Accept-Encoding": "gzip"})) as answer:
        page.write_bytes(answer.read())
    script = folder / "bare.py"
    script.write_text(BARE, "utf-8")
    with _running(lambda port: [str(script), str(page), port, str(WORKERS)]) as one:
        asyncio.run(_ask(one.base, 20, 4))
        yield one


@contextmanager
def _running(command: Callable[[str], list[str]]) -> Iterator[Server]:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen([sys.executable, *command(str(port))], stdout=subprocess.DEVNULL)
    try:
        for _ in range(3000):
            with closing(socket.socket()) as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield Server(f"http://127.0.0.1:{port}", process.pid)
    finally:
        process.terminate()
        process.wait(60)


async def _ask(base: str, count: int, at_once: int, every: float = 0.0) -> tuple[list[float], int]:
    """``count`` readings of the page by so many readers at once, begun ``every`` so many seconds whether or not those
    before have been answered; their seconds, and how many failed."""
    import httpx

    times: list[float] = []
    wrong = 0
    limits = httpx.Limits(max_connections=at_once, max_keepalive_connections=at_once)
    turns = asyncio.Semaphore(at_once)
    async with httpx.AsyncClient(
        base_url=base, timeout=300, limits=limits, trust_env=False, verify=False
    ) as client:

        async def one() -> None:
            nonlocal wrong
            async with turns:
                start = time.perf_counter()
                try:
                    answer = await client.get("/")
                    wrong += answer.status_code != 200 or "<h1>" not in answer.text
                except httpx.HTTPError:
                    wrong += 1
                times.append(time.perf_counter() - start)

        waiting = []
        for _ in range(count):
            waiting.append(asyncio.create_task(one()))
            if every:
                await asyncio.sleep(every)
        await asyncio.gather(*waiting)
    return times, wrong


async def _steady(base: str) -> tuple[list[float], int]:
    return await _ask(base, RATE * SECONDS, READERS, 1 / RATE)


async def _crowd(base: str) -> tuple[list[float], int]:
    return await _ask(base, READERS, READERS)


def _looked_at(base: str) -> tuple[float, float, float]:
    """First contentful paint (ms, median), layout shift and weight (bytes, greatest) in a slow Chromium with an empty
    cache: a browser of its own each time, the first of which is not counted."""
    from playwright.sync_api import sync_playwright

    seen = []
    with sync_playwright() as play:
        for _ in range(1 + LOOKS):
            browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
            page: Any = browser.new_page(viewport={"width": 1440, "height": 900})
            page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": 4})
            page.goto(base)
            seen.append(page.evaluate(PAINTS))
            browser.close()
    paints, shifts, weights = zip(*seen[1:], strict=True)
    return statistics.median(paints), max(shifts), max(weights)
