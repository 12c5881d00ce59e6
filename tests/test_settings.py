"""Settings: defaults, and clear errors for bad values."""

from __future__ import annotations

import pytest

from settings import SETTINGS, SettingError, load_settings


def test_the_defaults_are_those_of_the_contract() -> None:
    settings = load_settings({})

    assert (settings.port, settings.rasa_port, settings.actions_port) == (8000, 5005, 5055)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "eighty"),
        ("PORT", "0"),
        ("RASA_PORT", "70000"),
        ("TURN_TIMEOUT_S", "-1"),
        ("MAX_MESSAGE_CHARS", "0"),
        ("LOG_LEVEL", "loud"),
        ("ASSISTANT_LINE", "x" * 120),
    ],
)
def test_a_bad_value_names_the_variable_and_what_it_accepts(name: str, value: str) -> None:
    with pytest.raises(SettingError, match=f"{name} is .*it accepts"):
        load_settings({name: value})


def test_two_processes_cannot_share_a_port() -> None:
    with pytest.raises(SettingError, match="each needs its own"):
        load_settings({"PORT": "5005"})


def test_every_row_has_a_help_text_and_a_process() -> None:
    assert all(row.help and row.processes for row in SETTINGS)
