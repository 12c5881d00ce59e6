"""The same desk on PostgreSQL: every page answers, a conversation goes live and back, words are found."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conversations.conftest import new_postgres_url
from tests.desk.conftest import Client, Door, make_door, sign_in
from tests.desk.test_access import PAGES
from tests.resilience.servers import Server


@pytest.fixture(scope="module")
def pg_door(tmp_path_factory: pytest.TempPathFactory, postgres: Server) -> Iterator[Door]:
    """A door on a real PostgreSQL server."""
    door, servers = make_door(tmp_path_factory.mktemp("pg"), new_postgres_url(postgres))
    door.start()
    yield door
    door.stop()
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="module")
def pg_ana(pg_door: Door) -> Iterator[Client]:
    """The supervisor there."""
    client = sign_in(pg_door, "ana")
    yield client
    client.close()


def test_a_live_conversation_and_every_page(pg_door: Door, pg_ana: Client) -> None:
    contact = {"name": "Olga Petrova", "email": "olga@example.org"}
    conversation = pg_door.ask_for_person("pg-1", contact=contact, countries=["China"], topics=["ask_cost"])
    page = f"/desk/conversations/{conversation}"
    assert pg_ana.send_form(f"{page}/claim").status_code == 303
    pg_ana.send_form(f"{page}/say", text="Hello from zanzibar", client_id="1")
    pg_ana.send_form(f"{page}/notes", text="a note")
    pg_ana.send_form(f"{page}/labels", label="vip")
    pg_door.say("a question on zanzibar", sender="pg-1")
    assert pg_ana.send_form(f"{page}/hand-back").status_code == 303

    assert "Hello from zanzibar" in str(pg_door.news("pg-1"))
    for path in (*PAGES, page, f"/desk/transcripts/{conversation}/print", f"/desk/privacy/{conversation}", "/desk?country=China"):
        assert pg_ana.get(path).status_code == 200, path
    assert conversation in pg_ana.get("/desk/transcripts?q=zanz&mark=handed_over").text
    assert conversation not in pg_ana.get("/desk/transcripts?q=nothing").text
    assert "zanzibar" in pg_ana.get("/desk/transcripts/export?form=csv&q=zanzibar").text


def test_one_visitor_is_erased(pg_door: Door, pg_ana: Client) -> None:
    conversation = pg_door.ask_for_person("pg-2", contact={"email": "ben@example.org"})

    assert pg_ana.send_form(f"/desk/privacy/{conversation}/erase", sure="no").status_code == 409
    assert "Receipt" in pg_ana.send_form(f"/desk/privacy/{conversation}/erase", sure="erase").text
    assert pg_ana.get(f"/desk/conversations/{conversation}").status_code == 404
