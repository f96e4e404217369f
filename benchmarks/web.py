"""The leader's page under load: `python -m benchmarks web_leader`, a table, run only when named.

The example is served from PostgreSQL where KECHUANG_TEST_POSTGRESQL names a server, else from SQLite. The
register of technology firms, which a target counts, is multiplied (COPIES times its rows, generated). Then:
20 requests a second for 30 s; 300 readers at once; and in Chromium, with the processor slowed four times,
the weight of the page, the first contentful paint and the layout shift.
"""

from __future__ import annotations

import asyncio
import csv
import os
import random
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from benchmarks.records import HEADER, enterprises

COPIES = 100
RATE, SECONDS, READERS = 20, 30, 300
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


def web_leader() -> None:
    """Times and errors of the leader's page, as a table."""
    with tempfile.TemporaryDirectory() as folder, _database() as database:
        place = Path(folder) / "example"
        rows = _furnish(place, database)
        with _served(place) as base:
            for _ in range(4):  # every process of the server computes its first figures
                asyncio.run(_ask(base, 20, 20))
            steady, wrong = asyncio.run(_steady(base))
            crowd, failed = asyncio.run(_crowd(base))
            paint, shift, weight = _looked_at(base)
    kind = "PostgreSQL" if database else "SQLite"
    print(f"leader's page, {kind}, {rows:,} rows of firms ({COPIES} × the example), {os.cpu_count()} cores")
    for name, value, aim in (
        (f"{RATE}/s for {SECONDS} s: median", f"{1000 * statistics.median(steady):.0f} ms", ""),
        (f"{RATE}/s for {SECONDS} s: p95", f"{1000 * _p95(steady):.0f} ms", "< 150 ms"),
        (f"{RATE}/s for {SECONDS} s: errors", str(wrong), "0"),
        (f"{READERS} readers at once: errors", str(failed), "0"),
        (f"{READERS} readers at once: slowest", f"{max(crowd):.1f} s", ""),
        ("page weight, compressed", f"{weight / 1000:.0f} kB", "< 600 kB"),
        ("first contentful paint, 4× slower", f"{paint:.0f} ms", "< 1000 ms"),
        ("layout shift", f"{shift:.3f}", "0"),
    ):
        print(f"{name:40}{value:>12}  {aim}")


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


def _furnish(folder: Path, database: str | None) -> int:
    """The example with many times the firms, and an administrator; how many rows of firms."""
    from kechuang.demo import example_folder

    shutil.copytree(example_folder("kashgar"), folder)
    if database:
        settings = folder / "kechuang.toml"
        text = settings.read_text("utf-8")
        settings.write_text(text.replace('database = "sqlite"', f'database = "{database}"'), "utf-8")
    _run("demo", folder)
    rows = 81 * COPIES
    dice = random.Random(1)
    with (folder.parent / "sme.csv").open("w", encoding="utf-8", newline="") as stream:
        book = csv.writer(stream)
        book.writerow(HEADER)
        for row in enterprises(rows):
            book.writerow([*row[:2], f"6531{dice.choice(('01', '21', '22', '23', '25'))}", *row[3:]])
    _run("-C", folder, "records", "import", folder.parent / "sme.csv", "--type", "sme", "--sample")
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
def _served(folder: Path) -> Iterator[str]:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-c", ENTER, "-C", str(folder), "serve", "--port", str(port)],
        stdout=subprocess.DEVNULL,
    )
    try:
        for _ in range(600):
            with closing(socket.socket()) as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(60)


async def _ask(base: str, count: int, at_once: int) -> tuple[list[float], int]:
    """``count`` readings of the page by so many readers; their seconds, and how many failed."""
    import httpx

    times: list[float] = []
    wrong = 0
    limits = httpx.Limits(max_connections=at_once, max_keepalive_connections=at_once)
    async with httpx.AsyncClient(base_url=base, timeout=300, limits=limits, trust_env=False) as client:

        async def one() -> None:
            nonlocal wrong
            start = time.perf_counter()
            try:
                answer = await client.get("/")
                wrong += answer.status_code != 200 or "<h1>" not in answer.text
            except httpx.HTTPError:
                wrong += 1
            times.append(time.perf_counter() - start)

        await asyncio.gather(*(one() for _ in range(count)))
    return times, wrong


async def _steady(base: str) -> tuple[list[float], int]:
    """``RATE`` requests a second, whether or not those before have been answered."""
    waiting = []
    for _ in range(RATE * SECONDS):
        waiting.append(asyncio.create_task(_ask(base, 1, 1)))
        await asyncio.sleep(1 / RATE)
    found = await asyncio.gather(*waiting)
    return [time_ for times, _ in found for time_ in times], sum(wrong for _, wrong in found)


async def _crowd(base: str) -> tuple[list[float], int]:
    return await _ask(base, READERS, READERS)


def _looked_at(base: str) -> tuple[float, float, float]:
    """First contentful paint (ms), layout shift and weight (bytes) in a slow Chromium with an empty cache."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page: Any = browser.new_page(viewport={"width": 1440, "height": 900})
        page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": 4})
        page.goto(base)
        paint, shift, weight = page.evaluate(PAINTS)
        browser.close()
    return paint, shift, weight
