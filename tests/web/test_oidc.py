"""Logging in through an identity provider: a real one on loopback, in good faith and in bad."""

from __future__ import annotations

import json
import os
import re
import secrets
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from tests.web.conftest import ENTER, PASSWORD, Client, Site, kechuang, running
from tests.web.identity import (
    CLIENT,
    EC,
    RSA,
    SECRET,
    SHORT,
    STRANGER,
    Claims,
    Provider,
    by_hand,
    by_public_key,
    providing,
    public,
    signed,
)

from kechuang.errors import KechuangError
from kechuang.settings import Oidc, read_settings
from kechuang.start import new_workspace

NAMES = {"keji-bureau": "administrator", "leader-a": "leader", "leader-b": "leader", "leader-c": "leader"}
VARIABLE = "KECHUANG_OIDC_SECRET"


def workspace(folder: Path, issuer: str) -> Path:
    new_workspace(folder, region="330523", name="安吉县科技创新规划", plan_files=[])
    settings = f'\n[oidc]\nissuer = "{issuer}"\nclient_id = "{CLIENT}"\nlabel = "政务统一身份"\n'
    with (folder / "kechuang.toml").open("a") as stream:
        stream.write(settings)
    for name, role in NAMES.items():
        kechuang("-C", folder, "user", "add", name, "--role", role, given=PASSWORD + "\n")
    return folder


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with providing() as there:
        yield there


@pytest.fixture(scope="module")
def office(provider: Provider, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = workspace(tmp_path_factory.mktemp("oidc") / "office", provider.issuer)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, SECRET)
        with running(folder) as base:
            yield Site(base, folder)


@pytest.fixture(autouse=True)
def fresh(request: pytest.FixtureRequest, provider: Provider) -> None:
    """The provider as it should be, and nobody locked out by the test before."""
    provider.reset()
    if "office" in request.fixturenames:
        with sqlite3.connect(
            request.getfixturevalue("office").folder / "kechuang.db", timeout=60
        ) as database:
            database.execute("delete from web_attempt")


def path_of(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}"


def begun(client: Client, after: str = "") -> str:
    """Press the button: where the provider sends the browser back to."""
    out = client.get("/login/oidc/" + (f"?next={after}" if after else ""))
    assert out.status_code == 302, out.text
    gone = requests.get(out.headers["Location"], allow_redirects=False, timeout=60)
    assert gone.status_code == 302, gone.text
    assert gone.headers["Location"].startswith(client.base + "/login/oidc/back/?")
    return path_of(gone.headers["Location"])


def came_back(office: Site, after: str = "") -> tuple[Client, requests.Response]:
    client = office.client()
    return client, client.get(begun(client, after))


def refused(client: Client, answer: requests.Response, status: int, words: str) -> None:
    """On the log-in page, in words, in both languages, and nobody is logged in."""
    assert answer.status_code == 302
    where = answer.headers["Location"]
    assert where.startswith("/login/?"), where
    page = client.get(where)
    assert page.status_code == status, page.text
    assert words in page.text
    english = client.get(where + "&lang=en")
    assert english.status_code == status
    assert words not in english.text
    client.get(where + "&lang=zh")
    assert client.get("/account/").status_code == 302


def events(office: Site, action: str) -> list[tuple[str, dict[str, Any]]]:
    with sqlite3.connect(office.folder / "kechuang.db", timeout=60) as database:
        asked = "select who, detail from records_event where action = ? order by seq"
        return [(who, json.loads(detail)) for who, detail in database.execute(asked, (action,))]


# -- in good faith


def test_the_provider_opens_an_account(office: Site, provider: Provider) -> None:
    client = office.client()
    page = client.get("/login/?next=/plan/")
    assert "政务统一身份" in page.text
    assert 'href="/login/oidc/?next=%2Fplan%2F"' in page.text
    back = begun(client, "/plan/")
    before = client.session.cookies["kechuang"]
    answer = client.get(back)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/plan/")
    assert client.session.cookies["kechuang"] != before
    mine = client.get("/account/?format=json").json()
    assert mine["name"] == "leader-a"
    assert len(mine["sessions"]) == 1
    who, detail = events(office, "account-in")[-1]
    assert (who, detail["by"], detail["address"]) == ("leader-a", "oidc", "127.0.0.1")
    assert provider.asked.count("/token") == 1
    assert client.post("/logout/", page="/account/").status_code == 302
    assert client.get("/account/").status_code == 302
    assert events(office, "account-out")[-1][0] == "leader-a"


