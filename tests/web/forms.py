"""The forms of pages as a browser finds them, and what an attacker, a careless hand or a broken program types."""

from __future__ import annotations

from dataclasses import dataclass, field

from lxml import html

SCRIPT = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
FORMULA = "=cmd|' /C calc'!A0"
#: One of each kind of text that breaks programs.
NASTY = (
    SCRIPT,
    FORMULA,
    "{{ 7*7 }}{% load x %}${7*7}#{7*7}",
    "长" * 20_000,
    "控\x01制\x0b符\x1b\x7f\r\n\u0085\u2028行",
    "\u202e反\u2066向\u200b\ufeff\ufffe\uffff𝔘",
    "9" * 5000,
    "1e400",
    "-0.0000001",
    "NaN",
    "2024-02-30",
    "9999-12-31",
    "' OR 1=1 --",
    "../../../../etc/passwd",
)
#: Fields a page sends along by itself.
ALONG = ("csrfmiddlewaretoken", "do", "slip", "version")
#: Deeds that would end the test: closing accounts, locking years, sending mail.
SPARED = ("close", "open", "password", "sessions", "lock", "unlock", "send", "publish", "start", "ping")


@dataclass(frozen=True)
class Form:
    """A form of a page: where it sends, what it holds, the fields somebody types into, the buttons that send it."""

    page: str
    action: str
    held: dict[str, str] = field(hash=False)
    typed: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    buttons: tuple[str, ...] = ()

    def filled(self, text: str) -> dict[str, str]:
        return {**self.held, **dict.fromkeys(self.typed, text)}


def forms_of(address: str, text: str) -> list[Form]:
    """The forms of a page that send something, but for logging out."""
    found = []
    for form in html.document_fromstring(text).forms:
        if form.method != "POST" or (form.action or "").startswith("/logout"):
            continue
        held: dict[str, str] = {}
        typed, files = [], []
        for one in form.xpath(".//input[@name] | .//textarea[@name] | .//select[@name]"):
            kind, name = one.get("type", "text") if one.tag == "input" else one.tag, one.get("name")
            if kind == "file":
                files.append(name)
            elif kind in ("radio", "checkbox"):
                if one.get("checked") is not None or name not in held:
                    held[name] = one.get("value") or "on"
            elif kind == "select":
                held[name] = one.value or next((o.get("value") or "" for o in one.iter("option")), "")
            else:
                held[name] = (one.text if kind == "textarea" else one.get("value")) or ""
                if kind != "hidden" and name not in ALONG:
                    typed.append(name)
        buttons = [one.get("value") or "" for one in form.xpath(".//button[@name='do']")]
        action = (form.action or address).split("#")[0]
        where = action if action.startswith("/") else address
        found.append(
            Form(
                address, where, held, tuple(dict.fromkeys(typed)), tuple(files), tuple(dict.fromkeys(buttons))
            )
        )
    return found
