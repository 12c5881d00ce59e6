"""The class of a training utterance: its passage, its kind, or its intent; the classifier learns classes, not intents."""

from __future__ import annotations

from typing import Any

from rasa.shared.nlu.constants import INTENT, METADATA, METADATA_INTENT
from rasa.shared.nlu.training_data.message import Message


def class_of(message: Message) -> str:
    """Return the class label of a training utterance.

    Args:
        message: With an intent, and in its block's `metadata` a `passage` (id or SECTION/all) or a `kind`.

    Returns:
        The passage id, else INTENT:KIND, else the intent.
    """
    metadata: dict[str, Any] = (message.get(METADATA) or {}).get(METADATA_INTENT) or {}
    if metadata.get("passage"):
        return str(metadata["passage"])
    if metadata.get("kind"):
        return f"{message.get(INTENT)}:{metadata['kind']}"
    return str(message.get(INTENT))
