"""Starts the process that reads a PDF, waits for it no longer than is sensible, and writes what it found."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from queue import Empty, Queue
from typing import Any, cast

from kechuang.errors import Place
from kechuang.plan.documents.document import Cell, Kind, Writer
from kechuang.plan.documents.pdf.refusals import refusal

#: Seconds without a page read, and in all, after which the file is given up.
LONGEST_PAGE, LONGEST = 60.0, 1_800.0


def write_pdf(
    data: bytes, writer: Writer, place: Place, progress: Callable[[int, int], None] | None = None
) -> None:
    """Paragraphs, headings and tables of a PDF with its pages; ``progress`` hears (pages read, pages).

    Raises KechuangError: document-scanned, document-encrypted, document-damaged, document-no-text,
    file-too-large, document-too-complex.
    """
    answer = _ask(data, progress)
    if "refused" in answer:
        raise refusal(str(answer["refused"]), answer.get("pages") or [], int(answer.get("of") or 0), place)
    for piece in answer["pieces"]:
        _write(writer, piece)


def _ask(data: bytes, progress: Callable[[int, int], None] | None) -> dict[str, Any]:
    """The last thing the process says."""
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "kechuang.plan.documents.pdf.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": _path(), "PYTHONIOENCODING": "utf-8"},
    )
    said: Queue[bytes | None] = Queue()

    def feed() -> None:
        assert process.stdin is not None
        with suppress(OSError):  # it ended before it had read everything: what it said tells why
            process.stdin.write(data)
            process.stdin.close()

    def listen() -> None:
        assert process.stdout is not None
        for line in process.stdout:
            said.put(line)
        said.put(None)

    threads = [threading.Thread(target=work, daemon=True) for work in (feed, listen)]
    for thread in threads:
        thread.start()
    try:
        return _answer(said, progress)
    finally:
        process.kill()
        process.wait()
        for thread in threads:
            thread.join()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                with suppress(OSError):
                    stream.close()


def _answer(said: Queue[bytes | None], progress: Callable[[int, int], None] | None) -> dict[str, Any]:
    from time import monotonic

    end = monotonic() + LONGEST
    while True:
        try:
            line = said.get(timeout=max(0.1, min(LONGEST_PAGE, end - monotonic())))
        except Empty:
            return {"refused": "complex"}
        if line is None:  # the system stopped it: it wanted more than it may have
            return {"refused": "complex"}
        words = cast("dict[str, Any]", json.loads(line))
        if "read" not in words:
            return words
        if progress is not None:
            progress(words["read"], words["of"])
        if monotonic() > end:
            return {"refused": "complex"}


def _path() -> str:
    """Where the process finds this package, also when it is not installed."""
    source = str(Path(__file__).parents[4])
    known = os.environ.get("PYTHONPATH")
    return os.pathsep.join([source, known]) if known else source


def _write(writer: Writer, piece: dict[str, Any]) -> None:
    writer.page = piece["page"]
    if piece["kind"] == "table":
        rows: list[list[Cell]] = [[] for _ in range(piece["rows"])]
        for row, column, text, height, width, page in piece["cells"]:
            rows[row].append(Cell(column, text, height, width, page))
        writer.table(rows)
    else:
        writer.line(piece["text"], cast(Kind, piece["kind"]), piece["level"])
