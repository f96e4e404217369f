"""Computes before anybody asks: at the start, and when records or the day have changed.

A thread of every process that serves; what takes long is computed by one of them and read by the others. A reader
meanwhile gets the state before, so none waits for what an import or midnight has caused.
"""

from __future__ import annotations

import logging
import threading
import time

from django.db import connections

from kechuang.web.workspaces import served

log = logging.getLogger("kechuang.web.ahead")

#: Seconds between two looks; after computing, so many times as long as that took, so that an office which enters
#: records all day leaves the processor to its readers.
PAUSE, SHARE = 2.0, 3.0


def start() -> threading.Event:
    """Start the thread of this process; set the event to stop it."""
    stop = threading.Event()
    threading.Thread(target=_run, args=(stop,), name="ahead", daemon=True).start()
    return stop


def _run(stop: threading.Event) -> None:
    wait, before = 0.0, None
    while not stop.wait(wait):
        begun = time.monotonic()
        try:
            from kechuang.web.reads import carry
            from kechuang.web.standing import state_of

            carry()
            state = state_of(served())
            if state != before:
                compute()
                before = state
        except Exception:  # what cannot be computed is told to whoever opens the page
            log.debug("ahead", exc_info=True)
            connections.close_all()
        wait = max(PAUSE, SHARE * (time.monotonic() - begun))


def compute() -> None:
    """What the main pages are made of, in the state the records are in."""
    from kechuang.web.rooms import desk, figures
    from kechuang.web.standing import standing

    if served().has_plan:
        standing(served(), wait=True)
    figures.prepare()
    desk.prepare()
