"""Replies to questions: overview, passage, cost. Each is assembled from passages and joined by `wording.yml`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from knowledge.answer import Answer, Part, assemble, order_sentences, unique
from knowledge.figures import Figure, format_money
from knowledge.passage import ROOT, Knowledge, Passage, read_yaml
from knowledge.retrieval import COUNTRY_KIND, Question, Selection, select, wanted_facets

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
                text = wording()["differs"].format(short=short, sentence=other.sentences[0].text)
                parts.append(Part(text, (other,)))
    return parts


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _finish(parts: list[Part], knowledge: Knowledge, suggestions: Sequence[str] | None = None) -> Answer:
    first = assemble(parts, knowledge)
    passages = [knowledge.passage(c.id) for c in first.citations]
    return assemble(
        parts,
        knowledge,
        suggestions=suggest(passages, knowledge) if suggestions is None else suggestions,
        source_line=source_line(passages, knowledge),
    )


def reply_overview(section_id: str, knowledge: Knowledge) -> Answer:
    """The overview of a section, where the guides differ both, and its questions as suggestions."""
    section = knowledge.sections[section_id]
    sources = tuple(knowledge.passage(name) for name in section.overview_from)
    parts = [Part(section.overview, sources), *_differences(sources, knowledge)]
    # The passages of the overview first: they are the main questions of the section.
    questions = [p.question for p in (*sources[:2], *(p for p in section.passages if p not in sources), *sources[2:])]
    return _finish(parts, knowledge, questions[:MAX_SUGGESTIONS])


def reply_passages(selection: Selection, question: Question, knowledge: Knowledge) -> Answer:
    """The passage that answers, what is asked for first; what differs; then its companions."""
    lead = selection.lead
    if lead is None:
        return reply_overview(selection.section.id, knowledge)
    facets = wanted_facets(question.text)
    parts = [Part(" ".join(s.text for s in order_sentences(lead, facets)), (lead,))]
    parts += _differences([lead], knowledge)
    shown = {p.id for part in parts for p in part.passages}
    for other in selection.companions:
        if other.id not in shown:
            parts.append(Part(order_sentences(other, facets)[0].text, (other,)))
    return _finish(parts, knowledge)


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
    return Part(text + ".", (row,))


def rows_for(country: str, knowledge: Knowledge) -> list[Passage]:
    """The price rows that hold for a country or region, the most specific document first."""
    regions = set(_PRICED_AS.get(country, ()))
    return sorted(
        (row for row in price_rows(knowledge) if regions & set(row.prices)),
        key=lambda row: (len(row.prices), row.id),
    )


def reply_cost(question: Question, knowledge: Knowledge) -> Answer | None:
    """Prices from the typed figures: of one country, compared, or all of them.

    Returns:
        The answer, or None when no place that is asked about has a price.
    """
    countries = question.of_kind(COUNTRY_KIND)
    if not countries:
        return _reply_all_prices(knowledge)
    by_country = {country: rows_for(country, knowledge) for country in countries}
    rows = unique([row for found in by_country.values() for row in found])
    if not rows:
        return None
    parts = [_price_line(row, knowledge) for row in rows]
    if len(countries) > 1:
        parts.append(Part(_compare(by_country, knowledge), ()))
        parts += _country_remarks(countries, knowledge)
        return _finish(parts, knowledge)
    if any(row.differs_from for row in rows):
        parts.append(Part(wording()["prices_differ"], ()))
    if "germany" in countries:
        # Germany has no row of its own: what the guide says of its prices in words comes first.
        parts = _country_remarks(countries, knowledge) + parts
    lead = rows[0]
    rest = [s for s in order_sentences(lead, wanted_facets(question.text)) if not _shows_money(s.text)]
    if rest:
        parts.append(Part(" ".join(s.text for s in rest[:2]), (lead,)))
    return _finish(parts, knowledge)


def _shows_money(text: str) -> bool:
    return "$" in text


def _country_remarks(countries: Sequence[str], knowledge: Knowledge) -> list[Part]:
    """What the guide says on the price level of Germany, which it prices in words only."""
    if "germany" not in countries:
        return []
    passage = knowledge.passage("sle-guide#countries/germany")
    sentences = [s for s in passage.sentences if s.about in ("cost", "comparison")]
    return [Part(" ".join(s.text for s in sentences), (passage,))] if sentences else []


def _reply_all_prices(knowledge: Knowledge) -> Answer:
    rows = price_rows(knowledge)
    lines = "\n".join(["- " + _price_line(row, knowledge).text for row in rows])
    parts = [Part(f"{wording()['prices_intro']}\n{lines}", tuple(sorted(rows, key=lambda r: r.document_id != "sle-guide")))]
    quote = knowledge.passage("sle-guide#cost/itemized-quote")
    parts.append(Part(quote.sentences[0].text, (quote,)))
    depends = knowledge.passage("sle-guide#cost/what-the-price-depends-on")
    return _finish(
        parts,
        knowledge,
        [p.question for p in (depends, quote)] + [knowledge.passage("china-guide#cost/trial-participation").question],
    )


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


def reply(question: Question, knowledge: Knowledge, *, asks_price: bool) -> Answer:
    """Answer a question on the documents.

    Args:
        question: As understood.
        knowledge: The passages.
        asks_price: True when an amount of money is wanted.
    """
    if asks_price:
        answer = reply_cost(question, knowledge)
        if answer is not None:
            return answer
    return reply_passages(select(question, knowledge), question, knowledge)
