"""Forms of the plan room as a browser sends them, and what their pages answer."""

from __future__ import annotations

import json
import re
import time
from html import unescape
from pathlib import Path
from typing import Any

import requests
from tests.web.conftest import Client

from kechuang.plan.preparation.folder import PlanFolder


def form(client: Client, name: str, do: str = "correct") -> dict[str, str]:
    """The form of an entry as a browser would send it back."""
    text = client.get(f"/plan/entries/{name}/?do={do}").text
    form = text[text.index('class="entry"') :]
    fields = {n: unescape(v) for n, v in re.findall(r'<input[^>]* name="([^"]+)"[^>]* value="([^"]*)"', form)}
    fields |= {n: unescape(v) for n, v in re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>([^<]*)<', form)}
    for select, options in re.findall(r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        fields[select] = unescape(chosen[1]) if chosen else ""
    hidden = re.search(r'name="version" value="([^"]*)"', form)
    fields["version"] = unescape(hidden[1]) if hidden else ""
    for extra in ("csrfmiddlewaretoken", "withdrawn"):
        fields.pop(extra, None)
    return {**fields, "do": do}


def send(client: Client, entry: str, **fields: str) -> requests.Response:
    return client.session.post(
        f"{client.base}/plan/entries/{entry}/",
        data={"csrfmiddlewaretoken": client.token(f"/plan/entries/{entry}/"), **fields},
        headers={"Referer": client.base},
        allow_redirects=False,
        timeout=300,
    )


def post(client: Client, path: str, page: str, **fields: str) -> requests.Response:
    return client.post(path, None, page=page, **fields)


def entries(plan: Path) -> list[Any]:
    return PlanFolder(plan).journal.read()


def result(client: Client, path: str) -> dict[str, Any]:
    """The answer of a comparison once its job has ended."""
    for _ in range(600):
        told = client.get(f"{path}&format=json").json()
        if told["job"] and told["job"]["state"] != "running":
            return dict(told)
        time.sleep(0.1)
    raise AssertionError("the comparison did not end")


def main(text: str) -> str:
    return json.dumps(text[text.index("<main") : text.index("</main>")], ensure_ascii=False).replace(
        "kechuang=", ""
    )
