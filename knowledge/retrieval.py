"""From the understanding of a question to the passages that answer it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice

from knowledge.passage import ALL, ROOT, Knowledge, Passage, Section, read_yaml

COMPANION_SHARE = 0.3  # a passage with this share of the best one's confidence is shown beside it
MIN_COMPANION = 0.12
# Beside a short passage there is room for the next likely one of its section.
SHORT_WORDS, SHORT_COMPANION = 50, 0.06
MIN_OF_TOPIC = 0.05  # below it, a label of a topic that is given says nothing on which of its passages is meant
CLOSE_TO_WHOLE = 0.6  # of the share of a section as a whole: a passage of it with that much answers instead
MIN_ELSEWHERE = 0.3  # of a passage of another topic: "is it free?" is not about being free of infections
SURE = 0.8  # so sure a best passage is not changed for one that names a word of the question
# Of two that say the same, the guide on China is shown when it is clearly the likelier.
CHINESE_GUIDE_SHARE = 0.95
COUNTRY_KIND = "country"
UNCOVERED_KIND = "country_not_covered"
# Kinds whose passages answer a question that names them; a country or an organ alone says too little.
_TELLING_KINDS = frozenset({"drug", "complication", "symptom", "institution", "cell", "infection", "measure"})


@dataclass(frozen=True)
class Question:
    """A question as understood.

    Attributes:
        text: As typed.
        labels: (passage id or SECTION/all, confidence 0 to 1), best first.
        terms: (kind, term id) found in the text, in order.
    """

    text: str
    labels: Sequence[tuple[str, float]]
    terms: Sequence[tuple[str, str]] = ()

    def of_kind(self, kind: str) -> list[str]:
        """Ids of the terms of one kind, in order, without repeats."""
        return list(dict.fromkeys(name for k, name in self.terms if k == kind))


@dataclass(frozen=True)
class Selection:
    """What answers a question: a passage, or a section as a whole, and what stands beside it."""

    section: Section
    lead: Passage | None
    companions: list[Passage] = field(default_factory=list)


@lru_cache(maxsize=1)
def _facets() -> list[tuple[tuple[str, ...], re.Pattern[str]]]:
    data = read_yaml(ROOT / "facets.yml")["facets"]
    return [(tuple(row["about"]), re.compile(row["pattern"])) for row in data]


def wanted_facets(text: str) -> list[str]:
    """Which kinds of statement a question asks for, best first ("how is it treated" -> treatment)."""
    lowered = text.lower()
    return [about for abouts, pattern in _facets() if pattern.search(lowered) for about in abouts]


def named_spellings(question: Question, knowledge: Knowledge) -> list[str]:
    """The spellings, lower-case, of what a question names that tells: a drug, a symptom, a complication ..."""
    terms = [knowledge.terms[name] for kind, name in question.terms if kind in _TELLING_KINDS]
    return [spelling.lower() for term in terms for spelling in (term.name, *term.synonyms)]


def merge_twins(question: Question, knowledge: Knowledge) -> list[tuple[str, float]]:
    """Add up the confidences of passages that say the same in both documents.

    The document of the country asked about wins; without one, the better of the two, where the
    general guide is better unless the other is ahead.
    """
    scores: dict[str, float] = {}
    for label, confidence in question.labels:
        scores[label] = scores.get(label, 0.0) + confidence
    in_china = "china" in question.of_kind(COUNTRY_KIND)
    for label in list(scores):
        passage = knowledge.passages.get(label)
        if passage is None or label not in scores:
            continue
        for twin in knowledge.twins(passage):
            if twin.id in scores:
                first, second = sorted((label, twin.id), key=lambda name: _twin_rank(name, scores, in_china))
                if _answers_better(second, first, question, knowledge):
                    first, second = second, first
                scores[first] += scores.pop(second)
                if label not in scores:
                    break
    return sorted(scores.items(), key=lambda item: -item[1])


_TELLING_APART = frozenset({"treatment", "duration", "timing", "frequency", "severity"})


def _answers_better(one: str, other: str, question: Question, knowledge: Knowledge) -> bool:
    """True if only one of two passages has a sentence on what is asked for: when it begins, how it is treated ..."""
    wanted = _TELLING_APART & set(wanted_facets(question.text)[:2])
    has, lacks = ({s.about for s in knowledge.passages[name].sentences} for name in (one, other))
    return bool(wanted & has) and not wanted & lacks


def _twin_rank(name: str, scores: Mapping[str, float], in_china: bool) -> float:
    """Lower is shown first."""
    chinese = name.startswith("china-guide#")
    if in_china:
        return 0.0 if chinese else 1.0
    return -scores[name] * (CHINESE_GUIDE_SHARE if chinese else 1.0)


def naming_passages(question: Question, sections: Iterable[str], knowledge: Knowledge) -> list[Passage]:
    """Passages of some sections that name what the question names (a drug, a symptom ...), in its order."""
    wanted = set(sections)
    found: dict[str, Passage] = {}
    for kind, term in question.terms:
        if kind in _TELLING_KINDS:
            # The passage that is about the term comes before those that merely mention it.
            having = [p for p in knowledge.passages.values() if p.section_id in wanted and term in p.terms]
            for passage in sorted(having, key=lambda p: p.terms.index(term))[:1]:
                found.setdefault(passage.id, passage)
    return list(found.values())


def select(question: Question, knowledge: Knowledge) -> Selection:
    """Choose what answers a question: the topic first, then the passages within it and its neighbours.

    Args:
        question: With at least one label of the knowledge base.
        knowledge: The passages.

    Raises:
        ValueError: If no label belongs to the knowledge base.
    """
    ranked = merge_twins(question, knowledge)
    best = best_of_topic(ranked, knowledge)
    if best is None:
        raise ValueError("No label of the question is in the knowledge base; check the labels of data/nlu/.")
    label, confidence = best
    section = knowledge.sections[label.split("/", 1)[0]]
    topic = knowledge.topic_by_section[section.id]
    named = naming_passages(question, topic.sections, knowledge)
    lead = knowledge.passages.get(label)
    if lead is None and named:
        lead = named[0]
    elif lead is None:
        # Between the section as a whole and one of its passages, nearly as likely, the passage says more.
        close = (name for name, share in ranked if share >= CLOSE_TO_WHOLE * confidence and name.split("/", 1)[0] == section.id)
        lead = next((knowledge.passages[name] for name in close if name in knowledge.passages), None)
    elif lead is not None and named and confidence < SURE:
        # The question names something that a neighbour is more about than the best passage.
        first_term = next(term for kind, term in question.terms if kind in _TELLING_KINDS and term in named[0].terms)
        if _place_of(first_term, named[0]) < _place_of(first_term, lead):
            lead = named[0]
    if lead is None:
        # Beside the overview, the passage of it that the question is likeliest on, if the overview does not say it.
        likely = (knowledge.passages[name] for name, share in ranked if share >= MIN_COMPANION and name in knowledge.passages)
        besides = (p for p in likely if p.section_id == section.id and p.id not in section.overview_from)
        return Selection(section, None, list(islice(besides, 1)))
    companions = [p for p in named if p.id != lead.id]
    is_short = len(lead.text.split()) < SHORT_WORDS
    for other, share in ranked:
        passage = knowledge.passages.get(other)
        least = max(MIN_COMPANION if other.split("/", 1)[0] in topic.sections else MIN_ELSEWHERE, COMPANION_SHARE * confidence)
        if passage is not None and is_short and passage.section_id == lead.section_id and not companions:
            least = SHORT_COMPANION
        if passage is not None and passage.id != lead.id and share >= least:
            companions.append(passage)
    twin_ids = set(lead.same_as)
    unique = {p.id: p for p in companions if p.id not in twin_ids}
    return Selection(knowledge.section_of(lead), lead, list(unique.values())[:2])


def best_of_topic(ranked: Iterable[tuple[str, float]], knowledge: Knowledge) -> tuple[str, float] | None:
    """The best label of the likeliest topic: many passages of one topic that are a little likely outweigh a single other one.

    Args:
        ranked: (label, confidence 0 to 1), best first; labels outside the knowledge base are passed over.
        knowledge: The passages.

    Returns:
        The label with its own confidence, or None if none is of the knowledge base.
    """
    best: dict[str, tuple[str, float]] = {}
    shares: dict[str, float] = {}
    for label, share in ranked:
        topic = knowledge.topic_by_section.get(label.split("/", 1)[0])
        if topic is not None:
            best.setdefault(topic.intent, (label, share))
            shares[topic.intent] = shares.get(topic.intent, 0.0) + share
    return best[max(shares, key=lambda intent: shares[intent])] if shares else None


def within_topic(
    labels: Iterable[tuple[str, float]], intent: str, knowledge: Knowledge, *, in_china: bool = False
) -> list[tuple[str, float]]:
    """The labels of one topic only; if none is likely enough, that of its section as a whole.

    Args:
        labels: (label, confidence 0 to 1), best first.
        intent: Of the topic.
        knowledge: The passages.
        in_china: True if the guide on China is meant where no label says so.
    """
    sections = knowledge.topics[intent].sections
    own = [row for row in labels if row[0].split("/", 1)[0] in sections]
    return own if own and own[0][1] >= MIN_OF_TOPIC else [(section_label(sections[-1] if in_china else sections[0]), 1.0)]


def _place_of(term: str, passage: Passage) -> int:
    """How far down a passage's terms a term stands; what the passage is about stands first."""
    return passage.terms.index(term) if term in passage.terms else len(passage.terms)


def section_label(section_id: str) -> str:
    """The label of questions on a whole section."""
    return f"{section_id}/{ALL}"
