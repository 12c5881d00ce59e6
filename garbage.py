"""Python's search for garbage, in processes that load much once and then make many objects that live for a turn."""

from __future__ import annotations

import gc

OBJECTS_BETWEEN_SEARCHES = 20_000  # Python's own 700 is reached several times in a turn, and nothing is found


def keep_what_is_loaded() -> None:
    """Take all objects of now out of the search, and search more seldom; reference counts free what a turn leaves.

    To go through a loaded model takes a third of a second. What was kept before and is in use no more is freed first.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()
    gc.set_threshold(OBJECTS_BETWEEN_SEARCHES, 20, 20)
