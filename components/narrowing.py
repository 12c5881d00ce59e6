"""Leave out the units of an encoder's feed-forward parts that say least about our utterances.

An encoder that was trained on a billion sentences of all kinds has units for all kinds. On questions about one treatment, half
of them stay nearly still: without them, and with the output weights fitted anew, a layer's output is the same to a hundredth or
two, and two thirds of the encoder's products are in these parts.

Source:
    Units chosen by the size of what they add to the output; output weights refitted by least squares, layer by layer, as in
    He et al. (2017), Channel Pruning, and Lagunas et al. (2021), Block Pruning For Faster Transformers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

MASKED = -10_000.0  # added to the attention that padding would get
RIDGE = 1e-3  # of the mean square of a unit
LOOKED_AT = 16_000  # word pieces at most, of which a layer's weights are fitted


def _by_place(encoder: Any) -> dict[str, Any]:
    """The variables of a TensorFlow BERT encoder by their place in it."""
    return {variable.name.split("/bert/", 1)[1].removesuffix(":0"): variable for variable in encoder.weights}


def _narrow_copy(encoder: Any, units: int) -> Any:
    """An encoder with narrower feed-forward parts, all other weights copied."""
    import tensorflow as tf
    from transformers import BertConfig, TFBertModel

    config = BertConfig.from_dict({**encoder.config.to_dict(), "intermediate_size": units})
    narrow = TFBertModel(config, add_pooling_layer=False)
    narrow(input_ids=tf.constant([[0]]))  # the variables are made at the first call
    wide = _by_place(encoder)
    for place, variable in _by_place(narrow).items():
        if variable.shape == wide[place].shape:
            variable.assign(wide[place])
    return narrow


def fit_units(active: np.ndarray, output: np.ndarray, units: int) -> tuple[np.ndarray, np.ndarray]:
    """Choose units and fit their output weights to what all of them together said.

    Args:
        active: What each unit says at each word piece, float32 (pieces, all units).
        output: The output weights, float32 (all units, width).
        units: How many are kept.

    Returns:
        The kept units' numbers, ascending, and their weights, float32 (units, width).
    """
    size = (active**2).mean(axis=0) * (output**2).sum(axis=1)
    kept = np.sort(np.argsort(-size, kind="stable")[:units])
    chosen = active[:, kept].astype(np.float64)
    products = chosen.T @ chosen
    products[np.diag_indices_from(products)] += RIDGE * np.trace(products) / units
    return kept, np.linalg.solve(products, chosen.T @ (active @ output)).astype(np.float32)


def narrow_encoder(encoder: Any, batches: Sequence[tuple[np.ndarray, np.ndarray]], *, units: int, seed: int) -> Any:
    """Make an encoder with fewer units from one that has them all.

    Args:
        encoder: A `transformers.TFBertModel`; it stays as it is.
        batches: Token ids and masks, int64 (n, tokens) each, of utterances like those it is for.
        units: How many units a layer keeps, at least 1.
        seed: Fixes which word pieces are looked at.

    Returns:
        A `transformers.TFBertModel`.

    Raises:
        ValueError: If it has not so many units.
    """
    import tensorflow as tf

    if not 1 <= units <= encoder.config.intermediate_size:
        raise ValueError(f"feed_forward_units is {units}; the encoder has {encoder.config.intermediate_size} in each layer.")
    narrow, rng = _narrow_copy(encoder, units), np.random.default_rng(seed)
    places, wide = _by_place(narrow), _by_place(encoder)
    masks = [tf.constant((1.0 - mask[:, None, None, :].astype(np.float32)) * MASKED) for _, mask in batches]
    states = [narrow.bert.embeddings(input_ids=tf.constant(ids)) for ids, _ in batches]
    for number, (layer, full) in enumerate(zip(narrow.bert.encoder.layer, encoder.bert.encoder.layer)):
        attended = np.concatenate([found.numpy()[mask > 0] for found, (_, mask) in zip(_attended(layer, states, masks), batches)])
        looked_at = attended[rng.permutation(len(attended))[:LOOKED_AT]]
        block = f"encoder/layer_._{number}"
        kept, weights = fit_units(
            full.intermediate(tf.constant(looked_at)).numpy(), wide[f"{block}/output/dense/kernel"].numpy(), units
        )
        for part in ("kernel", "bias"):
            whole = wide[f"{block}/intermediate/dense/{part}"].numpy()
            places[f"{block}/intermediate/dense/{part}"].assign(whole[..., kept])
        places[f"{block}/output/dense/kernel"].assign(weights)
        states = [
            layer.bert_output(hidden_states=layer.intermediate(found), input_tensor=found, training=False)
            for found in _attended(layer, states, masks)
        ]
    return narrow


def _attended(layer: Any, states: Sequence[Any], masks: Sequence[Any]) -> Iterator[Any]:
    """What a layer's attention makes of states, batch by batch, float32 (n, tokens, width)."""
    for state, mask in zip(states, masks):
        yield layer.attention(
            input_tensor=state,
            attention_mask=mask,
            head_mask=None,
            encoder_hidden_states=None,
            encoder_attention_mask=None,
            past_key_value=None,
            output_attentions=False,
            training=False,
        )[0]
