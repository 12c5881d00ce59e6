"""The sentence encoder as it is served: an ONNX graph on one thread."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from threading import Event

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from components.finetuning import load_tokenizer, pad_ids

MODEL_FILE = "encoder.onnx"
TOKENIZER_FILE = "tokenizer.json"
BATCH_SIZE = 64
MOST_WAIT_S = 0.005


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
        self._thread = ThreadPoolExecutor(1, "sentence-encoder")

    def begin(self, texts: Sequence[str]) -> Future[np.ndarray]:
        """Encode utterances in a thread, while the caller does something else: ONNX Runtime does not hold Python's lock.

        Returns when the thread is at work in the graph. Else it would wait for the lock, up to 5 ms.
        """
        begun = Event()
        future = self._thread.submit(self.encode, texts, begun)
        begun.wait(MOST_WAIT_S)
        return future

    def encode(self, texts: Sequence[str], begun: Event | None = None) -> np.ndarray:
        """Encode utterances.

        Args:
            texts: n >= 0 utterances; what is longer than 96 word pieces is cut.
            begun: Set just before the graph runs.

        Returns:
            float32 (n, 384), each row of length 1.
        """
        # one by one: the tokenizer's threads take longer to start than a message to cut
        rows = [self._tokenizer.encode(text).ids for text in texts]
        vectors = np.zeros((len(rows), 384), dtype=np.float32)
        order = sorted(range(len(rows)), key=lambda i: len(rows[i]))  # like lengths together: little padding
        if begun is not None:
            begun.set()

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
