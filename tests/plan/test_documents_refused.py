"""What cannot be read as a document is refused with the way to mend it; nothing hostile does harm."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from kechuang.errors import KechuangError
from kechuang.plan.documents import Document, package, read_document
from kechuang.plan.documents import read as reading

Sound = Callable[[Document], None]
Refused = Callable[[Path], KechuangError]
ALLOWED = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


def packed(parts: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


def body(inside: str, head: str = "") -> bytes:
    w = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    return f'{head}<w:document xmlns:w="{w}"><w:body>{inside}</w:body></w:document>'.encode()


GOOD = packed({"word/document.xml": body("<w:p><w:r><w:t>规划</w:t></w:r></w:p>")})
ENTITY = '<!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/hostname">]>'
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("a.txt", b"", "file-empty"),
        ("a.docx", b"", "file-empty"),
        ("a.txt", " 　\n\n".encode(), "document-no-text"),
        ("a.html", b"<p> </p><script>x</script>", "document-no-text"),
        ("a.html", b"<!-- -->", "document-no-text"),
        ("a.docx", packed({"word/document.xml": body("<w:p/>")}), "document-no-text"),
        ("a.txt", b"\xff\x00\x81\xff", "unknown-encoding"),
        ("a.txt", b"abc\0\0\1", "unknown-encoding"),
        ("a.html", b"<p>\x81", "unknown-encoding"),
        ("a.pdf", b"%PDF-1.7", "document-damaged"),
        ("a.pdf", b"text", "document-damaged"),
        ("a.docx", b"%PDF-1.7", "unknown-format"),
        ("a.xlsx", GOOD, "unknown-format"),
        ("规划", b"text", "unknown-format"),
        ("a.doc", OLE, "unknown-format"),
        ("a.docx", OLE, "unknown-format"),
        ("a.docx", OLE + "EncryptedPackage".encode("utf-16-le"), "document-encrypted"),
        ("a.docx", b"not a zip", "document-damaged"),
        ("a.docx", GOOD[: len(GOOD) // 2], "document-damaged"),
        ("a.docx", packed({"word/other.xml": b"<a/>"}), "document-damaged"),
        ("a.docx", packed({"word/document.xml": b"<w:document"}), "document-damaged"),
        ("a.docx", packed({"word/document.xml": b"<a/>"}), "document-damaged"),
        ("a.docx", packed({"word/document.xml": body("<w:p><w:r><w:t>&e;</w:t></w:r></w:p>", ENTITY)}), "document-damaged"),
        ("a.docx", packed({"word/document.xml": body("<w:p>" * 3000 + "</w:p>" * 3000)}), "document-damaged"),
        ("a.docx", packed({"word/document.xml": b" " * (60 * 2**20)}), "zip-bomb"),
    ],
)  # fmt: skip
def test_refused(refused: Refused, tmp_path: Path, name: str, data: bytes, code: str) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    assert refused(path).code == code


def test_many_parts_that_swell_together(
    refused: Refused, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.docx"
    path.write_bytes(packed({**{f"{n}.xml": b" " * 100 for n in range(11)}, "word/document.xml": body("")}))
    monkeypatch.setattr(package, "LARGEST_TOTAL", 1000)
    assert refused(path).code == "zip-bomb"


def test_where_there_is_no_file(refused: Refused, tmp_path: Path) -> None:
    (tmp_path / "folder.txt").mkdir()
    (tmp_path / "a.txt").write_text("x")
    assert refused(tmp_path / "folder.txt").code == "not-a-file"
    assert refused(tmp_path / "none.txt").code == "file-missing"
    assert refused(tmp_path / "a.txt" / "b.txt").code == "file-missing"
    assert refused(Path("a\0b.txt")).code == "file-missing"


def test_a_file_too_large(refused: Refused, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"x" * 1001)
    monkeypatch.setattr(reading, "LARGEST", 1000)
    assert refused(path).code == "file-too-large"


def test_what_is_read_is_said(refused: Refused, tmp_path: Path) -> None:
    path = tmp_path / "a.doc"
    path.write_bytes(OLE)
    said = str(refused(path))
    assert "txt、docx、pdf和html" in said and ".docx" in said


TAGS = [
    *("<p>", "</p>", "<table>", "</table>", "<tr>", "<td>", "</td>", "<td rowspan=3>", "<td rowspan=0>"),
    *("<td colspan=99999 rowspan=99999>", "<caption>", "<ol>", "</ol>", "<ul>", "<li>", "</li>", "<br>"),
    *("<h1>", "</h1>", "<pre>", "</div>", "<!--", "-->", "<script>", "<?a", "<![CDATA[", "&#0;", "&nbsp;"),
    *("甲", " 乙\n"),
]


@settings(max_examples=200, deadline=None, suppress_health_check=ALLOWED)
@given(
    suffix=st.sampled_from([".txt", ".html", ".htm", ".docx", ".pdf", ""]),
    data=st.binary(max_size=300)
    | st.text(max_size=200).map(lambda text: text.encode("utf-8", "ignore"))
    | st.lists(
        st.sampled_from(TAGS),
        max_size=25,
    ).map(lambda tags: "".join(tags).encode()),
)
@example(suffix=".html", data="<ul><li>甲</ol>乙".encode())
def test_any_bytes_are_blocks_or_an_error(sound: Sound, tmp_path: Path, suffix: str, data: bytes) -> None:
    path = tmp_path / f"a{suffix}"
    path.write_bytes(data)
    try:
        sound(read_document(path))
    except KechuangError as error:
        assert str(error)


ELEMENTS = [
    "p",
    "r",
    "t",
    "tbl",
    "tr",
    "tc",
    "sdt",
    "sdtContent",
    "pPr",
    "numPr",
    "tcPr",
    "ins",
    "del",
    "txbxContent",
]
EMPTY = [
    '<w:vMerge w:val="restart"/>',
    "<w:vMerge/>",
    '<w:gridSpan w:val="2"/>',
    '<w:gridSpan w:val="99999"/>',
    '<w:br/>',
    "<w:tab/>",
    '<w:sym w:char="D800"/>',
    '<w:pStyle w:val="x"/>',
    '<w:ilvl w:val="99"/>',
    '<w:numId w:val="1"/>',
    "<w:t>甲 </w:t>",
]  # fmt: skip
trees = st.recursive(
    st.sampled_from(EMPTY),
    lambda inner: st.builds(
        lambda name, parts: f"<w:{name}>{''.join(parts)}</w:{name}>",
        st.sampled_from(ELEMENTS),
        st.lists(inner, max_size=4),
    ),
    max_leaves=25,
)
rows = st.lists(
    st.lists(
        st.builds(
            "<w:tc><w:tcPr>{}{}</w:tcPr><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:tc>".format,
            st.sampled_from(["", EMPTY[0], EMPTY[1]]),
            st.sampled_from(["", EMPTY[2], EMPTY[3]]),
            st.sampled_from(["", "甲", " 乙\n丙 "]),
        ),
        max_size=4,
    ).map(lambda cells: f"<w:tr>{''.join(cells)}</w:tr>"),
    max_size=4,
).map(lambda found: f"<w:tbl>{''.join(found)}</w:tbl>")
NUMBERS = (
    body("")
    .replace(b"document", b"numbering")
    .replace(
        b"<w:body></w:body>",
        b'<w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:numFmt w:val="upperRoman"/>'
        b'<w:lvlText w:val="%1 %9"/></w:lvl></w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num>',
    )
)


@settings(max_examples=150, deadline=None, suppress_health_check=ALLOWED)
@given(parts=st.lists(trees | rows, max_size=5))
def test_any_word_xml_is_blocks_or_an_error(sound: Sound, tmp_path: Path, parts: list[str]) -> None:
    path = tmp_path / "a.docx"
    path.write_bytes(packed({"word/document.xml": body("".join(parts)), "word/numbering.xml": NUMBERS}))
    try:
        sound(read_document(path))
    except KechuangError as error:
        assert error.code == "document-no-text"


@settings(max_examples=100, deadline=None, suppress_health_check=ALLOWED)
@given(seed=st.integers(0, 2**32))
def test_a_damaged_word_file_is_read_or_refused(sound: Sound, tmp_path: Path, seed: int) -> None:
    chance, data = random.Random(seed), bytearray(GOOD)
    for _ in range(chance.randint(1, 6)):
        data[chance.randrange(len(data))] = chance.randrange(256)
    path = tmp_path / "a.docx"
    path.write_bytes(data)
    try:
        sound(read_document(path))
    except KechuangError as error:
        assert error.code in ("document-damaged", "document-encrypted", "document-no-text", "zip-bomb")
