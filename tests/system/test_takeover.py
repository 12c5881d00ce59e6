"""A person takes over from the real assistant, the Rasa server dies meanwhile, and the assistant goes on where they left off."""

from __future__ import annotations

import re
import signal
import threading
import time
from contextlib import suppress

import httpx

from conversations.accounts import Role, add_coordinator, change_coordinator
from desk.passwords import hash_password
from gateway.readiness import CHECK_EVERY_S
from tests.desk.conftest import PASSWORD, SECRET, Client, Door, sign_in
from tests.gateway.conftest import PlayedAssistant
from tests.system.conftest import System


def attend(client: Client) -> threading.Event:
    """Hold the live channel open, as a coordinator's browser does, until the event is set."""
    ended, listening = threading.Event(), threading.Event()

    def listen() -> None:
        # The line breaks with the system, at the latest.
        with suppress(httpx.HTTPError), client.stream("GET", "/desk/live", timeout=httpx.Timeout(30, read=20)) as stream:
            for _ in stream.iter_lines():
                listening.set()
                if ended.is_set():
                    return

    threading.Thread(target=listen, daemon=True).start()
    assert listening.wait(20)
    return ended


def test_a_takeover_outlives_the_rasa_server_and_the_assistant_knows_what_was_asked(system: System) -> None:
    door = Door(system.port, system.data_dir, f"sqlite:///{system.data_dir / 'conversations.db'}", PlayedAssistant(), {})
    database = door.open()
    add_coordinator(database, "ben", "Ben Okafor", Role.COORDINATOR, hash_password(PASSWORD))
    change_coordinator(database, "ben", must_change=False, totp_secret=SECRET)
    database.close()
    ben = sign_in(door, "ben")
    ended = attend(ben)

    system.ask("How long is the hospital stay?", sender="taken")
    (joining,) = system.ask("Can I talk to a real person please?", sender="taken")
    assert joining["custom"]["kind"] == "handoff"
    assert re.search(r"\b[0-9A-Z]{3}-[0-9A-Z]{3}\b", joining["text"]) and "your name" not in joining["text"]
    ((conversation,),) = system.record("select id from conversations where sender = 'taken'")
    assert ben.send_form(f"/desk/conversations/{conversation}/claim").status_code == 303

    system.listener(system.rasa_port).send_signal(signal.SIGKILL)
    held = system.ask("Are you a human?", sender="taken")  # who has joined, then that a person will answer
    assert "Ben Okafor" in held[0]["text"] and held[-1]["custom"]["kind"] == "handoff"
    ben.send_form(f"/desk/conversations/{conversation}/say", text="Yes, I am Ben.", client_id="c-1")
    ben.send_form(f"/desk/conversations/{conversation}/say", text="Yes, I am Ben.", client_id="c-1")
    system.ask("How much does it cost in Turkey?", sender="taken")
    assert ben.send_form(f"/desk/conversations/{conversation}/hand-back").status_code == 303
    ended.set()
    time.sleep(
        CHECK_EVERY_S + 0.5
    )  # nobody has asked the assistant since it died: what the door knows of it may be as old as that
    system.wait_ready()

    replies = system.ask("and in Germany?", sender="taken")

    assert replies[-1]["custom"]["kind"] == "answer"
    assert {citation["id"].split("/")[0] for citation in replies[-1]["custom"]["citations"]} & {
        "sle-guide#cost",
        "sle-guide#countries",
    }
    said = system.record(
        "select author, text from messages where conversation_id = ? and author in ('visitor', 'coordinator') order by position",
        conversation,
    )
    assert said == [
        ("visitor", "How long is the hospital stay?"),
        ("visitor", "Can I talk to a real person please?"),
        ("visitor", "Are you a human?"),
        ("coordinator", "Yes, I am Ben."),
        ("visitor", "How much does it cost in Turkey?"),
        ("visitor", "and in Germany?"),
    ]
    ben.close()
