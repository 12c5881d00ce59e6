"""What a message means in its conversation: which act it is, and which questions on the documents it asks, each complete.

The NLU understands one text at a time; here its understanding is put together with what was said before, with what was offered, and
with the parts of a message that asks two things.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from dialogue import phrases
from dialogue.contact import (
    corrects,
    find_details,
    hesitates,
    is_cancel,
    keeps_back,
    refuses_consent,
    says_no,
    says_yes,
    wants_no_name,
)
from dialogue.context import Context
from dialogue.followups import (
    MAX_LEANING_WORDS,
    MOST_TOLD,
    NOT_APPROVED,
    OPENING,
    PRICES,
    RESULTS_IN_CHINA,
    STATUS,
    TELLING_KINDS,
    Leaning,
    is_bare,
    is_only_a_facet,
    lean,
    meant_instead,
    names_places_only,
    without_preamble,
)
from dialogue.options import choose_option, is_out_of_range
from dialogue.parse import Parse, Parser
from dialogue.places import Places
from dialogue.segments import (
    announced_of,
    asks,
    asks_after_scene,
    either_of,
    is_keywords,
    keywords_of,
    loose_halves,
    questions_of,
    refers,
    segments_of,
    sentences_of,
    sets_the_scene,
    without_comparison,
)
from knowledge.passage import Knowledge
from knowledge.replies import WESTERN_AUTHORITIES
from knowledge.retrieval import best_of_topic, section_label, within_topic
from knowledge.told import MARK, behind_told

# Shares above which a part of a message, or a reading by context, is taken.
SURE_PART = 0.5
UNCLEAR_PART = 0.35  # parts that are not surer than this are no questions, if the whole message is clear
MIN_CONDITION = 0.08  # of a condition that "what if ...?" may ask for
SURE_HALF = 0.6
SURE_NAMED = 0.7
MAX_HALF_WORDS, MAX_SURE_HALF_WORDS = 10, 15  # of halves without a question word; of those that are understood surely
MAX_ASKING_WORDS = 25  # of halves of which the second is a question by itself
SURE_WHOLE = 0.45
SURE_OTHER = 0.75
SURE_NO_OTHER = 0.9  # of a rule and of a decision on oneself together
SURE_ONE = 0.8  # so sure of one passage, an "and" joins two words, not two questions
SURE_OF_BOTH = 0.87  # unless each of them is as sure as that
SURE_ACT = 0.5
SURE_OTHER_TOPIC = 0.6
SURE_IT = 0.7  # so sure a message that points at what was told ("who helps me with that") is a wish for a person
SURE_ALONE = 0.95  # so sure, a message is what it seems, though it names two places or side effects
SURE_WORD, SURE_STORY = 0.9, 0.75  # a word, a sentence without question mark, taken for a question while a name is asked
SURE_EMERGENCY = 0.8
FAR_LIKELIER = 1.5
MIN_OUTSIDE = 0.12
MIN_OF_TWO = 0.3
MIN_PERSONAL = 0.2
MIN_OWN_WORDS = 4  # of a question that is understood without the sentences before it
MAX_PARTS, MAX_TITLE_WORDS = 3, 5
CHINA = "china"
WORD_TRAP = "out_of_scope:word_traps"
PATIENT_GROUPS = "china-guide#support/advocacy-groups"
STORIES, MIN_SEEN = "sle-guide#success_stories", 0.15
STAYS_NEAR = "sle-guide#recovery/monitoring-after-discharge"
# What the way home may be asked for instead: its price, who pays, what a sick person may do on a plane.
ON_WAY_HOME = frozenset({"out_of_scope:money_detail", "out_of_scope:insurance", "sle-guide#travel/post-treatment-care"})
ELIGIBILITY, CAUSES, TREATED_BEFORE = "ask_eligibility", "ask_causes", "ask_prior_treatments"
DANGERS, GAINS, BENEFITS = "sle-guide#risks", "china-guide#benefits", "ask_benefits"
MEDICINES, WHAT_CART_DOES = "sle-guide#prior_treatments", "china-guide#how_it_works/b-cells-cd19"
STATUS_IN_WEST = "sle-guide#cost/usa-western-europe"
WEST = frozenset({"usa", "western-europe", "germany", "europe"})
APPROVAL, ACCESS = "china-guide#approval", "china-guide#access"
FIRST_STEPS = ((f"{ACCESS}/find-trials", 0.5), (f"{ACCESS}/structured-process", 0.4))
STATUS_SECTIONS = frozenset({APPROVAL, "china-guide#overview"})
RESULTS = frozenset({"sle-guide#success_stories/all", "sle-guide#success_stories/evidence-so-far"})
# "what type of patients", asked while China is talked about.
WHOLE_IN_CHINA = {"sle-guide#eligibility/all": "china-guide#eligibility/all", "sle-guide#risks/all": "china-guide#risks/all"}
LOW_PRICES = "sle-guide#cost/asia"
IN_ASIA = frozenset({CHINA, "south-korea", "asia"})
EASTERN = frozenset({"turkey", "eastern-europe"})
PRICE_FACTORS = "sle-guide#cost/what-the-price-depends-on"
PRICE_FACTORS_IN_CHINA = (("china-guide#cost/hospital-and-facility", 0.5), ("china-guide#cost/patient-needs", 0.4))
ALL_PRICES = "sle-guide#cost/all"
PRICE_SECTIONS = frozenset({"sle-guide#cost", "china-guide#cost"})
COUNTRIES, IN_THE_LEAD = "sle-guide#countries", "china-guide#global_comparison"
WHOLE_ON_COUNTRIES = f"{COUNTRIES}/all"
PUBLISHER = "china-guide#support/publisher-offer"
AGE_LIMITS = "china-guide#eligibility/age-limits"
CHILDREN = "out_of_scope:children"
# Topics as which a question on the good and the bad of CAR-T may be understood.
ON_CART = frozenset({BENEFITS, "ask_risks", "ask_overview", "ask_how_it_works", "ask_success_stories"})
MEDICATION_CHANGE = "request_personal_advice:medication_change"
TREATMENT_CHOICE = "request_personal_advice:treatment_choice"
DIAGNOSE_ME, WILL_IT_WORK = "request_personal_advice:diagnose_me", "request_personal_advice:will_it_work_for_me"
WOULD_I_QUALIFY = "request_personal_advice:would_i_qualify_with_these_values"
CHINA_WEIGHT = 3.0  # of the China guide's passages while China is talked about
# A message is understood behind what was told, and so taken if that is as sure as `SURE_BEHIND` before the patterns for follow-ups, and
# after them unless it is surer alone by `SURER_ALONE`. Chosen on conversations of evaluation/questions, which hardly tell 0.7 from 0.8.
CLEAR, SURE_BEHIND, SURER_ALONE = 0.8, 0.75, 0.3
# So sure of one passage behind what was told, neither a pattern nor a short message's own sense counts against it. If the message alone
# means the same passage, less is enough against a pattern, since two views agree.
SURER_THAN_PATTERNS, AGREED = 0.8, 0.7
# So sure alone, a message is not read behind what was told: where it points at nothing, and where it does. A short one always is.
COMPLETE, COMPLETE_POINTING = 0.8, 0.95
MAX_BEHIND_WORDS, SHORT_WORDS = 14, 6
# Half a wish for a person ("is it possible to do the first meeting online?") that is this sure a question behind what was told.
SURE_WISH, SURE_NO_WISH = 0.8, 0.6
# Readings by what came before that say exactly what is meant: places, ordinals, comparisons.
_EXACT = frozenset({"place", "compare", "ordinal", "bare"})
# Readings that put a name into the message and understand it alone: behind what was told it may be the surer.
_FILLED = frozenset({"place", "referent", "ellipsis"})
# Of these, what leads away from what was told, and is never read behind it: "and then?", "how do i join", "and in general?".
_LEADS = frozenset({"then", "join", "general"})
# After these a short message stays with the matter, whatever was told before.
_HELD = frozenset({"request_personal_advice", "ask_privacy"})
# What a visitor wants of these is taken from the message alone, whatever was told, once it is likelier than all else.
_NEVER_LOST = frozenset({"request_personal_advice", "request_handoff", "ask_privacy"})
# What may be a wish for a person or a question on how things are done; a call, a person, a quote are wished for.
_HALF_WISHES = frozenset(f"request_handoff:{kind}" for kind in ("indirect", "appointment", "send_records"))
# So sure a question is none that pushes for an answer of one's own: where it may be on oneself, and where it is not.
SURE_PUSH, SURE_QUESTION, MAX_PUSH_WORDS = 0.75, 0.35, 5
MAX_REFUSAL_WORDS = 16
MAX_THERE_WORDS = 9
MIN_NAMED = 0.1  # of a passage of the topic at hand that a word or two name
MIN_OF_BOTH_SIDES = 0.15  # of the illness and of the treatment, where a message names both
MIN_BESIDE = 0.2  # of a passage beside the one that was told
LONG_WORDS = 14
CLEARLY_ON_DOCUMENTS = 0.6
SURELY_ON_DOCUMENTS = 0.8
MIN_BETWEEN = 0.4  # of the likelier one, where a half lies between two passages
MIN_QUESTION_WORDS = 5
CHITCHAT = frozenset(
    """greet goodbye thank acknowledge ask_identity ask_capabilities how_are_you affirm deny compliment insult small_talk
    express_emotion start_over repeat cancel""".split()
)


_LEAVES = frozenset({"thank", "goodbye"})
_TALK = frozenset("greet goodbye thank acknowledge how_are_you compliment small_talk".split())


@dataclass(frozen=True)
class Asked:
    """One question on the documents, complete in itself.

    Attributes:
        text: The question, references filled in.
        labels: Labels and shares, likeliest first; at least one of the knowledge base.
        terms: (kind, term id) found, places carried over included.
        intent: Its topic; or "out_of_scope", then the part is answered by saying so.
        target: Passage id that a bare follow-up leads to, or empty.
        facet: What a bare follow-up asks ("why"), or empty.
    """

    text: str
    labels: tuple[tuple[str, float], ...]
    terms: tuple[tuple[str, str], ...] = ()
    intent: str = ""
    target: str = ""
    facet: str = ""


@dataclass(frozen=True)
class Reading:
    """What a message means.

    Attributes:
        act: Intent that the reply follows.
        how: How it was read: "plain", "option", "follow_up", "correction", "compound", "contact", "offer", "complaint", "simpler".
        parts: The questions on the documents that it asks, in order; may be empty.
        parse: The NLU's understanding that the act comes from.
        language: ISO 639-1 code if the message is not in English, else empty.
    """

    act: str
    how: str
    parts: tuple[Asked, ...]
    parse: Parse
    language: str = ""

    def as_data(self) -> dict[str, Any]:
        """The JSON form, for the actions."""
        parts = [dict(vars(part)) for part in self.parts]
        return {"act": self.act, "how": self.how, "parts": parts, "language": self.language}


def asked_from(data: Mapping[str, Any]) -> Asked:
    """Read the JSON form of a part."""
    return Asked(
        text=str(data["text"]),
        labels=tuple((str(label), float(share)) for label, share in data["labels"]),
        terms=tuple((str(kind), str(name)) for kind, name in data["terms"]),
        intent=str(data.get("intent") or ""),
        target=str(data.get("target") or ""),
        facet=str(data.get("facet") or ""),
    )


class Reader:
    """Reads messages in their conversations."""

    def __init__(self, knowledge: Knowledge, places: Places, parse: Parser) -> None:
        """Take what is needed.

        Args:
            knowledge: The passages.
            places: Those that the passages name.
            parse: Understands texts one by one, several at a time.
        """
        self._knowledge, self._places, self._parse_new = knowledge, places, parse
        self._known: dict[str, Parse] = {}

    def read(self, text: str, context: Context) -> Reading:
        """Read one message.

        Args:
            text: As typed, not empty.
            context: Of the conversation before this message.
        """
        self._known = {}
        text = without_preamble(text)
        first = _without_faint_alarm(self._parse([text])[0])
        if first.intent == "emergency" and not self._is_detail(text, first, context):
            return Reading("emergency", "plain", (), first)
        readers = (
            self._read_instruction,
            self._read_contact,
            self._read_gone_for_help,
            self._read_option,
            self._read_wish,
            self._read_medicine,
            self._read_offer,
            self._read_correction,
            self._read_complaint,
            self._read_simpler,
            self._read_western_status,
            self._read_down_side,
            self._read_signs,
            self._read_what_if,
            self._read_way_home,
            self._read_surely_behind,
            self._read_follow_up,
            self._read_same_matter,
            self._read_budget,
            self._read_places,
            self._read_against_cart,
            self._read_illness_against_cart,
            self._read_both_guides,
            self._read_against_general,
            self._read_publisher,
            self._read_two_sides,
            self._read_compound,
            self._read_behind,
        )
        readings = (reader(text, first, context) for reader in readers)
        reading = next((one for one in readings if one is not None), None) or self._plain(first, context=context)
        return self._with_what_places_offer(text, self._with_reasons(reading))

    def _with_what_places_offer(self, text: str, reading: Reading) -> Reading:
        """ "China or Korea, which is better and what do they charge?": of two places both the prices and what speaks for each."""
        sections = {part.labels[0][0].split("/")[0] for part in reading.parts if part.labels}
        if not sections or reading.how not in ("plain", "compound"):
            return reading
        places = self._covered(self._places.find(text))
        if len(places) < 2:
            return reading
        if sections & PRICE_SECTIONS and COUNTRIES not in sections and phrases.GOOD_AT.search(text):
            label, asked = WHOLE_ON_COUNTRIES, phrases.WHAT_SPEAKS_FOR
        elif sections <= {COUNTRIES, IN_THE_LEAD} and PRICES.search(text):
            label, asked = ALL_PRICES, phrases.WHAT_IT_COSTS
        else:
            return reading
        intent = self._knowledge.topic_by_section[label.split("/")[0]].intent
        terms = tuple((self._knowledge.terms[name].kind, name) for name in places)
        return replace(reading, how="compound", parts=(*reading.parts, Asked(asked, ((label, 1.0),), terms, intent))[:MAX_PARTS])

    def _with_reasons(self, reading: Reading) -> Reading:
        """ "how come China is cheaper": why Asia's prices are lower is told, not once more how low they are."""

        def asks_why_low(part: Asked) -> bool:
            places = {name for _, name in part.terms}
            # of Turkey's prices the guides give no reason
            asia = bool(IN_ASIA & places) and not EASTERN & places
            return part.intent == "ask_cost" and asia and phrases.WHY_CHEAP.search(part.text) is not None

        parts = tuple(
            replace(part, labels=((LOW_PRICES, 1.0), *part.labels)) if asks_why_low(part) else part for part in reading.parts
        )
        return replace(reading, parts=parts)

    def _parse(self, texts: Sequence[str]) -> list[Parse]:
        """Understand texts; within one message each only once."""
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        if new:
            for text, parse in zip(new, self._parse_new(new)):
                for amended in (
                    _on_its_bad_side,
                    self._by_title,
                    self._on_first_step,
                    self._on_money,
                    self._on_proof,
                    self._on_patients,
                    self._on_age,
                    self._on_turkey,
                ):
                    parse = amended(parse)
                self._known[text] = parse
        return [self._known[text] for text in texts]

    def _by_title(self, parse: Parse) -> Parse:
        """ "hospital stay?": the title of a passage of its topic, and nothing else, is a question on that passage."""
        if not self._topical(parse) or len(parse.text.split()) > MAX_TITLE_WORDS:
            return parse
        sections = self._knowledge.topics[parse.intent].sections
        asked = _words_of(parse.text)
        name = next((p.id for s in sections for p in self._knowledge.sections[s].passages if _words_of(p.title) == asked), "")
        if not name or parse.labels[0][0] == name:
            return parse
        return replace(parse, labels=((name, parse.confidence), *(row for row in parse.labels if row[0] != name)))

    def _on_money(self, parse: Parse) -> Parse:
        """ "how much should we prepare for it?": the price, and then how to plan for it."""
        if not self._topical(parse) or parse.intent == "ask_cost" or not phrases.MONEY_TO_HAVE.search(parse.text):
            return parse
        return replace(parse, intent="ask_cost", confidence=1.0, labels=((ALL_PRICES, 1.0), *parse.labels), unclear=False)

    def _on_turkey(self, parse: Parse) -> Parse:
        """ "lupus car t turkey price": no bird and no trolley, where the illness or the treatment is named beside a place."""
        if not parse.labels or parse.labels[0][0] != WORD_TRAP or not parse.topical_labels:
            return parse
        lead = parse.topical_labels[0][0].split("/")[0]
        meant = phrases.NAMES_THE_MATTER.search(parse.text) and self._covered(self._places.find(parse.text))
        if not meant or lead not in self._knowledge.topic_by_section:
            return parse
        labels = tuple(row for row in parse.labels if row[0] != WORD_TRAP)
        intent = self._knowledge.topic_by_section[lead].intent
        return replace(parse, intent=intent, confidence=max(parse.confidence, SURE_ACT), labels=labels, unclear=False)

    def _on_proof(self, parse: Parse) -> Parse:
        """ "has anybody really got better from it?": what was seen in people comes first, what is hoped for after it."""
        if parse.intent not in (BENEFITS, "ask_overview") or not phrases.ASKS_PROOF.search(parse.text):
            return parse
        seen = next((row for row in parse.labels if row[0].startswith(f"{STORIES}/") and row[1] >= MIN_SEEN), None)
        if seen is None:
            return parse
        return replace(
            parse, intent="ask_success_stories", labels=((seen[0], parse.confidence), *(r for r in parse.labels if r != seen))
        )

    def _on_patients(self, parse: Parse) -> Parse:
        """ "can you connect me with someone who had it?": not a coordinator, but other patients are wished for."""
        on_it = parse.labels[:1] and parse.labels[0][0] == PATIENT_GROUPS and not parse.unclear and parse.confidence >= SURE_PART
        if on_it or parse.intent in ("emergency", "ask_privacy") or not phrases.WITH_PATIENTS.search(parse.text):
            return parse
        labels = ((PATIENT_GROUPS, 1.0), *parse.labels)
        return replace(parse, intent="ask_support", confidence=SURE_WORD, labels=labels, unclear=False)

    def _on_age(self, parse: Parse) -> Parse:
        """ "my son is 13, is there an age limit?": asked for the limit, which the guides name, and not for the treatment of children."""
        if parse.labels[:1] and parse.labels[0][0] == CHILDREN and phrases.AGE_LIMIT.search(parse.text):
            labels = ((AGE_LIMITS, 1.0), *(row for row in parse.topical_labels if row[0] != AGE_LIMITS))
            return replace(parse, intent=ELIGIBILITY, confidence=SURE_WORD, labels=labels, unclear=False)
        return parse

    def _on_first_step(self, parse: Parse) -> Parse:
        """ "I want to go to China. Where do I start?": the guide on China says what comes first."""
        asks_it = phrases.FIRST_STEP.search(parse.text) and CHINA in self._places.find(parse.text)
        on_it = any(label.startswith(f"{ACCESS}/") for label, _ in parse.labels[:1])
        if not asks_it or on_it or parse.intent in ("emergency", "request_handoff"):
            return parse
        return replace(parse, intent="ask_access", confidence=SURE_WORD, labels=FIRST_STEPS, unclear=False)

    # -- single texts ------------------------------------------------------------------------------------------------------

    def _topical(self, parse: Parse) -> bool:
        return parse.intent in self._knowledge.topics

    def _asked(
        self, parse: Parse, *, text: str = "", more_terms: Sequence[tuple[str, str]] = (), leaning: Leaning | None = None
    ) -> Asked:
        terms = tuple(dict.fromkeys((*parse.terms, *more_terms)))
        labels = tuple(parse.labels)
        if leaning is not None and leaning.target:
            labels = ((leaning.target, 1.0), *labels)
        return Asked(
            text or parse.text,
            labels,
            terms,
            parse.intent,
            leaning.target if leaning else "",
            leaning.facet if leaning else "",
        )

    def _plain(self, parse: Parse, how: str = "plain", *, context: Context | None = None) -> Reading:
        if how == "plain" and (signs := phrases.SIGNS.match(parse.text.strip())):
            return Reading("acknowledge" if signs["glad"] else "express_emotion", how, (), parse)
        if context is not None and not context.section and is_only_a_facet(parse.text):
            return Reading("nlu_fallback", how, (), parse)
        if context is not None and not context.section and self._points_at_nothing(parse):
            return Reading("nlu_fallback", how, (), parse)
        if parse.intent == "how_are_you" and phrases.ASKS_OF_IT.match(parse.text.strip()):
            return Reading("nlu_fallback", how, (), parse)
        if how == "plain" and self._only_greets(parse):
            return Reading("greet", how, (), parse)
        if self._topical(parse) and self._asks_beyond(parse):
            label = next(label for label, _ in parse.labels if label.startswith("out_of_scope"))
            return Reading("out_of_scope", how, (), replace(parse, labels=((label, 1.0), *parse.labels)))
        if parse.unclear and not self._is_clearly_topical(parse):
            return Reading("nlu_fallback", how, (), parse)
        if parse.labels[:1] and parse.labels[0][0] == WOULD_I_QUALIFY and self._asks_the_rule(parse.text, context):
            return self._on_the_rule(parse, how)
        if parse.labels[:1] and parse.labels[0][0] == CHILDREN and phrases.ADMITS_THE_YOUNG.match(parse.text.strip()):
            part = replace(self._asked(parse), labels=((AGE_LIMITS, 1.0),), intent=ELIGIBILITY)
            return Reading(ELIGIBILITY, how, (part,), parse)
        if parse.intent == "request_personal_advice" and phrases.BRINGS_LUPUS.search(parse.text):
            labels = within_topic(parse.labels, CAUSES, self._knowledge)
            return Reading(CAUSES, how, (replace(self._asked(parse), labels=tuple(labels), intent=CAUSES),), parse)
        parts = (self._asked(parse),) if self._topical(parse) or parse.intent == "request_personal_advice" else ()
        if context is not None and parts and self._topical(parse):
            part = self._still_there(parts[0], context)
            return Reading(part.intent, how, (part,), parse)
        return Reading(parse.intent, how, parts, parse)

    def _asks_the_rule(self, text: str, context: Context | None) -> bool:
        """True for a condition of one's own that asks what holds for anybody, as each does while the rules are talked about."""
        if phrases.ASKS_THE_RULE.match(text.strip()):
            return True
        on_rules = context is not None and context.section.endswith("#eligibility")
        return bool(on_rules or phrases.OF_A_CONDITION.search(text)) and not phrases.WANTS_A_VERDICT.search(text)

    def _on_the_rule(self, parse: Parse, how: str) -> Reading:
        """ "would they turn me down because my illness is mild?": a condition and no value of one's own asks what the rule is."""
        in_china = ("country", CHINA) in parse.terms
        labels = within_topic(parse.labels, ELIGIBILITY, self._knowledge, in_china=in_china)
        return Reading(ELIGIBILITY, how, (replace(self._asked(parse), labels=tuple(labels), intent=ELIGIBILITY),), parse)

    def _still_there(self, part: Asked, context: Context, text: str = "") -> Asked:
        """ "what papers?" while China is talked about: a short question without a place stays there, where it could mean both."""
        text = text or part.text
        if phrases.CHEAPEST.search(text):
            return part  # of all places
        short = len(text.split()) <= MAX_THERE_WORDS
        in_china = context.section.startswith("china-guide#") and context.countries == (CHINA,)
        there = self._of_china(part, text) if in_china and short and not self._places.find(text) else None
        if there is not None:
            return there
        sure = SURE_WORD if in_china else SURE_OTHER
        if not context.countries or not short or part.labels[0][1] >= sure or self._places.find(text):
            return part
        if not in_china and not set(context.countries) <= set(self._places.find(context.question)):
            return part
        weights = {
            label: share * (CHINA_WEIGHT if in_china and label.startswith("china-guide#") else 1) for label, share in part.labels
        }
        labels = tuple(sorted(weights.items(), key=lambda row: -row[1]))
        best = best_of_topic(labels, self._knowledge)
        intent = self._knowledge.topic_by_section[best[0].split("/")[0]].intent if best else part.intent
        if intent != part.intent and not in_china:
            return part
        terms = tuple(dict.fromkeys((*part.terms, *self._country_terms(context))))
        return replace(part, labels=labels, intent=intent, terms=terms)

    def _of_china(self, part: Asked, text: str) -> Asked | None:
        """What the guide on China says where a short question is understood as one of the other guide; None if it is left as it is."""
        in_china = (*part.terms, ("country", CHINA))
        lead, share = part.labels[0]
        if lead in RESULTS and phrases.ASKS_RESULTS.search(text):
            return replace(part, labels=((RESULTS_IN_CHINA, 1.0),), intent="ask_trials", terms=in_china)
        if lead == PRICE_FACTORS:
            return replace(part, labels=PRICE_FACTORS_IN_CHINA, terms=in_china)
        if STATUS.search(text) and lead.split("/")[0] not in STATUS_SECTIONS:
            told = next((label for label, _ in part.labels if label.startswith(f"{APPROVAL}/")), "")
            if told:  # "but not approved?" after the results of its trials
                return replace(part, labels=((told, 1.0),), intent="ask_approval")
        if lead in WHOLE_IN_CHINA and share < SURE_WORD:
            return replace(part, labels=((WHOLE_IN_CHINA[lead], 1.0),), terms=in_china)
        return None

    def _read_surely_behind(self, text: str, first: Parse, context: Context) -> Reading | None:
        """ "does that go away" behind a side effect: so sure that no pattern need be asked."""
        if context.act in _HELD or context.section not in self._knowledge.topic_by_section:
            return None
        leaning = lean(text, first, context, self._knowledge, self._places)
        kind, facet, target = (leaning.kind, leaning.facet, leaning.target) if leaning is not None else ("", "", "")
        if kind == "place" or facet in _LEADS or (facet == "why" and target in context.passages[:1]):
            return None  # also "why?", if what was told gives its reason
        pattern = kind in _EXACT or bool(self._places.find(text))
        behind = self._behind_told(text, first, context, although_complete=pattern)
        if behind is None or not behind.labels:
            return None
        complete = self._is_complete(text, first)
        if pattern or complete:
            label, share = behind.labels[0]
            alone, sure = first.labels[0] if first.labels else ("", 0.0)
            agreed = label == alone and label in self._knowledge.passages and min(share, sure) >= AGREED
            elsewhere = not complete or alone.split("/")[0] != label.split("/")[0]
            if not agreed and not (share >= SURER_THAN_PATTERNS and elsewhere and kind not in ("compare", "ordinal")):
                return None
        return self._from_behind(text, first, behind, context) if behind.confidence >= SURE_BEHIND else None

    def _read_behind(self, text: str, first: Parse, context: Context) -> Reading | None:
        """ "n the papers": what the message asks behind what was told, unless it is much the clearer by itself."""
        if self._is_complete(text, first):
            return None
        behind = self._behind_told(text, first, context)
        if behind is None or (self._topical(first) and first.confidence - behind.confidence > SURER_ALONE):
            return None
        return self._from_behind(text, first, behind, context)

    def _from_behind(self, text: str, first: Parse, behind: Parse, context: Context, *, there: bool = False) -> Reading | None:
        """The reading of a message as it is understood behind what was told; None if that is no question.

        What stays with the section told, or says "there", is asked of the same country.
        """
        heard = replace(behind, text=text, terms=first.terms)
        if behind.unclear:
            return None
        if behind.intent == "out_of_scope":
            kinds = [row for row in behind.labels if row[0].startswith("out_of_scope")]
            return Reading("out_of_scope", "follow_up", (), replace(heard, labels=(*kinds, *behind.labels)))
        if not self._topical(behind) or not behind.topical_labels:
            return None
        stays = behind.topical_labels[0][0].split("/")[0] == context.section and not self._places.find(text)
        stays = stays and not phrases.CHEAPEST.search(text)
        terms = self._country_terms(context) if stays or there else ()
        part = self._still_there(self._asked(heard, more_terms=terms), context)
        if not self._places.find(text):
            part = self._in_the_same_guide(part, context)
        return Reading(part.intent, "follow_up", (part,), heard)

    def _in_the_same_guide(self, part: Asked, context: Context) -> Asked:
        """ "managed with what?" after CRS in the general guide: what that guide says of it, not what the one on China says."""
        lead = part.labels[0][0]
        topics = self._knowledge.topic_by_section
        if (
            not lead.startswith("china-guide#")
            or not context.section.startswith("sle-guide#")
            or CHINA in context.countries
            or topics[lead.split("/")[0]] is not topics.get(context.section)
        ):
            return part
        likely = (label for label, share in part.labels if share >= MIN_OF_TWO)
        here = next((label for label in likely if label.startswith(f"{context.section}/")), "")
        return replace(part, labels=((here, part.labels[0][1]), *(r for r in part.labels if r[0] != here))) if here else part

    def _behind_told(self, text: str, first: Parse, context: Context, *, although_complete: bool = False) -> Parse | None:
        """The message understood behind what the last answer told; None where it can only be understood alone."""
        who_does_it = phrases.WHO_DOES_IT.match(text.strip())
        of_it = phrases.STAYS_HOW_LONG.match(text.strip()) or phrases.KNOWS_ONE.match(text.strip()) or who_does_it
        asks_about_it = first.unclear or self._topical(first) or first.intent == "out_of_scope" or of_it is not None
        wish = bool(first.labels) and first.labels[0][0] in _HALF_WISHES and not who_does_it
        wish = wish and not phrases.TALKS_TO_ONE.search(text)
        kept = first.intent in _NEVER_LOST and not of_it
        sure = SURE_WISH if wish else SURE_ACT if kept else CLEAR
        talks = not asks_about_it and (first.confidence >= sure or _small_talk(first) >= CLEAR)
        complete = self._is_complete(text, first) and not although_complete and len(text.split()) > SHORT_WORDS
        if (
            talks
            or complete
            or phrases.FEELS.match(text.strip())
            or context.section not in self._knowledge.topic_by_section
            or len(text.split()) > MAX_BEHIND_WORDS
        ):
            return None
        told = context.passages[0] if 0 < len(context.passages) <= MOST_TOLD else context.section
        behind = self._parse([behind_told(text, told, self._knowledge)])[0]
        return None if wish and first.confidence >= SURE_ACT and behind.confidence < SURE_NO_WISH else behind

    def _is_complete(self, text: str, first: Parse) -> bool:
        """True for a question that is clear by itself."""
        enough = COMPLETE_POINTING if phrases.POINTS.search(text) else COMPLETE
        return self._topical(first) and first.confidence >= enough

    def _only_greets(self, parse: Parse) -> bool:
        """True for "hi, my daughter has bad lupus and the doctors are at a loss": a greeting and a story that asks nothing yet."""
        if not phrases.GREETS.match(parse.text) or parse.confidence >= SURE_ACT or "?" in parse.text:
            return False
        rest = phrases.GREETS.sub("", parse.text).strip(" ,.!-")
        asks = phrases.WONDERS.search(rest) or any(phrases.QUESTION.search(piece) for piece in segments_of(rest))
        return (self._topical(parse) or parse.unclear) and not asks

    def _points_at_nothing(self, parse: Parse) -> bool:
        """True for "and how is that one treated?" when nothing was said before."""
        vague = self._topical(parse) and parse.confidence < SURE_WHOLE and len(parse.text.split()) <= MAX_LEANING_WORDS
        return vague and phrases.POINTS_BACK.search(parse.text) is not None

    def _asks_beyond(self, parse: Parse) -> bool:
        """True for a question near a topic that wants what no passage has: a rate, a dose, a drug or clinic of another name.

        The likelihood of the kinds outside the documents is small then, but it is there; the evidence in the words weighs it up.
        """
        outside = sum(share for label, share in parse.labels if label.startswith("out_of_scope"))
        if outside and phrases.SPEAKS_ANOTHER.search(parse.text) and not phrases.WANTS_LANGUAGE_HELP.search(parse.text):
            return True
        if outside < MIN_OUTSIDE:
            return False
        named = any(kind.endswith("_not_covered") and kind != "country_not_covered" for kind, _ in parse.terms)
        if named or phrases.WANTS_NUMBER.search(parse.text):
            return True
        lead = self._knowledge.passages.get(parse.topical_labels[0][0]) if parse.topical_labels else None
        has_rate = lead is not None and any(figure.kind == "percent" for figure in lead.figures)
        return phrases.WANTS_RATE.search(parse.text) is not None and not has_rate

    def _is_clearly_topical(self, parse: Parse) -> bool:
        """A question that spreads over many topics, and surely is one on the documents, gets the likeliest answer, not a choice."""
        words = len(parse.text.split())
        enough = CLEARLY_ON_DOCUMENTS if words >= LONG_WORDS else SURELY_ON_DOCUMENTS
        return words >= MIN_QUESTION_WORDS and self._topical(parse) and parse.on_documents >= enough

    def _is_detail(self, text: str, first: Parse, context: Context) -> bool:
        """A name or a number given while it is asked for; the NLU knows no names and may take one for anything."""
        if not context.contact.active or first.confidence >= SURE_EMERGENCY:
            return False
        if first.confidence < SURE_ACT and phrases.CORRECTS_DIGITS.search(text):
            return True
        return find_details(text, expect_name=context.contact.step == "name").anything or keeps_back(text)

    # -- contact details ---------------------------------------------------------------------------------------------------

    def _read_contact(self, text: str, first: Parse, context: Context) -> Reading | None:
        """A message while contact details are collected: a detail, consent, the end of it; else a question in between."""
        contact = context.contact
        if not contact.active:
            return None
        answer = Reading("give_contact", "contact", (), first)
        if is_cancel(text) or (contact.step != "consent" and refuses_consent(text)):
            return answer
        if first.intent == "start_over" and first.confidence >= SURE_ACT:
            return None
        given = find_details(text, expect_name=contact.step == "name", partial_phone=contact.partial_phone)
        if given.email or given.phone or given.partial_phone or given.bad_email or given.bad_phone:
            return answer
        if contact.step == "name" and given.name and self._is_read_from_a_typo(text, first):
            return answer
        question = self._asks_in_between(text, first)
        if contact.step == "consent":
            if says_yes(text) and "?" not in text:
                return answer
            if says_no(text) and (not question or not ("?" in text or phrases.QUESTION.search(text.strip()))):
                return answer  # "no, I do not consent to you keeping this"
            if first.intent != "ask_privacy" and not question and (says_yes(text) or says_no(text) or hesitates(text)):
                return answer
            if given.name and corrects(text) and not question:
                return answer
        more = first.intent in ("ask_more", "repeat") and first.confidence >= SURE_ACT
        # "2" is the second of the questions offered, not a way to reach somebody
        if question or (not given.name and (more or choose_option(text, context.options) is not None)):
            return None
        if contact.step == "name" and (given.name or wants_no_name(text)):
            return answer
        if (
            first.intent in ("request_handoff", "affirm", "deny", "cancel", "acknowledge", "give_contact")
            or len(text.split()) <= 6
            or keeps_back(text)
            or phrases.CORRECTS_DIGITS.search(text)
            or (corrects(text) and first.intent in ("out_of_scope", "repeat"))
        ):
            return answer
        return answer if first.intent in CHITCHAT and first.intent not in ("ask_identity", "ask_capabilities") else None

    def _is_read_from_a_typo(self, text: str, first: Parse) -> bool:
        """True for "Rizky", which the spelling correction takes for "risky": a name as typed, with a capital."""
        return (
            bool((first.data or {}).get("corrected_text")) and len(text.split()) <= 3 and text[:1].isupper() and "?" not in text
        )

    def _asks_in_between(self, text: str, first: Parse) -> bool:
        """True for a question that the assistant can take while details are collected."""
        if first.intent in ("ask_privacy", "ask_identity", "ask_capabilities", "request_personal_advice"):
            return first.confidence >= SURE_ACT or bool(phrases.QUESTION.search(text))
        asks = "?" in text or bool(phrases.QUESTION.search(text.strip()))
        if self._topical(first):
            return asks or first.confidence >= (SURE_WORD if len(text.split()) < 4 else SURE_STORY)
        return asks and first.intent == "out_of_scope" and not first.unclear

    # -- what was offered --------------------------------------------------------------------------------------------------

    def _read_option(self, text: str, first: Parse, context: Context) -> Reading | None:
        chosen = choose_option(text, context.options)
        if chosen is None:
            if is_out_of_range(text, context.options):
                return Reading("nlu_fallback", "option", (), first)
            return None
        return self._plain(self._as_offered(context.options[chosen]), "option")

    def _as_offered(self, question: str) -> Parse:
        """A question that was offered: it is the question of a passage, whatever else it could mean."""
        parse = self._parse([question])[0]
        name = next((p.id for p in self._knowledge.passages.values() if p.question == question), "")
        if not name or (parse.labels and parse.labels[0][0] == name):
            return parse
        others = (row for row in parse.labels if row[0] != name)
        intent = self._knowledge.topic_by_section[name.split("/")[0]].intent
        return replace(parse, intent=intent, confidence=1.0, labels=((name, 1.0), *others), unclear=False)

    def _read_instruction(self, text: str, first: Parse, context: Context) -> Reading | None:
        """ "new instructions for the assistant: ...", "350000 - 150000 = ?": nothing for the guides, whatever they name."""
        kind = "prompt_injection" if phrases.INSTRUCTS_THE_PROGRAM.search(text) else ""
        if not kind and not context.contact.active and phrases.SUM_TO_DO.match(text):
            kind = "unrelated"
        if not kind:
            return None
        labels = ((f"out_of_scope:{kind}", 1.0), *first.labels)
        return Reading("out_of_scope", "plain", (), replace(first, intent="out_of_scope", labels=labels, unclear=False))

    def _read_offer(self, text: str, first: Parse, context: Context) -> Reading | None:
        """Yes or no to the offer of a coordinator; "none of them" to a choice."""
        if context.options and context.act == "nlu_fallback" and phrases.NONE_OF.match(text.strip()):
            return Reading("nlu_fallback", "complaint", (), first)
        if len(text.split()) <= MAX_REFUSAL_WORDS and phrases.WANTS_NOBODY.match(text.strip()):
            return Reading("deny", "offer", (), first)
        if context.offer != "handoff" or len(text.split()) > 8:
            return None
        if first.intent in ("affirm", "acknowledge") and says_yes(text) and not phrases.ONLY_THANKS.match(text.strip()):
            return Reading("request_handoff", "offer", (), first)
        return None

    def _read_gone_for_help(self, text: str, first: Parse, context: Context) -> Reading | None:
        """ "ok calling now thx" after an emergency is no wish for a call of ours."""
        gone = context.act == "emergency" and phrases.GONE_FOR_HELP.match(text.strip())
        return Reading("thank", "plain", (), first) if gone else None

    def _read_wish(self, text: str, first: Parse, context: Context) -> Reading | None:
        """ "let someone call me", "enough of this bot": a wish for a person in words that admit no other reading."""
        if "?" in text or first.intent == "request_handoff" or (self._topical(first) and first.confidence >= SURE_OTHER):
            return None
        wishes = phrases.WISHES.search(text) is not None and not phrases.NEGATES.search(text)
        if not (wishes or phrases.REFUSES_MACHINE.search(text) or phrases.CALLS_FOR_ONE.search(text)):
            return None
        return Reading("request_handoff", "plain", (), first)

    def _read_medicine(self, text: str, first: Parse, context: Context) -> Reading | None:
        """ "should I stop my prednisone before the trip?": the assistant is to decide on a medicine, whatever was talked about."""
        personal = [(label, share) for label, share in first.labels if label.startswith("request_personal_advice")]
        drugs = [name for kind, name in first.terms if kind == "drug"]
        referent = self._knowledge.terms.get(context.referent)
        if phrases.DOSES.search(text) and (
            drugs or phrases.MEDICINE.search(text) or (referent is not None and referent.kind == "drug")
        ):
            return self._for_a_doctor(first, MEDICATION_CHANGE)
        if phrases.WANTS_PROMISE.search(text) and first.intent != "out_of_scope":
            return self._for_a_doctor(first, WILL_IT_WORK)
        if phrases.OWN_VALUE.search(text) and phrases.IN_OR_OUT.search(text) and first.intent != "emergency":
            return self._for_a_doctor(first, WOULD_I_QUALIFY)
        on_rules = context.section.endswith("#eligibility")
        if on_rules and phrases.OWN_FATE.match(sentences_of(text)[-1].strip()) and first.intent != "emergency":
            return self._for_a_doctor(first, WOULD_I_QUALIFY)
        if phrases.IN_MY_PLACE.search(text) and first.intent != "emergency":
            return self._for_a_doctor(first, TREATMENT_CHOICE)
        if "?" in text or phrases.QUESTION.search(text.strip()):
            if phrases.IS_IT_LUPUS.search(text.strip()):
                return self._for_a_doctor(first, DIAGNOSE_ME)
            if phrases.OWN_CASE.search(text) and not phrases.OFFERS.search(text) and (personal or first.intent == "out_of_scope"):
                return self._for_a_doctor(first, personal[0][0] if personal else WILL_IT_WORK)
        if sum(share for _, share in personal) < MIN_PERSONAL or not phrases.DECIDES_MEDICINE.search(text):
            return None
        if not phrases.MEDICINE.search(text) and not drugs:
            return None
        return self._for_a_doctor(first, personal[0][0])

    def _for_a_doctor(self, first: Parse, label: str) -> Reading:
        intent = "request_personal_advice"
        parse = replace(first, intent=intent, labels=((label, 1.0), *first.labels), unclear=False)
        return Reading(intent, "plain", (self._asked(parse),), parse)

    # -- corrections and complaints ----------------------------------------------------------------------------------------

    def _read_correction(self, text: str, first: Parse, context: Context) -> Reading | None:
        """ "no, I meant recovery", "*risks": the rest stands for itself, or in the place of what it corrects."""
        rest = meant_instead(text)
        if not rest:
            return None
        if context.question and phrases.GOES_ON.match(rest):  # "I mean until she is well again": of what was asked
            whole = self._parse([f"{context.question.rstrip(' ?.!')} {rest}"])[0]
            if self._topical(whole) and whole.confidence >= SURE_PART:
                return self._plain(whole, "correction")
        parse = self._parse([rest])[0]
        reading = self._read_surely_behind(rest, parse, context) or self._read_follow_up(rest, parse, context)
        if reading is not None:
            return replace(reading, how="correction")
        if len(questions_of(rest)) > 1:  # "I want to know what it costs, and how long it takes"
            reading = self._read_compound(rest, parse, context)
            if reading is not None:
                return reading
        if self._topical(parse) or parse.confidence >= SURE_ACT:
            return self._plain(parse, "correction")
        return None

    def _read_complaint(self, text: str, first: Parse, context: Context) -> Reading | None:
        """ "That's not what I asked": other readings of the question before; a question that follows it is answered."""
        if first.intent in ("request_handoff", "ask_privacy", "request_personal_advice") and first.confidence >= SURE_ACT:
            return None
        told = context.passages[0] if context.passages else ""
        if phrases.TOLD_OTHERWISE.search(text) and "?" not in text and told in self._knowledge.passages:
            intent = self._knowledge.topic_by_section[context.section].intent
            part = Asked(context.question, ((told, 1.0),), tuple(first.terms), intent, told, "it")
            return Reading(intent, "follow_up", (part,), first)
        pieces = segments_of(text)
        if len(pieces) < 2:
            return Reading("complain_unanswered", "complaint", (), first) if first.intent == "complain_unanswered" else None
        if not phrases.COMPLAINS.search(text) and not any(label == "complain_unanswered" for label, _ in first.labels):
            return None
        parses = self._parse(pieces)
        if not any(parse.intent == "complain_unanswered" and parse.confidence >= SURE_ACT for parse in parses):
            return None
        rest = [parse for parse in parses if self._topical(parse) and parse.confidence >= SURE_WHOLE]
        if rest:
            return Reading(rest[0].intent, "complaint", (self._asked(rest[0]),), rest[0])
        return Reading("complain_unanswered", "complaint", (), first)

    # -- follow-ups --------------------------------------------------------------------------------------------------------

    def _read_follow_up(self, text: str, first: Parse, context: Context) -> Reading | None:
        sentences = sentences_of(text)
        asks_before = any("?" in one and not phrases.EXCLAIMS.match(one) for one in sentences[:-1])
        if context.section and len(sentences) > 1 and is_bare(sentences[-1]) and not asks_before:
            text = sentences[-1]  # "sorry, the net was gone. why so long?"
            first = self._parse([text])[0]
        text = str((first.data or {}).get("corrected_text") or text)
        leaning = lean(text, first, context, self._knowledge, self._places)
        if leaning is None or (
            first.intent in _LEAVES and first.confidence >= SURE_WORD and leaning.kind in ("referent", "ellipsis")
        ):
            return None  # "thank you. i mean it", "ok bye"
        # "how do i join", after trials were talked about, asks for the way in; without that it is a wish for a person.
        joins = leaning.facet == "join" and leaning.target
        # "who helps me with that" is half a wish for a person, and half a question on what was told
        sure = SURE_IT if first.intent == "request_handoff" and phrases.POINTS.search(text) else SURE_ACT
        if first.intent in ("request_handoff", "ask_privacy") and first.confidence >= sure and not joins:
            return None
        leads_on = leaning.kind == "bare" and (leaning.target or leaning.facet == "why")
        if leaning.kind not in ("referent", "ordinal") and not leads_on:
            named = self._named_in_topic(text, context)
            if named is not None:
                return named
        if leaning.kind == "bare" and leaning.target:
            asked = text if leaning.facet == "it" else self._knowledge.passages[leaning.target].question
            canonical = replace(first, text=asked)
            part = self._asked(canonical, leaning=leaning, more_terms=self._country_terms(context))
            intent = self._knowledge.topic_by_section[leaning.target.split("/")[0]].intent
            return Reading(intent, "follow_up", (replace(part, intent=intent, labels=((leaning.target, 1.0),)),), first)
        if leaning.kind == "bare" and leaning.facet == "then":
            return Reading("ask_more", "follow_up", (), first)  # the last passage of its section
        alone = self._parse([leaning.text])[0]
        if leaning.kind in (*_FILLED, "bare") and not leaning.target:
            behind = self._behind_told(text, first, context)
            if behind is not None and behind.confidence > alone.confidence:
                reading = self._from_behind(text, first, behind, context, there=leaning.kind == "place")
                if reading is not None:
                    return reading
        if leaning.kind == "place" and leaning.target:
            intent = self._knowledge.topic_by_section[leaning.target.split("/")[0]].intent
            part = replace(self._asked(alone), labels=((leaning.target, 1.0),), intent=intent)
            return Reading(intent, "follow_up", (part,), first)
        topic = self._knowledge.topic_by_section.get(context.section)
        if leaning.facet == "why" and topic is not None and alone.intent != topic.intent:  # "why?" never leaves what was told
            alone = replace(alone, intent=topic.intent, labels=tuple(within_topic(alone.labels, topic.intent, self._knowledge)))
        if not self._topical(alone):
            return None
        nothing_new = self._says_nothing_new(alone, context)
        if phrases.OTHERS.search(text) and nothing_new:
            return Reading("ask_more", "follow_up", (), first)  # "what other reasons do they have"
        part = self._asked(alone)
        if topic is not None and alone.intent == topic.intent and nothing_new:
            part = replace(part, labels=self._named_beside(first, context) or part.labels)
        return Reading(part.intent, "follow_up", (part,), alone)

    def _read_simpler(self, text: str, first: Parse, context: Context) -> Reading | None:
        """ "explain simpler pls": what was said, in short."""
        clear = self._topical(first) and first.confidence >= SURE_OTHER_TOPIC
        names = any(kind in TELLING_KINDS for kind, _ in first.terms)
        if not context.section or len(text.split()) > MAX_LEANING_WORDS or clear or names:
            return None
        return Reading("repeat", "simpler", (), first) if phrases.SIMPLER.search(text) else None

    def _named_beside(self, first: Parse, context: Context) -> tuple[tuple[str, float], ...]:
        """ "is she still so tired in that time?": the message names what another passage of the section is about."""
        names = any(kind in TELLING_KINDS for kind, _ in first.terms)
        return tuple(
            (label, share)
            for label, share in first.topical_labels
            if names
            and share >= MIN_BESIDE
            and label in self._knowledge.passages
            and label.split("/")[0] == context.section
            and label not in context.passages[:1]
        )

    def _named_in_topic(self, text: str, context: Context) -> Reading | None:
        """ "and the tiredness?": another passage of the topic at hand that the words name, though they name one elsewhere, too."""
        topic = self._knowledge.topic_by_section.get(context.section)
        if topic is None or not phrases.ONLY_NAMES.match(text) or self._places.find(text):
            return None
        parse = self._parse([OPENING.sub("", text)])[0]
        inside = [
            (label, share)
            for label, share in parse.topical_labels
            if share >= MIN_NAMED and label in self._knowledge.passages and label.split("/")[0] in topic.sections
        ]
        if not inside or inside[0][0] in context.passages[:1]:
            return None
        if context.section.startswith("china-guide#"):  # "and age?" while China is talked about
            lead = self._knowledge.passages[inside[0][0]]
            there = [name for name in (*lead.same_as, *lead.differs_from) if name.startswith("china-guide#")]
            inside = [(name, 1.0) for name in there[:1]] or inside
        part = replace(self._asked(parse, more_terms=self._country_terms(context)), labels=tuple(inside), intent=topic.intent)
        return Reading(topic.intent, "follow_up", (part,), parse)

    def _says_nothing_new(self, alone: Parse, context: Context) -> bool:
        """Read behind the last question, the message is drowned by it: the same passage comes first again."""
        before = {context.labels[0][0] if context.labels else "", context.passages[0] if context.passages else ""}
        return alone.labels[0][0] in before

    def _country_terms(self, context: Context) -> list[tuple[str, str]]:
        return [("country", name) for name in context.countries]

    def _read_same_matter(self, text: str, first: Parse, context: Context) -> Reading | None:
        """A short push after a refusal or a privacy question stays with it: "come on, yes or no", "and for how long?"."""
        if context.act not in ("request_personal_advice", "ask_privacy") or len(text.split()) > MAX_LEANING_WORDS:
            return None
        leans = bool(re.match(r"^\s*(?:and|but|so|then|come on|please|just|or|ok|okay)\b", text, re.I)) or len(text.split()) <= 3
        if (
            not leans
            or first.intent in CHITCHAT - {"affirm", "deny", "acknowledge", "small_talk"}
            or first.intent in ("request_handoff",)
        ):
            return None
        if (
            context.offer == "handoff"
            and first.intent in ("affirm", "deny", "acknowledge")
            and not re.search(r"\byes or no\b", text, re.I)
        ):
            return None
        on_oneself = len(text.split()) <= MAX_PUSH_WORDS or phrases.OF_ONESELF.search(text) is not None
        enough = SURE_PUSH if context.act == "request_personal_advice" and on_oneself else SURE_QUESTION
        if self._topical(first) and first.confidence >= enough:
            return None
        if context.act == "ask_privacy" and not first.intent.startswith("ask_") and not phrases.QUESTION.search(text):
            return None
        return Reading(context.act, "follow_up", (), first)

    def _read_places(self, text: str, first: Parse, context: Context) -> Reading | None:
        """ "Korea or Germany, who has the better doctors?": two places that the documents speak of are compared by what they say."""
        # "whose bill is lower, Beijing's or Istanbul's?": what of a price may not be in the documents, but theirs is.
        on_money = first.labels[:1] and first.labels[0][0] == "out_of_scope:money_detail" and PRICES.search(text)
        two_drugs = len(_named(first, "drug")) > 1 and phrases.ONE_AGAINST_ANOTHER.match(text.strip())
        sure = SURE_ALONE if on_money or two_drugs or len(_named(first, "complication")) > 1 else SURE_OTHER
        strays = first.intent in ("ask_global_comparison", "ask_china_overview") and PRICES.search(text) is not None
        strays = strays or (first.intent == "ask_why_abroad" and phrases.GOOD_AT.search(text) is not None)
        if first.intent == "ask_how_it_works" and phrases.THESE_TWO.search(sentences_of(text)[-1]):
            return self._on_two_things(first)  # how two medicines differ, not how CAR-T does
        clear = (self._topical(first) and not first.unclear) or first.confidence >= sure
        compares = phrases.COMPARE_THEM.match(text.strip()) is not None
        clear = clear and not (compares and first.intent == "request_personal_advice")
        chooses = compares or phrases.OR.search(text) or (PRICES.search(text) and phrases.WHICH_ONE.search(text))
        if (clear and not strays) or not chooses or (strays and len(questions_of(text)) > 1):
            return None
        covered = self._covered(self._places.find(text))
        if len(covered) < 2:
            detail = bool(first.labels) and first.labels[0][0] == "out_of_scope:drug_detail"
            if not (first.unclear or detail):
                return None
            # "What is tocilizumab for, and when might IVIG be needed?": each is asked for itself
            return self._read_compound(text, first, context) or self._on_two_things(first)
        label = ALL_PRICES if PRICES.search(text) else WHOLE_ON_COUNTRIES
        intent = self._knowledge.topic_by_section[label.split("/")[0]].intent
        part = replace(self._asked(first), labels=((label, 1.0),), intent=intent)
        return Reading(intent, "plain", (part,), first)

    def _read_western_status(self, text: str, first: Parse, context: Context) -> Reading | None:
        """ "is it approved in the US?", "and the FDA?": the guides say of the West only how far it is."""
        places = self._places.find(text)
        authority = any(name in WESTERN_AUTHORITIES for _, name in first.terms)
        west_named = bool(WEST & set(places)) or phrases.THE_WEST.search(text) is not None
        meant = set(places) or (set() if authority else set(context.countries))
        in_west = west_named or (meant <= WEST and (bool(meant) or authority))
        if not in_west:
            return None
        asks_it = STATUS.search(text) is not None
        both = west_named and CHINA in places and asks_it
        goes_on = context.section in STATUS_SECTIONS and (names_places_only(text, self._places) or authority)
        if (
            phrases.OF_ANOTHER_STATUS.search(text)
            or not (both or (set(places) <= WEST and (goes_on or asks_it)))
            or PRICES.search(text)
            or len(questions_of(text)) > 1
        ):
            return None
        if not (self._topical(first) or first.unclear or first.intent == "out_of_scope") or _named(first, "drug"):
            return None
        asked = text if asks_it else f"is it approved, {' or '.join(self._knowledge.terms[name].name for name in places)}?"
        part = replace(self._asked(first, text=asked), intent="ask_approval")
        west = replace(part, labels=((STATUS_IN_WEST, 1.0),), target=STATUS_IN_WEST, facet="status")
        if not both:
            return Reading("ask_approval", "follow_up" if goes_on else "plain", (west,), first)
        likeliest = (label for label, _ in first.labels if label in self._knowledge.passages)
        told = next((label for label in likeliest if label.startswith(f"{APPROVAL}/")), NOT_APPROVED)
        there = replace(part, labels=((told, 1.0),), target=told)
        return Reading("ask_approval", "compound", (there, west), first)

    def _read_budget(self, text: str, first: Parse, context: Context) -> Reading | None:
        """ "would 90k do it in Turkey", "will it bankrupt us?", "what's the damage": the price there is what is asked."""
        on_money = bool(first.labels) and first.labels[0][0] in ("out_of_scope:money_detail", "out_of_scope:insurance")
        idiom = phrases.WHAT_IS_THE_DAMAGE.search(text) is not None
        if first.intent == "ask_cost" or not (idiom or phrases.HAS_ENOUGH.search(text) or phrases.BANKRUPTS.search(text)):
            return None
        if first.confidence >= SURE_OTHER and not (on_money or idiom):
            return None
        places = self._places.find(text)
        label = "china-guide#cost/price-range" if places == [CHINA] else ALL_PRICES
        terms = [(self._knowledge.terms[name].kind, name) for name in places]
        part = replace(self._asked(first, more_terms=terms), labels=((label, 1.0),), intent="ask_cost")
        return Reading("ask_cost", "plain", (part,), first)

    def _on_two_things(self, first: Parse) -> Reading | None:
        """ "prednisone or plaquenil, which is for a bad flare?": two medicines, or side effects, are told as the guide tells them."""
        drugs, troubles = _named(first, "drug"), _named(first, "complication")
        if max(len(drugs), len(troubles)) < 2 or PRICES.search(first.text):
            return None
        section, intent = (MEDICINES, TREATED_BEFORE) if len(drugs) > 1 and len(troubles) < 2 else (DANGERS, "ask_risks")
        part = replace(self._asked(first), labels=((f"{section}/all", 1.0),), intent=intent)
        return Reading(intent, "plain", (part,), first)

    def _read_against_cart(self, text: str, first: Parse, context: Context) -> Reading | None:
        """ "how does rituximab differ from CAR-T": what the guide says of the medicine, and what CAR-T does instead."""
        if first.unclear or not (phrases.CART.search(text) and phrases.AGAINST.search(text)):
            return None
        drugs = _named(first, "drug")
        if first.intent != TREATED_BEFORE:
            return self._beside_the_drug(text, first, drugs, context) if phrases.DIFFERS.search(text) else None
        told = [
            label for label, _ in first.topical_labels[:1] if label.startswith(f"{MEDICINES}/") and not label.endswith("/all")
        ]
        if not drugs or not told:
            return None
        how = Asked(self._knowledge.passages[WHAT_CART_DOES].question, ((WHAT_CART_DOES, 1.0),), (), "ask_how_it_works")
        drug = replace(self._asked(first), labels=((told[0], 1.0),))
        return self._with_what_else(text, context, Reading(TREATED_BEFORE, "compound", (drug, how), first))

    def _beside_the_drug(self, text: str, first: Parse, drugs: set[str], context: Context) -> Reading | None:
        """ "car t vs benlysta, what is different": understood as a question on CAR-T; what the guide says of the medicine is told, too."""
        told = [p for p in self._knowledge.sections[MEDICINES].passages if p.terms[:1] and p.terms[0] in drugs]
        if first.intent not in ON_CART or len(told) != 1 or first.topical_labels[0][0].endswith("/all"):
            return None
        if len(questions_of(text)) > 1 and self._read_compound(text, first, context) is not None:
            return None
        lead, share = first.topical_labels[0]
        part = replace(self._asked(first), labels=((lead, share), (told[0].id, share)))
        return Reading(first.intent, "plain", (part,), first)

    def _read_illness_against_cart(self, text: str, first: Parse, context: Context) -> Reading | None:
        """ "brain fog from lupus vs brain trouble from the CAR-T": the sign of the illness, and the side effect of the treatment."""
        if first.intent not in ("ask_symptoms", "ask_risks") or not phrases.ILLNESS_AND_CART.search(text):
            return None
        sides = [self._likeliest_of(first, side) for side in ("symptoms/", "risks/")]
        if any(sides) and not all(sides) and phrases.ONE_OR_OTHER.search(text):
            # so surely the one that the other is hardly seen: asked for it alone
            alone = f"{text.rstrip(' ?.!')}: {phrases.SIDE_EFFECT_OF_CART if sides[0] else phrases.SIGN_OF_LUPUS}"
            sides = [
                side or self._likeliest_of(self._parse([alone])[0], start) for side, start in zip(sides, ("symptoms/", "risks/"))
            ]
        if not all(sides):
            return None
        intents = ("ask_symptoms", "ask_risks")
        parts = tuple(replace(self._asked(first), labels=((label, 1.0),), intent=i) for label, i in zip(sides, intents))
        return Reading("ask_symptoms", "compound", parts, first)

    @staticmethod
    def _likeliest_of(parse: Parse, start: str) -> str:
        """The likeliest passage of the sections that begin so, empty if none is likely."""
        likely = (label for label, share in parse.topical_labels if share >= MIN_OF_BOTH_SIDES and not label.endswith("/all"))
        return next((label for label in likely if label.split("#")[1].startswith(start)), "")

    def _read_against_general(self, text: str, first: Parse, context: Context) -> Reading | None:
        """ "are the Chinese rules different from the general ones?": what both guides say."""
        if not self._topical(first) or first.unclear or not first.topical_labels or not phrases.AGAINST_GENERAL.search(text):
            return None
        section = first.topical_labels[0][0].split("/")[0]
        general = section.replace("china-guide#", "sle-guide#")
        if general == section or general not in self._knowledge.sections or general.endswith("#overview"):
            return None
        other = Asked(self._knowledge.sections[general].heading, ((f"{general}/all", 1.0),), (), first.intent)
        return self._with_what_else(text, context, Reading(first.intent, "compound", (self._asked(first), other), first))

    def _read_both_guides(self, text: str, first: Parse, context: Context) -> Reading | None:
        """ "compare the risks in the two guides": what each of them says of the matter."""
        topic = self._knowledge.topics.get(first.intent)
        if topic is None or first.unclear or len(topic.sections) < 2 or not phrases.BOTH_GUIDES.search(text):
            return None
        parts = []
        for section in topic.sections:
            named = (label for label, share in first.topical_labels if label.startswith(f"{section}/") and share >= MIN_NAMED)
            label = next(named, section_label(section))
            parts.append(Asked(self._knowledge.sections[section].heading, ((label, 1.0),), tuple(first.terms), first.intent))
        return Reading(first.intent, "compound", tuple(parts), first)

    def _read_publisher(self, text: str, first: Parse, context: Context) -> Reading | None:
        """ "who is placidway": what the guide says of its own publisher."""
        if first.intent == "emergency" or not phrases.WHO_IS_THE_PUBLISHER.match((sentences_of(text) or [text])[-1]):
            return None
        part = replace(self._asked(first), labels=((PUBLISHER, 1.0),), intent="ask_support")
        return Reading("ask_support", "plain", (part,), first)

    def _read_two_sides(self, text: str, first: Parse, context: Context) -> Reading | None:
        """ "the good and the bad of it", "pros and cons?": what it may bring, and what can go wrong."""
        if first.intent not in ON_CART or not phrases.TWO_SIDES.search(text) or _named(first, "drug"):
            return None
        sides = [(BENEFITS, section_label(GAINS)), ("ask_risks", section_label(DANGERS))]
        gains, dangers = [replace(self._asked(first), intent=intent, labels=((label, 1.0),)) for intent, label in sides]
        return self._with_what_else(text, context, Reading(BENEFITS, "compound", (gains, dangers), first))

    def _read_down_side(self, text: str, first: Parse, context: Context) -> Reading | None:
        """ "and the minuses?", after what speaks for it: what can go wrong, by the guide that was told."""
        if not context.section or not phrases.DOWN_SIDE.match(text.strip()):
            return None
        section = f"{context.section.split('#')[0]}#risks"
        part = replace(self._asked(first), labels=((section_label(section), 1.0),), intent="ask_risks")
        return Reading("ask_risks", "follow_up", (part,), first)

    def _read_signs(self, text: str, first: Parse, context: Context) -> Reading | None:
        """ "what are the signs of it?" after side effects: of these, and not of lupus."""
        if not context.section.endswith("#risks") or not phrases.SIGNS_OF_IT.match(text.strip()):
            return None
        told = context.passages[0] if len(context.passages) == 1 else ""
        behind = self._parse([behind_told(text, told or context.section, self._knowledge)])[0]
        labels = [(label, share) for label, share in behind.topical_labels if label.split("/")[0].endswith("#risks")]
        if told in self._knowledge.passages:
            labels = [(told, 1.0), *labels]
        if not labels:
            return None
        return Reading("ask_risks", "follow_up", (replace(self._asked(first), labels=tuple(labels), intent="ask_risks"),), first)

    def _read_what_if(self, text: str, first: Parse, context: Context) -> Reading | None:
        """ "what if the kidneys are damaged?" while the conditions are talked about asks what holds then."""
        if not context.section.endswith("#eligibility") or not phrases.WHAT_IF.match(text.strip()):
            return None
        likely = [row for row in first.labels if row[1] >= MIN_CONDITION and row[0].split("/")[0].endswith("#eligibility")]
        if not likely or not self._topical(first):
            return None
        labels = within_topic(likely, ELIGIBILITY, self._knowledge, in_china=CHINA in context.countries)
        part = replace(self._asked(first, more_terms=self._country_terms(context)), labels=tuple(labels), intent=ELIGIBILITY)
        return Reading(ELIGIBILITY, "follow_up", (part,), first)

    def _read_way_home(self, text: str, first: Parse, context: Context) -> Reading | None:
        """ "can I fly home right after that?" while the time after the infusion is talked about: how long one stays near."""
        if not context.section.endswith("#recovery") or not phrases.GOES_HOME.search(text) or len(questions_of(text)) > 1:
            return None
        of_the_matter = first.intent == "out_of_scope" or first.unclear or self._topical(first)
        if not of_the_matter or any(label in ON_WAY_HOME for label, _ in first.labels[:1]):
            return None
        part = replace(self._asked(first), labels=((STAYS_NEAR, 1.0),), intent="ask_recovery")
        return Reading("ask_recovery", "follow_up", (part,), first)

    def _with_what_else(self, text: str, context: Context, compared: Reading) -> Reading:
        """The comparison, and what the message asks beside it: "How does it differ from rituximab, and what can go wrong?"."""
        if len(questions_of(text)) < 2:
            return compared
        asked = self._read_compound(text, compared.parse, context)
        told = {part.labels[0][0].split("/")[0] for part in compared.parts}
        besides = [p for p in asked.parts if p.labels[0][0].split("/")[0] not in told] if asked is not None else []
        return replace(compared, parts=(*compared.parts, *besides)[:MAX_PARTS])

    # -- several questions -------------------------------------------------------------------------------------------------

    def _read_compound(self, text: str, first: Parse, context: Context) -> Reading | None:
        text = without_comparison(str((first.data or {}).get("corrected_text") or text))
        pieces = self._with_places_joined(questions_of(text))
        asked = [piece for number, piece in enumerate(pieces) if not number or not phrases.HEARSAY.match(piece.strip())]
        if len(asked) < len(pieces) and self._topical(first):
            text, pieces = " ".join(asked), asked
        if first.intent in ("request_personal_advice", "ask_privacy") and first.confidence >= SURE_HALF:
            # Questions of their own, of which one is for a doctor; a story is not cut for it.
            several = sum(piece.rstrip().endswith("?") for piece in pieces) > 1 or all(
                asks(piece) and len(piece.split()) >= MIN_OWN_WORDS for piece in pieces
            )
            return self._join_with_personal(pieces) if several and len(pieces) > 1 else None
        announced = self._read_list(announced_of(text), first)
        if announced is not None:
            return announced
        if len(pieces) > 1:
            parses = self._complete(pieces, self._parse(pieces), onward=True)
            parses = self._without_story(pieces, text, parses)
            reading = self._join(parses, first, SURE_PART, by_documents=True)
            if reading is not None and not self._clearer_whole(first, parses):
                return reading
        listed = self._read_list(keywords_of(text), first)
        if listed is not None:
            return listed
        either = self._read_either(text, first)
        if either is not None:
            return either
        cut = self._with_places_joined(segments_of(text))
        # "two things, the immune reset, and what if ...": a thing may be named, not asked
        # "chinese trials, who do they take?": nor is what the next piece speaks of
        counts = [
            piece in pieces
            or (
                phrases.NAMES_A_THING.match(piece) is not None
                and not phrases.SPEAKS_OF_IT.search(following)
                and not sets_the_scene(piece)
            )
            for piece, following in zip(cut, [*cut[1:], ""])
        ]
        # One alone adds nothing to a question: a story that ends in it is understood once.
        if len(cut) > 1 and cut != pieces and sum(counts) > (1 if self._topical(first) else 0):
            parses = self._complete(cut, self._parse(cut))
            reading = self._join([parse for parse, one in zip(parses, counts) if one], first, SURE_NAMED)
            if reading is not None and reading.how == "compound":
                return reading
        if first.intent == "request_handoff":
            return None
        if self._tells_both(first):
            return None  # "belimumab rituximab difference, target of each"
        sure_of_one = bool(first.labels) and first.labels[0][1] >= SURE_ONE
        halves = [pair for pair in loose_halves(text) if max(len(half.split()) for half in pair) <= _most_words(pair)]
        halves = [pair for pair in halves if not names_places_only(pair[1], self._places)]
        if sure_of_one:
            halves = [pair for pair in halves if min(len(half.split()) for half in pair) > 1 or self._at_two_places(pair)]
        self._parse([half for pair in halves for half in pair])  # all of them in one run
        for left, right in halves:
            parses = self._complete([left, right], self._parse([left, right]))
            is_long = max(len(left.split()), len(right.split())) > MAX_HALF_WORDS
            unlike = not self._at_two_places((left, right))
            enough = SURE_NAMED if _opens_anew(right) else SURE_OF_BOTH
            if (sure_of_one or is_long) and unlike and min(p.confidence for p in parses) < enough:
                continue
            surest = max(p.confidence for p in parses)
            least = SURE_PART if _opens_anew(right) and surest >= SURE_OF_BOTH else SURE_HALF
            # One that lies between two passages, beside a sure one: "abeg wetin be CAR-T and which people e dey for"
            between = surest >= SURE_OTHER and (asks(left) or is_keywords(text)) and not phrases.ONLY_OF_IT.match(right)
            if all(self._topical(p) and (p.confidence >= least or (between and self._lies_between(p))) for p in parses):
                reading = self._join(parses, first, least, by_documents=between)
                if reading is not None:
                    return reading
        return None

    def _clearer_whole(self, first: Parse, parses: Sequence[Parse]) -> bool:
        """True if a message is clear that says little when it is cut: "where do such records go, who looks at them there"."""
        surest = max((parse.confidence for parse in parses if self._topical(parse)), default=0.0)
        return self._topical(first) and _share_of_best(first) >= SURE_PART and surest < UNCLEAR_PART

    def _lies_between(self, parse: Parse) -> bool:
        """True for what is surely asked of the documents, though not of which passage."""
        return parse.confidence >= MIN_BETWEEN and parse.on_documents >= SURELY_ON_DOCUMENTS

    def _tells_both(self, parse: Parse) -> bool:
        """True if the two likeliest passages are each on a thing that the message names: its plain answer tells both."""
        named = {name for _, name in parse.terms}
        leads = [
            self._knowledge.passages[label].terms[:1]
            for label, share in parse.labels[:2]
            if share >= MIN_OF_TWO and label in self._knowledge.passages
        ]
        things = {term for lead in leads for term in lead if term in named}
        return len(things) == 2

    def _with_places_joined(self, pieces: Sequence[str]) -> list[str]:
        """ "What does it cost in Turkey, and what in Korea?" is one question: a piece that only names a place goes on with it."""
        joined: list[str] = []
        for piece in pieces:
            if joined and names_places_only(piece, self._places):
                joined[-1] = f"{joined[-1].rstrip(' ?.')} and {piece}"
            else:
                joined.append(piece)
        return joined

    def _without_story(self, pieces: Sequence[str], text: str, parses: Sequence[Parse]) -> list[Parse]:
        """Questions that are clear without the sentences before them: "... I am scared of the storm. Who translates there?"."""
        without: list[Parse] = []
        cut = [part for part in segments_of(text) if any(sentence.startswith(part) for sentence in sentences_of(text))]
        for piece, parse in zip(pieces, parses):
            asked = next((part for part in cut if piece.endswith(part) and piece != part), "")
            if len(asked.split()) >= MIN_OWN_WORDS and not refers(asked):
                alone = self._parse([asked])[0]
                if self._topical(alone) and alone.confidence >= SURE_HALF and alone.topical_labels:
                    parse = replace(alone, terms=tuple(dict.fromkeys((*alone.terms, *parse.terms))))
            without.append(parse)
        return without

    def _read_list(self, pieces: Sequence[str], first: Parse) -> Reading | None:
        """What a list names, if all of it is understood."""
        if not pieces:
            return None
        reading = self._join(self._complete(pieces, self._parse(pieces)), first, SURE_PART)
        return reading if reading is not None and len(reading.parts) == min(len(pieces), MAX_PARTS) else None

    def _join_with_personal(self, pieces: Sequence[str]) -> Reading | None:
        """ "Will hepatitis C rule me out? And what does it cost?": what the documents answer is answered, the rest is for a doctor."""
        parses = self._complete(pieces, self._parse(pieces))
        return self._beside_personal(parses)

    def _beside_personal(self, parses: Sequence[Parse]) -> Reading | None:
        """Parts of which one is for a doctor and another on the documents; what lies between the two is on the documents."""

        def is_answered(parse: Parse) -> bool:
            personal = sum(share for label, share in parse.labels if label.startswith("request_personal_advice"))
            return self._topical(parse) and (
                parse.confidence >= SURE_HALF or (parse.confidence >= SURE_PART and parse.confidence + personal >= SURE_NO_OTHER)
            )

        kept = [
            parse
            for parse in parses
            if is_answered(parse) or (parse.intent == "request_personal_advice" and parse.confidence >= SURE_ACT)
        ][:MAX_PARTS]
        topical = [parse for parse in kept if self._topical(parse)]
        if not topical or len(kept) < 2 or len({parse.labels[0][0] for parse in kept}) < 2:
            return None
        return Reading(topical[0].intent, "compound", tuple(self._asked(parse) for parse in kept), topical[0])

    def _at_two_places(self, pair: tuple[str, str]) -> bool:
        """True for "the German study and the Chinese one": each half names a place of its own."""
        left, right = (self._places.find(half) for half in pair)
        return bool(left and right and left != right)

    def _read_either(self, text: str, first: Parse) -> Reading | None:
        """ "which takes longer, the ward or the check-ups near the centre?": two passages of one topic, both told."""
        pair = either_of(text)
        if pair is None or not self._topical(first):
            return None
        parses = self._parse(pair)
        leads = [parse.topical_labels[0][0] if parse.topical_labels else "" for parse in parses]
        if len(set(leads)) < 2 or not all(self._topical(p) and p.confidence >= SURE_PART for p in parses):
            return None
        if any(lead.endswith("/all") for lead in leads):
            return None
        return Reading(parses[0].intent, "compound", tuple(self._asked(parse) for parse in parses), parses[0])

    def _complete(self, pieces: Sequence[str], parses: list[Parse], *, onward: bool = False) -> list[Parse]:
        """Fill in what a part takes from the ones beside it, or before it (`onward`): the place, or what "it" means."""
        places = [self._places.find(piece) for piece in pieces]
        shared = [] if onward else next((found for found in places if found), [])
        completed: list[Parse] = []
        referent = ""
        for number, (piece, parse, found) in enumerate(zip(pieces, parses, places)):
            own = [term for kind, term in parse.terms if kind in TELLING_KINDS]
            if referent and not own and re.search(r"\b(?:it|that|this|they|them)\b", piece, re.I):
                name = self._knowledge.terms[referent].name
                filled = self._parse([re.sub(r"\b(?:it|that|this|they|them)\b", name, piece, count=1, flags=re.I)])[0]
                parse = filled if _share_of_best(filled) > _share_of_best(parse) else parse  # "groups that help"
            if not found and len(shared) > 1 and phrases.EACH_OF_THEM.search(piece):
                names = " and ".join(self._knowledge.terms[place].name for place in shared)
                parse = self._parse([phrases.EACH_OF_THEM.sub(names, piece, count=1)])[0]
            if not found and shared and self._topical(parse):
                kinds = [(self._knowledge.terms[name].kind, name) for name in shared]
                parse = replace(parse, terms=(*parse.terms, *kinds))
            # "is Turkey cheaper than Germany"
            if len(self._covered(found)) > 1 and PRICES.search(piece) and parse.intent != "ask_cost":
                parse = replace(parse, intent="ask_cost", confidence=1.0, labels=((ALL_PRICES, 1.0),), unclear=False)
            before = completed[-1].topical_labels[0][0] if completed and completed[-1].topical_labels else ""
            compared = number and len(places[number - 1]) > 1  # "price in Asia and in the US, and why": not of one of them
            bare = self._bare_after(piece, parse, section_label(before.split("/")[0]) if compared else before) if before else None
            if bare is not None:
                parse = bare
            elif before and parse.confidence < CLEAR and not found:
                parse = self._clearer_behind(piece, parse, before)
            referent = own[0] if own else referent
            shared = shared or found
            completed.append(parse)
        return completed

    def _covered(self, places: Sequence[str]) -> list[str]:
        """The places that the documents speak of."""
        return [name for name in places if self._knowledge.terms[name].kind == "country"]

    def _bare_after(self, piece: str, parse: Parse, told: str) -> Parse | None:
        """A part that names nothing ("... and why so much?", "how do I apply"), if it is known where it leads after the one before it."""
        context = Context(question=told, section=told.split("/")[0], passages=(told,) if told in self._knowledge.passages else ())
        leaning = lean(piece, parse, context, self._knowledge, self._places)
        if leaning is None or leaning.kind != "bare" or leaning.facet not in ("why", "join") or phrases.SO_LITTLE.search(piece):
            return None
        if not leaning.target:
            return replace(parse, intent="ask_why", labels=())
        intent = self._knowledge.topic_by_section[leaning.target.split("/")[0]].intent
        asked = self._knowledge.passages[leaning.target].question
        return replace(parse, text=asked, intent=intent, confidence=1.0, labels=((leaning.target, 1.0),), unclear=False)

    def _clearer_behind(self, piece: str, alone: Parse, told: str) -> Parse:
        """A part as it is understood behind the one before it ("and why so much?"), if that is the surer."""
        if len(piece.split()) > MAX_BEHIND_WORDS or not (alone.unclear or self._topical(alone) or alone.intent == "out_of_scope"):
            return alone
        behind = self._parse([behind_told(piece, told, self._knowledge)])[0]
        if not self._topical(behind) or behind.confidence <= alone.confidence:
            return alone
        if self._topical(alone) and _share_of_best(behind) <= _share_of_best(alone):
            return alone
        return replace(behind, text=piece, terms=alone.terms)

    def _join(self, parses: Sequence[Parse], first: Parse, sure: float, *, by_documents: bool = False) -> Reading | None:
        """The parts that ask different things, if there are two of them.

        A question of its own may also be surely on the documents, and lie between two topics (`by_documents`).
        """
        topical = [
            parse
            for parse in parses
            if self._topical(parse) and (parse.confidence >= sure or (by_documents and parse.on_documents >= SURELY_ON_DOCUMENTS))
        ]
        wishes = [parse for parse in parses if parse.intent == "request_handoff" and parse.confidence >= 0.75]
        outside = [parse for parse in parses if parse.intent == "out_of_scope" and parse.confidence >= 0.75]
        parts: dict[str, Asked] = {}
        for parse in topical:
            key = parse.topical_labels[0][0] if parse.topical_labels else parse.intent
            parts.setdefault(key if parse.confidence >= SURE_HALF else key.split("/")[0], self._asked(parse))
        if len(parts) >= 2 and len({p.labels[0][0] for p in parts.values()}) >= 2:
            return Reading(topical[0].intent, "compound", tuple(parts.values())[:MAX_PARTS], topical[0])
        personal = [p for p in parses if p.intent == "request_personal_advice" and p.confidence >= SURE_OTHER]
        if len(parts) == 1 and personal and (self._topical(first) or first.intent == "request_personal_advice"):
            beside = self._beside_personal(parses)
            if beside is not None:
                return beside
        if len(parts) == 1 and wishes and not self._topical(first):
            return Reading("request_handoff", "compound", tuple(parts.values()), wishes[0])
        if len(parts) == 1 and not self._topical(first) and first.intent in CHITCHAT | {"complain_unanswered", "cancel"}:
            return Reading(topical[0].intent, "compound", tuple(parts.values()), topical[0])
        if len(parts) == 1 and outside and topical[0].confidence >= 0.75 and self._topical(first):
            away = [Asked(parse.text, tuple(parse.labels), tuple(parse.terms), "out_of_scope") for parse in outside[:1]]
            return Reading(topical[0].intent, "compound", (*parts.values(), *away), topical[0])
        return None


