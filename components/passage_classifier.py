"""Rasa component: which passage an utterance asks about, and from that its intent.

Two views are mixed. A linear layer on the tuned sentence vectors learns one class a passage; nearest
neighbours among the training utterances, by vectors and by spelling, vote for the classes of what was
written most alike. The probabilities of the classes of an intent are added up.
"""

from __future__ import annotations

import json
import logging
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from components import class_scorer, neighbours
from components.class_scorer import ClassScorer, ScorerOptions
from components.labels import class_of
from components.spelling_correction import text_of

logger = logging.getLogger(__name__)

LABELS = "labels"  # the message's ranked classes, for the actions
RANKING_LENGTH = 10
OUTWEIGHS = 1.2  # 1.1 to 2 are equally right on the held-out questions
_CLASSES_FILE = "classes.json"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class PassageClassifier(IntentClassifier, GraphComponent):
    """Classifies utterances into passages, kinds and intents."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """The options, each with its meaning in `ScorerOptions`."""
        defaults = ScorerOptions()
        return {name: getattr(defaults, name) for name in ScorerOptions.__dataclass_fields__}

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """The digest of the modules that learn: Rasa does not see a change in them."""
        return sha256(b"".join(Path(module.__file__).read_bytes() for module in (class_scorer, neighbours))).hexdigest()

    @staticmethod
    def validate_config(config: dict[str, Any]) -> None:
        """Refuse options that are not numbers of 0 or more.

        Raises:
            ValueError: Naming the option and what it accepts.
        """
        for name in ScorerOptions.__dataclass_fields__:
            value = config.get(name, 0)
            if isinstance(value, bool) or not isinstance(value, (int, float)) or value < 0:
                raise ValueError(f"PassageClassifier: {name} is {value!r} in config.yml; it must be a number of 0 or more.")

    def __init__(
        self,
        config: dict[str, Any],
        storage: ModelStorage,
        resource: Resource,
        scorer: ClassScorer | None = None,
        intents: dict[str, str] | None = None,
    ) -> None:
        self.validate_config(config)
        self._options = ScorerOptions(**{k: config[k] for k in ScorerOptions.__dataclass_fields__ if k in config})
        self._storage, self._resource = storage, resource
        self._intents = intents or {}
        self._use(scorer)

    def _use(self, scorer: ClassScorer | None) -> None:
        """Take over what was learnt: which class counts for which intent, and which intents are topics of the documents."""
        self._scorer = scorer
        self._names = list(dict.fromkeys(self._intents.values()))
        numbers = {name: number for number, name in enumerate(self._names)}
        topics = {name for label, name in self._intents.items() if "#" in label}
        self._topical = np.array([name in topics for name in self._names], dtype=bool)
        self._columns = np.array([numbers[self._intents[label]] for label in scorer.classes] if scorer else [], dtype=np.int64)

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> PassageClassifier:
        """Make an untrained component."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> PassageClassifier:
        """Load a trained component; a missing file is an error, never an untrained component."""
        with model_storage.read_from(resource) as folder:
            intents = json.loads((folder / _CLASSES_FILE).read_text(encoding="utf-8"))
            return cls(config, model_storage, resource, ClassScorer.load(folder), intents)

    def train(self, training_data: TrainingData) -> Resource:
        """Learn the classes of the utterances that have an intent."""
        examples = [m for m in training_data.intent_examples if m.get(INTENT) and m.get(TEXT)]
        labels = [class_of(message) for message in examples]
        self._intents = {label: message.get(INTENT) for label, message in zip(labels, examples)}
        scorer = ClassScorer.train([m.get(TEXT) for m in examples], _vectors(examples), labels, options=self._options)
        self._use(scorer)
        with self._storage.write_to(self._resource) as folder:
            scorer.save(folder)
            (folder / _CLASSES_FILE).write_text(json.dumps(self._intents, sort_keys=True), encoding="utf-8")
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Set intent, intent ranking and ranked classes; messages without text get none."""
        if self._scorer is None:
            raise RuntimeError("PassageClassifier has no model. Train again with `make train`.")
        having = [message for message in messages if message.get(TEXT)]
        if having:
            texts = [text_of(m) for m in having]
            for message, row in zip(having, self._scorer.score(texts, _vectors(having))):
                self._annotate(message, row)
        return messages

    def _annotate(self, message: Message, shares: np.ndarray) -> None:
        assert self._scorer is not None
        sums = np.bincount(self._columns, weights=shares, minlength=len(self._names))
        ranking = self._rank(sums)
        best = np.argsort(-shares, kind="stable")[:RANKING_LENGTH]
        labels = [{"label": self._scorer.classes[i], "confidence": float(shares[i])} for i in best]
        message.set("intent", ranking[0], add_to_output=True)
        message.set("intent_ranking", ranking, add_to_output=True)
        message.set(LABELS, labels, add_to_output=True)

    def _rank(self, sums: np.ndarray) -> list[dict[str, Any]]:
        """The likeliest intents; the topics together stand against each other intent.

        A question on the documents may lie between two topics, half and half; that makes it no less a question
        on the documents. So the topics' sum decides whether one of them is first; if none of them is likelier by itself than the
        other intent, the sum must be so by a margin.
        """
        topics, others = sums[self._topical], sums[~self._topical]
        other = others.max(initial=0.0)
        margin = 1.0 if topics.max(initial=0.0) >= other else OUTWEIGHS
        topical = topics.sum() > margin * other
        order = np.argsort(-sums, kind="stable")
        first = next(i for i in order if self._topical[i] == topical)
        ranked = (first, *(i for i in order if i != first))[:RANKING_LENGTH]
        return [{"name": self._names[i], "confidence": float(sums[i])} for i in ranked]


def _vectors(messages: list[Message]) -> np.ndarray:
    """The sentence vectors of messages, float32 (n, 384)."""
    rows = []
    for message in messages:  # Rasa's `get_dense_features` would copy them
        found = (
            one for one in message.features if one.type == FEATURE_TYPE_SENTENCE and one.attribute == TEXT and one.is_dense()
        )
        sentence = next(found, None)
        if sentence is None:
            raise RuntimeError("PassageClassifier needs SentenceEncoder before it in config.yml.")
        rows.append(sentence.features[0])
    return np.asarray(rows, dtype=np.float32)
