"""The courier: a thread that looks what happened, queues notices and carries them, again where it must.

Several processes may run one each: entries of the chain are taken by whoever moves a receiver's mark, notices by
whoever counts the try up first.
"""

from __future__ import annotations

import logging
import threading
from datetime import datetime, timedelta

from django.db import connections
from django.db.models import F
from django.utils import timezone

from kechuang.records import database
from kechuang.web.hooks import sending
from kechuang.web.hooks.happenings import body, happenings
from kechuang.web.hooks.receivers import last_entry, queued, secret_of
from kechuang.web.models import Delivery, Hook
from kechuang.web.workspaces import served

log = logging.getLogger("kechuang.web.hooks")

#: Seconds between two looks.
PAUSE = 2.0
#: How long after each try that failed the next comes; after the last a notice is given up.
AFTER = tuple(timedelta(seconds=n) for n in (30, 120, 600, 3600, 4 * 3600, 12 * 3600, 24 * 3600))
#: A courier that died in the middle of a try is taken over after this.
LEASE = timedelta(minutes=2)
KEPT = timedelta(days=90)


def start() -> threading.Event:
    """Start the courier of this process; set the event to stop it."""
    stop = threading.Event()
    threading.Thread(target=_run, args=(stop,), name="courier", daemon=True).start()
    return stop


def _run(stop: threading.Event) -> None:
    while not stop.wait(PAUSE):
        try:
            collect(timezone.now())
            carry(timezone.now())
        except Exception:
            log.exception("courier")
            connections.close_all()


def collect(now: datetime) -> int:
    """Queue what happened since each receiver was last told; how many notices."""
    alias, made = served().store.alias, 0
    last = last_entry(alias)
    for hook in Hook.objects.filter(is_active=True, seen__lt=last):
        found, seen = happenings(alias, hook.seen)
        with database.writing(alias):
            if not Hook.objects.filter(pk=hook.pk, seen=hook.seen).update(seen=seen):
                continue
            for one in found:
                if one.concerns(hook):
                    queued(
                        hook, str(one.seq), one.event, body(one.event, str(one.seq), one.at, one.data), now
                    )
                    made += 1
            Delivery.objects.filter(hook=hook, made_at__lt=now - KEPT).exclude(state="waiting").delete()
    return made


def carry(now: datetime, most: int = 20) -> int:
    """Send what is due; how many were delivered."""
    due = Delivery.objects.filter(state="waiting", next_at__lte=now, hook__is_active=True)
    done = 0
    for one in due.select_related("hook").order_by("next_at", "id")[:most]:
        mine = Delivery.objects.filter(pk=one.pk, state="waiting", tries=one.tries).update(
            tries=F("tries") + 1, next_at=now + LEASE
        )
        if mine:
            done += _tried(one, one.tries + 1)
    return done


def _tried(one: Delivery, tries: int) -> bool:
    """Try once and note what came of it."""
    status, trouble = None, ""
    try:
        status = sending.send(
            one.hook.url,
            secret_of(one.hook),
            one.event,
            one.key,
            one.body,
            inside=served().settings.webhooks_inside,
        )
        trouble = "" if 200 <= status < 300 else sending.STATUS
    except sending.Unreachable as error:
        trouble = error.code
    now = timezone.now()
    if not trouble:
        state, after = "delivered", timedelta()
    elif tries > len(AFTER):
        state, after = "given-up", timedelta()
    else:
        state, after = "waiting", AFTER[tries - 1]
    Delivery.objects.filter(pk=one.pk).update(
        state=state, tried_at=now, next_at=now + after, status=status, trouble=trouble
    )
    return state == "delivered"
