"""The house itself: lock files, licence, catalogue, layers, documents that must stay true."""

from __future__ import annotations

import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

#: All that a lock may hold: a package with its version, perhaps for some machines only, and digests. No address fits.
PINNED = re.compile(r"[A-Za-z0-9._-]+(\[[a-z,-]+\])?==[0-9][0-9A-Za-z.+!]*( ; [A-Za-z0-9_ '<>=!.()-]+)? \\")
DIGEST = re.compile(r"    --hash=sha256:[0-9a-f]{64}( \\)?")


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock", "requirements-peers.lock"])
def test_locks_pin_every_package_with_hashes_and_name_no_host(root: Path, name: str) -> None:
    text = (root / name).read_text("utf-8")
    for line in text.splitlines():
        assert PINNED.fullmatch(line) or DIGEST.fullmatch(line), line
    entries = re.split(r"\n(?=[A-Za-z0-9])", text.strip())
    assert len(entries) > 30
    for entry in entries:
        assert re.match(r"[A-Za-z0-9._-]+(\[[a-z,-]+\])?==\S+", entry), entry[:80]
        assert "--hash=sha256:" in entry, entry[:80]


def test_no_tracked_file_names_a_registry(root: Path) -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=root, capture_output=True, text=True, check=True)
    registry = re.compile(r"(files\.)?python" + r"hosted\.org|pypi\.org/simple|registry\." + r"npmjs")
    for name in listed.stdout.splitlines():
        path = root / name
        if path.suffix in {".docx", ".xlsx", ".png", ".mo"} or not path.is_file():
            continue
        assert not registry.search(path.read_text("utf-8", errors="replace")), name


def test_licence_is_apache_2(root: Path) -> None:
    text = (root / "LICENSE").read_text("utf-8")
    assert "Apache License" in text
    assert "Version 2.0" in text


def test_every_sentence_has_english_and_the_compiled_catalogue_is_current(root: Path) -> None:
    run = subprocess.run(
        [sys.executable, "scripts/messages.py", "check"],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr


def test_the_main_road_names_functions_that_exist(root: Path) -> None:
    text = (root / "docs" / "architecture.md").read_text("utf-8")
    steps = re.findall(r"^\d+\. .*?`(kechuang[\w.]+)`", text, re.MULTILINE)
    assert len(steps) == 10
    for step in steps:
        assert callable(_resolve(step)), step


def _resolve(dotted: str) -> object:
    parts = dotted.split(".")
    for cut in range(len(parts), 0, -1):
        try:
            found: object = importlib.import_module(".".join(parts[:cut]))
        except ModuleNotFoundError:
            continue
        for part in parts[cut:]:
            found = getattr(found, part)
        return found
    raise AssertionError(dotted)


def test_every_module_says_what_it_is_for_and_stays_small(root: Path) -> None:
    for path in (root / "src").rglob("*.py"):
        text = path.read_text("utf-8")
        lines = text.count("\n")
        assert lines <= 600, f"{path.name} has {lines} lines"
        if path.name != "__init__.py" and "migrations" not in path.parts:
            assert text.lstrip().startswith('"""'), path


def test_nothing_in_the_code_knows_the_example(root: Path) -> None:
    for path in (root / "src").rglob("*"):
        if path.suffix in {".py", ".yaml", ".html", ".css"} and "examples" not in path.parts:
            text = path.read_text("utf-8")
            if path.name in {"demo.py"} and path.parent.name == "cli":
                text = text.replace('EXAMPLE = "kashgar"', "")
            assert "喀什" not in text, path
            assert "653100" not in text.replace("如 653100", ""), path


def test_the_reference_pages_tell_the_product_as_it_is(root: Path) -> None:
    """Every command, setting, record type, indicator and error code is documented, and as it now is."""
    run = subprocess.run(
        [sys.executable, "scripts/reference.py", "check"],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr


def test_commands_in_the_docs_exist(root: Path) -> None:
    known = set(
        re.findall(r"## `(kechuang[\w -]*)`", (root / "docs/reference/commands.md").read_text("utf-8"))
    )
    pages = [root / "README.md", root / "README.zh-CN.md", *(root / "docs").rglob("*.md")]
    named = 0
    for page in pages:
        if page.parent.name == "reference":
            continue
        for line in re.findall(r"^(?:\.venv/bin/)?(kechuang .*)$", page.read_text("utf-8"), re.MULTILINE):
            words = re.sub(r"(?:-C|--lang) \S+ ?", "", line).split()
            command = next((" ".join(words[:n]) for n in (4, 3, 2) if " ".join(words[:n]) in known), None)
            assert command, f"{page.name}: {line}"
            named += 1
    assert named > 20


def test_one_process_may_hold_several_workspaces(tmp_path: Path) -> None:
    """Opening a second workspace changes nothing in the first."""
    from kechuang.start import new_workspace

    first = new_workspace(tmp_path / "a", region="330100", name="甲")
    second = new_workspace(tmp_path / "b", region="330200", name="乙")
    assert first.store.alias != second.store.alias
    assert first.snapshot().digest == second.snapshot().digest
    assert (tmp_path / "a" / "kechuang.db").exists()
    assert (tmp_path / "b" / "kechuang.db").exists()