def _words_of(text: str) -> list[str]:
    return [word for word in re.findall(r"[^\W_]+", text.lower()) if word not in ("a", "an", "the", "and", "my")]


def _share_of_best(parse: Parse) -> float:
    """The share of the likeliest label."""
    return parse.labels[0][1] if parse.labels else 0.0


def _most_words(pair: tuple[str, str]) -> int:
    """So long the halves of a message may be."""
    return MAX_ASKING_WORDS if _opens_anew(pair[1]) else MAX_SURE_HALF_WORDS


def _opens_anew(half: str) -> bool:
    """True if the second half is a question by its words; a question mark may be of the whole."""
    return asks(half.rstrip(" ?")) or asks_after_scene(half)


def _named(parse: Parse, kind: str) -> set[str]:
    """Ids of the terms of one kind that a message names."""
    return {name for k, name in parse.terms if k == kind}


def _small_talk(parse: Parse) -> float:
    """How likely it is small talk of any kind: "lol ok i get it now, cheers" is half an acknowledgement, half thanks."""
    return sum(share for label, share in parse.labels if label in _TALK)


def _on_its_bad_side(parse: Parse) -> Parse:
    """ "wat can go rong with the treetment": not its benefits, though no word but "treetment" is understood."""
    own = parse.text.rpartition(MARK)[2]
    if parse.intent != BENEFITS or not phrases.BAD_SIDE.search(own) or phrases.GOOD_SIDE.search(own):
        return parse
    others = (row for row in parse.labels if not row[0].startswith(GAINS))
    return replace(parse, intent="ask_risks", labels=((section_label(DANGERS), parse.confidence), *others))


def _without_faint_alarm(parse: Parse) -> Parse:
    """ "Have a good weekend": small talk of several kinds that together are far likelier than an emergency, which is not likely."""
    talk = [(label, share) for label, share in parse.labels if label in CHITCHAT]
    faint = parse.intent == "emergency" and parse.confidence < SURE_ACT
    if not faint or sum(share for _, share in talk) < FAR_LIKELIER * parse.confidence:
        return parse
    return replace(parse, intent=talk[0][0], labels=(talk[0], *parse.labels))