def test_what_is_asked_of_the_provider(office: Site, provider: Provider) -> None:
    """A code, by PKCE, with a state and nonce nobody can guess and that are new each time."""
    client, seen = office.client(), []
    for _ in range(2):
        address = client.get("/login/oidc/").headers["Location"]
        assert address.startswith(provider.issuer + "/authorize?tenant=1&")
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert asked["redirect_uri"] == client.base + "/login/oidc/back/"
        assert SECRET not in address
        assert len(asked["state"]) >= 40
        assert len(asked["nonce"]) >= 40
        assert len(asked["code_challenge"]) == 43
        seen += [asked["state"], asked["nonce"], asked["code_challenge"]]
    assert len(set(seen)) == 6


@pytest.mark.parametrize(
    "sign",
    [
        lambda claims: signed(claims, EC, "ES256", "ec"),
        lambda claims: signed(claims, RSA, "PS256", "pss"),
        lambda claims: signed(claims, EC, "ES256", None),
        lambda claims: signed({**claims, "aud": [CLIENT, "other"], "azp": CLIENT}),
    ],
)
def test_other_good_tokens(office: Site, provider: Provider, sign: Callable[[Claims], str]) -> None:
    provider.sign = sign
    client, answer = came_back(office)
    assert answer.headers["Location"] == "/desk/"
    assert client.get("/account/").status_code == 200


def test_two_windows_end_both(office: Site) -> None:
    """Two log-ins begun in one browser: each comes back to where it was going."""
    client = office.client()
    first, second = begun(client, "/plan/"), begun(client, "/targets/")
    assert client.get(second).headers["Location"] == "/targets/"
    assert client.get(first).status_code == 302
    assert client.get("/account/").status_code == 200


def test_a_password_somebody_else_chose_is_not_asked_after(office: Site, provider: Provider) -> None:
    """Nobody used it here; logging in by it still asks for one's own."""
    with sqlite3.connect(office.folder / "kechuang.db", timeout=60) as database:
        database.execute("update web_user set must_change = 1 where name = 'leader-b'")
    provider.claims = {"preferred_username": "leader-b"}
    client, answer = came_back(office)
    assert answer.headers["Location"] == "/desk/"
    assert client.get("/account/tokens/").status_code == 200
    other = office.client("leader-b")
    assert other.get("/account/tokens/").headers["Location"] == "/account/"


@pytest.mark.parametrize(
    "after",
    ["https://evil.example/", "//evil.example/", "/\\evil.example/", "javascript:alert(1)", "http:evil"],
)
def test_next_leads_nowhere_else(office: Site, after: str) -> None:
    _, answer = came_back(office, after)
    assert answer.headers["Location"] == "/desk/"


def test_who_is_logged_in_is_led_on(office: Site, provider: Provider) -> None:
    client = office.client("leader-c")
    provider.reset()
    assert client.get("/login/oidc/?next=/plan/").headers["Location"] == "/plan/"
    assert client.get("/login/oidc/back/?code=a&state=b").headers["Location"] == "/desk/"
    assert provider.asked == []


# -- in bad faith


def unsigned(claims: Claims) -> str:
    return by_hand(claims, "none", lambda _: b"")


def stolen(claims: Claims) -> str:
    """Signed by a key that came along in the header."""
    return signed(claims, STRANGER)


