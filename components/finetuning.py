"""Fine-tune the MiniLM sentence encoder on labelled utterances, and write it as an ONNX graph.

Source:
    Reimers & Gurevych (2019), Sentence-BERT (mean pooling); Loshchilov & Hutter (2019), Decoupled
    Weight Decay Regularization (AdamW); Szegedy et al. (2016), label smoothing.

TensorFlow and transformers are imported inside the functions: they are needed at training
only, and a server that never loads them starts faster and stays smaller.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from components.encoder_graph import weights_of, write_graph
from components.narrowing import narrow_encoder
from components.word_pieces import begin_from_pieces, frequent_words, with_words

logger = logging.getLogger(__name__)

MAX_TOKENS = 96  # longer utterances are cut; a personal story of four sentences has about 70
MEANS_OF = 24  # utterances of a class that its first place in the head is the mean of; all of them would take as long as a pass
NARROWED_ON = 1500  # utterances by which the units that stay are chosen
COMPARED = 100  # batches whose losses are compared: the loss falls while the encoder learns


@dataclass(frozen=True)
class TuningOptions:
    """How the encoder is tuned.

    Attributes:
        epochs: Passes over the data; the first takes all of it.
        hard_share: How much of a pass's utterances the next pass takes, those with the largest losses; more than 0, at most 1.
        batch_size: Utterances per step.
        learning_rate: Peak rate of the encoder; warms up over a tenth of the steps, then falls to 0.
        head_learning_rate: Peak rate of the linear head.
        head_scale: Factor on the cosine between vector and class, before the softmax.
        label_smoothing: Share of the target spread over all classes, 0 to 1.
        weight_decay: AdamW's decay of the encoder's matrices.
        frozen_layers: How many of the 6 layers, from the bottom, are not changed.
        whole_words: So many frequent words of several word pieces, at most, become one piece each, and some marks go
            (`components/word_pieces.py`); 0 leaves the word pieces as they came.
        feed_forward_units: How many units of each layer's feed-forward part are kept, of 1536 (`components/narrowing.py`); 0
            keeps all.
        seed: Fixes the order of the data.
    """

    epochs: int = 3
    hard_share: float = 1.0
    batch_size: int = 32
    learning_rate: float = 1e-4
    head_learning_rate: float = 5e-3
    head_scale: float = 10.0
    label_smoothing: float = 0.1
    weight_decay: float = 0.01
    frozen_layers: int = 0
    whole_words: int = 0
    feed_forward_units: int = 0
    seed: int = 42


def load_tokenizer(model_dir: Path) -> Any:
    """Load the word-piece tokenizer, set up for truncation at `MAX_TOKENS`.

    Args:
        model_dir: Folder with `tokenizer.json`.

    Returns:
        A `tokenizers.Tokenizer` without padding.
    """
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(model_dir / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_TOKENS)
    return tokenizer


def pad_ids(rows: Sequence[Sequence[int]]) -> tuple[np.ndarray, np.ndarray]:
    """Pad token ids to the longest row.

    Args:
        rows: n >= 1 lists of token ids.

    Returns:
        Ids and mask, both int64 (n, longest); the mask is 1 on tokens and 0 on padding.
    """
    width = max(len(row) for row in rows)
    ids = np.zeros((len(rows), width), dtype=np.int64)
    mask = np.zeros((len(rows), width), dtype=np.int64)
    for index, row in enumerate(rows):
        ids[index, : len(row)] = row
        mask[index, : len(row)] = 1
    return ids, mask


def _batches(rows: Sequence[Sequence[int]], chosen: Sequence[int], batch_size: int, rng: random.Random) -> Iterator[list[int]]:
    """Yield index batches of the chosen rows, each of like length, in random order: little padding, no fixed groups."""
    order = sorted(chosen, key=lambda i: (len(rows[i]) + rng.random() * 4, i))
    batches = [order[i : i + batch_size] for i in range(0, len(order), batch_size)]
    rng.shuffle(batches)
    yield from batches


def _encode(encoder: Any, ids: Any, mask: Any, training: bool) -> Any:
    """Return unit vectors, float32 (n, 384): the mean of the token states."""
    import tensorflow as tf

    states = encoder(input_ids=ids, attention_mask=mask, training=training).last_hidden_state
    weights = tf.cast(mask, tf.float32)[:, :, None]
    pooled = tf.reduce_sum(states * weights, axis=1) / tf.reduce_sum(weights, axis=1)
    return tf.math.l2_normalize(pooled, axis=1)


def _learning_rate(step: int, total: int) -> float:
    """Factor on the peak rate: up over the first tenth, then down to 0."""
    warm = max(1, total // 10)
    return min((step + 1) / warm, (total - step) / max(1, total - warm))


def _class_means(encoder: Any, rows: Sequence[Sequence[int]], targets: np.ndarray, rng: random.Random) -> np.ndarray:
    """The first head, float32 (384, classes): each class starts at the mean of some utterances, not at a random place.

    Source:
        Snell et al. (2017), Prototypical Networks.
    """
    import tensorflow as tf

    @tf.function(input_signature=[tf.TensorSpec((None, None), tf.int64), tf.TensorSpec((None, None), tf.int64)])
    def encode(ids: Any, mask: Any) -> Any:
        return _encode(encoder, ids, mask, False)

    members: dict[int, list[int]] = {}
    for index, target in enumerate(targets.tolist()):
        members.setdefault(target, []).append(index)
    chosen = [i for _, of in sorted(members.items()) for i in rng.sample(of, min(MEANS_OF, len(of)))]
    sums = np.zeros((len(members), encoder.config.hidden_size), dtype=np.float32)
    for batch in _batches(rows, chosen, 64, rng):
        np.add.at(sums, targets[batch], encode(*pad_ids([rows[i] for i in batch])).numpy())
    return (sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-9)).T


def _hardest(batches: Sequence[Sequence[int]], losses: Sequence[np.ndarray], share: float) -> list[int]:
    """Of every `COMPARED` batches of a pass, the share of utterances with the largest losses, at least one."""
    chosen: list[int] = []
    for start in range(0, len(batches), COMPARED):
        of = np.concatenate([np.asarray(batch) for batch in batches[start : start + COMPARED]])
        loss = np.concatenate(list(losses[start : start + COMPARED]))
        chosen += of[np.argsort(-loss, kind="stable")[: max(1, round(share * len(of)))]].tolist()
    return sorted(chosen)


def tune_encoder(
    texts: Sequence[str], labels: Sequence[int], *, model_dir: Path, options: TuningOptions
) -> tuple[Any, np.ndarray, Any]:
    """Tune the encoder so that utterances of one class lie together.

    Args:
        texts: n >= 2 utterances.
        labels: n class numbers, 0 to k-1.
        model_dir: Folder of the pretrained encoder (`config.json`, `model.safetensors`, `tokenizer.json`).
        options: How to tune.

    Returns:
        The tuned TensorFlow encoder, the head, float32 (384, k), columns of length 1, and the `tokenizers.Tokenizer` that
        belongs to the encoder.
    """
    import tensorflow as tf
    from transformers import TFBertModel

    tf.keras.utils.set_random_seed(options.seed)
    rng = random.Random(options.seed)
    tokenizer = load_tokenizer(model_dir)
    # What is not tuned stays as it came.
    words = frequent_words(tokenizer, texts, options.whole_words) if options.whole_words and options.epochs else {}
    if words:
        tokenizer = with_words(tokenizer, words)
    rows = [encoding.ids for encoding in tokenizer.encode_batch(list(texts))]
    targets = np.asarray(labels, dtype=np.int32)
    classes = int(targets.max()) + 1

    encoder = TFBertModel.from_pretrained(str(model_dir), local_files_only=True, add_pooling_layer=False)
    begin_from_pieces(encoder, tokenizer, words)
    if options.feed_forward_units and options.epochs:
        chosen = rng.sample(range(len(rows)), min(NARROWED_ON, len(rows)))
        like = [pad_ids([rows[i] for i in batch]) for batch in _batches(rows, chosen, 64, rng)]
        encoder = narrow_encoder(encoder, like, units=options.feed_forward_units, seed=options.seed)
    bert = encoder.bert
    # The embeddings stay as they are: words that the training data does not have keep their place
    # beside those it has, and a step does not touch 12 million numbers for 500 of them.
    bert.embeddings.trainable = False
    for layer in bert.encoder.layer[: options.frozen_layers]:
        layer.trainable = False
    head = tf.Variable(_class_means(encoder, rows, targets, rng), name="head")

    body = tf.keras.optimizers.AdamW(options.learning_rate, weight_decay=options.weight_decay, global_clipnorm=1.0)
    body.exclude_from_weight_decay(var_names=["bias", "LayerNorm"])
    top = tf.keras.optimizers.Adam(options.head_learning_rate)
    body.build(encoder.trainable_variables)
    top.build([head])

    @tf.function(
        input_signature=[
            tf.TensorSpec((None, None), tf.int64),
            tf.TensorSpec((None, None), tf.int64),
            tf.TensorSpec((None,), tf.int32),
        ]
    )
    def step(ids: Any, mask: Any, target: Any) -> Any:
        with tf.GradientTape() as tape:
            vectors = _encode(encoder, ids, mask, True)
            logits = options.head_scale * tf.matmul(vectors, tf.math.l2_normalize(head, axis=0))
            wanted = tf.one_hot(target, classes)
            losses = tf.keras.losses.categorical_crossentropy(
                wanted, logits, from_logits=True, label_smoothing=options.label_smoothing
            )
            loss = tf.reduce_mean(losses)
        variables = encoder.trainable_variables
        gradients = tape.gradient(loss, [*variables, head])
        body.apply_gradients(zip(gradients[:-1], variables))
        top.apply_gradients([(gradients[-1], head)])
        return losses

    total = sum(-(-round(len(rows) * options.hard_share**epoch) // options.batch_size) for epoch in range(options.epochs))
    done, chosen = 0, list(range(len(rows)))
    for epoch in range(options.epochs):
        began, losses = time.monotonic(), []
        batches = list(_batches(rows, chosen, options.batch_size, rng))
        for batch in batches:
            factor = max(0.0, _learning_rate(done, total))
            body.learning_rate.assign(options.learning_rate * factor)
            top.learning_rate.assign(options.head_learning_rate * factor)
            ids, mask = pad_ids([rows[i] for i in batch])
            losses.append(step(ids, mask, targets[batch]).numpy())
            done += 1
        chosen = _hardest(batches, losses, options.hard_share)
        logger.info(
            "sentence encoder: epoch %d of %d, %d batches, loss %.3f, %.0f s",
            epoch + 1,
            options.epochs,
            len(batches),
            float(np.mean(np.concatenate(losses))),
            time.monotonic() - began,
        )
    return encoder, tf.math.l2_normalize(head, axis=0).numpy(), tokenizer


def export_encoder(encoder: Any, path: Path) -> None:
    """Write a tuned TensorFlow encoder as the ONNX graph that is served."""
    config = encoder.config
    write_graph(weights_of(encoder), path, layers=config.num_hidden_layers, heads=config.num_attention_heads)
