"""Rasa importer: follow-ups as training utterances, each behind the passage that was told before it.

`data/follow_ups/` says, for each passage, what visitors write when it has just been told, and which passage is meant. Beside them
stand utterances that are complete by themselves, drawn from `data/nlu/`, behind passages drawn at random: from these the model
learns that what was told before does not count for them.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from components.labels import class_of
from knowledge.passage import Knowledge, load_knowledge
from knowledge.told import behind_told

FOLDER = "follow_ups"
MAX_WORDS = 14  # of an utterance that is put behind a passage that has nothing to do with it
ELSEWHERE, OUTSIDE, OTHERS = 2400, 500, 300  # how many of them: on the documents, out of scope, of other intents
# Intents that live on what was told.
_LEANING = frozenset("ask_more ask_vaguely ask_why repeat complain_unanswered affirm deny acknowledge".split())
OVERVIEWS = 3  # of so many follow-ups that mean another passage than the one told, one stands behind the whole section, too
SEED = 7


class FollowUpImporter(RasaFileImporter):
    """Rasa's own importer, and the follow-ups beside the utterances.

    It reads them once: Rasa asks for them several times, and 50,000 utterances take 20 s each time.
    """

    def __init__(
        self,
        config_file: str | None = None,
        domain_path: str | None = None,
        training_data_paths: list[str] | str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(config_file, domain_path, training_data_paths)
        self._folders = [training_data_paths] if isinstance(training_data_paths, str) else list(training_data_paths or ())
        self._nlu_data: TrainingData | None = None

    def get_nlu_data(self, language: str | None = "en") -> TrainingData:
        """The utterances, the follow-ups, and as many messages that are none as it takes to tell them apart.

        Raises:
            ValueError: If a file does not have the form, or names a passage or kind that is not there; says which and where.
        """
        if self._nlu_data is None:
            self._nlu_data = self._with_follow_ups(super().get_nlu_data(language))
        return self._nlu_data

    def _with_follow_ups(self, alone: TrainingData) -> TrainingData:
        knowledge = load_knowledge()
        files = sorted(path for folder in self._folders for path in Path(folder).glob(f"{FOLDER}/*.yml"))
        if not files:
            return alone
        rows = [row for file in files for row in read_follow_ups(file, knowledge)]
        # After an overview of a section nothing of it is "it"; what else of it is asked for stays the same.
        besides = [(after, label, text) for after, label, text in rows if label != after]
        rows += [(after.split("/")[0], label, text) for after, label, text in besides[::OVERVIEWS]]
        unrelated = _unrelated(alone.intent_examples, knowledge)
        return alone.merge(TrainingData([_message(*row, knowledge) for row in (*rows, *unrelated)]))


def read_follow_ups(file: Path, knowledge: Knowledge) -> Iterator[tuple[str, str, str]]:
    """Read one file: under `follow_ups` a list of blocks with `after` (a passage id) and `means` (label -> messages).

    Yields:
        (passage told, label meant, message), the label a passage id, SECTION/all or out_of_scope:KIND.

    Raises:
        ValueError: As `get_nlu_data` says.
    """
    data = yaml.safe_load(file.read_text(encoding="utf-8"))
    blocks = data.get(FOLDER) if isinstance(data, Mapping) else None
    if not isinstance(blocks, list):
        raise ValueError(f"{file}: must have `{FOLDER}`, a list of blocks with `after` and `means`.")
    for number, block in enumerate(blocks, 1):
        after, means = (block.get("after"), block.get("means")) if isinstance(block, Mapping) else (None, None)
        if after not in knowledge.passages:
            raise ValueError(f"{file}, block {number}: after is {after!r}; it must be the id of a passage.")
        if not isinstance(means, Mapping):
            raise ValueError(f"{file}, block {number}: means must lead from labels to messages.")
        for label, messages in means.items():
            if not _is_label(label, knowledge):
                raise ValueError(f"{file}, block {number}: {label!r} is no passage, no SECTION/all and no out_of_scope:KIND.")
            if not isinstance(messages, list) or not all(isinstance(text, str) and text.strip() for text in messages):
                raise ValueError(f"{file}, block {number}, {label}: needs a list of messages; put those like `no` in quotes.")
            yield from ((after, label, text) for text in messages)


def _is_label(label: Any, knowledge: Knowledge) -> bool:
    text = str(label)
    section, _, last = text.partition("/")
    return (
        text in knowledge.passages
        or text.startswith("out_of_scope:")
        or (last == "all" and section in knowledge.topic_by_section)
    )


def _unrelated(messages: Iterable[Message], knowledge: Knowledge) -> Iterator[tuple[str, str, str]]:
    """Utterances that stand alone, behind passages drawn at random; the same ones for the same data."""
    chance = random.Random(SEED)
    told = sorted(knowledge.passages)
    kinds: dict[str, list[tuple[str, str]]] = {"elsewhere": [], "outside": [], "others": []}
    for message in messages:
        text, intent = message.get(TEXT), message.get(INTENT)
        if text and intent and intent not in _LEANING and len(text.split()) <= MAX_WORDS:
            kind = "elsewhere" if intent in knowledge.topics else "outside" if intent == "out_of_scope" else "others"
            kinds[kind].append((class_of(message), text))
    for kind, most in (("elsewhere", ELSEWHERE), ("outside", OUTSIDE), ("others", OTHERS)):
        for label, text in chance.sample(kinds[kind], min(most, len(kinds[kind]))):
            yield chance.choice(told), label, text


def _message(after: str, label: str, text: str, knowledge: Knowledge) -> Message:
    """The training utterance, labelled as those of `data/nlu/` are."""
    topic = knowledge.topic_by_section.get(label.split("/")[0])
    intent, _, kind = label.partition(":")
    metadata = {"passage": label} if topic is not None else {"kind": kind} if kind else {}
    return Message.build(
        behind_told(text, after, knowledge),
        intent=topic.intent if topic is not None else intent,
        intent_metadata=metadata or None,
    )


__all__ = ["FollowUpImporter", "read_follow_ups"]
