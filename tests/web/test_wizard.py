"""Bringing files step by step: what is refused, what is mended, what is sent once; and the inbox it comes to."""

from __future__ import annotations

import io
import re
import socket
import threading
import time
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import openpyxl
import pytest
import requests
from tests.web.browsing import PATIENCE, browser_of, enter, watched
from tests.web.conftest import FOREIGN, OWN, PASSWORD, Client, Site, kechuang

REVIEW = True
BRING = "/records/import/"
SECOND = "county-2"


@pytest.fixture(scope="module", autouse=True)
def foreign(site: Site) -> None:
    """An account of another county."""
    kechuang(
        "-C",
        site.folder,
        "user",
        "add",
        SECOND,
        "--role",
        "county",
        "--region",
        FOREIGN,
        given=PASSWORD + "\n",
    )


@pytest.fixture
def county(site: Site) -> Client:
    return site.client("county-1")


@pytest.fixture
def officer(site: Site) -> Client:
    return site.client("officer-1")


def book_of(client: Client, type_: str = "sme", **cells: Any) -> bytes:
    """The account's own records as a workbook, with cells of the second row changed: ``staff=…``."""
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"/records/{type_}/export.xlsx").content))
    sheet = book.worksheets[0]
    heads = [str(cell.value or "") for cell in sheet[1]]
    for head, value in cells.items():
        sheet.cell(2, heads.index(next(one for one in heads if one.startswith(head))) + 1).value = value
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def bring(client: Client, *files: tuple[str, bytes], **fields: str) -> requests.Response:
    return client.session.post(
        client.base + BRING,
        data={"csrfmiddlewaretoken": client.token(BRING), **fields},
        files=[("file", (name, content)) for name, content in files],
        headers={"Referer": client.base + BRING},
        allow_redirects=False,
        timeout=300,
    )


def checked(client: Client, *files: tuple[str, bytes], **fields: str) -> tuple[str, dict[str, Any]]:
    """Upload; the address of the upload and what its page says."""
    answer = bring(client, *files, **fields)
    assert answer.status_code == 302, answer.text
    path = answer.headers["Location"]
    return path, said(client, path)


def said(client: Client, path: str) -> dict[str, Any]:
    answer = client.get(f"{path}?format=json")
    assert answer.status_code == 200, (answer.status_code, answer.headers.get("Location"))
    content: dict[str, Any] = answer.json()
    return content


def settled(client: Client, path: str) -> requests.Response:
    """The page of an upload once nothing is worked on any more."""
    while True:
        answer = client.get(f"{path}?format=json")
        if answer.status_code != 200 or answer.json()["state"] != "working":
            return answer
        time.sleep(0.1)


def kept(site: Site) -> set[str]:
    return {one.name for one in (site.folder / "records" / "uploads").glob("*/")}


def batches(client: Client) -> list[str]:
    return [row["info"]["batch"] for row in client.get("/batches/?format=json").json()["rows"]]


def send(client: Client, path: str) -> str:
    """Send what was checked; the address of the batch."""
    answer = client.post(path, page=BRING, do="send", explain="已核实")
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"]


# -- what is refused


def test_what_is_no_return_is_refused_and_not_kept(site: Site, county: Client) -> None:
    import zipfile

    before = kept(site)
    png = b"\x89PNG\r\n\x1a\n" + b"\0" * 100
    for name, content, word in (
        ("report.docx", b"PK\x03\x04", "不是填报表"),
        ("picture.xlsx", png, "图片"),
        ("paper.xlsx", b"%PDF-1.7", "PDF"),
        ("empty.xlsx", b"", "是空的"),
    ):
        answer = bring(county, (name, content))
        assert answer.status_code == 422 and word in answer.text, name
    assert bring(county).status_code == 422
    twice = bring(county, ("a.csv", b"x"), ("a.csv", b"y"))
    assert twice.status_code == 422 and "两个文件" in twice.text
    assert kept(site) == before
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("x.txt", "x" * 5000)
    locked = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + b"\0" * 600
        + "EncryptedPackage".encode("utf-16-le")
        + b"\0" * 600
    )
    for name, content, word in (
        ("cut.xlsx", book_of(county)[:4000], "没有传完"),
        ("archive.xlsx", stream.getvalue(), "Excel"),
        ("locked.xlsx", locked, "密码"),
    ):
        path, page = checked(county, (name, content))
        assert page["state"] == "unreadable", (name, page)
        told = " ".join(one["finding"]["message"]["zh"] for one in page["issues"])
        assert word in told, told
        assert 'name="do" value="send"' not in county.get(path).text


