"""What the NLU says of one text."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Parse:
    """The understanding of one text, without regard to the conversation.

    Attributes:
        text: What was parsed.
        intent: Name of the likeliest intent.
        confidence: Its share, 0 to 1.
        labels: Classes and shares, likeliest first: passage ids, SECTION/all, INTENT:KIND, INTENT.
        terms: (kind, term id) found, in order.
        unclear: True if no intent is likely enough by the NLU's threshold; `intent` is then the likeliest all the same.
        data: The NLU's whole result, for Rasa's tracker.
    """

    text: str
    intent: str
    confidence: float
    labels: Sequence[tuple[str, float]] = ()
    terms: Sequence[tuple[str, str]] = ()
    unclear: bool = False
    data: Mapping[str, Any] | None = None

    @property
    def on_documents(self) -> float:
        """Share of all labels of the knowledge base together, 0 to 1."""
        return sum(share for label, share in self.labels if "#" in label)

    @property
    def topical_labels(self) -> list[tuple[str, float]]:
        """The labels that belong to the knowledge base."""
        return [(label, share) for label, share in self.labels if "#" in label]

    def of_kind(self, kind: str) -> list[str]:
        """Ids of the terms of one kind, in order, without repeats."""
        return list(dict.fromkeys(name for k, name in self.terms if k == kind))


Parser = Callable[[Sequence[str]], list[Parse]]
