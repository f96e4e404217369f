"""The homes of the roles, self-check by regulation, corrections by two people, a form whose session is over."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
from tests.web.conftest import OWN, PASSWORD, Site


def test_each_role_comes_home(site: Site) -> None:
    for role, name in site.accounts.items():
        client = site.client(name)
        answer = client.get("/desk/")
        away = {"commissioner": "/visit/", "leader": "/"}.get(role)
        assert (answer.status_code, answer.headers.get("Location")) == ((302, away) if away else (200, None))


def test_a_county_sees_its_returns_of_the_year_and_those_alone(site: Site) -> None:
    from datetime import date

    year = date.today().year - 1
    desk = site.client("county-1").get(f"/desk/?format=json&year={year}").json()
    rows = [*desk["open"], *(row for group in desk["done"] for row in group["rows"])]
    assert rows
    assert {row["owed"]["region"] for row in rows} == {OWN}
    assert len(rows) == len(desk["open"]) + desk["sent"]
    assert all(row["owed"]["owed"] for row in desk["open"])
    for row in desk["open"]:
        assert site.client("county-1").get(row["href"]).status_code == 200


def test_every_figure_of_the_evaluators_desk_leads_to_cells(site: Site) -> None:
    client = site.client("evaluator-1")
    desk = client.get("/desk/?format=json").json()
    row = next(row for row in desk["rows"] if row["values"][0][1])
    year, value = row["values"][0]
    figure = client.get(f"/desk/figures/{row['indicator']}/{year}/?format=json").json()
    assert figure["why"]["explained"]["figure"]["value"] == pytest.approx(value)
    assert figure["why"]["explained"]["records"][0]["file"]
    assert client.get("/desk/figures/nothing/2024/").status_code == 404


def test_self_check_says_what_is_missing_and_keeps_nothing(site: Site) -> None:
    client = site.client("enterprise-1")
    page = "/self-check/sme/"
    answer = client.post(page + "?format=json", page=page, staff="620", sales="3000").json()
    staff = next(one for one in answer["result"]["clauses"] if one["id"] == "staff")
    assert staff["mark"] == "late"
    assert "120" in staff["need"]["zh"]
    assert answer["result"]["clauses"][0] == staff  # what stops it comes first
    assert {one["value"] for one in client.get(page + "?format=json").json()["fields"]} == {""}
    kept = client.post(page + "?format=json", page=page, staff="620", keep="1")
    assert kept.status_code == 200
    there = {one["name"]: one["value"] for one in client.get(page + "?format=json").json()["fields"]}
    assert there["staff"] == "620"
    client.post("/logout/", page=page)
    again = site.client("enterprise-1").get(page + "?format=json").json()
    assert {one["value"] for one in again["fields"]} == {""}


def test_self_check_tells_a_bad_cell_at_its_field(site: Site) -> None:
    client = site.client("enterprise-1")
    answer = client.post("/self-check/sme/?format=json", page="/self-check/sme/", staff="many")
    assert answer.status_code == 422
    assert [one["name"] for one in answer.json()["fields"] if one["wrong"]] == ["staff"]
    old = client.post("/self-check/sme/?format=json", page="/self-check/sme/", as_of="1999-01-01")
    assert old.status_code == 422


def correction(client: Any, key: str) -> tuple[str, dict[str, str]]:
    """The address of the form of a record and what is in it."""
    path = f"/records/rd_survey/edit/?key={key}"
    form = client.get(path + "&format=json").json()
    fields = {one["name"]: one["value"] for one in form["fields"]}
    return path, {**fields, "version": str(form["version"]), "slip": str(uuid.uuid4())}


def test_two_people_correct_the_same_record(site: Site) -> None:
    first, second = site.client("county-1"), site.client("officer-1")
    key = first.get("/records/rd_survey/?format=json").json()["rows"][0][0]["key"]
    path, one = correction(first, key)
    _, two = correction(second, key)
    parts = {"basic": "", "applied": "", "experimental": "", "explain": "核对过原表"}
    sent = first.post(path, page=path, **{**one, **parts, "expenditure": "111.5"})
    assert sent.status_code == 302, sent.text
    assert first.post(path, page=path, **{**one, **parts, "expenditure": "111.5"}).status_code == 302
    late = second.post(path, page=path, **{**two, **parts, "expenditure": "222.5"})
    assert late.status_code == 409
    assert "111.5" in late.text and 'value="222.5"' in late.text  # both texts, nothing lost
    version = re.search(r'name="version" value="(\d+)"', late.text)
    slip = re.search(r'name="slip" value="([^"]+)"', late.text)
    assert version and slip
    again = {**two, **parts, "expenditure": "222.5", "version": version[1], "slip": slip[1]}
    assert second.post(path, page=path, **again).status_code == 302
    record = first.get(f"/records/rd_survey/record/?key={key}&format=json").json()
    numbers = [row["version"]["data"]["expenditure"] for row in record["versions"][:3]]
    assert numbers[:2] == [222.5, 111.5]


def test_a_county_corrects_its_own_records_alone(site: Site) -> None:
    rows = site.client("officer-1").get("/records/rd_survey/?format=json&q=653121").json()["rows"]
    foreign = next(row[0]["key"] for row in rows if row[0]["data"]["county"] != OWN)
    client = site.client("county-1")
    assert client.get(f"/records/rd_survey/edit/?key={foreign}").status_code == 404


def test_what_was_typed_outlives_the_session(site: Site) -> None:
    client = site.client("county-1")
    key = client.get("/records/rd_survey/?format=json").json()["rows"][1][0]["key"]
    path, form = correction(client, key)
    token = client.token(path)
    del client.session.cookies["kechuang"]
    lost = client.post(path, token=token, **{**form, "source": "改到一半的话"})
    assert lost.status_code == 401
    assert "改到一半的话" in lost.text
    carried = re.search(r'name="carried" value="([^"]*)"', lost.text)
    assert carried
    from html import unescape

    fresh = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', lost.text)
    assert fresh
    mistyped = client.post(
        "/login/",
        token=fresh[1],
        name="county-1",
        password="not-the-password",
        next=path,
        carried=unescape(carried[1]),
    )
    assert mistyped.status_code == 422
    assert "改到一半的话" in unescape(mistyped.text)
    back = client.post(
        "/login/", token=fresh[1], name="county-1", password=PASSWORD, next=path, carried=unescape(carried[1])
    )
    assert back.status_code == 200
    assert f'action="{path}"' in back.text
    assert 'name="source" value="改到一半的话"' in back.text
