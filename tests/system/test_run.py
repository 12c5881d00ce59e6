"""`make run` from outside: real questions, what people really send, crashes, stopping."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
from pathlib import Path

import httpx
import psutil
import pytest

from tests.system.conftest import ROOT, System, start_system


def last(messages: list[dict[str, object]]) -> tuple[str, list[str], str]:
    """Kind, cited sections and text of a reply of one message."""
    (message,) = messages
    custom = message["custom"]
    return custom["kind"], [c["id"].split("/")[0] for c in custom["citations"]], message["text"]  # type: ignore[index, return-value]


@pytest.mark.parametrize(
    ("question", "section", "fact"),
    [
        ("How long would they keep me in the ward after I get my cells back?", "sle-guide#recovery", r"2 to 4 weeks"),
        ("whats the price in turky", "sle-guide#cost", r"\$180,000"),
        ("Which medicine do they use against cytokine release syndrome?", "sle-guide#risks", "tocilizumab"),
        ("Who decides on approval in China?", "china-guide#approval", "NMPA"),
        (
            "My husband is 40, he lost hair and he is always cold in the fingers. Do these belong to lupus?",
            "sle-guide#symptoms",
            ".",
        ),
    ],
)
def test_a_real_question_gets_a_short_right_cited_answer(system: System, question: str, section: str, fact: str) -> None:
    kind, sections, text = last(system.ask(question))

    assert (kind, sections[0]) == ("answer", section)
    assert re.search(fact, text)
    assert len(text.split()) < 160


def test_a_reply_keeps_the_contract(system: System) -> None:
    (message,) = system.ask("What does CAR-T cost in China?")

    assert set(message["custom"]) == {"kind", "citations", "suggestions"}
    citation = message["custom"]["citations"][0]
    assert set(citation) == {"id", "document", "heading", "lines"} and len(citation["lines"]) == 2
    assert message["custom"]["suggestions"] and message["buttons"]


@pytest.mark.parametrize("text", ["/restart", "/ask_cost", '/greet{"topic": "x"}', "/", "//"])
def test_a_leading_slash_is_text_and_no_command(system: System, text: str) -> None:
    sender = f"slash {text}"
    (message,) = system.ask(text, sender=sender)

    assert message["text"]
    ((said, understanding),) = system.record(
        "select m.text, t.understanding from messages m join turns t on t.message_id = m.id"
        " join conversations c on c.id = m.conversation_id where c.sender = ?",
        sender,
    )
    # What Rasa takes for a command has gone past the classifier, which alone gives labels.
    assert said == text and json.loads(understanding)["labels"]


def test_a_repeated_message_id_is_answered_once(system: System) -> None:
    first = system.ask("hello", sender="once", message_id="m-7")
    second = system.ask("hello", sender="once", message_id="m-7")

    assert first == second
    rows = system.record(
        "select t.state, t.repeats from turns t join conversations c on c.id = t.conversation_id where c.sender = ?", "once"
    )
    assert rows == [("answered", 1)]


def test_the_rasa_server_takes_no_call_without_the_token(system: System) -> None:
    body = {"message_id": "x", "conversation_id": "x", "channel": "x", "text": "hello"}
    url = f"http://127.0.0.1:{system.rasa_port}/webhooks/gateway/turn"

    assert httpx.post(url, json=body, trust_env=False).status_code == 401
    assert httpx.post(url, json=body, headers={"Authorization": "Bearer wrong"}, trust_env=False).status_code == 401


def test_only_loopback_listens(system: System) -> None:
    for port in (system.port, system.rasa_port, system.actions_port):
        addresses = {c.laddr.ip for c in system.listener(port).net_connections() if c.laddr.port == port}
        assert addresses == {"127.0.0.1"}


def test_turns_go_over_a_line(system: System) -> None:
    system.ask("What are the risks?", sender="by-line")

    name = f"assistant-{system.rasa_port}.sock"
    sockets = [one for one in system.listener(system.rasa_port).net_connections("unix") if str(one.laddr).endswith(f"run/{name}")]
    assert len(sockets) >= 2, sockets  # the one that listens, and who is connected
    assert (system.data_dir / "run" / name).stat().st_mode & 0o077 == 0


def test_the_actions_are_served_at_their_port_too(system: System) -> None:
    url = f"http://127.0.0.1:{system.actions_port}"
    message = {"text": "hello", "intent": {"name": "greet", "confidence": 1.0}, "metadata": {"now": 1.8e9}, "reading": {}}
    tracker = {"sender_id": "ann", "slots": {}, "latest_message": message, "events": [], "latest_input_channel": "rest"}

    health = httpx.get(f"{url}/health", trust_env=False)
    call = {"next_action": "action_respond", "sender_id": "ann", "tracker": tracker, "version": "3.6.21"}
    ran = httpx.post(f"{url}/webhook", json=call, trust_env=False)

    assert health.json() == {"status": "ok"}
    assert ran.json()["responses"][0]["custom"]["kind"] == "chitchat"
    assert system.listener(system.actions_port).pid == system.listener(system.rasa_port).pid


def test_logs_do_not_hold_what_visitors_wrote(system: System) -> None:
    system.ask("my zebrafinch asks what CAR-T costs")

    for log in (system.data_dir / "log").iterdir():
        assert "zebrafinch" not in log.read_text(errors="replace"), log


def test_what_answers_at_the_actions_port_down_is_told_and_it_comes_back(system: System) -> None:
    system.listener(system.actions_port).send_signal(signal.SIGKILL)
    kind, _, text = last(system.ask("What are the risks?", sender="down"))

    assert kind == "unavailable" and "112" in text
    system.wait_ready()
    assert last(system.ask("What are the risks?", sender="down"))[0] == "answer"
    assert "exited: rasa" in system.output.read_text()


def test_the_rasa_server_killed_comes_back_and_knows_the_repeat(system: System) -> None:
    first = system.ask("What are the risks?", sender="killed", message_id="m-1")
    system.listener(system.rasa_port).send_signal(signal.SIGKILL)
    assert last(system.ask("hello", sender="killed"))[0] == "unavailable"
    system.wait_ready()

    assert system.ask("What are the risks?", sender="killed", message_id="m-1") == first


def test_sigterm_stops_everything(tmp_path: Path) -> None:
    own = start_system(tmp_path / "own")
    own.wait_ready()
    for name in ("action server", "Rasa server", "public door", "model"):
        own.wait_said(f"ready: {name}")  # said a little after /healthz is 200
    began = psutil.Process(own.process.pid).children(recursive=True)
    assert len(began) >= 3
    own.process.send_signal(signal.SIGTERM)
    own.process.wait(timeout=40)

    _, alive = psutil.wait_procs(began, timeout=10)
    assert alive == []


def _launch(data_dir: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "DATA_DIR": str(data_dir), "PYTHONPATH": str(ROOT), **variables}
    return subprocess.run(
        [ROOT / ".venv/gateway/bin/python", "-m", "deploy.launch"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_a_taken_port_is_named_with_the_remedy(system: System) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = _launch(system.data_dir, PORT=str(port), RASA_PORT="1", ACTIONS_PORT="2")

    assert result.returncode == 2
    assert f"port {port} is taken" in result.stderr and "make run PORT=" in result.stderr


def test_a_missing_model_is_named_with_the_remedy(tmp_path: Path) -> None:
    result = _launch(tmp_path)

    assert result.returncode == 2
    assert "no trained model" in result.stderr and "make train" in result.stderr


def test_a_bad_setting_is_named(tmp_path: Path) -> None:
    result = _launch(tmp_path, PORT="eighty")

    assert result.returncode == 2 and "PORT is 'eighty'; it accepts" in result.stderr
