"""Replies to questions: overview, passage, cost. Each is assembled from passages and joined by `wording.yml`."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from knowledge.answer import MAX_BODY_WORDS, Answer, Part, assemble, order_sentences, unique
from knowledge.figures import Figure, format_money
from knowledge.passage import ROOT, Knowledge, Passage, read_yaml
from knowledge.retrieval import COUNTRY_KIND, Question, Selection, named_spellings, select, wanted_facets

MAX_SUGGESTIONS = 3
# Which rows price a place that has no row of its own; the guide names the wider region only.
_PRICED_AS = {
    "germany": ("Western Europe",),
    "usa": ("USA",),
    "western-europe": ("Western Europe",),
    "europe": ("Western Europe", "Eastern Europe"),
    "china": ("China",),
    "south-korea": ("South Korea",),
    "asia": ("Asia", "China"),
    "turkey": ("Turkey",),
    "eastern-europe": ("Eastern Europe",),
}


_REGION_OF = {"germany": "western-europe", "turkey": "eastern-europe"}
_WHICH_PLACE = re.compile(
    r"\b(?:which|what|any|other) (?:\w+ )?(?:regions?|countr(?:y|ies)|places?|parts of the world)\b|\b(?:any|some)where\b", re.I
)
_WHERE_LESS = re.compile(r"\bwh?er+e?['’]?s?\b(?=[^?]*\b(?:che+a?p\w*|les+|low\w*|least|affordable)\b)", re.I)
_COMPARES = re.compile(r"\b(?:cheaper|dearer|expensive|compare\w*|than|versus|vs|difference|or)\b", re.I)


@lru_cache(maxsize=1)
def wording() -> Mapping[str, str]:
    """The phrases of `wording.yml`."""
    phrases: Mapping[str, str] = read_yaml(ROOT / "wording.yml")
    return phrases


def source_line(passages: Sequence[Passage], knowledge: Knowledge) -> str:
    """Name the sources in words: each document title and heading once, in order."""
    headings: dict[str, dict[str, None]] = {}
    for passage in passages:
        title = knowledge.documents[passage.document_id].title
        headings.setdefault(title, {})[knowledge.section_of(passage).heading] = None
    items = [
        wording()["source_item"].format(
            title=title, headings=wording()["and"].join(wording()["heading"].format(heading=h) for h in list(found)[:2])
        )
        for title, found in headings.items()
    ]
    return wording()["source" if len(items) == 1 else "sources"].format(list="; ".join(items))


def suggest(shown: Sequence[Passage], knowledge: Knowledge) -> list[str]:
    """Two or three next questions: neighbours of what was shown, then the next topics."""
    shown_ids = {p.id for p in shown} | {twin for p in shown for twin in p.same_as}
    lead_section = shown[0].section_id
    neighbours = [p for p in knowledge.sections[lead_section].passages]
    position = next((i for i, p in enumerate(neighbours) if p.id in shown_ids), 0)
    questions = [p.question for p in neighbours[position:] + neighbours[:position] if p.id not in shown_ids][:2]
    topics = list(knowledge.topics.values())
    position = topics.index(knowledge.topic_by_section[lead_section])
    following = [topic.question for topic in topics[position + 1 :] + topics[:position]]
    return [*questions, *following[: MAX_SUGGESTIONS - len(questions)]]


def _differences(shown: Sequence[Passage], knowledge: Knowledge) -> list[Part]:
    """What the other document says where it differs from a shown passage."""
    parts = []
    shown_ids = {p.id for p in shown}
    for passage in shown:
        for other_id in passage.differs_from:
            other = knowledge.passage(other_id)
            if other.id not in shown_ids:
                shown_ids.add(other.id)
                short = _capital(knowledge.documents[other.document_id].short)
                text = wording()["differs"].format(short=short, sentence=_on_the_same_point(other, passage))
                parts.append(Part(text, (other,), essential=True))
    return parts


def _on_the_same_point(passage: Passage, other: Passage) -> str:
    """The sentence of a passage on what another, which differs from it, says first; else its own first."""
    return next((s.text for s in passage.sentences if s.about == other.sentences[0].about), passage.sentences[0].text)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _finish(parts: Sequence[Part], knowledge: Knowledge, suggestions: Sequence[str] | None = None) -> Answer:
    answer = assemble(parts, knowledge)
    passages = [knowledge.passage(c.id) for c in answer.citations]
    line = source_line(passages, knowledge)
    return replace(
        answer,
        text=f"{answer.text}\n\n{line}" if line else answer.text,
        suggestions=tuple(suggest(passages, knowledge) if suggestions is None else suggestions),
    )


@dataclass(frozen=True)
class Draft:
    """A reply before it is put together: paragraphs by weight, and next questions if they are not simply the neighbours."""

    parts: tuple[Part, ...]
    suggestions: tuple[str, ...] | None = None


def finish(drafts: Sequence[Draft], knowledge: Knowledge, *, closing: Sequence[str] = ()) -> Answer:
    """Put the replies to one or more questions together, in order.

    Each question keeps its first paragraph, its direct answer, and what the other document says where they differ; further paragraphs
    follow while there is room.

    Args:
        drafts: At least one, in the order of the questions.
        knowledge: Where the citations come from.
        closing: Sentences that state no fact, after the last answer.

    Raises:
        GroundingError: If a figure of the text is in no cited passage.
    """
    if len(drafts) == 1 and not closing:
        return _finish(drafts[0].parts, knowledge, drafts[0].suggestions)
    # Two questions may have one answer: it is given once.
    told: dict[frozenset[str], Draft] = {}
    for draft in drafts:
        told.setdefault(_sentences_in(draft.parts[0].text), draft)
    drafts = list(told.values())
    shown = {passage.id for draft in drafts for passage in draft.parts[0].passages}
    room = MAX_BODY_WORDS - sum(part.words for draft in drafts for n, part in enumerate(draft.parts) if n == 0 or part.essential)
    taken: list[list[Part]] = [[draft.parts[0]] for draft in drafts]
    # Each question's next paragraph before any question's one after that: the first does not take the room of the second.
    for level in range(1, max(len(draft.parts) for draft in drafts)):
        for draft, own in zip(drafts, taken):
            part = draft.parts[level] if level < len(draft.parts) else None
            if part is None or _sentences_in(part.text) in told:
                continue
            if part.essential and not shown.issuperset(p.id for p in part.passages):
                own.append(part)
                shown.update(p.id for p in part.passages)
            elif not part.essential and part.words <= room:
                own.append(part)
                room -= part.words
    kept = [part for own in taken for part in own]
    kept += [Part(text, ()) for text in closing]
    passages = unique([passage for part in kept for passage in part.passages])
    given = [draft.suggestions for draft in drafts if draft.suggestions]
    return assemble(
        kept,
        knowledge,
        suggestions=given[-1] if given else suggest(passages, knowledge),
        source_line=source_line(passages, knowledge),
        limit=len(" ".join(part.text for part in kept).split()),
    )


def _sentences_in(text: str) -> frozenset[str]:
    """The sentences of a text: two answers that say the same in another order are one."""
    return frozenset(re.split(r"(?<=[.!?])\s+", text))


def draft_overview(section_id: str, knowledge: Knowledge) -> Draft:
    """The overview of a section, where the guides differ both, and its questions as suggestions."""
    section = knowledge.sections[section_id]
    sources = tuple(knowledge.passage(name) for name in section.overview_from)
    parts = (Part(section.overview, sources), *_differences(sources, knowledge))
    # The passages of the overview first: they are the main questions of the section.
    questions = [p.question for p in (*sources[:2], *(p for p in section.passages if p not in sources), *sources[2:])]
    return Draft(parts, tuple(questions[:MAX_SUGGESTIONS]))


def draft_passages(selection: Selection, question: Question, knowledge: Knowledge) -> Draft:
    """The passage that answers, what is asked for first; what differs; then its companions."""
    lead = selection.lead
    facets, named = wanted_facets(question.text), named_spellings(question, knowledge)
    if lead is None:
        overview = draft_overview(selection.section.id, knowledge)
        besides = [Part(order_sentences(p, facets, named)[0].text, (p,)) for p in selection.companions]
        told = {p.question for p in selection.companions}
        return Draft((*overview.parts, *besides), tuple(q for q in overview.suggestions or () if q not in told))
    parts = [Part(" ".join(s.text for s in order_sentences(lead, facets, named)), (lead,))]
    parts += _differences([lead], knowledge)
    shown = {p.id for part in parts for p in part.passages}
    asked_for = {term for _, term in question.terms}
    for other in selection.companions:
        if other.id not in shown:
            sentences = order_sentences(other, facets, named)
            room = MAX_BODY_WORDS - sum(part.words for part in parts) - len(sentences[0].text.split())
            # of two things that the question names, the second is told as the first, as far as there is room
            more = sentences[1:2] if asked_for & set(other.terms[:1]) and len(sentences) > 1 else []
            more = [s for s in more if len(s.text.split()) <= room]
            parts.append(Part(" ".join(s.text for s in [sentences[0], *more]), (other,)))
    completing = [part for part in _completing(lead, facets, named, knowledge) if part.passages[0].id not in shown]
    if all(other.section_id == lead.section_id for other in selection.companions[:1]):
        # what completes a frame goes before its next likely neighbour
        told = {part.passages[0].id for part in completing}
        parts = [parts[0], *completing, *(part for part in parts[1:] if part.passages[0].id not in told)]
    return Draft(tuple(parts))


def _completing(lead: Passage, facets: Sequence[str], named: Sequence[str], knowledge: Knowledge) -> list[Part]:
    """A sentence of each passage that completes another, unless that other alone has one on the very side asked about.

    What a thing is, is completed by what it does: by the first sentence, not by a definition of something else.
    """
    facets = [facet for facet in facets if facet != "definition"]
    on_it = {s.about for s in lead.sentences} & set(facets[:1])
    besides = (knowledge.passage(name) for name in lead.beside)
    fitting = (p for p in besides if not on_it or on_it & {s.about for s in p.sentences})
    return [Part(order_sentences(p, facets, named)[0].text, (p,)) for p in fitting]


def draft_more(section_id: str, shown: Collection[str], question: Question | None, knowledge: Knowledge) -> Draft | None:
    """The next level of detail: passages of a section, then of the topic's other sections, that were not shown yet.

    Args:
        section_id: Section talked about.
        shown: Ids of passages that the visitor has seen.
        question: What was asked, if it named something: passages on that come first.
        knowledge: The passages.

    Returns:
        Up to three passages, or None when all of it has been shown.
    """
    seen = set(shown) | {twin for name in shown if name in knowledge.passages for twin in knowledge.passages[name].same_as}
    topic = knowledge.topic_by_section[section_id]
    sections = [section_id, *(name for name in topic.sections if name != section_id)]
    left = [p for name in sections for p in knowledge.sections[name].passages if p.id not in seen]
    if not left:
        return None
    if question is not None:
        ranked = {label: share for label, share in question.labels}
        named = {term for _, term in question.terms}
        left.sort(key=lambda p: (-ranked.get(p.id, 0.0), -len(named & set(p.terms)), 0))
    parts = [Part(p.text if number == 0 else p.sentences[0].text, (p,)) for number, p in enumerate(left[:3])]
    following = [p.question for p in left[3 : 3 + MAX_SUGGESTIONS]]
    return Draft(tuple(parts), tuple(following) if len(following) > 1 else None)


def with_point_again(draft: Draft, passage_id: str, question: Question, knowledge: Knowledge) -> Draft:
    """The next level of detail with, before it, the one sentence of the passage told before that answers best."""
    told = knowledge.passage(passage_id)
    point = order_sentences(told, wanted_facets(question.text), named_spellings(question, knowledge))[0]
    return Draft((Part(point.text, (told,)), *draft.parts[:2]), draft.suggestions)


def price_rows(knowledge: Knowledge) -> list[Passage]:
    """The passages that give a price, cheapest start first."""
    rows = [p for p in knowledge.passages.values() if p.prices]
    return sorted(rows, key=lambda p: (_money(p).low, p.id))


def _money(passage: Passage) -> Figure:
    return next(f for f in passage.figures if f.kind == "money")


def _place(regions: Sequence[str]) -> str:
    """Name what a row prices: "USA and Western Europe", "Asia (South Korea and China)"."""
    if len(regions) < 3:
        return wording()["and"].join(regions)
    return f"{regions[0]} ({wording()['and'].join(regions[1:])})"


def _price_line(row: Passage, knowledge: Knowledge) -> Part:
    text = wording()["price_of_country"].format(
        place=_place(row.prices),
        money=format_money(_money(row)),
        short=knowledge.documents[row.document_id].short,
    )
    return Part(text + ".", (row,), essential=True)


def rows_for(country: str, knowledge: Knowledge) -> list[Passage]:
    """The price rows that hold for a country or region, the most specific document first."""
    regions = _PRICED_AS.get(country, ())
    rows = [row for row in price_rows(knowledge) if set(regions) & set(row.prices)]
    return sorted(rows, key=lambda row: (min(regions.index(r) for r in row.prices if r in regions), len(row.prices), row.id))


def _priced_places(question: Question) -> list[str]:
    """The places asked about; a country falls away beside the region that the price is given for."""
    named = question.of_kind(COUNTRY_KIND)
    if _WHICH_PLACE.search(question.text) or (len(named) == 1 and _WHERE_LESS.search(question.text)):
        return []  # "which regions would fit our budget", told by somebody in Texas
    return [name for name in named if _REGION_OF.get(name) not in named or _COMPARES.search(question.text)]


def draft_cost(question: Question, knowledge: Knowledge) -> Draft | None:
    """Prices from the typed figures: of one country, compared, or all of them.

    Returns:
        The answer, or None when no place that is asked about has a price.
    """
    countries = _priced_places(question)
    if not countries:
        return _draft_all_prices(knowledge)
    by_country = {country: rows_for(country, knowledge) for country in countries}
    rows = unique([row for found in by_country.values() for row in found])
    if not rows:
        return None
    parts = [_price_line(row, knowledge) for row in rows]
    if len(countries) > 1:
        parts.append(Part(_compare(by_country, knowledge), ()))
        # a price level in words is what the guide says of just this place
        parts = _country_remarks(countries, knowledge) + parts
        return Draft(tuple(parts))
    shown = {row.id for row in rows}
    if any(shown & set(row.differs_from) for row in rows):
        parts.append(Part(wording()["prices_differ"], ()))
    if "germany" in countries:
        # Germany has no row of its own: what the guide says of its prices in words comes first.
        parts = _country_remarks(countries, knowledge) + parts
    lead = rows[0]
    rest = [s for s in order_sentences(lead, wanted_facets(question.text)) if not _shows_money(s.text)]
    if rest:
        parts.append(Part(" ".join(s.text for s in rest[:2]), (lead,)))
    return Draft(tuple(parts))


def _shows_money(text: str) -> bool:
    return "$" in text


def _country_remarks(countries: Sequence[str], knowledge: Knowledge) -> list[Part]:
    """What the guide says on the price level of Germany, which it prices in words only."""
    if "germany" not in countries:
        return []
    passage = knowledge.passage("sle-guide#countries/germany")
    sentences = [s for s in passage.sentences if s.about in ("cost", "comparison")]
    return [Part(" ".join(s.text for s in sentences), (passage,))] if sentences else []


def _draft_all_prices(knowledge: Knowledge) -> Draft:
    rows = price_rows(knowledge)
    lines = "\n".join(["- " + _price_line(row, knowledge).text for row in rows])
    parts = [Part(f"{wording()['prices_intro']}\n{lines}", tuple(sorted(rows, key=lambda r: r.document_id != "sle-guide")))]
    quote = knowledge.passage("sle-guide#cost/itemized-quote")
    parts.append(Part(quote.sentences[0].text, (quote,)))
    depends = knowledge.passage("sle-guide#cost/what-the-price-depends-on")
    trial = knowledge.passage("china-guide#cost/trial-participation")
    return Draft(tuple(parts), tuple(p.question for p in (depends, quote, trial)))


def _compare(by_country: Mapping[str, Sequence[Passage]], knowledge: Knowledge) -> str:
    """Say which of two places is cheaper, as far as the figures show it; no figure in the sentence."""
    spans = {}
    for country, rows in by_country.items():
        if rows:
            spans[country] = (
                min(_money(r).low for r in rows),
                max(_money(r).high or _money(r).low for r in rows),
                frozenset(r.id for r in rows),
            )
    if len(spans) < 2:
        return wording()["not_priced"].format(
            places=wording()["and"].join(knowledge.terms[c].name for c in by_country if c not in spans)
        )
    (low, low_span), *_, (high, high_span) = sorted(spans.items(), key=lambda item: item[1][:2])
    names = {"low": knowledge.terms[low].name, "high": knowledge.terms[high].name}
    if low_span[2] == high_span[2]:
        return wording()["same_row"]
    if low_span[1] <= high_span[0]:
        return wording()["cheaper"].format(**names)
    return wording()["overlap"].format(**names)


# What the general guide says on how far CAR-T for lupus is in the West: passage, kind of sentence.
_STATUS_IN_WEST = (
    ("sle-guide#cost/usa-western-europe", "evidence"),
    ("sle-guide#why_abroad/access-to-advanced-treatment", "comparison"),
)
_STATUS_OF_AUTHORITY = ("sle-guide#cost/what-the-price-depends-on", "requirement")
WESTERN_AUTHORITIES = frozenset({"fda", "ema"})


def draft_western_status(question: Question, knowledge: Knowledge) -> Draft:
    """How far CAR-T for lupus is in the USA and Western Europe, of which the guides say no more than these sentences."""
    authority = any(name in WESTERN_AUTHORITIES for _, name in question.terms)
    said = (*_STATUS_IN_WEST, *([_STATUS_OF_AUTHORITY] if authority else []))
    parts = []
    for name, about in said:
        passage = knowledge.passage(name)
        parts.append(Part(next(s.text for s in passage.sentences if s.about == about), (passage,)))
    return Draft(tuple(parts))


def draft_countries(question: Question, knowledge: Knowledge) -> Draft | None:
    """What speaks for each of several countries asked about, in their order.

    Returns:
        The draft, or None unless two of them have a passage of their own.
    """
    passages = [knowledge.passages.get(f"sle-guide#countries/{name}") for name in question.of_kind(COUNTRY_KIND)]
    found = [p for p in passages if p is not None]
    if len(found) < 2:
        return None
    facets = wanted_facets(question.text)
    said = [" ".join(s.text for s in order_sentences(p, facets)[:2]) for p in found[:3]]
    return Draft(tuple(Part(text, (p,), essential=True) for text, p in zip(said, found)))


# Asks what each of the documents says, or how they differ.
_ASKS_BOTH = re.compile(
    r"\b(?:both|two|your|the|each|either|one)\s+(?:of (?:the|your)\s+)?(?:guide|document|doc|source|text|page|article|paper|brochure)s?\b.*"
    r"\b(?:differ\w*|disagree\w*|agree|contradict\w*|other|another|each|both|same|compare\w*|say|leaves?)\b",
    re.I,
)


def draft_both(section_id: str, question: Question, knowledge: Knowledge) -> Draft | None:
    """What each document says on a topic that both have, the likelier section first.

    Returns:
        The draft, or None if only one of them has the topic.
    """
    sections = knowledge.topic_by_section[section_id].sections
    if len(sections) < 2:
        return None
    names = (section_id, *(other for other in sections if other != section_id))
    labelled = [
        next((label for label, _ in question.labels if label.startswith(f"{name}/") and label in knowledge.passages), "")
        for name in names
    ]
    best = [knowledge.passages.get(label) for label in labelled]
    facets = wanted_facets(question.text)
    parts = []
    for name, passage in zip(names, best):
        section = knowledge.sections[name]
        short = knowledge.documents[name.split("#")[0]].short
        source = (passage,) if passage else tuple(knowledge.passage(p) for p in section.overview_from)
        rival = next((one for one in best if one and passage and one.id in passage.differs_from), None)
        told = order_sentences(passage, facets)[0].text if passage else section.overview
        if passage and rival:
            told = _on_the_same_point(passage, rival)
        parts.append(Part(wording()["document_says"].format(short=_capital(short), sentence=told), source))
    return Draft(tuple(parts))


def draft(question: Question, knowledge: Knowledge, *, asks_price: bool) -> Draft:
    """Draft the answer to a question on the documents.

    Args:
        question: As understood.
        knowledge: The passages.
        asks_price: True when an amount of money is wanted.
    """
    if asks_price:
        found = draft_cost(question, knowledge)
        if found is not None:
            return found
    selection = select(question, knowledge)
    if _ASKS_BOTH.search(question.text):
        both = draft_both(selection.section.id, question, knowledge)
        if both is not None:
            return both
    if selection.section.id == "sle-guide#countries":
        compared = draft_countries(question, knowledge)
        if compared is not None:
            return compared
    return draft_passages(selection, question, knowledge)


def reply(question: Question, knowledge: Knowledge, *, asks_price: bool) -> Answer:
    """Answer a question on the documents, as `draft` says."""
    return finish([draft(question, knowledge, asks_price=asks_price)], knowledge)