LIES: list[tuple[str, dict[str, Any], str]] = [
    ("nonce", {"claims": {"nonce": "another"}}, "nonce"),
    ("no nonce", {"without": ("nonce",)}, "nonce"),
    ("audience", {"claims": {"aud": "another-site"}}, "audience"),
    ("no audience", {"without": ("aud",)}, "audience"),
    ("audiences", {"claims": {"aud": [CLIENT, "another-site"]}}, "audience"),
    ("party", {"claims": {"azp": "another-site"}}, "audience"),
    ("issuer", {"claims": {"iss": "https://another.example"}}, "issuer"),
    ("expired", {"claims": {"exp": time.time() - 3600}}, "expired"),
    ("no end", {"without": ("exp",)}, "expired"),
    ("end in words", {"claims": {"exp": "tomorrow"}}, "expired"),
    ("old", {"claims": {"iat": time.time() - 86400}}, "issued"),
    ("of tomorrow", {"claims": {"iat": time.time() + 86400, "exp": time.time() + 90000}}, "issued"),
    ("not yet", {"claims": {"nbf": time.time() + 86400}}, "issued"),
    ("nobody", {"claims": {"sub": ""}}, "subject"),
    ("unsigned", {"sign": unsigned}, "algorithm"),
    ("public key as secret", {"sign": by_public_key}, "algorithm"),
    ("another's key", {"sign": stolen}, "signature"),
    ("unknown key", {"sign": lambda claims: signed(claims, STRANGER, number="new")}, "key"),
    ("another algorithm", {"sign": lambda claims: signed(claims, RSA, "RS384")}, "key"),
    ("changed", {"sign": lambda claims: signed(claims)[:-6] + "AAAAAA"}, "signature"),
    ("no token", {"sign": lambda _: "nothing"}, "no-token"),
    ("no name", {"claims": {"preferred_username": None}}, "no claim preferred_username"),
    ("a list of names", {"claims": {"preferred_username": ["leader-a"]}}, "no claim preferred_username"),
    ("huge", {"sign": lambda claims: signed({**claims, "more": "x" * 70_000})}, "too-large"),
    ("an answer too large", {"raw": {"/token": (200, b" " * 400_000, {})}}, "too-large"),
    ("no JSON", {"raw": {"/token": (200, b"<html>", {})}}, "not-json"),
    ("deep JSON", {"raw": {"/token": (200, b"[" * 100_000, {})}}, "not-json"),
    ("elsewhere", {"raw": {"/token": (302, b"", {"Location": "http://127.0.0.1:9/"})}}, "redirect"),
    ("not known", {"raw": {"/token": (401, b'{"error": "invalid_client"}', {})}}, "invalid_client"),
]


@pytest.mark.parametrize(("lie", "what"), [one[1:] for one in LIES], ids=[one[0] for one in LIES])
def test_what_cannot_be_believed(office: Site, provider: Provider, lie: dict[str, Any], what: str) -> None:
    for name, value in lie.items():
        setattr(provider, name, {**provider.claims, **value} if name == "claims" else value)
    client, answer = came_back(office)
    refused(client, answer, 502, "的应答不能相信")
    told = [detail["what"] for who, detail in events(office, "account-refused") if detail["why"] == "wrong"]
    assert what in told, told


def test_a_short_key_proves_nothing(office: Site, provider: Provider) -> None:
    from kechuang.web.oidc.proof import proved
    from kechuang.web.oidc.words import NotAdmitted

    oidc = Oidc(provider.issuer, CLIENT)
    now = int(time.time())
    claims = {"iss": oidc.issuer, "aud": CLIENT, "sub": "1", "exp": now + 60, "iat": now, "nonce": "n"}
    for key, expected in ((RSA, None), (SHORT, "signature")):
        keys = [public(key, "k")]
        token = signed(claims, key, number="k")
        if expected is None:
            assert proved(token, lambda _, known=keys: known, oidc, "n")["sub"] == "1"  # type: ignore[misc]
        else:
            with pytest.raises(NotAdmitted) as caught:
                proved(token, lambda _, known=keys: known, oidc, "n")  # type: ignore[misc]
            assert caught.value.what == expected


