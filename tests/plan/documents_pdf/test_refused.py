"""PDF: what cannot be read is refused with the way to mend it; what is made to do harm does none."""

from __future__ import annotations

import hashlib
import io
import random
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from kechuang.errors import KechuangError
from kechuang.plan.documents import Document, read_document
from kechuang.plan.documents.pdf import process, reading

Made = Callable[..., bytes]
Refused = Callable[[Path], KechuangError]

HELVETICA = b"/Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>"
TEXT = b"BT /F1 12 Tf 72 700 Td (Kechuang reads this plan) Tj ET"
SCAN = b"q 595 0 0 842 0 0 cm /I Do Q"
IMAGE = b"/XObject<</I 100 0 R>>"


def packed(content: bytes, head: bytes = b"") -> bytes:
    return b"<<" + head + b"/Length %d>>stream\n" % len(content) + content + b"\nendstream"


def picture(colour: tuple[int, int, int]) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (60, 80), colour).save(stream, "JPEG")
    head = b"/Type/XObject/Subtype/Image/Width 60/Height 80/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter/DCTDecode"
    return packed(stream.getvalue(), head)


PAPER, MAP = picture((240, 240, 236)), picture((60, 160, 90))


@pytest.fixture
def error(tmp_path: Path, refused: Refused) -> Callable[[bytes], KechuangError]:
    def of(data: bytes) -> KechuangError:
        path = tmp_path / "规划.pdf"
        path.write_bytes(data)
        return refused(path)

    return of


def test_scans_are_told_and_what_to_do(made: Made, error: Callable[[bytes], KechuangError]) -> None:
    found = error(made([SCAN] * 3, IMAGE, [PAPER]))
    assert found.code == "document-scanned"
    assert "3页" in str(found) and "OCR" in str(found) and "docx" in str(found)


def test_pages_that_are_scans_are_named(made: Made, error: Callable[[bytes], KechuangError]) -> None:
    found = error(made([TEXT, TEXT, SCAN, TEXT, SCAN, SCAN, TEXT], HELVETICA + IMAGE, [PAPER]))
    assert found.code == "document-scanned" and "3, 5-6" in str(found)


def test_a_scanned_cover_and_maps_are_no_hindrance(made: Made, drawn: Callable[..., Document]) -> None:
    resources = HELVETICA + IMAGE
    assert drawn(SCAN, TEXT, TEXT, TEXT, TEXT, resources=resources, extra=[PAPER]).blocks[0].page == 2
    assert len(drawn(TEXT, TEXT, SCAN, TEXT, SCAN, TEXT, resources=resources, extra=[MAP]).blocks) == 4


def test_a_scan_with_text_behind_it_is_read(drawn: Callable[..., Document]) -> None:
    behind = TEXT.replace(b"BT", b"BT 3 Tr")
    document = drawn(SCAN + b" " + behind, resources=HELVETICA + IMAGE, extra=[PAPER])
    assert document.text == "Kechuang reads this plan"


def test_fonts_that_do_not_tell_their_signs(made: Made, error: Callable[[bytes], KechuangError]) -> None:
    font = (
        b"/Font<</F1<</Type/Font/Subtype/Type0/BaseFont/A/Encoding/Identity-H/DescendantFonts[<</Type/Font"
        b"/Subtype/CIDFontType2/BaseFont/A/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>>>]>>>>"
    )
    found = error(made([b"BT /F1 12 Tf 72 700 Td <" + b"00410042" * 20 + b"> Tj ET"], font))
    assert found.code == "document-no-text" and "OCR" in str(found)


def locked(made: Made, user: bytes) -> bytes:
    """A PDF of one page encrypted for the password ``user`` (ISO 32000-1, 7.6: RC4 of 40 bits)."""
    from pdfminer.arcfour import Arcfour

    def digest(data: bytes, length: int) -> bytes:
        return hashlib.md5(data, usedforsecurity=False).digest()[:length]

    filling = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")
    padded = (user + filling)[:32]
    owner = Arcfour(digest((b"owner" + filling)[:32], 5)).process(padded)
    key = digest(padded + owner + struct.pack("<i", -4) + b"0123456789abcdef", 5)
    proof = Arcfour(key).process(filling)
    content = Arcfour(digest(key + struct.pack("<I", 100)[:3] + bytes(2), 10)).process(TEXT)
    lock = (
        b"/ID[(0123456789abcdef)(0123456789abcdef)]/Encrypt<</Filter/Standard/V 1/R 2/P -4/O<%s>/U<%s>>>"
        % (
            owner.hex().encode(),
            proof.hex().encode(),
        )
    )
    plain = made([TEXT], HELVETICA, [packed(content)], trailer=lock)
    return plain.replace(b"/Contents 11 0 R", b"/Contents 100 0 R")


def test_a_password(made: Made, error: Callable[[bytes], KechuangError], tmp_path: Path) -> None:
    found = error(locked(made, b"secret"))
    assert found.code == "document-encrypted" and "密码" in str(found)
    path = tmp_path / "printing-forbidden.pdf"
    path.write_bytes(locked(made, b""))
    assert read_document(path).text == "Kechuang reads this plan"


def test_too_many_pages(made: Made, error: Callable[[bytes], KechuangError]) -> None:
    found = error(made([TEXT] * (reading.MOST_PAGES + 1), HELVETICA))
    assert found.code == "file-too-large" and "3001" in str(found)


