"""What is loaded is out of the search for garbage; garbage made later is still found."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest

from garbage import keep_what_is_loaded


@pytest.fixture
def as_before() -> Iterator[None]:
    """Python's own settings again after the test."""
    threshold = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*threshold)


class Knot:
    """An object that holds itself."""

    def __init__(self) -> None:
        self.own = self


@pytest.mark.usefixtures("as_before")
def test_what_is_loaded_is_kept_and_later_garbage_is_found() -> None:
    loaded = Knot()
    keep_what_is_loaded()
    assert not any(found is loaded for found in gc.get_objects())

    later = weakref.ref(Knot())
    gc.collect()
    assert later() is None


@pytest.mark.usefixtures("as_before")
def test_what_is_no_more_in_use_is_freed_the_next_time() -> None:
    old = Knot()
    keep_what_is_loaded()
    seen = weakref.ref(old)
    del old

    keep_what_is_loaded()

    assert seen() is None