def test_another_state_than_ours(office: Site, provider: Provider) -> None:
    client = office.client()
    back = begun(client)
    provider.asked.clear()
    wrong = re.sub(r"state=[^&]+", "state=" + secrets.token_urlsafe(32), back)
    refused(client, client.get(wrong), 422, "没有从本页开始")
    assert events(office, "account-refused")[-1][1]["why"] == "state"
    assert provider.asked == []
    assert client.get(back).headers["Location"] == "/desk/"  # the real one still ends well


def test_a_log_in_begun_in_another_browser(office: Site, provider: Provider) -> None:
    """Somebody is sent an address with somebody else's code: nobody is logged in, and nobody is counted."""
    back = begun(office.client())
    provider.asked.clear()
    told = len(events(office, "account-refused"))
    client = office.client()
    for _ in range(40):
        assert client.get(back).status_code == 302
    refused(client, client.get(back), 422, "没有从本页开始")
    assert provider.asked == []
    assert len(events(office, "account-refused")) == told


def test_a_code_counts_once(office: Site, provider: Provider) -> None:
    client = office.client()
    back = begun(client)
    assert client.get(back).headers["Location"] == "/desk/"
    assert client.post("/logout/", page="/account/").status_code == 302
    refused(client, client.get(back), 422, "没有从本页开始")
    code = parse_qs(urlsplit(back).query)["code"][0]
    again = re.sub(r"code=[^&]+", f"code={code}", begun(client))  # the used code, with a state of ours
    refused(client, client.get(again), 422, "没有同意")
    assert events(office, "account-refused")[-1][1] == {
        "why": "refused",
        "what": "invalid_grant",
        "address": "127.0.0.1",
    }


def test_somebody_else_s_code_does_not_fit(office: Site) -> None:
    """PKCE: a code that was given for another browser's log-in opens nothing here."""
    other = parse_qs(urlsplit(begun(office.client())).query)["code"][0]
    client = office.client()
    refused(client, client.get(re.sub(r"code=[^&]+", f"code={other}", begun(client))), 422, "没有同意")


def test_the_provider_says_no(office: Site, provider: Provider) -> None:
    provider.denies = True
    client, answer = came_back(office)
    refused(client, answer, 422, "没有同意")
    assert events(office, "account-refused")[-1][1]["what"] == "access_denied"
    assert "/token" not in provider.asked


def test_an_answer_in_the_name_of_another_provider(office: Site, provider: Provider) -> None:
    provider.back = {"iss": "https://another.example"}
    client, answer = came_back(office)
    refused(client, answer, 502, "不能相信")
    assert "/token" not in provider.asked
    provider.back = {"iss": provider.issuer}
    _, answer = came_back(office)
    assert answer.headers["Location"] == "/desk/"


def test_an_account_there_is_not(office: Site, provider: Provider) -> None:
    """No account is made, and the name is told and kept."""
    provider.claims = {"preferred_username": "<b>nobody</b>"}
    client, answer = came_back(office)
    refused(client, answer, 422, "本站没有账号“&lt;b&gt;nobody&lt;/b&gt;”")
    who, detail = events(office, "account-refused")[-1]
    assert (who, detail["why"], detail["name"]) == ("-", "unknown", "<b>nobody</b>")
    with sqlite3.connect(office.folder / "kechuang.db", timeout=60) as database:
        assert database.execute("select count(*) from web_user").fetchone() == (len(NAMES),)


def test_an_account_that_is_closed(office: Site, provider: Provider) -> None:
    provider.claims = {"preferred_username": "leader-c"}
    with sqlite3.connect(office.folder / "kechuang.db", timeout=60) as database:
        database.execute("update web_user set is_active = 0 where name = 'leader-c'")
    try:
        client, answer = came_back(office)
        refused(client, answer, 422, "账号“leader-c”已停用")
        assert events(office, "account-refused")[-1][0] == "leader-c"
    finally:
        with sqlite3.connect(office.folder / "kechuang.db", timeout=60) as database:
            database.execute("update web_user set is_active = 1 where name = 'leader-c'")


def test_nobody_puts_words_on_the_page(office: Site) -> None:
    for made in ("unknown", "WyJ1bmtub3duIiwiYSJd:1:x", "\u5df2", "%00"):
        page = office.client().get(f"/login/?told={made}")
        assert page.status_code == (400 if made == "%00" else 200)
        assert "note--late" not in page.text


