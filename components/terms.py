"""Rasa component: the terms of the knowledge base in a message, as entities, by the spaCy pipeline of `components/language.py`.

Rasa's own three (SpacyNLP, SpacyTokenizer, SpacyEntityExtractor) make two documents of each message, and tokens that nothing here
reads; a third of the time beside the encoder went there.
"""

from __future__ import annotations

from typing import Any

import spacy
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from spacy.language import Language

from components.spelling_correction import CORRECTED


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class TermExtractor(GraphComponent):
    """Finds terms in the text as typed, and in the corrected text those that the text as typed does not have."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`model`: folder of the pipeline, as `python -m components.language FOLDER` writes it."""
        return {"model": "build/language"}

    @staticmethod
    def required_packages() -> list[str]:
        """What must be installed."""
        return ["spacy"]

    def __init__(self, language: Language) -> None:
        """Take over the pipeline."""
        self._language = language

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> TermExtractor:
        """Load the pipeline; the component learns nothing.

        Raises:
            FileNotFoundError: If it has not been assembled.
        """
        try:
            return cls(spacy.load(config["model"]))
        except OSError as error:
            raise FileNotFoundError(
                f"The spaCy pipeline {config['model']} cannot be loaded ({error}). Run `make setup`."
            ) from error

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the terms found to the entities of the messages; the places of each are those in the text it was found in."""
        for message in messages:
            text = message.get(TEXT)
            if text:
                found = self._find(text)
                known = {(entity["entity"], entity["value"].lower()) for entity in found}
                corrected = message.get(CORRECTED)
                if corrected:
                    found += [e for e in self._find(corrected) if (e["entity"], e["value"].lower()) not in known]
                message.set(ENTITIES, [*message.get(ENTITIES, []), *found], add_to_output=True)
        return messages

    def _find(self, text: str) -> list[dict[str, Any]]:
        return [
            {
                "entity": found.label_,
                "value": found.text,
                "start": found.start_char,
                "end": found.end_char,
                "confidence": None,
                "extractor": "TermExtractor",
            }
            for found in self._language(text).ents
        ]
