"""How the sets of HINT3 are tuned."""

from __future__ import annotations

import pytest

from evaluation.benchmarks.hint3 import EPOCHS, MORE_EPOCHS, epochs_for


@pytest.mark.parametrize(("utterances", "epochs"), [(600, EPOCHS), (289, EPOCHS), (288, MORE_EPOCHS), (180, MORE_EPOCHS)])
def test_a_small_set_takes_more_passes(utterances: int, epochs: int) -> None:
    assert epochs_for(utterances, batch_size=32) == epochs