def test_the_administrator_reads_of_it(office: Site, provider: Provider) -> None:
    provider.claims = {"preferred_username": "zhang-new"}
    came_back(office)
    admin = office.client("keji-bureau")
    page = admin.get("/admin/audit/?action=account-refused")
    assert "统一身份认证未能登录" in page.text
    assert "没有这个账号：zhang-new" in page.text
    settings = admin.get("/admin/").text
    assert SECRET not in settings


# -- lock-out


def test_an_account_that_is_locked_stays_so(office: Site) -> None:
    client = office.client()
    for _ in range(5):
        assert client.post("/login/", name="leader-a", password="wrong").status_code in (422, 429)
    client, answer = came_back(office)
    refused(client, answer, 429, "已暂停登录15分钟")


def test_an_address_that_fails_too_often_waits(office: Site, provider: Provider) -> None:
    """Refusals count as wrong passwords do; what is the provider's fault counts for nobody."""
    provider.claims = {"preferred_username": "leader-a", "aud": "another-site"}
    for _ in range(31):
        came_back(office)
    for number in range(30):
        provider.claims = {"preferred_username": f"nobody-{number}"}
        came_back(office)
    client = office.client()
    provider.reset()
    refused(client, client.get("/login/oidc/"), 429, "已暂停登录15分钟")
    assert client.post("/login/", name="leader-a", password=PASSWORD).status_code == 429
    assert provider.asked == []


# -- a provider that is not there, or not itself


