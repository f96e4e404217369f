"""What the public reads: no record of any unit leaks, open data describes itself, comments come in and are told."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from tests.web.conftest import Site, kechuang

#: Unified social credit codes, in full.
USCC = re.compile(r"(?<!\.)\b[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10}\b")


def test_lineage_shows_records_to_the_office_and_none_to_the_public(site: Site) -> None:
    address = "/indicators/rd_expenditure/653100/2023/"
    inside, outside = site.client("leader-1").get(address).text, site.client().get(address).text
    assert USCC.search(inside)
    for path in (address, address + "?format=json", "/targets/T1/why/", "/targets/T1/why/?format=json"):
        text = site.client().get(path).text
        assert not USCC.search(text), path
    assert "研发经费调查表" in outside
    assert not USCC.search(site.client("enterprise-1").get(address).text)


def test_a_withheld_figure_has_no_value_and_no_lineage(site: Site) -> None:
    rows = site.client().get("/indicators/rd_expenditure/?format=json").json()
    hidden = [
        (row["code"], year)
        for row in rows["rows"]
        for year, cell in zip(rows["years"], row["cells"], strict=True)
        if cell["word"] and cell["word"]["zh"] == "不公布"
    ]
    assert hidden
    code, year = hidden[0]
    address = f"/indicators/rd_expenditure/{code}/{year}/"
    assert site.client().get(address).status_code == 404
    assert site.client("officer-1").get(address).status_code == 200


def test_the_map_gives_every_county_a_tile_and_the_years_a_link(site: Site) -> None:
    page = site.client().get("/map/st_smes/2023/?format=json").json()
    assert len({(one["x"], one["y"]) for one in page["tiles"]}) == len(page["tiles"]) == 12
    text = site.client().get("/map/st_smes/2023/").text
    assert text.count('<circle class="bub') == 12
    assert all(f"/map/st_smes/{year}/" in text for year in page["years"])


def test_open_data_is_what_it_says_of_itself(site: Site) -> None:
    client = site.client()
    package = client.get("/open/datapackage.json").json()
    held = {}
    for one in package["resources"]:
        content = client.get("/open/" + one["path"]).content
        assert len(content) == one["bytes"]
        assert one["hash"] == "sha256:" + hashlib.sha256(content).hexdigest()
        if "schema" in one:
            rows = list(csv.DictReader(io.StringIO(content.decode())))
            names = [field["name"] for field in one["schema"]["fields"]]
            assert list(rows[0]) == names
            keys = [tuple(row[name] for name in one["schema"]["primaryKey"]) for row in rows]
            assert len(set(keys)) == len(keys)
            for field in one["schema"]["fields"]:
                limits = field.get("constraints", {})
                for row in rows:
                    value = row[field["name"]]
                    assert value or not limits.get("required")
                    assert not value or "enum" not in limits or value in limits["enum"]
                    if value and field["type"] == "number":
                        float(value)
            held[one["name"]] = (one["schema"], rows)
    for schema, rows in held.values():
        for key in schema.get("foreignKeys", []):
            _, other = held[key["reference"]["resource"]]
            known = {row[key["reference"]["fields"][0]] for row in other}
            assert {row[key["fields"][0]] for row in rows} - {""} <= known
    catalogue = client.get("/open/catalog.jsonld").json()
    dataset = catalogue["dcat:dataset"][0]
    assert len(dataset["dcat:distribution"]) == len(package["resources"])
    sums = client.get("/open/SHA256SUMS").text.split()
    for digest, name in zip(sums[::2], sums[1::2], strict=True):
        assert hashlib.sha256(client.get("/open/" + name).content).hexdigest() == digest
    assert not USCC.search(client.get("/open/data/figures.csv").text)


@pytest.fixture(scope="module")
def opened(site: Site) -> Iterator[Site]:
    today = date.today()
    days = ("--from", (today - timedelta(2)).isoformat(), "--to", (today + timedelta(2)).isoformat())
    kechuang("-C", site.folder, "plan", "comments", "open", *days, "--by", "科技局")
    yield site


def test_a_comment_comes_in_without_a_log_in_and_is_answered(opened: Site) -> None:
    public, office = opened.client(), opened.client("officer-1")
    answer = public.post(
        "/consultation/", text="建议<script>alert(1)</script>写明高企数，电话13812345678", about="T4"
    )
    assert answer.status_code == 302
    text = office.get("/plan/comments/").text
    assert "&lt;script&gt;" in text and "<script>alert" not in text
    assert "13812345678" not in text
    name = answer.headers["Location"].split("=")[1]
    assert office.post("/plan/comments/", **{"comment": name, "as": "not"}).status_code == 422
    given = {"comment": name, "as": "partly", "reason": "已部分写入"}
    assert office.post("/plan/comments/", **given).status_code == 302
    assert "已部分写入" in office.get("/plan/comments/").text
    assert "已部分写入" not in public.get("/consultation/").text  # the round is still open


def test_comments_are_limited(opened: Site) -> None:
    public = opened.client()
    before = opened.client("officer-1").get("/plan/comments/?format=json").json()["rows"]
    assert public.post("/consultation/", text="买药", website="spam").status_code == 302
    assert public.post("/consultation/", text="长" * 2001).status_code == 422
    assert public.post("/consultation/", text="").status_code == 422
    after = opened.client("officer-1").get("/plan/comments/?format=json").json()["rows"]
    assert len(after) == len(before)
    answers = [public.post("/consultation/", text=f"第{n}条意见").status_code for n in range(7)]
    assert answers[0] == 302 and answers[-1] == 422


def test_the_portal_is_a_site_of_its_own(site: Site, tmp_path: Path) -> None:
    """Every link leads to a file that is there, and no page asks for a server."""
    out = tmp_path / "site"
    kechuang("-C", site.folder, "publish", "portal", out)
    pages = list(out.rglob("*.html"))
    assert {"index.html", "en/index.html", "map/index.html", "open/index.html"} <= {
        page.relative_to(out).as_posix() for page in pages
    }
    for page in pages:
        text = page.read_text("utf-8")
        assert "hx-" not in text and "csrfmiddlewaretoken" not in text
        assert not USCC.search(text), page
        for link in re.findall(r'(?:href|src)="([^"#?]+)', text):
            assert not link.startswith("/"), (page, link)
            if "://" not in link:
                assert (page.parent / link).is_file(), (page, link)
