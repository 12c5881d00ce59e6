"""Who may open what: every route has its rule, and each rule holds for everybody it is not meant for."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

import httpx
import pyotp
import pytest
import sqlalchemy as sa

from conversations.accounts import change_coordinator, find_session
from conversations.tables import sessions, sign_ins
from desk.access import Access, Rule
from desk.app import PREFIX, list_routes
from gateway.__main__ import make_app
from settings import load_settings
from tests.desk.conftest import PASSWORD, SECRET, Client, Door, forget_code, sign_in

_PLACES = {"given": "0" * 32, "number": "999999", "account": "nobody", "name": "x.css"}
ROUTES = list_routes()
PAGES = [
    "/desk", "/desk/cases", "/desk/transcripts", "/desk/review", "/desk/review/candidates", "/desk/analytics", "/desk/account",
    "/desk/administration", "/desk/audit", "/desk/privacy",
]  # fmt: skip


def fill(path: str) -> str:
    """A path with an id in it that nothing has."""
    return PREFIX + re.sub(r"<(\w+):\w+>", lambda found: _PLACES[found[1]], path)


def paths(*access: Access, method: str | None = None) -> list[tuple[str, str]]:
    """Method and path of all routes of some rule."""
    return [
        (route.method, fill(route.path))
        for route in ROUTES
        if route.rule.access in access and method in (None, route.method) and route.path != "/live"
    ]


def clear_tries(door: Door) -> None:
    """Forget all guesses."""
    database = door.open()
    with database.write() as connection:
        connection.execute(sa.delete(sign_ins))
    database.close()


def test_every_route_has_a_rule() -> None:
    """The real table of routes is walked: one without a rule fails the build."""
    app = make_app(load_settings({}), name="routes")
    of_desk = [route for route in app.router.routes_all.values() if route.path.startswith("desk")]

    assert len(of_desk) > 40
    for route in of_desk:
        assert isinstance(getattr(route.handler, "rule", None), Rule), route.path


def test_only_signing_in_is_open_to_everyone() -> None:
    assert {path for _, path in paths(Access.EVERYONE)} == {"/desk/sign-in"}


@pytest.mark.parametrize(("method", "path"), paths(Access.HALF, Access.COORDINATOR, Access.SUPERVISOR))
def test_who_is_not_signed_in_is_sent_to_the_form(nobody: httpx.Client, method: str, path: str) -> None:
    answer = nobody.request(method, path)

    assert answer.status_code == 303 and answer.headers["location"] == "/desk/sign-in"


def test_the_live_channel_is_closed_to_strangers(nobody: httpx.Client) -> None:
    assert nobody.get("/desk/live").status_code == 303


@pytest.mark.parametrize(("method", "path"), paths(Access.SUPERVISOR))
def test_a_coordinator_is_no_supervisor(ben: Client, method: str, path: str) -> None:
    answer = ben.get(path) if method == "GET" else ben.send_form(path)

    assert answer.status_code == 403 and "Only supervisors" in answer.text


@pytest.mark.parametrize(("method", "path"), paths(Access.COORDINATOR, Access.SUPERVISOR, Access.HALF, method="POST"))
@pytest.mark.parametrize("token", ["", "wrong", "other session's"])
def test_a_forged_form_is_refused(ana: Client, ben: Client, method: str, path: str, token: str) -> None:
    given = ben.token() if token.startswith("other") else token

    assert ana.post(path, data={"csrf": given}).status_code == 403
    assert ana.get("/desk/account").status_code == 200  # also the form that signs out


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_form_from_another_site_is_refused_even_with_the_token(ana: Client, site: str) -> None:
    answer = ana.post("/desk/account/presence", data={"csrf": ana.token()}, headers={"Sec-Fetch-Site": site})

    assert answer.status_code == 403


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "multipart/form-data; boundary=x"])
def test_other_content_types_carry_no_form(ana: Client, kind: str) -> None:
    answer = ana.post("/desk/account/presence", content=f"csrf={ana.token()}".encode(), headers={"Content-Type": kind})

    assert answer.status_code in (400, 403)


@pytest.mark.parametrize(
    ("method", "path"),
    [pair for pair in paths(Access.COORDINATOR, Access.SUPERVISOR) if "0" * 32 in pair[1] or "999999" in pair[1]],
)
@pytest.mark.parametrize("place", ["unknown", "malformed"])
def test_an_unknown_or_malformed_id_is_not_found(ana: Client, method: str, path: str, place: str) -> None:
    fields = {"text": "x", "label": "x", "outcome": "answered", "verdict": "skipped", "state": "approved", "sure": "erase"}
    if place == "malformed":
        path = path.replace("0" * 32, "%3Cscript%3E").replace("999999", "1%20or%201")
    answer = ana.get(path) if method == "GET" else ana.send_form(path, **fields, reason="a good reason")

    assert answer.status_code in (404, 409)
    assert "<script>" not in answer.text.replace('<script src="/desk/static', "")


@pytest.mark.parametrize("path", PAGES)
def test_every_page_has_the_strict_headers(ana: Client, path: str) -> None:
    headers = ana.get(path).headers

    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff" and headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize("path", PAGES)
def test_no_page_has_script_or_style_in_it(ana: Client, path: str) -> None:
    page = ana.get(path).text

    assert not re.search(r"<script(?! src=)|<style|\sstyle=|\son[a-z]+=|javascript:", page)


# ------------------------------------------------------------------ signing in


def try_password(door: Door, account: str, password: str) -> httpx.Response:
    """One guess, as a browser makes it."""
    with httpx.Client(base_url=door.url, trust_env=False) as client:
        token = re.search(r'name="csrf" value="([^"]+)"', client.get("/desk/sign-in").text)
        assert token is not None
        return client.post("/desk/sign-in", data={"csrf": token[1], "account": account, "password": password})


def test_a_wrong_password_and_an_unknown_account_get_the_same_words(door: Door) -> None:
    clear_tries(door)
    one, other = try_password(door, "ana", "wrong"), try_password(door, "nobody", "wrong")

    def without_token(answer: httpx.Response) -> str:
        return re.sub(r'value="[^"]+"', "", answer.text)

    assert one.status_code == other.status_code == 403
    assert without_token(one) == without_token(other)


def test_guesses_are_throttled_by_address_also_at_once(door: Door) -> None:
    """The right password does not help while too many guesses stand against the address."""
    clear_tries(door)
    for _ in range(5):
        try_password(door, "ana", "wrong")

    assert try_password(door, "ana", PASSWORD).status_code == 403
    clear_tries(door)


def test_the_password_alone_opens_nothing(door: Door) -> None:
    clear_tries(door)
    with httpx.Client(base_url=door.url, trust_env=False) as client:
        token = re.search(r'name="csrf" value="([^"]+)"', client.get("/desk/sign-in").text)
        assert token is not None
        client.post("/desk/sign-in", data={"csrf": token[1], "account": "ben", "password": PASSWORD})

        assert client.get("/desk").headers["location"] == "/desk/second-factor"
        assert client.get("/desk/administration").headers["location"] == "/desk/second-factor"


def test_a_code_is_good_once(door: Door) -> None:
    clear_tries(door)
    code = pyotp.TOTP(SECRET).now()
    sign_in(door, "cem").close()
    with httpx.Client(base_url=door.url, trust_env=False) as client:
        token = re.search(r'name="csrf" value="([^"]+)"', client.get("/desk/sign-in").text)
        assert token is not None
        client.post("/desk/sign-in", data={"csrf": token[1], "account": "cem", "password": PASSWORD})
        token = re.search(r'name="csrf" value="([^"]+)"', client.get("/desk/second-factor").text)
        assert token is not None
        assert client.post("/desk/second-factor", data={"csrf": token[1], "code": code}).status_code == 403
    forget_code(door, "cem")


def test_the_session_gets_a_new_id_at_each_step_and_the_old_ones_are_dead(door: Door) -> None:
    clear_tries(door)
    with Client(base_url=door.url, trust_env=False) as client:
        token = re.search(r'name="csrf" value="([^"]+)"', client.get("/desk/sign-in").text)
        assert token is not None
        client.post("/desk/sign-in", data={"csrf": token[1], "account": "cem", "password": PASSWORD})
        half = client.cookies["desk"]
        token = re.search(r'name="csrf" value="([^"]+)"', client.get("/desk/second-factor").text)
        assert token is not None
        forget_code(door, "cem")
        client.post("/desk/second-factor", data={"csrf": token[1], "code": pyotp.TOTP(SECRET).now()})
        full = client.cookies["desk"]
        client.send_form("/desk/sign-out")
    database = door.open()
    alive = [find_session(database, cookie, idle_s=1e6, life_s=1e6) for cookie in (half, full)]
    database.close()

    assert half != full and alive == [None, None]


@pytest.mark.parametrize(("column", "hours"), [("seen_at", 0.6), ("began_at", 9.1)])
def test_a_session_ends_when_idle_and_when_old(door: Door, column: str, hours: float) -> None:
    clear_tries(door)
    client = sign_in(door, "cem")
    database = door.open()
    with database.write() as connection:
        found = find_session(database, client.cookies["desk"], idle_s=1e6, life_s=1e6)
        assert found is not None
        past = datetime.now(timezone.utc) - timedelta(hours=hours)
        connection.execute(sa.update(sessions).where(sessions.c.id_hash == found.id_hash).values({column: past}))
    database.close()

    assert client.get("/desk").headers.get("location") == "/desk/sign-in"
    client.close()


def test_what_a_page_asks_by_itself_does_not_keep_a_session_alive(door: Door) -> None:
    clear_tries(door)
    client = sign_in(door, "cem")
    database = door.open()
    before = datetime.now(timezone.utc) - timedelta(minutes=20)
    found = find_session(database, client.cookies["desk"], idle_s=1e6, life_s=1e6)
    assert found is not None
    with database.write() as connection:
        connection.execute(sa.update(sessions).where(sessions.c.id_hash == found.id_hash).values(seen_at=before))
    client.get("/desk/cases")
    passive = find_session(database, client.cookies["desk"], idle_s=1e6, life_s=1e6)
    client.get("/desk")
    active = find_session(database, client.cookies["desk"], idle_s=1e6, life_s=1e6)
    database.close()
    client.close()

    assert passive is not None and passive.seen_at == before
    assert active is not None and active.seen_at > before


def test_an_account_that_is_deactivated_is_out_at_once(door: Door) -> None:
    clear_tries(door)
    client = sign_in(door, "cem")
    database = door.open()
    change_coordinator(database, "cem", active=False)
    answer = client.get("/desk")
    change_coordinator(database, "cem", active=True)
    database.close()
    client.close()

    assert answer.headers.get("location") == "/desk/sign-in"


def test_the_cookie_is_out_of_reach_of_scripts(door: Door, ana: Client) -> None:
    clear_tries(door)
    answer = try_password(door, "ben", PASSWORD)

    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=lax" in cookie and "path=/" in cookie
