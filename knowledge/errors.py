"""Errors of the knowledge base: each says what, where and the remedy."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path


class KnowledgeError(Exception):
    """Base of all errors of the knowledge base."""


class ContentError(KnowledgeError):
    """The content has problems; all of them are listed at once."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        listing = "\n".join(f"  - {problem}" for problem in self.problems)
        super().__init__(f"{len(self.problems)} problem(s) in the content:\n{listing}")


class UnreadableFileError(KnowledgeError):
    """A content file is missing or is not YAML."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path}: {reason} Restore the file or correct it, then run `make content`.")
        self.path = path


class UnknownPassageError(KnowledgeError):
    """A passage id that the knowledge base does not have."""

    def __init__(self, passage_id: str) -> None:
        super().__init__(
            f'No passage "{passage_id}" in knowledge/passages/. Ids are DOCUMENT#SECTION/PASSAGE; '
            "correct the id or add the passage."
        )
