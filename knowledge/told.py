"""A message behind the passage that was told before it: the form in which the NLU learns follow-ups and is asked about them."""

from __future__ import annotations

from knowledge.passage import Knowledge

MARK = " | "
CHINA = "China. "


def behind_told(message: str, told: str, knowledge: Knowledge) -> str:
    """Put a message behind what was told.

    Args:
        message: As typed.
        told: Id of the passage, of the section, or SECTION/all, that the last answer told first.
        knowledge: The passages.

    Returns:
        The question of that passage, else of its section's topic, and the message; a mark between them.

    Raises:
        KeyError: If there is no such section.
    """
    passage = knowledge.passages.get(told)
    question = passage.question if passage is not None else knowledge.topic_by_section[told.split("/")[0]].question
    place = CHINA if told.startswith("china-guide#") else ""
    return f"{place}{question.rstrip(' ?.')}{MARK}{message}"


def is_behind(text: str) -> bool:
    """Whether a text is a message behind what was told."""
    return MARK in text


__all__ = ["behind_told", "is_behind"]
