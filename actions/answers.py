"""Answer from passages: questions on the documents, unclear ones, those outside, those for a doctor."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.handoff import reminder
from actions.sending import finish, has_response, in_english_only, response_text, send_answer, send_text
from actions.understanding import (
    context_of,
    how_of,
    intent_of,
    kind_in,
    kind_of,
    knowledge,
    labels_of,
    language_of,
    parts_of,
    question_of,
    text_of,
)
from dialogue.context import MAX_QUESTION_CHARS, Context
from dialogue.followups import PRICES, TELLING_KINDS, is_only_a_facet
from dialogue.options import is_out_of_range
from dialogue.phrases import CHEAPEST
from dialogue.reading import CHINA, ELIGIBILITY, WOULD_I_QUALIFY, Asked
from dialogue.segments import sentences_of
from knowledge import replies
from knowledge.answer import Answer
from knowledge.passage import ALL, Knowledge
from knowledge.replies import Draft
from knowledge.retrieval import COUNTRY_KIND, UNCOVERED_KIND, Question, best_of_topic, select, wanted_facets, within_topic
from safety.emergency import load_replies

MAX_CHOICES = 3
MOST_REPEATED = 2  # an answer of so many passages is known again when it is given for the next question, too
_ON_ELIGIBILITY = WOULD_I_QUALIFY.partition(":")[2]
_ON_OTHER_COUNTRY = "other_country"
# Right after an emergency these are answered by sending the visitor to the help once more.
PARTING = frozenset("thank acknowledge affirm goodbye express_emotion compliment".split())
MIN_SHARE_OF_FACTS = 0.08  # below this the passages have too little to do with a personal question
# What "how long?" may mean when nothing was said before.
_TIMES = ("sle-guide#recovery/hospital-stay", "sle-guide#recovery/long-term-recovery", "china-guide#benefits/sustained-remission")
_PRICE_LABELS = frozenset(
    {
        "sle-guide#cost/all",
        "china-guide#cost/all",
        "sle-guide#cost/usa-western-europe",
        "sle-guide#cost/asia",
        "sle-guide#cost/eastern-europe",
        "china-guide#cost/price-range",
    }
)
# What a quote must hold is the same in all countries.
_ON_QUOTES = frozenset({"sle-guide#cost/itemized-quote", "china-guide#cost/detailed-breakdown"})
_WHERE_CHEAP = re.compile(
    rf"\b(?:anywhere|somewhere|where|which|what|who)\b.*\b(?:cheap\w*|afford\w*|lowest|least|less|budget|save)\b|{CHEAPEST.pattern}",
    re.I,
)
_IS_CHEAP_GOOD = re.compile(
    r"\b(?:cheap\w*|lowest)\b[^.!?]*\b(?:best|better|good|safe|wise|quality)\b"
    r"|\b(?:price|cost)s?\b(?: and| &|\+| with|/| plus|-)? ?quality\b|\bquality (?:and|&|\+|with|for|plus) (?:the |its )?(?:price|cost|money)\b",
    re.I,
)
# Asks what comes on top of the price.
_EXTRA_COST = re.compile(
    r"\b(?:besides|what else|on top|extras?|additional|other (?:costs|expenses)|hidden|apart from|in addition)\b", re.I
)
# "and the price?"
_ONLY_PRICE = re.compile(
    r"^(?:(?:and|but|so|ok(?:ay)?|what about|how about|what is|what['’]?s)[\s,]+)*(?:the |its |their )?(?:prices?|costs?|pric|prise)(?: (?:there|then|please|pls))*[\s?.!]*$",
    re.I,
)
_ASKS_REASON = re.compile(r"\b(?:why|wy|how come|reason|what makes|y (?:is|are|so|do|does|it|that|they))\b|^y\b", re.I)

_ASKED_BARE = frozenset({"why", "when", "where"})  # the question of the passage told says nothing of what is asked of it


def asks_price(question: Question) -> bool:
    """True when an amount of money is wanted: the best label is a price, or the topic is cost or countries with price words."""
    found = best_of_topic(question.labels, knowledge())
    if found is None:
        return False
    best = found[0]
    if _ONLY_PRICE.match(question.text.strip()):
        return True
    sentences = sentences_of(question.text)
    # a story may speak of bills before it asks for something else
    asked = next((one for one in reversed(sentences) if one.endswith("?")), sentences[-1])
    if _ASKS_REASON.search(question.text):
        return False
    if best == "sle-guide#countries/best-value-meaning" or _IS_CHEAP_GOOD.search(asked) or _EXTRA_COST.search(question.text):
        return False
    if _WHERE_CHEAP.search(asked) and best.startswith(
        ("sle-guide#cost/", "sle-guide#countries/", "sle-guide#why_abroad/cost", "china-guide#cost/")
    ):
        return True
    compares = len(question.of_kind("country")) > 1 and "#cost/" in best and best not in _ON_QUOTES
    return best in _PRICE_LABELS or compares or (best.startswith("sle-guide#countries/") and PRICES.search(asked) is not None)


def general_part(part: Asked) -> Asked:
    """A question for a decision on oneself as one for what the guides say in general, where they do; any other part as it is."""
    if part.intent != "request_personal_advice":
        return part
    labels = general_labels(question_of(part), kind_in(part.labels, part.intent))
    if not labels:
        return part
    return replace(part, intent=knowledge().topic_by_section[labels[0][0].split("/")[0]].intent, labels=tuple(labels))


def general_labels(question: Question, kind: str) -> list[tuple[str, float]]:
    """What the guides say in general of a personal question of one kind; empty if they have too little to do with it."""
    if kind == _ON_ELIGIBILITY:
        return eligibility_labels(question)
    topical = [(label, share) for label, share in question.labels if label.split("/")[0] in knowledge().sections]
    return topical if topical and topical[0][1] >= MIN_SHARE_OF_FACTS else []


def eligibility_labels(question: Question) -> list[tuple[str, float]]:
    """The rules that a question on oneself is about, not what else its story names; all of them if it is about none."""
    return within_topic(question.labels, ELIGIBILITY, knowledge(), in_china=CHINA in question.of_kind(COUNTRY_KIND))


def draft_part(part: Asked, base: Knowledge) -> Draft:
    """The draft for one question; a bare follow-up has its passage already."""
    question = question_of(part)
    if part.facet == "status":
        return replies.draft_western_status(question, base)
    if part.target:
        question = replace(question, text=part.facet) if part.facet in _ASKED_BARE else question
        return replies.draft_passages(select(replace(question, labels=[(part.target, 1.0)]), base), question, base)
    return replies.draft(question, base, asks_price=asks_price(question))


def remember(context: Context, parts: Sequence[Asked], answer: Answer, act: str) -> Context:
    """The context after an answer."""
    base = knowledge()
    passages = [citation.id for citation in answer.citations]
    last = parts[-1]
    own = [term for kind, term in last.terms if kind in TELLING_KINDS]
    countries = tuple(dict.fromkeys(term for kind, term in last.terms if kind == COUNTRY_KIND))
    lead = passages[0]
    if len(parts) > 1:  # a follow-up leans on the last of several questions
        sections = {label.split("/")[0] for label, _ in last.labels[:1]}
        lead = next((name for name in passages if name.split("/")[0] in sections), lead)
    shown_countries = countries or tuple(
        term.id for term in base.terms.values() if term.kind == COUNTRY_KIND and term.name in base.passages[lead].countries[:1]
    )
    if not shown_countries and lead.startswith("china-guide#"):
        shown_countries = context.countries  # that guide need not name the country, which is talked about still
    if all(base.terms[term].kind == "cell" for term in own) and any(
        is_about(lead, term) for term in base.passages[lead].terms[:1]
    ):
        own = []  # "can these T cells hurt the brain": "it" is what they may do, not the cells
    # "what is in it compared to staying on CellCept": "it" is not the drug, of which the answer says nothing
    own = [term for term in own if base.terms[term].kind != "drug" or term in base.passages[lead].terms]
    if not own:
        own = [term for term in base.passages[lead].terms[:1] if is_about(lead, term)]
    cited = tuple(dict.fromkeys((lead, *passages)))
    named = _named_in_order(last, cited)
    listed = context.listed  # it stays while one after the other of it is asked about
    if len(named) > 1 or (len(cited) > 1 and lead not in listed):
        listed = tuple(dict.fromkeys((*named, *passages)))
    return replace(
        context,
        question=last.text[:MAX_QUESTION_CHARS],
        section=lead.split("/")[0],
        passages=cited,
        listed=listed
        if lead in listed or any(base.passages[name].title in last.text for name in listed if name in base.passages)
        else (),
        shown=context.with_shown(answer.told),
        countries=shown_countries,
        referent=own[0] if own else "",
        labels=last.labels[:5],
        options=answer.suggestions,
        offer="",
        act=act,
        failures=0,
        topics=tuple(dict.fromkeys((*context.topics, *(name.split("/")[0] for name in passages))))[-24:],
        all_countries=tuple(dict.fromkeys((*context.all_countries, *countries)))[-20:],
    )


def _named_in_order(part: Asked, cited: Sequence[str]) -> list[str]:
    """Those of the cited passages that are about what the question names, in its order: "the first" is of these."""
    terms = [term for kind, term in part.terms if kind in TELLING_KINDS]
    return [name for term in terms for name in cited if knowledge().passages[name].terms[:1] == (term,)]


def says_the_same(answer: Answer, context: Context, base: Knowledge) -> bool:
    """True for an answer that was just given, to another question, and opens with nothing that this one asks for.

    Prices are looked up again and again, and overviews are entrances: both may come twice.
    """
    cited = tuple(citation.id for citation in answer.citations)
    if cited != context.passages or len(cited) > MOST_REPEATED or any("#cost/" in name for name in cited):
        return False
    return answer.text.startswith(base.passages[cited[0]].sentences[0].text)


def is_about(passage_id: str, term: str) -> bool:
    """True if a passage is named after a term: "it" may mean the term then."""
    slug = passage_id.partition("/")[2]
    return knowledge().terms[term].kind in TELLING_KINDS and (slug.startswith(term[:6]) or term.startswith(slug[:6]))


def after(context: Context, act: str, *, options: Sequence[str] = (), offer: str = "", failed: bool = False) -> Context:
    """The context after a reply that is no answer; what was talked about stays."""
    return replace(context, act=act, options=tuple(options), offer=offer, failures=context.failures + 1 if failed else 0)


def on_prices(context: Context, asked: str) -> Context:
    """The context after a price that the guides do not have was asked for: "and turkey then?" asks for the price there."""
    return replace(
        context, question=asked[:MAX_QUESTION_CHARS], section="sle-guide#cost", passages=(), listed=(), countries=(), referent=""
    )


class ActionAnswerFromPassages(Action):
    """Answers the questions on the documents that a message asks."""

    def name(self) -> str:
        """Name in domain.yml."""
        return "action_answer_from_passages"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        """Send the answer, or say that a place asked about is not in the guides."""
        base, context, parts = knowledge(), context_of(tracker), parts_of(tracker)
        inside = [part for part in map(general_part, parts) if part.intent not in ("out_of_scope", "request_personal_advice")]
        if len(parts) == 1:
            question = question_of(parts[0])
            elsewhere = question.of_kind(UNCOVERED_KIND)
            if elsewhere and not question.of_kind(COUNTRY_KIND) and asks_price(question):
                places = ", ".join(base.terms[name].name for name in elsewhere)
                suggestions = [base.topics["ask_cost"].question]
                text = " ".join(
                    piece for piece in (response_text("utter_country_not_priced", places=places), reminder(context)) if piece
                )
                send_text(dispatcher, text, kind="out_of_scope", suggestions=suggestions)
                priced = on_prices(context, parts[0].text)
                return finish(after(priced, "out_of_scope", options=suggestions, offer="handoff"))
            again = self._answer_again(parts[0], context, base, dispatcher, tracker)
            if again is not None:
                return finish(again)
        drafts = [draft_part(part, base) for part in inside]
        closing = [outside_text(kind_in(part.labels, "out_of_scope")) for part in parts if part.intent == "out_of_scope"]
        if any(part.intent == "request_personal_advice" for part in parts):
            closing.append(response_text("utter_personal_advice"))
        answer = replies.finish(drafts, base, closing=closing)
        intro = replies.wording()["same_again"] if says_the_same(answer, context, base) else ""
        send_answer(dispatcher, answer, intro=intro, outro=reminder(context))
        context = remember(context, inside, answer, intent_of(tracker))
        return finish(replace(context, offer="handoff") if closing else context)

    def _answer_again(
        self, part: Asked, context: Context, base: Knowledge, dispatcher: CollectingDispatcher, tracker: Tracker
    ) -> Context | None:
        """The answer in a sentence, and the next level of detail, for the very question asked before; None if it is another."""
        if how_of(tracker) not in ("plain", "option") or _bare(part.text) != _bare(context.question):
            return None
        question = question_of(part)
        draft = replies.draft_more(context.section, context.shown, question, base)
        if draft is None:
            return None
        if context.passages and context.passages[0] in base.passages:
            draft = replies.with_point_again(draft, context.passages[0], question, base)
        answer = replies.finish([draft], base)
        send_answer(dispatcher, answer, intro=response_text("utter_again"), outro=reminder(context))
        return remember(context, [part], answer, intent_of(tracker))


def _bare(text: str) -> str:
    return re.sub(r"[\W_]+", " ", text.lower()).strip()


class ActionMore(Action):
    """Gives the next level of detail of what was talked about, or says the last answer again."""

    def name(self) -> str:
        """Name in domain.yml."""
        return "action_more"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        """Send what was not shown yet; the main point once more when all was; a choice when nothing was talked about."""
        base, context, intent = knowledge(), context_of(tracker), intent_of(tracker)
        if not context.section or (intent == "repeat" and not context.passages):
            suggestions = main_questions(base)
            text = " ".join(piece for piece in (response_text("utter_ask_more"), reminder(context)) if piece)
            send_text(dispatcher, text, kind="clarify", suggestions=suggestions)
            return finish(after(context, intent, options=suggestions))
        part = Asked(context.question, context.labels, (), intent)
        if intent == "repeat" and how_of(tracker) == "simpler":
            return self._send(dispatcher, context, part, self._in_short(context, base), replies.wording()["in_short"], intent)
        if intent == "repeat":
            return self._send(dispatcher, context, part, self._same(context, base), "", intent)
        draft = replies.draft_more(context.section, context.shown, None, base)
        if draft is None:
            return self._send(
                dispatcher, context, part, replies.draft_overview(context.section, base), response_text("utter_no_more"), intent
            )
        return self._send(dispatcher, context, part, draft, "", intent)

    def _same(self, context: Context, base: Knowledge) -> Draft:
        passages = [base.passages[name] for name in context.passages if name in base.passages]
        return Draft(tuple(replies.Part(p.text if n == 0 else p.sentences[0].text, (p,)) for n, p in enumerate(passages[:3])))

    def _in_short(self, context: Context, base: Knowledge) -> Draft:
        """The first sentence of what was told, of up to two passages: "simpler, please" wants less, not the same once more."""
        passages = [base.passages[name] for name in context.passages if name in base.passages]
        return Draft(tuple(replies.Part(p.sentences[0].text, (p,)) for p in passages[:2]))

    def _send(
        self, dispatcher: CollectingDispatcher, context: Context, part: Asked, draft: Draft, intro: str, intent: str
    ) -> list[dict[str, Any]]:
        answer = replies.finish([draft], knowledge())
        send_answer(dispatcher, answer, intro=intro, outro=reminder(context))
        after_it = remember(context, [part], answer, intent)
        return finish(replace(after_it, countries=context.countries, referent=context.referent))


class ActionClarify(Action):
    """Offers the likeliest readings of an unclear message, or others than the one that was answered."""

    def name(self) -> str:
        """Name in domain.yml."""
        return "action_clarify"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        """Send a choice of questions; a coordinator is offered too when it is the second failure in a row."""
        base, context, intent = knowledge(), context_of(tracker), intent_of(tracker)
        complains = intent == "complain_unanswered" or how_of(tracker) == "complaint"
        if complains:
            name, labels = "utter_complain_choice", [row for row in context.labels if row[0] not in context.passages]
        elif is_out_of_range(text_of(tracker), context.options):
            name, labels = "utter_clarify_number", []
        else:
            name, labels = "utter_clarify_again" if context.failures else "utter_clarify", list(labels_of(tracker))
            if is_only_a_facet(text_of(tracker)) and "duration" in wanted_facets(text_of(tracker)):
                labels = [(label, 0.0) for label in _TIMES] + labels  # "how long?", and nothing was named
        known = context.options if name == "utter_clarify_number" else ()
        suggestions = list(known) or readings(labels, base)
        offers = complains or context.failures > 0
        text = " ".join(piece for piece in (response_text(name), reminder(context)) if piece)
        send_text(dispatcher, text, kind="clarify", suggestions=[*suggestions, *([TALK] if offers else [])])
        return finish(after(context, "nlu_fallback", options=suggestions, offer="handoff" if offers else "", failed=True))


TALK = "Talk to a person"


def main_questions(base: Knowledge) -> list[str]:
    """The questions that stand for the main topics."""
    return [base.topics[name].question for name in ("ask_overview", "ask_eligibility", "ask_cost")]


def readings(labels: Sequence[tuple[str, float]], base: Knowledge) -> list[str]:
    """The questions that an unclear message may have meant, likeliest first; the main topics if there is no hint."""
    found: dict[str, None] = {}
    for label, _ in labels:
        if label in base.passages:
            found[base.passages[label].question] = None
        elif label.endswith(f"/{ALL}"):
            found[base.topic_by_section[label.split("/")[0]].question] = None
        if len(found) == MAX_CHOICES:
            break
    return list(found) if len(found) > 1 else [*found, *main_questions(base)][:MAX_CHOICES]


def outside_text(kind: str) -> str:
    """What is said of a question outside the documents."""
    specific = f"utter_out_of_scope_{kind}"
    return response_text(specific if has_response(specific) else "utter_out_of_scope")


class ActionOutOfScope(Action):
    """Says that the guides do not answer, and offers a coordinator."""

    def name(self) -> str:
        """Name in domain.yml."""
        return "action_out_of_scope"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        """Send the response of the kind, or the general one."""
        context = context_of(tracker)
        text = " ".join(piece for piece in (outside_text(kind_of(tracker)), reminder(context)) if piece)
        send_text(dispatcher, text, kind="out_of_scope")
        asked = text_of(tracker)
        if kind_of(tracker) == _ON_OTHER_COUNTRY and PRICES.search(asked):
            context = on_prices(context, asked)
        return finish(after(context, "out_of_scope", offer="handoff"))


class ActionPersonalAdvice(Action):
    """Gives no personal medical advice; adds what the guides say in general, where they do."""

    def name(self) -> str:
        """Name in domain.yml."""
        return "action_personal_advice"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        """Send the refusal, with cited facts if a passage fits."""
        context, base, parts = context_of(tracker), knowledge(), parts_of(tracker)
        question = question_of(parts[0]) if parts else Question("", [])
        topical = general_labels(question, kind_of(tracker))
        then = after(context, "request_personal_advice", offer="handoff")
        language = language_of(tracker)
        if not topical or language:  # what another language asks of the guides is not understood well enough to cite them
            foreign = in_english_only("utter_out_of_scope_other_language", language)
            text = " ".join(piece for piece in (foreign, response_text("utter_personal_advice"), reminder(context)) if piece)
            send_text(dispatcher, text, kind="personal_advice")
            return finish(then)
        general = Question(question.text, topical, question.terms)
        answer = replies.finish([replies.draft_passages(select(general, base), general, base)], base)
        intro = response_text("utter_personal_advice_with_facts")
        send_answer(dispatcher, answer, kind="personal_advice", intro=intro, outro=reminder(context))
        then = remember(context, parts, answer, "request_personal_advice")
        return finish(replace(then, offer="handoff"))


class ActionRespond(Action):
    """Sends the fixed response of an intent of the dialogue: greeting, thanks, emergency ..."""

    def name(self) -> str:
        """Name in domain.yml."""
        return "action_respond"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        """Send `utter_INTENT_KIND` if domain.yml has it, else `utter_INTENT`."""
        context, intent = context_of(tracker), intent_of(tracker)
        specific = f"utter_{intent}_{kind_of(tracker)}"
        name = specific if has_response(specific) else f"utter_{intent}"
        if intent == "deny" and context.offer == "handoff":
            name = "utter_offer_declined"
        after_emergency = context.act == "emergency" and intent in PARTING
        if after_emergency:
            name = "utter_after_emergency"
        greets = intent in ("greet", "ask_capabilities", "ask_identity", "start_over")
        suggestions = main_questions(knowledge()) if greets else []
        emergency = intent == "emergency"
        text, language = response_text(name), language_of(tracker)
        if emergency:
            harm = "self_harm" if kind_of(tracker).endswith("self_harm") else "medical"
            text = load_replies().get((harm, language), text)
        else:
            foreign = in_english_only("utter_out_of_scope_other_language", language)
            text = " ".join(piece for piece in (foreign, text, reminder(context)) if piece)
        send_text(dispatcher, text, kind="emergency" if emergency else "chitchat", suggestions=suggestions)
        effects = [{"type": "flag", "what": "urgent"}] if emergency else []
        if intent == "start_over":
            return finish(Context(at=context.at, options=tuple(suggestions), act=intent), effects)
        options = suggestions or context.options
        act = "emergency" if after_emergency else intent
        return finish(replace(context, act=act, options=tuple(options), offer="", failures=0), effects)
