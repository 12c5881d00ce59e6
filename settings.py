"""Every environment variable in one table. Add rows here; no other Python reads the environment."""
from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent


class SettingError(Exception):
    """A variable has a value that it does not accept."""


def _port(value: str) -> int:
    port = int(value)
    if not 1 <= port <= 65535:
        raise ValueError
    return port


def _positive(value: str) -> float:
    number = float(value)
    if not 0 < number < float("inf"):
        raise ValueError
    return number


def _count(value: str) -> int:
    number = int(value)
    if number < 1:
        raise ValueError
    return number


def _folder(value: str) -> Path:
    return (ROOT / value).resolve()


@dataclass(frozen=True)
class Setting:
    """One row: variable, default as text, reader, what it accepts, unit, meaning, the processes that read it."""

    name: str
    default: str
    read: Callable[[str], Any]
    accepts: str
    unit: str
    help: str
    processes: tuple[str, ...]


SETTINGS: tuple[Setting, ...] = (
    Setting("PORT", "8000", _port, "a port, 1 to 65535", "", "Port of the public door.", ("gateway", "run")),
    Setting("RASA_PORT", "5005", _port, "a port, 1 to 65535", "", "Port of the Rasa server, loopback only.", ("gateway", "assistant", "run")),
    Setting("ACTIONS_PORT", "5055", _port, "a port, 1 to 65535", "", "Port of the action server, loopback only.", ("gateway", "assistant", "run")),
    Setting("DATA_DIR", "var", _folder, "a folder, made if missing", "", "Models, databases and logs.", ("gateway", "assistant", "run")),
    Setting("ASSISTANT_TOKEN", "", str, "any text", "", "Secret between gateway and Rasa; `make run` makes one for each run.", ("gateway", "assistant", "run")),
    Setting("API_KEY", "", str, "any text", "", "Key that REST callers from outside loopback send as X-API-Key; empty refuses them all.", ("gateway",)),
    Setting("TURN_TIMEOUT_S", "20", _positive, "a number above 0", "s", "How long a turn may take before the visitor is told that it failed.", ("gateway",)),
    Setting("MAX_MESSAGE_CHARS", "2000", _count, "a whole number above 0", "characters", "What is longer is answered with the request to shorten it.", ("gateway",)),
    Setting("MAX_BODY_BYTES", "65536", _count, "a whole number above 0", "bytes", "Largest body of a request.", ("gateway",)),
    Setting("LOG_LEVEL", "INFO", str.upper, "DEBUG, INFO, WARNING or ERROR", "", "How much the logs say; they never hold what visitors wrote.", ("gateway", "run")),
)


@dataclass(frozen=True)
class Settings:
    """The values of all rows, by lower-cased name."""

    port: int
    rasa_port: int
    actions_port: int
    data_dir: Path
    assistant_token: str
    api_key: str
    turn_timeout_s: float
    max_message_chars: int
    max_body_bytes: int
    log_level: str

    @property
    def rasa_url(self) -> str:
        """Base address of the Rasa server."""
        return f"http://127.0.0.1:{self.rasa_port}"

    @property
    def actions_url(self) -> str:
        """Base address of the action server."""
        return f"http://127.0.0.1:{self.actions_port}"


def load_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Read all settings once.

    Args:
        environment: Variables by name; the process's own if None.

    Raises:
        SettingError: Naming the variable and what it accepts.
    """
    environment = os.environ if environment is None else environment
    values: dict[str, Any] = {}
    for row in SETTINGS:
        raw = environment.get(row.name) or row.default
        try:
            values[row.name.lower()] = row.read(raw)
        except ValueError:
            raise SettingError(f"{row.name} is {raw!r}; it accepts {row.accepts}.") from None
    if values["log_level"] not in ("DEBUG", "INFO", "WARNING", "ERROR"):
        raise SettingError(f"LOG_LEVEL is {values['log_level']!r}; it accepts DEBUG, INFO, WARNING or ERROR.")
    ports = [values["port"], values["rasa_port"], values["actions_port"]]
    if len(set(ports)) < len(ports):
        raise SettingError(f"PORT, RASA_PORT and ACTIONS_PORT are {ports}; each needs its own.")
    return Settings(**values)
