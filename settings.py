"""Every environment variable in one table. Add rows here; no other Python reads the environment."""
from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent
LONGEST_SOCKET_PATH = 100  # bytes; Linux takes 107


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


def _whole(value: str) -> int:
    number = int(value)
    if number < 0:
        raise ValueError
    return number


def _database(value: str) -> str:
    if value and not value.startswith(("sqlite:///", "postgresql://")):
        raise ValueError
    return value


def _address(*schemes: str) -> Callable[[str], str]:
    def read(value: str) -> str:
        if value and not value.startswith(tuple(f"{scheme}://" for scheme in schemes)):
            raise ValueError
        return value

    return read


def _addresses(value: str) -> tuple[str, ...]:
    read = _address("http", "https")
    return tuple(read(one.strip().rstrip("/")) for one in value.split(",") if one.strip())


def _origins(value: str) -> tuple[str, ...]:
    if value.strip() == "*":
        return ("*",)
    origins = _addresses(value)
    if any(origin.count("/") != 2 for origin in origins):
        raise ValueError
    return origins


def _folder(value: str) -> Path:
    return (ROOT / value).resolve()


def _socket(value: str) -> Path | None:
    if not value:
        return None
    path = (ROOT / value).resolve()
    if len(os.fsencode(path)) > LONGEST_SOCKET_PATH:
        raise ValueError
    return path


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
    Setting("ACTIONS_PORT", "5055", _port, "a port, 1 to 65535", "", "Port at which the Rasa server serves the actions, loopback only.", ("gateway", "assistant", "run")),
    Setting("DATA_DIR", "var", _folder, "a folder, made if missing", "", "Models, databases and logs.", ("gateway", "assistant", "run")),
    Setting("ASSISTANT_TOKEN", "", str, "any text", "", "Secret between gateway and Rasa; `make run` makes one for each run.", ("gateway", "assistant", "run")),
    Setting("ASSISTANT_LINE", "", _socket, "a path of at most 100 bytes, or empty", "", "Unix socket of the Rasa server, for faster calls of a gateway on the same machine; empty for HTTP only. `make run` sets it.", ("gateway", "assistant", "run")),
    Setting("API_KEY", "", str, "any text", "", "Key that REST callers from outside loopback send as X-API-Key; empty refuses them all.", ("gateway",)),
    Setting("DATABASE_URL", "", _database, "sqlite:///path or postgresql://user:password@host:port/name", "", "Where the record of conversations lies; empty for SQLite in DATA_DIR.", ("gateway",)),
    Setting("REDIS_URL", "", _address("redis", "rediss", "unix"), "redis://host:port/number", "", "Where several gateways count the rates together; empty counts in each.", ("gateway",)),
    Setting("EVENTS_URL", "", _address("amqp", "amqps"), "amqp://user:password@host:port/", "", "RabbitMQ for the event stream; empty for none.", ("gateway",)),
    Setting("CALLBACK_URL", "", _address("http", "https"), "http://... or https://...", "", "Where the callback channel sends replies; empty switches the channel off.", ("gateway",)),
    Setting("CALLBACK_SECRET", "", str, "any text", "", "Signs what the callback channel sends; asked for if CALLBACK_URL is set.", ("gateway",)),
    Setting("SEND_TRIES", "5", _count, "a whole number above 0", "", "How often a reply is sent before it is given up and raised to the coordinators.", ("gateway",)),
    Setting("SEND_WAIT_S", "2", _positive, "a number above 0", "s", "Wait after the first failed sending; four times as long after each further one, 5 minutes at most.", ("gateway",)),
    Setting("RASA_URLS", "", _addresses, "addresses with commas between", "", "Rasa servers to share the turns among; empty for the one at RASA_PORT.", ("gateway",)),
    Setting("TURN_TIMEOUT_S", "20", _positive, "a number above 0", "s", "How long a turn may take, all tries together, before the visitor is told that it failed.", ("gateway",)),
    Setting("TURN_TRIES", "2", _count, "a whole number above 0", "", "How often a turn is tried before it is set aside and raised to the coordinators.", ("gateway",)),
    Setting("REPLY_WAIT_S", "60", _positive, "a number above 0", "s", "How long a REST caller is kept waiting, behind other messages of the conversation too.", ("gateway",)),
    Setting("ASSISTANT_CALLS", "16", _count, "a whole number above 0", "", "How many turns may be with the Rasa servers at once.", ("gateway",)),
    Setting("SENDER_RATE", "60", _whole, "a whole number, 0 for no limit", "messages per minute", "Messages of one conversation; callers on loopback are exempt.", ("gateway",)),
    Setting("ADDRESS_RATE", "600", _whole, "a whole number, 0 for no limit", "messages per minute", "Messages from one network address; callers on loopback are exempt.", ("gateway",)),
    Setting("PROXIES_COUNT", "0", _whole, "a whole number", "", "Proxies in front whose X-Forwarded-For is believed.", ("gateway",)),
    Setting("MAX_MESSAGE_CHARS", "2000", _count, "a whole number above 0", "characters", "What is longer is answered with the request to shorten it.", ("gateway",)),
    Setting("MAX_BODY_BYTES", "65536", _count, "a whole number above 0", "bytes", "Largest body of a request.", ("gateway",)),
    Setting("CONTACT_KEY", "", str, "keys with commas between, the one that seals first", "", "Encrypts contact details and notes; empty for the key in DATA_DIR/contact.key, made at the first start.", ("gateway",)),
    Setting("PUBLIC_URL", "", _address("http", "https"), "http://... or https://...", "", "Address by which the public reaches the door; with https the desk's cookies are sent over TLS only.", ("gateway",)),
    Setting("DESK_IDLE_MIN", "30", _positive, "a number above 0", "minutes", "A coordinator's session ends after so long without a page.", ("gateway",)),
    Setting("DESK_LIFE_H", "9", _positive, "a number above 0", "hours", "A coordinator's session ends so long after the sign-in.", ("gateway",)),
    Setting("OPENING_HOURS", "Mon-Fri 09:00-17:00", str, "spans as Mon-Fri 09:00-17:00, Sat 10:00-14:00", "", "When coordinators work; the desk's administration can change it.", ("gateway",)),
    Setting("TIME_ZONE", "Europe/Berlin", str, "an IANA time zone", "", "Of the opening hours.", ("gateway",)),
    Setting("ANSWER_TARGET_MIN", "30", _count, "a whole number above 0", "minutes", "What visitors are told to expect within the opening hours.", ("gateway",)),
    Setting("CLAIM_WAIT_S", "180", _positive, "a number above 0", "s", "How long a visitor waits for a coordinator to join before the assistant answers again.", ("gateway",)),
    Setting("ANSWER_WAIT_S", "300", _positive, "a number above 0", "s", "How long a coordinator may be silent before another may take over.", ("gateway",)),
    Setting("VISITOR_WAIT_S", "900", _positive, "a number above 0", "s", "How long a visitor may be silent before the conversation goes back to the assistant.", ("gateway",)),
    Setting("RETENTION_DAYS", "365", _whole, "a whole number, 0 for no end", "days", "Conversations are deleted so long after their last message, unless they are held or have an open case.", ("gateway",)),
    Setting("SMTP_URL", "", _address("smtp", "smtps"), "smtp://user:password@host:port", "", "Mail server for notices of new cases; empty for none.", ("gateway",)),
    Setting("NOTICE_FROM", "desk@localhost", str, "an e-mail address", "", "Sender of the notices.", ("gateway",)),
    Setting("NOTICE_TO", "", str, "e-mail addresses with commas between", "", "Who gets the notices by e-mail.", ("gateway",)),
    Setting("NOTICE_WEBHOOK", "", _address("http", "https"), "http://... or https://...", "", "Slack-style address that notices are posted to; empty for none.", ("gateway",)),
    Setting("WIDGET_ORIGINS", "", _origins, "https://site addresses with commas between, or *", "", "Other sites that may embed the widget; this door's own pages always may.", ("gateway",)),
    Setting("WIDGET_KEY", "", str, "keys with commas between, the one that signs first", "", "Signs visitors' sessions; empty for the key in DATA_DIR/widget.key, made at the first start.", ("gateway",)),
    Setting("WIDGET_SESSION_RATE", "20", _whole, "a whole number, 0 for no limit", "sessions per minute", "New conversations of the widget from one network address; callers on loopback are exempt.", ("gateway",)),
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
    assistant_line: Path | None
    api_key: str
    database_url: str
    redis_url: str
    events_url: str
    callback_url: str
    callback_secret: str
    send_tries: int
    send_wait_s: float
    rasa_urls: tuple[str, ...]
    turn_timeout_s: float
    turn_tries: int
    reply_wait_s: float
    assistant_calls: int
    sender_rate: int
    address_rate: int
    proxies_count: int
    max_message_chars: int
    max_body_bytes: int
    contact_key: str
    public_url: str
    desk_idle_min: float
    desk_life_h: float
    opening_hours: str
    time_zone: str
    answer_target_min: int
    claim_wait_s: float
    answer_wait_s: float
    visitor_wait_s: float
    retention_days: int
    smtp_url: str
    notice_from: str
    notice_to: str
    notice_webhook: str
    widget_origins: tuple[str, ...]
    widget_key: str
    widget_session_rate: int
    log_level: str

    @property
    def record_url(self) -> str:
        """Address of the record's database."""
        return self.database_url or f"sqlite:///{self.data_dir / 'conversations.db'}"

    @property
    def assistant_urls(self) -> tuple[str, ...]:
        """Base addresses of the Rasa servers."""
        return self.rasa_urls or (f"http://127.0.0.1:{self.rasa_port}",)

    @property
    def actions_url(self) -> str:
        """Base address at which the Rasa server serves the actions."""
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
    if values["callback_url"] and not values["callback_secret"]:
        raise SettingError("CALLBACK_URL is set, but CALLBACK_SECRET is ''; it accepts any text, with which replies are signed.")
    return Settings(**values)