def test_a_connection_that_is_cut_leaves_nothing(site: Site, county: Client) -> None:
    """A body shorter than it was said to be, as after a lost connection."""
    before, number = kept(site), len(batches(county))
    token = county.token(BRING)
    part = book_of(county)
    body = (
        f'--x\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n{token}\r\n'
        '--x\r\nContent-Disposition: form-data; name="file"; filename="half.xlsx"\r\n\r\n'
    ).encode() + part[: len(part) // 2]
    cookies = "; ".join(f"{one.name}={one.value}" for one in county.session.cookies)
    place = urlsplit(site.base)
    head = (
        f"POST {BRING} HTTP/1.1\r\nHost: {place.netloc}\r\nCookie: {cookies}\r\nReferer: {site.base}{BRING}\r\n"
        f"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: {len(body) + len(part)}\r\n\r\n"
    ).encode()
    with socket.create_connection((place.hostname, place.port)) as link:
        link.sendall(head + body)
        link.shutdown(socket.SHUT_WR)
        while link.recv(65536):
            pass
    assert kept(site) == before
    assert len(batches(county)) == number


def test_more_than_the_limit_is_told_before_and_after(site: Site, county: Client) -> None:
    page = county.get(BRING)
    assert f'data-most="{60 * 2**20}"' in page.text and "60MB" in page.text
    before = kept(site)
    answer = bring(county, ("huge.csv", b"0" * (63 * 2**20)))
    assert answer.status_code == 413 and "60MB" in answer.text
    assert kept(site) == before


def test_a_county_reports_of_itself_alone(site: Site, county: Client, officer: Client) -> None:
    rows = officer.get(f"/records/sme/?format=json&f-county={FOREIGN}").json()["rows"]
    name = rows[0][0]["data"]["name"]
    wanted = {"format": "json", "f-name": name}
    assert officer.get("/records/sme/", params=wanted).json()["count"] > 0
    book = openpyxl.load_workbook(
        io.BytesIO(officer.get("/records/sme/export.xlsx", params={"f-name": name}).content)
    )
    sheet = book.worksheets[0]
    for row in range(2, 2 + len(rows)):
        if sheet.cell(row, 1).value:
            sheet.cell(row, 3).value = "喀什市"  # theirs, as if it were ours
    stream = io.BytesIO()
    book.save(stream)
    path, page = checked(county, ("theirs.xlsx", stream.getvalue()))
    told = " ".join(one["finding"]["message"]["zh"] for one in page["issues"])
    assert page["errors"] and "别的地区填报" in told
    assert county.post(path, page=BRING, do="send").status_code == 422


def test_a_return_of_somebody_else_cannot_be_replaced(site: Site, county: Client, officer: Client) -> None:
    path, _ = checked(county, ("mine.xlsx", book_of(county, 职工总数=71)))
    batch = send(county, path)
    number = batch.rstrip("/").rsplit("/", 1)[1]
    assert officer.post(batch, do="return", comment="请核对职工总数").status_code == 302
    other = site.client(SECOND)
    before = kept(site)
    assert other.get(f"{BRING}?replaces={number}").status_code == 404
    answer = bring(other, ("a.xlsx", book_of(other)), replaces=number)
    assert answer.status_code == 404
    assert kept(site) == before
    assert other.get(batch).status_code == 404
    assert bring(county, ("a.xlsx", book_of(county)), replaces="B19990101-0001").status_code == 404
    # the one whose it is: the page says why it came back, and the marked workbook is of the same check
    assert "请核对职工总数" in county.get(f"{BRING}?replaces={number}").text
    again, page = checked(county, ("mine.xlsx", book_of(county, 职工总数=72)), replaces=number)
    assert page["errors"] == 0 and page["replaces"]["batch"] == number
    assert county.get(f"{again}errors.xlsx").status_code == 200
    new = send(county, again)
    told = officer.get(f"{new}?format=json").json()
    assert told["round"]["batch"] == number
    assert told["round"]["changes"][0]["fields"][0][1:3] == ["71", "72"]
    closed = bring(county, ("mine.xlsx", book_of(county, 职工总数=73)), replaces=number)
    late = said(county, closed.headers["Location"])  # it was replaced meanwhile: told, and nothing more
    assert number in late["wrong"]["zh"]


def test_uploads_are_nobody_elses(site: Site, county: Client) -> None:
    path, _ = checked(county, ("mine.xlsx", book_of(county)))
    other = site.client(SECOND)
    for address in (path, f"{path}errors.xlsx"):
        assert other.get(address).status_code == 404
    assert other.post(path, page=BRING, do="drop").status_code == 404
    assert path in county.get(BRING).text and path in county.get("/desk/").text
    assert county.post(path, page=BRING, do="drop").headers["Location"] == BRING
    assert county.get(path).status_code == 404


# -- mended


def test_a_suggestion_is_taken_with_one_press(county: Client) -> None:
    path, page = checked(county, ("words.xlsx", book_of(county, 职工总数="四十一")))
    (issue,) = [one for one in page["issues"] if one["finding"]["level"] == "error"]
    assert issue["suggestion"] == "41"
    assert page["open"]["line"] == 2
    text = county.get(path).text
    assert "改为41" in text and "disabled" in text and "还有1处错误" in text
    assert county.post(path, page=BRING, do="send").status_code == 422  # the button is not the only guard
    mended = county.post(path, page=BRING, do="mend", file="0", sheet="科技型中小企业", cell="G2", text="41")
    assert mended.status_code == 302
    assert said(county, path)["errors"] == 0


LACKING = [
    ["统一社会信用代码", "企业", "年度", "入库登记编号"],
    ["91653101EXAM00051G", "示例一", "2024", "示例编号1"],
]


def _csv() -> tuple[str, bytes]:
    return "lacking.csv", "".join(",".join(row) + "\r\n" for row in LACKING).encode()


def _workbook() -> tuple[str, bytes]:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in LACKING:
        book.active.append(row)
    book.active["A1"].font = openpyxl.styles.Font(bold=True)
    book.active["D1"].font = openpyxl.styles.Font(bold=True)
    stream = io.BytesIO()
    book.save(stream)
    return "lacking.xlsx", stream.getvalue()


@pytest.mark.parametrize("file", [_csv(), _workbook()], ids=["csv", "xlsx"])
def test_a_column_is_renamed_or_added_on_the_page(
    site: Site, county: Client, file: tuple[str, bytes]
) -> None:
    path, page = checked(county, file, type="sme")
    absent = {one["finding"]["absent"]: one for one in page["issues"] if one["finding"]["absent"]}
    assert set(absent) == {"企业名称", "所在县市"}
    assert (
        not absent["企业名称"]["mendable"] and absent["所在县市"]["mendable"]
    )  # the first one has another name
    other = next(one for one in page["issues"] if one["headings"])
    assert (other["finding"]["found"], other["suggestion"]) == ("企业", "企业名称")
    text = county.get(path).text
    assert text.count("补上这一列") >= 1 and "改为企业名称" in text
    sheet = other["finding"]["sheet"] or ""
    mended = county.post(path, page=BRING, do="mend", file="0", sheet=sheet, cell="B1", text="企业名称")
    assert mended.status_code == 302
    for row in ("0", "99", "x"):  # no such row
        assert (
            county.post(
                path, page=BRING, do="column", file="0", sheet=sheet, row=row, text="所在县市"
            ).status_code
            == 404
        )
    added = county.post(path, page=BRING, do="column", file="0", sheet=sheet, row="1", text="所在县市")
    assert added.status_code == 302
    left = [one for one in said(county, path)["issues"] if one["finding"]["level"] == "error"]
    assert [(one["finding"]["column"], one["finding"]["row"]) for one in left] == [
        (4, 1)
    ]  # E2 is to be filled
    assert county.post(path, page=BRING, do="mend", file="0", sheet=sheet, cell="E2", text="喀什市").ok
    assert said(county, path)["errors"] == 0
    if file[0].endswith("xlsx"):
        (kept_,) = (site.folder / "records" / "uploads" / path.split("/")[3]).glob("*.xlsx")
        assert openpyxl.load_workbook(kept_).worksheets[0]["E1"].font.bold


@pytest.mark.parametrize(("name", "content"), [("cut.xlsx", b"PK\x03\x04half"), ("empty.csv", b"  \n")])
def test_nothing_is_added_to_a_file_that_cannot_be_read(county: Client, name: str, content: bytes) -> None:
    path, page = checked(county, (name, content), type="sme")
    assert page["state"] == "unreadable"
    answer = county.post(path, page=BRING, do="column", file="0", row="1", text="所在县市")
    assert answer.status_code == 422 and "文件已损坏" in answer.text
    assert county.post(path, page=BRING, do="column", file="7", row="1", text="所在县市").status_code == 404


def test_the_marked_workbook_shows_the_fault(county: Client) -> None:
    path, _ = checked(county, ("words.xlsx", book_of(county, 职工总数="很多")))
    book = openpyxl.load_workbook(io.BytesIO(county.get(f"{path}errors.xlsx").content))
    assert "很多" in str(book.worksheets[1]["G2"].value)
    assert book.worksheets[1]["G2"].comment is not None


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize(("delimiter", "end"), [(";", "\r\n"), ("\t", "\n"), (",", "\r\n")])
def test_a_mended_csv_is_otherwise_the_same(
    site: Site, county: Client, encoding: str, delimiter: str, end: str
) -> None:
    import csv

    sheet = openpyxl.load_workbook(io.BytesIO(book_of(county))).worksheets[0]
    rows = [[cell.value for cell in row[:10]] for row in sheet.iter_rows(min_row=1, max_row=4)]
    rows[1][1] = f'甲{delimiter}"乙"公司'
    rows[2][6] = "三十五个"
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=delimiter, lineterminator=end).writerows(rows)
    content = stream.getvalue().encode(encoding)
    path, page = checked(county, ("table.csv", content), type="sme")
    assert page["errors"] == 1, page["issues"]
    assert county.post(path, page=BRING, do="mend", file="0", cell="G3", text="35").status_code == 302
    assert said(county, path)["errors"] == 0
    (file,) = (site.folder / "records" / "uploads" / path.split("/")[3]).glob("*.csv")
    assert file.read_bytes() == stream.getvalue().replace("三十五个", "35").encode(encoding)


