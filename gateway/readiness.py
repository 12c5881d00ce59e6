"""Ready means: every process answers, and the loaded model has answered known questions rightly.

Rasa can load a model that is silently untrained; only asking shows it.
"""

from __future__ import annotations

import logging
import time
import uuid
from dataclasses import dataclass, field

from conversations.database import read_revision
from conversations.errors import StoreUnavailableError
from gateway.assistant import Asked, AssistantClient
from gateway.errors import AssistantUnavailableError
from gateway.records import Records

logger = logging.getLogger("gateway.readiness")

# (question, kind of the reply, section that the first citation must name)
PROBES: tuple[tuple[str, str, str | None], ...] = (
    ("How long is the hospital stay after CAR-T?", "answer", "sle-guide#recovery"),
    ("What does CAR-T cost in China?", "answer", "china-guide#cost"),
    ("Hello", "chitchat", None),
)
CHECK_EVERY_S = 2.0
PROBE_WITHIN_S = 10.0


@dataclass
class Readiness:
    """Asks the processes and the model, and remembers the answer for `CHECK_EVERY_S`."""

    assistant: AssistantClient
    records: Records
    _missing: list[str] = field(default_factory=lambda: ["record", "rasa", "actions", "model"])
    _checked_at: float = float("-inf")
    _model_right: bool = False

    async def find_missing(self) -> list[str]:
        """What is not ready: names of processes, and "model" until it has answered the probes rightly."""
        if time.monotonic() - self._checked_at < CHECK_EVERY_S:
            return self._missing
        missing = await self.assistant.find_missing()
        if missing:
            self._model_right = False  # what comes back may have another model: ask again
            missing = [*missing, "model"]
        elif not self._model_right:
            wrong = await self._ask_probes()
            self._model_right = wrong is None
            if wrong is not None:
                logger.warning("model not ready: %s", wrong)
                missing = ["model"]
        if not await self._has_record():
            missing = ["record", *missing]
        self._missing, self._checked_at = missing, time.monotonic()
        return missing

    def forget(self) -> None:
        """Check anew at the next question: a turn has just failed."""
        self._checked_at = float("-inf")
        self._model_right = False

    async def _has_record(self) -> bool:
        try:
            return await self.records.read(read_revision, self.records.database.engine, within_s=2) is not None
        except StoreUnavailableError:
            return False

    async def _ask_probes(self) -> str | None:
        """Why the model is not right, or None."""
        for question, kind, section in PROBES:
            probe = f"probe-{uuid.uuid4().hex}"
            try:
                reply = await self.assistant.take_turn(Asked(probe, probe, "probe", question), timeout_s=PROBE_WITHIN_S)
            except AssistantUnavailableError as error:
                return str(error)
            custom = reply.messages[-1].get("custom") or {}
            cited = [citation["id"].split("/")[0] for citation in custom.get("citations", ())]
            if custom.get("kind") != kind or (section is not None and cited[:1] != [section]):
                return f"{question!r} got kind {custom.get('kind')}, citing {cited[:1]}; wanted {kind}, {section}"
        return None
