"""The sentence encoder as it is served: an ONNX graph on one thread."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from components.finetuning import load_tokenizer, pad_ids

MODEL_FILE = "encoder.onnx"
TOKENIZER_FILE = "tokenizer.json"
BATCH_SIZE = 64


class Encoder:
    """Turns utterances into unit vectors of 384 numbers."""

    def __init__(self, folder: Path) -> None:
        """Load the graph and its tokenizer.

        Args:
            folder: With `encoder.onnx` and `tokenizer.json`.

        Raises:
            FileNotFoundError: If one of the files is missing.
        """
        for name in (MODEL_FILE, TOKENIZER_FILE):
            if not (folder / name).is_file():
                raise FileNotFoundError(f"{folder / name} is missing. Train again with `make train`.")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # two threads are slower on sentences of 10 to 30 word pieces
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(str(folder / MODEL_FILE), options, providers=["CPUExecutionProvider"])
        self._tokenizer: Tokenizer = load_tokenizer(folder)

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Encode utterances.

        Args:
            texts: n >= 0 utterances; what is longer than 96 word pieces is cut.

        Returns:
            float32 (n, 384), each row of length 1.
        """
        # one by one: the tokenizer's threads take longer to start than a message to cut
        rows = [self._tokenizer.encode(text).ids for text in texts]
        vectors = np.zeros((len(rows), 384), dtype=np.float32)
        order = sorted(range(len(rows)), key=lambda i: len(rows[i]))  # like lengths together: little padding

        def fill(start: int) -> None:
            batch = order[start : start + BATCH_SIZE]
            ids, mask = pad_ids([rows[i] for i in batch])
            vectors[batch] = self._session.run(["vectors"], {"input_ids": ids, "attention_mask": mask})[0]

        starts = range(0, len(order), BATCH_SIZE)
        if len(starts) > 1:  # at training only: the cores take batches side by side
            with ThreadPoolExecutor(os.cpu_count()) as pool:
                list(pool.map(fill, starts))
        else:
            for start in starts:
                fill(start)
        return vectors