def hostile(made: Made) -> dict[str, bytes]:
    filled = zlib.compress(b"q Q " * 50_000_000, 9)
    twice = zlib.compress(zlib.compress(bytes(400 * 2**20), 1), 9)
    forms = [
        packed(
            b"/X Do " * 10 if n < 11 else TEXT,
            b"/Type/XObject/Subtype/Form/BBox[0 0 600 800]/Resources<<"
            + HELVETICA
            + b"/XObject<</X %d 0 R>>>>" % (101 + n),
        )
        for n in range(12)
    ]
    ranges = (
        b"/Font<</F1<</Type/Font/Subtype/Type0/BaseFont/A/Encoding/Identity-H/DescendantFonts[<</Type/Font"
        b"/Subtype/CIDFontType2/BaseFont/A/W[0 4000000000 500]>>]>>>>"
    )
    crowded = b"".join(b"1 0 0 1 %d %d Tm (a) Tj " % (n % 590, n % 840) for n in range(70_000))
    content = b"/Contents 11 0 R", b"/Contents 100 0 R"
    return {
        "a stream that swells": made([TEXT], HELVETICA, [packed(filled, b"/Filter/FlateDecode")]).replace(
            *content
        ),
        "a stream packed twice": made(
            [TEXT], HELVETICA, [packed(twice, b"/Filter[/FlateDecode/FlateDecode]")]
        ).replace(*content),
        "forms in forms": made([b"/X Do"], b"/XObject<</X 100 0 R>>", forms),
        "widths without end": made([TEXT], ranges),
        "too many signs": made([b"BT /F1 1 Tf " + crowded + b"ET"], HELVETICA),
    }


def test_what_is_made_to_exhaust_the_machine_is_stopped(
    made: Made, error: Callable[[bytes], KechuangError]
) -> None:
    for name, data in hostile(made).items():
        assert error(data).code == "document-too-complex", name


def test_a_page_that_takes_too_long_is_given_up(
    made: Made, error: Callable[[bytes], KechuangError], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "LONGEST_PAGE", 0.01)
    assert error(made([TEXT], HELVETICA)).code == "document-too-complex"


@pytest.mark.parametrize(
    "data",
    [
        b"%PDF-1.7",
        b"%PDF-1.4\n1 0 obj\n<</Type/Catalog>>\nendobj\ntrailer<</Root 1 0 R>>",
        b"%PDF-1.4\n1 0 obj\n" + b"[" * 100_000,
        b"%PDF-1.4\ntrailer<</Root 1 0 R>>startxref\n5\n%%EOF",
    ],
)
def test_damaged(data: bytes, error: Callable[[bytes], KechuangError]) -> None:
    assert error(data).code == "document-damaged"


def test_a_file_cut_short_anywhere(made: Made) -> None:
    data = made([TEXT] * 3, HELVETICA)
    for end in range(10, len(data), 97):
        try:
            pieces = reading.read_pdf(data[:end])
        except reading.Refusal as refusal:
            assert refusal.code == "damaged"
        else:
            assert {piece.text for piece in pieces} <= {"Kechuang reads this plan"}


CODES = {"damaged", "encrypted", "many-pages", "complex", "scanned", "partly-scanned", "unknown-signs"}


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32))
def test_damaged_bytes_are_read_or_refused(made: Made, seed: int) -> None:
    chance = random.Random(seed)
    rules = b" 72 600 m 300 600 l S 72 500 m 300 500 l S 72 500 m 72 600 l S 200 500 m 200 600 l S"
    data = bytearray(made([TEXT + rules, TEXT], HELVETICA + IMAGE, [PAPER]))
    for _ in range(chance.randint(1, 8)):
        data[chance.randrange(8, len(data))] = chance.randrange(256)
    try:
        pieces: Any = reading.as_json(reading.read_pdf(bytes(data)))
    except reading.Refusal as refusal:
        assert refusal.code in CODES
    else:
        assert all("\n" not in piece.get("text", "") for piece in pieces)


operators = st.sampled_from(
    [
        b"BT", b"ET", b"/F1 12 Tf", b"/F1 -9 Tf", b"/F1 0 Tf", b"1 0 0 1 90 700 Tm", b"0 1 -1 0 90 300 Tm", b"0 0 0 0 0 0 Tm",
        b"1e30 0 0 1e30 0 0 cm", b"(plan) Tj", b"(2025) Tj", b"[(a) -5000 (b)] TJ", b"20 TL", b"T*", b"3 Tr", b"5 Ts", b"0 Tz",
        b"72 600 300 80 re S", b"72 600 300 0.5 re f", b"100 500 m 100 700 l S", b"60 620 m 400 620 l S", b"q", b"Q", b"/I Do",
        b"/F9 1 Tf", b"1 0 0 1 90 680 Tm", b"1 0 0 1 300 700 Tm", b"h", b"f", b"10 20 30 40 50 60 c", b"BI /W 1 /H 1 ID x EI",
    ]
)  # fmt: skip


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(pages=st.lists(st.lists(operators, max_size=60), min_size=1, max_size=3))
def test_any_drawing_is_read_or_refused(made: Made, pages: list[list[bytes]]) -> None:
    data = made([b" ".join(page) for page in pages], HELVETICA + IMAGE, [PAPER])
    try:
        pieces = reading.read_pdf(data)
    except reading.Refusal as refusal:
        assert refusal.code in CODES - {"damaged"}
    else:
        assert [piece.page for piece in pieces] == sorted(piece.page for piece in pieces)


def test_progress_is_told(made: Made, tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(made([TEXT] * 4, HELVETICA))
    heard: list[tuple[int, int]] = []
    read_document(path, lambda read, of: heard.append((read, of)))
    assert heard == [(1, 4), (2, 4), (3, 4), (4, 4)]
