"""Cut our utterances into fewer word pieces: the encoder's time goes with their number.

A tokenizer that was made for the whole of English cuts the words that every other visitor writes ("lupus", "rituximab") into
several pieces. The vocabulary has places that nothing uses; frequent words get them, and begin with the mean of their pieces.

Source:
    Word pieces: Wu et al. (2016), Google's Neural Machine Translation System. Words added to a pretrained vocabulary from their
    pieces: Gee et al. (2022), Fast Vocabulary Transfer for Language Model Compression.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

SEEN = 60  # a word that is written more seldom stays in pieces
_WORD = re.compile(r"[a-z][a-z0-9]*")
_MARKS = r"['’`.,;:!\"“”()…–—-]"
_OWNER = r"(?<=[a-z])['’`]s\b"  # of "what's" and "lupus's"
_IN_NUMBER = r"(?<=\d)[.,](?=\d)"  # these stay
_THERAPY, _AS_WORD = r"\bcar ?- ?t\b|\bcar t\b", "cart"  # four pieces that mean one thing; many write it so
_BEGIN = "[CLS]"


def frequent_words(tokenizer: Any, texts: Sequence[str], most: int) -> dict[str, list[int]]:
    """Words of a to z that the texts have often and that are several pieces each.

    Args:
        tokenizer: A `tokenizers.Tokenizer` with word pieces.
        texts: Utterances.
        most: How many words at most.

    Returns:
        The most frequent first, each with the ids of its pieces.
    """
    counts = Counter(word for text in texts for word in _WORD.findall(text.lower()))
    found: dict[str, list[int]] = {}
    for word, number in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        pieces = tokenizer.encode(word, add_special_tokens=False).ids if number >= SEEN and len(found) < most else []
        if len(pieces) > 1:
            found[word] = pieces
    return found


def with_words(tokenizer: Any, words: Mapping[str, Sequence[int]]) -> Any:
    """A tokenizer that takes each of these words as one piece, "car-t" as "cart", no marks but the question's.

    Args:
        tokenizer: A BERT `tokenizers.Tokenizer`; it stays as it is.
        words: As `frequent_words` gives them.

    Raises:
        ValueError: If the vocabulary has too few places that nothing uses.
    """
    from tokenizers import Regex, Tokenizer, normalizers, processors

    data = json.loads(tokenizer.to_str())
    vocabulary = data["model"]["vocab"]
    unused = [name for name in vocabulary if name.startswith("[unused")]
    if len(unused) < len(words):
        raise ValueError(f"whole_words is {len(words)}; the vocabulary has {len(unused)} places for them.")
    for word, place in zip(words, unused):
        vocabulary[word] = vocabulary.pop(place)
    shorter = Tokenizer.from_str(json.dumps(data))
    shorter.normalizer = normalizers.Sequence(
        [
            shorter.normalizer,
            normalizers.Replace(Regex(_THERAPY), _AS_WORD),
            normalizers.Replace(Regex(_OWNER), " "),
            normalizers.Replace(Regex(rf"(?!{_IN_NUMBER}){_MARKS}"), " "),
        ]
    )
    begin = (_BEGIN, vocabulary[_BEGIN])
    shorter.post_processor = processors.TemplateProcessing(
        single=f"{_BEGIN} $A", pair=f"{_BEGIN} $A $B:1", special_tokens=[begin]
    )
    return shorter


def begin_from_pieces(encoder: Any, tokenizer: Any, words: Mapping[str, Sequence[int]]) -> None:
    """Give each word the mean of its pieces' embeddings.

    Args:
        encoder: A `transformers.TFBertModel`; its embeddings are changed.
        tokenizer: As `with_words` gives it.
        words: As `frequent_words` gives them.
    """
    (embeddings,) = (variable for variable in encoder.weights if "word_embeddings" in variable.name)
    values: np.ndarray = embeddings.numpy()
    for word, pieces in words.items():
        values[tokenizer.token_to_id(word)] = values[list(pieces)].mean(axis=0)
    embeddings.assign(values)
