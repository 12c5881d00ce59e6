"""Rasa components: words that nobody wrote in the training data are corrected, before the meaning is taken and terms are found.

They are two, so that the encoder can begin between them: the correction needs no spaCy, the terms in the corrected text do.
"""

from __future__ import annotations

import gzip
import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import spacy_lookups_data
from rapidfuzz.distance import OSA
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.utils.spacy_utils import SpacyModel
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from components.spelling import SpellingCorrector, count_words
from knowledge.passage import ROOT as KNOWLEDGE
from knowledge.passage import load_knowledge

CORRECTED = "corrected_text"  # the message's text as it was meant, for the components that follow
_FILE = "spelling.json"


def common_words(min_log_probability: float) -> list[str]:
    """Common English words, by spaCy's table of log-probabilities (package spacy-lookups-data)."""
    path = Path(spacy_lookups_data.__file__).parent / "data" / "en_lexeme_prob.json.gz"
    table: dict[str, float] = json.loads(gzip.decompress(path.read_bytes()))
    return sorted({word.lower() for word, share in table.items() if share > min_log_probability and word.isalpha()})


def known_misspellings() -> dict[str, str]:
    """The one-word misspellings of knowledge/terms.yml, each with the spelling of its term that is nearest."""
    fixed = {}
    for term in load_knowledge().terms.values():
        right = [spelling.lower() for spelling in (term.name, *term.synonyms)]
        for wrong in term.misspellings:
            if wrong.isalpha():
                fixed[wrong.lower()] = min(right, key=lambda word: (OSA.distance(word, wrong.lower()), word))
    return fixed


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class SpellingCorrection(GraphComponent):
    """Sets `corrected_text` where it differs from the text."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`min_log_probability`: English words likelier than this are left alone (natural logarithm)."""
        return {"min_log_probability": -15.0}

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """The digest of the terms: Rasa would else take what was learnt with other terms from its cache."""
        return sha256((KNOWLEDGE / "terms.yml").read_bytes()).hexdigest()

    def __init__(
        self, config: dict[str, Any], storage: ModelStorage, resource: Resource, data: dict[str, Any] | None = None
    ) -> None:
        self._config, self._storage, self._resource = config, storage, resource
        self._corrector = None if data is None else SpellingCorrector(data["counts"], data["common"], data["fixed"])

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> SpellingCorrection:
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
    ) -> SpellingCorrection:
        """Load the vocabulary; a missing file is an error."""
        with model_storage.read_from(resource) as folder:
            data = json.loads((folder / _FILE).read_text(encoding="utf-8"))
        return cls(config, model_storage, resource, data)

    def train(self, training_data: TrainingData) -> Resource:
        """Count the words of the training utterances."""
        counts = count_words(m.get(TEXT) for m in training_data.intent_examples if m.get(TEXT))
        common = common_words(self._config["min_log_probability"])
        data = {"counts": dict(sorted(counts.items())), "common": common, "fixed": known_misspellings()}
        with self._storage.write_to(self._resource) as folder:
            (folder / _FILE).write_text(json.dumps(data), encoding="utf-8")
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Leave the training utterances as they are: the encoder learns misspellings, too."""
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Correct the messages."""
        if self._corrector is None:
            raise RuntimeError("SpellingCorrection has no model. Train again with `make train`.")
        for message in messages:
            text = message.get(TEXT)
            corrected = self._corrector.correct(text) if text else text
            if corrected != text:
                message.set(CORRECTED, corrected, add_to_output=True)
        return messages


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False, model_from="SpacyNLP")
class CorrectedEntities(GraphComponent):
    """Adds the entities found in the corrected text and not as typed; places are those of the corrected text."""

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> CorrectedEntities:
        """Make the component; it learns nothing."""
        return cls()

    def process(self, messages: list[Message], model: SpacyModel) -> list[Message]:
        """Add to the entities of messages that were corrected."""
        for message in messages:
            corrected = message.get(CORRECTED)
            if corrected:
                self._add(message, str(corrected), model)
        return messages

    def _add(self, message: Message, corrected: str, model: SpacyModel) -> None:
        entities = list(message.get(ENTITIES) or ())
        known = {(entity["entity"], entity["value"].lower()) for entity in entities}
        for found in model.model(corrected).ents:
            if (found.label_, found.text.lower()) not in known:
                entities.append(
                    {
                        "entity": found.label_,
                        "value": found.text,
                        "start": found.start_char,
                        "end": found.end_char,
                        "confidence": None,
                        "extractor": "CorrectedEntities",
                    }
                )
        message.set(ENTITIES, entities, add_to_output=True)


def text_of(message: Message) -> str:
    """What the visitor meant to write."""
    return str(message.get(CORRECTED) or message.get(TEXT))
