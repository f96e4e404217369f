"""Keeps the English catalogue true: lists sentences without English, and compiles the .mo file.

python scripts/messages.py missing     sentences in the code that no .po file translates
python scripts/messages.py compile     locale/en/*.po → locale/en/LC_MESSAGES/kechuang.mo
python scripts/messages.py check       both, as the tests do: exit 1 where anything is not in order
"""

from __future__ import annotations

import ast
import io
import re
import string
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

SOURCE = Path(__file__).parents[1] / "src" / "kechuang"
ENGLISH = SOURCE / "locale" / "en"
DATED = datetime(2026, 1, 1, tzinfo=UTC)
COMPILED = ENGLISH / "LC_MESSAGES" / "kechuang.mo"


def said() -> Iterator[tuple[str, str]]:
    """(msgid, where) of every ``say("…")`` in the sources; a msgid that is no literal is ''."""
    for path in sorted(SOURCE.rglob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "say":
                first = node.args[0] if node.args else None
                where = f"{path.relative_to(SOURCE)}:{node.lineno}"
                known = isinstance(first, ast.Constant) and isinstance(first.value, str)
                yield (first.value if known else "", where)  # type: ignore[union-attr]


#: A sentence in a template: {% t "…" %}.
_TAG = re.compile(r"""{%\s*t\s+(?:"([^"]*)"|'([^']*)')""")


def said_in_templates() -> Iterator[tuple[str, str]]:
    """(msgid, where) of every ``{% t "…" %}`` of the web's templates."""
    for path in sorted(SOURCE.rglob("templates/**/*.html")):
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            for one, other in _TAG.findall(line):
                yield one or other, f"{path.relative_to(SOURCE)}:{number}"


def catalogue() -> Catalog:
    """All .po files as one catalogue; a sentence translated in two ways is an error."""
    # A fixed date: the same sentences make the same file on any day.
    merged = Catalog(
        locale="en",
        project="Kechuang",
        charset="utf-8",
        fuzzy=False,
        creation_date=DATED,
        revision_date=DATED,
    )
    for path in sorted(ENGLISH.glob("*.po")):
        with path.open("rb") as stream:
            for message in read_po(stream, locale="en"):
                if not message.id or not message.string:
                    continue
                before = merged.get(message.id)
                if before is not None and before.string != message.string:
                    raise SystemExit(f"{path.name}: “{message.id}” is translated in two ways")
                merged.add(message.id, message.string)
    return merged


def compiled() -> bytes:
    """The .mo file the .po files make."""
    content = catalogue()
    stream = io.BytesIO()
    write_mo(stream, content)
    return stream.getvalue()


def problems() -> list[str]:
    """Sentences without English, with other placeholders, or that are no literals."""
    english = catalogue()
    found = []
    for msgid, where in (*said(), *said_in_templates()):
        message = english.get(msgid) if msgid else None
        if not msgid:
            found.append(f"{where}: say() needs a literal sentence")
        elif message is None:
            found.append(f"{where}: no English for “{msgid}”")
        elif _fields(msgid) != _fields(str(message.string)):
            found.append(f"{where}: other placeholders in the English of “{msgid}”")
        elif any("|" in spec for spec in _specs(msgid)) or any(
            spec.count("|") > 1 for spec in _specs(str(message.string))
        ):
            found.append(f"{where}: “{msgid}” does not go by number as {{n:one|more}}")
    return found


def _fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def _specs(text: str) -> list[str]:
    return [spec or "" for _, name, spec, _ in string.Formatter().parse(text) if name is not None]


def main() -> None:
    task = sys.argv[1] if len(sys.argv) == 2 else ""
    if task == "compile":
        COMPILED.parent.mkdir(parents=True, exist_ok=True)
        COMPILED.write_bytes(compiled())
    elif task == "missing":
        print("\n".join(problems()))
    elif task == "check":
        found = problems()
        if not COMPILED.exists() or COMPILED.read_bytes() != compiled():
            found.append("the compiled catalogue is older than the .po files: make messages")
        print("\n".join(found))
        sys.exit(bool(found))
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