def test_several_files_are_one_whole(county: Client) -> None:
    number = len(batches(county))
    bad = ("units.xlsx", book_of(county, "rd_units", 年度="不知道"))
    path, page = checked(county, ("firms.xlsx", book_of(county, 职工总数=81)), bad)
    assert page["errors"] >= 1 and len(page["files"]) == 2
    assert {one["file"] for one in page["issues"] if one["finding"]["level"] == "error"} == {1}
    assert county.post(path, page=BRING, do="send").status_code == 422
    assert len(batches(county)) == number
    assert county.get(f"{path}errors.xlsx?file=1").status_code == 200
    assert county.get(f"{path}errors.xlsx?file=2").status_code == 404


# -- sent


def test_two_windows_at_once_make_one_batch(site: Site, county: Client) -> None:
    path, _ = checked(county, ("once.xlsx", book_of(county, 职工总数=91)))
    number = len(batches(county))
    clients = [site.client("county-1") for _ in range(4)]
    tokens = [client.token(BRING) for client in clients]
    together, places = threading.Barrier(4), []

    def press(client: Client, token: str) -> None:
        together.wait()
        places.append(client.post(path, token=token, do="send", explain="已核实"))

    threads = [threading.Thread(target=press, args=pair) for pair in zip(clients, tokens, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {answer.status_code for answer in places} == {302}
    assert len({answer.headers["Location"] for answer in places}) == 1
    assert len(batches(county)) == number + 1
    back = county.get(path)  # the way back leads on to what was sent
    assert (back.status_code, back.headers["Location"]) == (302, places[0].headers["Location"])
    assert county.post(path, page=BRING, do="mend", cell="A1", text="x").status_code == 302
    assert path not in county.get(BRING).text


def test_a_draft_waits_for_its_sender(county: Client, officer: Client) -> None:
    path, _ = checked(county, ("draft.xlsx", book_of(county, 职工总数=95)))
    batch = county.post(path, page=BRING, do="draft", explain="已核实").headers["Location"]
    assert county.get(f"{batch}?format=json").json()["row"]["info"]["state"] == "draft"
    assert batch.split("/")[2] not in officer.get("/review/").text
    assert county.post(batch, do="submit").status_code == 302
    assert batch.split("/")[2] in officer.get("/review/").text


def large(county: Client, rows: int) -> bytes:
    """A table of so many rows, each of the county."""
    from kechuang.records.sampling.codes import example_code

    sheet = openpyxl.load_workbook(io.BytesIO(book_of(county))).worksheets[0]
    heads = ",".join(str(cell.value) for cell in sheet[1][:10])
    lines = [
        f"{example_code(OWN, 700000 + number)},示例企业{number}号,{OWN},2024,示例2024-{number:06d},2024-03-15,50,12,900.5,45"
        for number in range(rows)
    ]
    return "\n".join([heads, *lines]).encode()


def test_a_large_file_is_checked_and_sent_in_the_background(county: Client) -> None:
    path, page = checked(county, ("large.csv", large(county, 9000)), type="sme")
    assert page["state"] == "working"
    assert county.get(path, headers={"HX-Request": "true"}).status_code in (200, 204)
    found = settled(county, path).json()
    assert (found["state"], found["errors"], found["rows"]) == ("result", 0, 9000), found
    number = len(batches(county))
    answers = [county.post(path, page=BRING, do="send", explain="已核实") for _ in range(2)]
    assert {answer.status_code for answer in answers} == {302}
    done = settled(county, path)
    assert done.status_code == 302 and done.headers["Location"].startswith("/batches/B")
    moved = county.get(path, headers={"HX-Request": "true"})
    assert moved.headers["HX-Redirect"] == done.headers["Location"]
    assert len(batches(county)) == number + 1


def test_a_check_can_be_stopped_and_begun_again(county: Client) -> None:
    path, page = checked(county, ("larger.csv", large(county, 60000)), type="sme")
    assert page["state"] == "working"
    assert county.post(path, page=BRING, do="stop").status_code == 302
    stopped = settled(county, path).json()
    assert stopped["state"] == "stopped" and stopped["job"]["state"] == "cancelled"
    assert "重新核对" in county.get(path).text
    assert county.post(path, page=BRING, do="check").status_code == 302
    assert settled(county, path).json()["state"] == "result"


# -- the inbox


def test_the_inbox_is_filtered_walked_and_emptied(site: Site, county: Client, officer: Client) -> None:
    other = site.client(SECOND)
    own = [
        send(county, checked(county, (f"own-{n}.xlsx", book_of(county, 职工总数=100 + n)))[0])
        for n in range(2)
    ]
    theirs = send(other, checked(other, ("theirs.xlsx", book_of(other, 职工总数=110)))[0])
    numbers = [place.split("/")[2] for place in (*own, theirs)]
    found = officer.get(f"/review/?format=json&county={FOREIGN}").json()
    assert {row["info"]["who"] for row in found["rows"]} == {SECOND}
    one = officer.get(f"{own[0]}?format=json&county={OWN}").json()
    assert own[1] in one["turn"]["after"] and one["turn"]["number"] >= 1
    change = next(row for row in one["changes"] if row["fields"])
    assert change["fields"][0][3], "a number tells by how much it became another"
    empty = officer.post("/review/", do="accept")
    assert empty.status_code == 422 and "没有勾选" in empty.text
    assert officer.post("/review/", do="return", batch=numbers[2]).status_code == 422
    assert officer.post("/review/", do="return", batch=numbers[2], comment="请附证明").status_code == 302
    assert "请附证明" in other.get(theirs).text
    noted = officer.post(
        own[0], do="return", **{"key-0": change["key"], "cell-0": "staff", "note-0": "与社保人数不符"}
    )
    assert noted.status_code == 302
    reason = county.get(f"{own[0]}?format=json").json()["row"]["info"]["reason"]
    assert reason == f"{change['key']} 职工总数：与社保人数不符"
    done = officer.post("/review/", do="accept", batch=numbers[1])
    assert done.status_code == 302
    assert "接收了1份" in officer.get(done.headers["Location"]).text
    again = officer.post("/review/", do="accept", batch=numbers[1])
    assert again.status_code == 422 and "不在待审状态" in again.text


def test_the_inbox_is_the_offices(county: Client) -> None:
    assert county.post("/review/", page=BRING, do="accept", batch="B1").status_code == 403


# -- in a browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    pytest.importorskip("playwright.sync_api")
    with browser_of() as found:
        yield found


@pytest.mark.browser
def test_upload_mend_and_send_in_a_browser(site: Site, browser: Any, county: Client, tmp_path: Path) -> None:
    from playwright.sync_api import expect

    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    wrong = watched(page, site.base)
    enter(page, site, "county")
    page.goto(f"{site.base}{BRING}")
    page.select_option("#f-kind", "sme")
    page.wait_for_selector('#bring a[href="/records/sme/template.xlsx"]')
    assert page.locator(".flow [aria-current=step]").inner_text().startswith("2")
    big = tmp_path / "big.csv"
    big.write_bytes(b"0" * 61 * 2**20)
    page.set_input_files("#f-file", big)
    assert "60MB" in page.locator("#up-told").inner_text()
    assert page.locator("[data-go]").is_disabled()
    page.set_input_files("#f-file", {"name": "note.txt", "mimeType": "text/plain", "buffer": b"x"})
    page.locator("[data-go]").click()
    expect(page.locator("#up-told")).to_contain_text("note.txt", timeout=PATIENCE)
    content = book_of(county, 职工总数="五十二", 所在县市="喀什式")
    page.set_input_files(
        "#f-file", {"name": "return.xlsx", "mimeType": "application/octet-stream", "buffer": content}
    )
    page.locator("[data-go]").click()
    page.wait_for_url("**/records/import/*/")
    assert page.locator("td.bad").count() == 2
    page.locator(".fix select").select_option("喀什市")
    page.locator(".fix .btn").click()
    expect(page.locator("td.bad")).to_have_count(1, timeout=PATIENCE)
    assert page.locator(".submit .btn").last.is_disabled()
    page.get_by_role("button", name="改为52").click()
    page.locator("td.bad").wait_for(state="detached")
    if page.locator("#f-explain").count():
        page.fill("#f-explain", "已核实")
    page.locator('.submit button[value="send"]').dblclick()
    page.wait_for_url("**/batches/*/")
    sent = page.url
    page.go_back()
    page.wait_for_url(sent)
    context.close()
    assert not wrong, wrong


@pytest.mark.browser
def test_a_lost_connection_is_told_and_the_form_still_works(site: Site, browser: Any, county: Client) -> None:
    from playwright.sync_api import expect

    context = browser.new_context()
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    enter(page, site, "county")
    page.goto(f"{site.base}{BRING}")
    file = {"name": "return.xlsx", "mimeType": "application/octet-stream", "buffer": book_of(county)}
    page.set_input_files("#f-file", file)
    page.route(f"**{BRING}", lambda route: route.abort("connectionreset"))
    page.locator("[data-go]").click()
    expect(page.locator("#up-told")).to_contain_text("什么也没有存", timeout=PATIENCE)
    page.unroute(f"**{BRING}")
    page.locator("[data-go]").click()
    page.wait_for_url("**/records/import/*/")
    context.close()


def test_words_of_the_county_are_told_as_text(county: Client) -> None:
    path, _ = checked(county, ("<b>x.xlsx", book_of(county, 职工总数="<script>alert(1)</script>")))
    text = county.get(path).text
    assert "<script>alert" not in text
    assert "alert(1)" in unescape(text)
    assert not re.search(r"<b>x", text)
