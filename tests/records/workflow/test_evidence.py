"""Attachments: known by their content, kept once under its digest, missed when they are gone."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kechuang.errors import KechuangError
from kechuang.records.workflow.filetypes import KINDS, NotEvidence, kind_of

WHO = "县填报岗"
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def archive(*names: str, types: bytes = b"<Types/>") -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as target:
        if types:
            target.writestr("[Content_Types].xml", types)
        for name in names:
            target.writestr(name, "x")
    return stream.getvalue()


def workbook() -> bytes:
    from openpyxl import Workbook

    stream = io.BytesIO()
    Workbook().save(stream)
    return stream.getvalue()


def document() -> bytes:
    from docx import Document

    stream = io.BytesIO()
    Document().save(stream)
    return stream.getvalue()


def picture(kind: str) -> bytes:
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib.figure import Figure

    stream = io.BytesIO()
    Figure(figsize=(1, 1)).savefig(stream, format=kind)
    return stream.getvalue()


GOOD: dict[str, tuple[str, Callable[[], bytes]]] = {
    "a.pdf": ("pdf", lambda: PDF),
    "a.PDF": ("pdf", lambda: PDF),
    "a.xlsx": ("xlsx", workbook),
    "a.docx": ("docx", document),
    "a.png": ("png", lambda: b"\x89PNG\r\n\x1a\n....IEND\xaeB`\x82"),
    "a.jpeg": ("jpg", lambda: b"\xff\xd8\xff\xe0....\xff\xd9"),
    "a.txt": ("txt", lambda: "证明材料".encode("gb18030")),
    "a.csv": ("csv", lambda: b"project,amount\nA,3\n"),
}
BAD: dict[str, bytes] = {
    "empty.pdf": b"",
    "program.pdf": b"MZ\x90\x00rest",
    "program.txt": b"\x7fELF\x02",
    "page.txt": b"<!DOCTYPE html><html></html>",
    "page.csv": b"a,b\n<script>alert(1)</script>,2\n",
    "script.txt": b"#!/bin/sh\nrm -rf /\n",
    "script.sh": b"echo 1\n",
    "vector.svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    "old.doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest",
    "half.pdf": PDF[:-8],
    "half.png": b"\x89PNG\r\n\x1a\n....",
    "half.xlsx": workbook()[:-40],
    "runs.pdf": PDF.replace(b"<<>>", b"<</OpenAction<</S/JavaScript/JS(app.alert())>>>>", 1),
    "launch.pdf": PDF.replace(b"<<>>", b"<</S/Launch>>", 1),
    "wrong.png": PDF,
    "wrong.pdf": workbook(),
    "macro.xlsx": archive("xl/workbook.xml", "xl/vbaProject.bin"),
    "macro.docx": archive(
        "word/document.xml", types=b"application/vnd.ms-word.document.macroEnabled.main+xml"
    ),
    "object.docx": archive("word/document.xml", "word/embeddings/oleObject1.bin"),
    "plain.zip": archive("a.txt", types=b""),
    "zip.docx": archive("a.txt", types=b""),
    "binary.txt": b"a\x00b",
}


@pytest.mark.parametrize("name", GOOD)
def test_kinds_that_are_taken(name: str) -> None:
    kind, content = GOOD[name]
    assert kind_of(content(), Path(name).suffix) == kind


@pytest.mark.parametrize("name", BAD)
def test_kinds_that_are_refused(office: Any, name: str) -> None:
    office.bring(office.write("s.csv", office.survey(1)))
    path = office.folder / name
    path.write_bytes(BAD[name])
    with pytest.raises(KechuangError) as caught:
        office.store.workflow.attach("rd_survey", f"{office.code(1)}|2024", path, who=WHO)
    assert caught.value.code == "evidence-refused" and caught.value.remedy is not None
    assert not (office.folder / "evidence").exists()


def test_a_picture_drawn_by_a_program_is_taken() -> None:
    assert kind_of(picture("png"), ".png") == "png"


@given(
    st.binary(max_size=200), st.sampled_from([*(s for names in KINDS.values() for s in names), ".exe", ""])
)
def test_any_bytes_are_judged_or_refused(content: bytes, suffix: str) -> None:
    for start in (b"", b"%PDF-", b"PK\x03\x04", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"):
        try:
            assert kind_of(start + content, suffix) in KINDS
        except NotEvidence as refused:
            assert refused.message.zh


def test_a_file_is_kept_once_under_its_digest(office: Any) -> None:
    office.bring(office.write("s.csv", office.survey(1), office.survey(2)))
    desk, folder = office.store.workflow, office.folder / "evidence"
    one, two = (f"{office.code(n)}|2024" for n in (1, 2))
    path = office.folder / "凭证.pdf"
    path.write_bytes(PDF)
    found = desk.attach("rd_survey", one, path, who=WHO, note="研发费用凭证")
    assert found.file == f"{hashlib.sha256(PDF).hexdigest()}.pdf" and not found.repeated
    assert desk.attach("rd_survey", one, path, who="别人").repeated
    desk.attach("rd_survey", two, path, who=WHO)
    assert [path.name for path in folder.iterdir()] == [found.file]
    (told,) = (item.as_dict() for item in desk.attachments("rd_survey", one))
    assert (told["name"], told["note"], told["who"], told["size"]) == (
        "凭证.pdf",
        "研发费用凭证",
        WHO,
        len(PDF),
    )
    assert office.store.verify() == []
    (folder / found.file).write_bytes(PDF + b" ")
    assert [fault.code for fault in office.store.verify()] == ["evidence-changed"]
    (folder / found.file).unlink()
    assert [fault.code for fault in office.store.verify()] == ["evidence-missing"]
    desk.attach("rd_survey", one, path, who=WHO)
    assert office.store.verify() == [], "attached again, it is whole again"


def test_what_cannot_be_attached(make: Callable[..., Any]) -> None:
    office = make(evidence_mb=1)
    office.bring(office.write("s.csv", office.survey(1)))
    desk, key = office.store.workflow, f"{office.code(1)}|2024"
    large, small = office.folder / "l.txt", office.folder / "s.txt"
    large.write_bytes(b"a" * (2**20 + 1))
    small.write_bytes(b"a")
    for arguments, code in [
        (("rd_survey", key, large), "evidence-too-large"),
        (("rd_survey", "nothing", small), "unknown-record"),
        (("nothing", key, small), "unknown-type"),
        (("rd_survey", key, office.folder / "gone.txt"), "file-unreadable"),
        (("rd_survey", key, office.folder), "file-unreadable"),
    ]:
        with pytest.raises(KechuangError) as caught:
            desk.attach(*arguments, who=WHO)
        assert caught.value.code == code
    with pytest.raises(KechuangError) as caught:
        desk.attach("rd_survey", key, small, who=" ")
    assert caught.value.code == "nobody-named"
    folder = office.folder / "evidence"
    assert not folder.exists() or not list(folder.iterdir()), "nothing is left of what was refused"