def test_a_provider_that_is_down(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Told at once and in words; the password still opens; the chain has one entry, not one for everybody."""
    folder = workspace(tmp_path / "office", "http://127.0.0.1:9")
    monkeypatch.setenv(VARIABLE, SECRET)
    with running(folder) as base:
        office = Site(base, folder)
        client = office.client()
        for _ in range(3):
            refused(client, client.get("/login/oidc/"), 502, "没有应答")
        assert [detail["what"] for _, detail in events(office, "account-refused")] == ["no-answer"]
        assert office.client("leader-a").get("/account/").status_code == 200


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, None),
        ({"discovery": {"issuer": "https://another.example"}}, ("wrong", "issuer")),
        ({"discovery": {"token_endpoint": "http://id.example.cn/token"}}, ("wrong", "address")),
        ({"discovery": {"token_endpoint": "file:///etc/passwd"}}, ("wrong", "address")),
        ({"discovery": {"jwks_uri": None}}, ("wrong", "address")),
        ({"raw": {"/.well-known/openid-configuration": (500, b"", {})}}, ("down", "status 500")),
        ({"raw": {"/.well-known/openid-configuration": (404, b"{}", {})}}, ("wrong", "status 404")),
        ({"raw": {"/.well-known/openid-configuration": (200, b" " * 300_000, {})}}, ("wrong", "too-large")),
        (
            {"raw": {"/.well-known/openid-configuration": (200, b'{"iss', {})}},
            ("wrong", "not-json"),
        ),
        (
            {"raw": {"/.well-known/openid-configuration": (307, b"", {"Location": "/keys"})}},
            ("wrong", "redirect"),
        ),
    ],
)
def test_what_a_provider_says_of_itself(
    provider: Provider, change: dict[str, Any], expected: tuple[str, str] | None
) -> None:
    from kechuang.web.oidc.provider import Provider as Source
    from kechuang.web.oidc.words import NotAdmitted

    for name, value in change.items():
        setattr(provider, name, value)
    source = Source(Oidc(provider.issuer, CLIENT))
    if expected is None:
        assert source.known().token == provider.issuer + "/token"
        assert source.known() and provider.asked == ["/.well-known/openid-configuration"]
        return
    for _ in range(2):  # the second time it is remembered
        with pytest.raises(NotAdmitted) as caught:
            source.known()
        assert (caught.value.why, caught.value.what) == expected
    assert len(provider.asked) == 1


# -- not configured, not equipped


def test_without_a_provider_there_is_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "office"
    new_workspace(folder, region="330523", name="安吉县科技创新规划", plan_files=[])
    kechuang("-C", folder, "user", "add", "keji", "--role", "administrator", given=PASSWORD + "\n")
    with running(folder) as base:
        client = Site(base, folder).client()
        assert client.get("/login/oidc/").status_code == 404
        assert client.get("/login/oidc/back/?code=a&state=b").status_code == 404
        assert "/login/oidc/" not in client.get("/login/").text


@pytest.mark.parametrize(
    ("blocked", "secret", "words"),
    [
        (True, SECRET, "pip install 'kechuang[oidc]'"),
        (False, "", VARIABLE),
    ],
)
def test_serving_says_what_is_missing(tmp_path: Path, blocked: bool, secret: str, words: str) -> None:
    folder = tmp_path / "office"
    new_workspace(folder, region="330523", name="安吉县科技创新规划", plan_files=[])
    with (folder / "kechuang.toml").open("a") as stream:
        stream.write(f'\n[oidc]\nissuer = "https://id.example.cn"\nclient_id = "{CLIENT}"\n')
    before = "import sys; sys.modules['joserfc'] = None; " if blocked else ""
    done = subprocess.run(
        [sys.executable, "-c", before + ENTER, "-C", str(folder), "serve", "--port", "8999"],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env={**os.environ, VARIABLE: secret},
    )
    assert done.returncode == 1
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def settings_of(tmp_path: Path, text: str) -> Oidc | None:
    head = '[workspace]\nname = "a"\nregion = "330523"\npacks = ["st-core"]\n'
    (tmp_path / "kechuang.toml").write_text(head + text, "utf-8")
    return read_settings(tmp_path).oidc


def test_settings(tmp_path: Path) -> None:
    assert settings_of(tmp_path, "") is None
    assert settings_of(tmp_path, '[oidc]\nissuer = ""\n') is None
    given = (
        '[oidc]\nissuer = "https://id.example.cn/realms/a"\nclient_id = "x"\nsecret_env = ""\nclaim = "sub"\n'
    )
    assert settings_of(tmp_path, given) == Oidc("https://id.example.cn/realms/a", "x", "", "", "sub")


@pytest.mark.parametrize(
    "text",
    [
        'issuer = "http://id.example.cn"\nclient_id = "x"',
        'issuer = "http://127.0.0.1.example.cn"\nclient_id = "x"',
        'issuer = "https://a@id.example.cn"\nclient_id = "x"',
        'issuer = "https://id.example.cn/?a=1"\nclient_id = "x"',
        'issuer = "ftp://id.example.cn"\nclient_id = "x"',
        'issuer = "https://id.example.cn"',
        'issuer = "https://id.example.cn"\nclient_id = "x"\nclient_secret = "s"',
        'issuer = "https://id.example.cn"\nclient_id = "x"\nsecret_env = "not a name"',
        'issuer = "https://id.example.cn"\nclient_id = "x"\nclaim = ""',
        'issuer = "https://id.example.cn"\nclient_id = 3',
    ],
)
def test_settings_that_are_wrong(tmp_path: Path, text: str) -> None:
    with pytest.raises(KechuangError) as caught:
        settings_of(tmp_path, f"[oidc]\n{text}\n")
    assert len(caught.value.faults) == 1


# -- in a browser


@pytest.mark.browser
def test_in_a_browser(office: Site, provider: Provider) -> None:
    """By a link out of our page, by a form on the provider's, and in: the content policy stops none of it."""
    from tests.web.browsing import PATIENCE, browser_of

    provider.raw = {"login_page": (200, b"", {})}
    with browser_of() as browser:
        context = browser.new_context()
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.goto(f"{office.base}/login/?next=/plan/")
        page.click("text=政务统一身份")
        page.wait_for_url(lambda url: url.startswith(provider.issuer))
        page.click("button")
        page.wait_for_url(f"{office.base}/plan/")
        assert page.goto(f"{office.base}/account/").status == 200
        context.close()
