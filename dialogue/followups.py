"""What a message means that leans on the turns before it: "and in China?", "how is that treated?", "why?", "no, I meant recovery"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from dialogue.context import Context
from dialogue.guarded import Guarded
from dialogue.parse import Parse
from dialogue.places import Places
from dialogue.segments import sentences_of
from knowledge.passage import Knowledge, Passage
from knowledge.retrieval import wanted_facets

MAX_LEANING_WORDS = 9  # a longer message says itself what it is about
MAX_ORDINAL_WORDS = 14
PRICES_OF_COUNTRIES, NOT_APPROVED = "sle-guide#cost", "china-guide#approval/not-commercially-approved"
MOST_TOLD = 3  # after an overview of more passages than these "it" is none of them
MAX_ELLIPTIC_WORDS = 4  # "and how long": more of them may be a question of their own
# Words that carry no question of their own beside a place.
_EMPTY = frozenset(
    """and an n in on at about what whats what's how hows about for the to of or also then ok okay so please pls plz is it that
    same with if i we go went do did does a there like as well too thanks but say maybe hmm um well now yes yeah sorry
    mean meant no not nope instead rather hm eh would be case let's lets say if just only tell me show give us wait oops ups wrong typo
    ah oh one ones meaning exactly specifically precisely po lah abeg over""".split()
)
_PRONOUN = re.compile(
    r"\b(?:it|its|it's|that|this|they|them|their|these|those|he|she|the (?:same|latter|former|first one|condition|problem|drug|medicine|side effect|thing)|that one|this one|such)\b",
    re.I,
)
# "how come its cheaper there": "it is", written in haste.
_ITS_MORE = re.compile(r"\bits(?= (?:so |much |a lot |far |way |that )*(?:\w+er|more|less)\b)", re.I)
_THAT_IS_REFERENCE = re.compile(
    r"\b(?:it's|its|it|they|them|these|those|that one|this one|that|this)\b(?!\s+(?:the|a|an|my|your|i|you|we|people|patients|doctors|lupus|car|illness|disease|therapy|treatment|kind|sort|way|whole)\b)",
    re.I,
)
OPENING = re.compile(
    r"^\s*(?:and|n|but|so|then|or|also|ok(?:ay)?|what about|how about|what of|&|only|just|especially|particularly|specifically)\b[\s,]*",
    re.I,
)
# Said before a question, and no part of it: "btw", "different thing:", "fair.", "one more question".
_PREAMBLE = re.compile(
    r"^(?:(?:btw|by the way|meanwhile|anyways?|fair(?: enough| point)?|ouch|wow|phew|hmm+|huh|ah|oh|right|alright|ok(?:ay)?|i see|got it|understood|makes sense|(?:ok(?:ay)? )+(?:got it|i see|understood|thanks|thank you|good)|"
    r"(?:sorry[,\s]+)?wrong (?:window|chat|person)|(?:a |an |one |just (?:a|one) )?(?:different|other|another|new|last|next|quick|more|further)(?: more| last| other| quick)? (?:thing|question|topic|subject|one)(?: quickly| quick| please| pls| pl[sz])?|"
    r"(?:to )?(?:change|changing) (?:of )?(?:the )?(?:subject|topic))(?:\s*[,.:;!…-]+\s*|\s+(?=btw\b|by the way\b))|btw\s+|by the way\s+)+(?=\S+\s+\S)",
    re.I,
)
_EXCUSE = re.compile(
    r"[\s,.;(!]{1,4}(?:this|sorry|my|the|stupid|damn|auto\w*|keyboard|phone|fingers?|fat|typo|oops|ups|lol|hate)\b.*$",
    re.I | re.S,
)
# How it is to be told, not what: "explain like to a child how CAR-T works".
_TELLS_HOW = re.compile(r"\b(?:explain|tell|say|describe|put)\b|\bfor (?:dumm|idiot|beginner)", re.I)
_LIKE_A_CHILD = re.compile(
    r"\s*\b(?:(?:like|as if) (?:to |for |i['’]?m |i am |i was |i were |she['’]?s |he['’]?s )?(?:an? )?(?:small |little |young )?"
    r"(?:child|kid|(?:5|five|6|six|10|ten)(?:[- ]?(?:years?|yrs?|yr)?[- ]?olds?)?)|for (?:dumm(?:y|ies)|idiots?|beginners?))\b",
    re.I,
)
# "going back to the cells, what do they look for?": the thing first, then the question on it.
_BACK_TO = re.compile(
    r"^(?:(?:ok|so|now|and|but|well|anyway|hm+|sorry|oh|wait|hang on|just)[\s,.]+)*(?:(?:let'?s |let me |can we |i want to |to )?(?:go|going|come|coming|get|getting) )?back to (?:the |your |my |this |that )?(?P<thing>[^,:;?.!]{2,40}?)\s*[,:;.-]\s+(?P<rest>\S.+)$",
    re.I | re.S,
)
# What a question is not about: "compare the two countries, not the price, what are they known for".
_LEFT_OUT = re.compile(
    r"(?:^\s*(?:no+[\s,.]+)?|(?P<open>\()|[,;-]\s*)(?:and |but |just |please )?(?:not|never mind|forget|leave (?:out|aside)|without) (?:about |for |on |in |by )?"
    r"(?:the |their |its )?(?:price|cost|money|bill)s?(?: (?:part|side))?\s*(?(open)\)|(?:[,;.-]\s*(?=\S)))",
    re.I,
)
# "how much us": the country, typed small where "us" is hardly we.
_SMALL_US = Guarded(
    "us", r"\b(?P<before>in the|in|the|than|vs|versus|how much|hw much|prices?)\s+us\b(?=\s*(?:[?.!,;]|$|(?:and|or|vs|for)\b))"
)
RESULTS_IN_CHINA = "china-guide#trials/early-remissions"
# "why do they need so much?", "why would they want all that": of what was told, whatever is much of it.
_WHY_NEEDED = re.compile(
    r"^(?:(?:and|but|so|ok(?:ay)?|hm+|oh)[\s,]+)*why (?:do|does|would|must|should|did) (?:they|it|he|she|we|i|you|one|(?:the )?doctors) "
    r"(?:need|want|ask for|require|check|have to (?:have|know|see|check)) (?:so (?:much|many)|all (?:that|this|of (?:it|that|them))|it|that|this|them|those)[\s?.!]*$",
    re.I,
)
# "why so long?", "why is that so important": the reason of what was just said.
_WHY_SO = re.compile(
    r"^(?:(?:and|but|so|ok(?:ay)?|hm+|oh)[\s,]+)*(?:why|y|how come)\s+(?:(?:is|are|was|does|do|did)\s+)?(?:(?:it|that|this|they|these|those|there)(?:['’]s)?\s+)?(?:(?:be|take|cost|last|all)\s+)?"
    r"(?:so|that|this|such)\s+(?:a\s+)?(?:\w+\s+)?(?P<word>\w+)[\s?.!]*$",
    re.I,
)
_ORDINAL = re.compile(
    r"\b(?:number|no\.?|nr\.?|nummer|phase|stage|step)\s*(?P<digit>[1-4]|one|two|three|four)\b|#(?P<hash>[1-4])\b|"
    r"\bthe\s+(?P<alone>first|1st|second|2nd|third|3rd|fourth|4th|last|latter|former)(?:\s+of (?:my|the|these|those|them|our)(?: (?:two|three|four|five|list|ones))?\b)?(?=\s*(?:[,.?!]|$|is\b|are\b|does\b|do\b|has\b|how\b|what\b|scares?\b|worr\w+|sounds?\b|then\b|please\b|pls\b))|"
    r"\b(?:the\s+)?(?P<n>first|1st|second|2nd|third|3rd|fourth|4th|last|latter|former|middle)\s+"
    r"(?:one|stage|phase|step|thing|drug|medicine|point|group|part|side effect|risk|problem|country|place|option|symptom|sign|benefit|way)\b"
    r"(?!\s+(?:of|in|to|for|i|we|they|that|who)\b)",
    re.I,
)
MIDDLE = -9
_PLACE_IN_ORDER = {
    "middle": MIDDLE,
    "first": 0,
    "1st": 0,
    "former": 0,
    "second": 1,
    "2nd": 1,
    "third": 2,
    "3rd": 2,
    "fourth": 3,
    "4th": 3,
    "last": -1,
    "latter": -1,
    **{word: number for number, words in enumerate(("1 one", "2 two", "3 three", "4 four")) for word in words.split()},
}
_TELLS = re.compile(r"\b(?:tell|more|explain|about|details?)\b", re.I)
# What is left of "the second one, tell me more": nothing but the wish to hear of it.
_ONLY_OF_IT = frozenset(
    "and the about on of what how is was that it me tell more explain please pls say something a bit little details detail again which who then so ok".split()
)
_BARE = {
    "why": re.compile(r"^(?:(?:and|but|so|ok(?:ay)?|hm+|oh|really)[\s,?]+)*(?:why(?: not| is (?:that|this|it)| so| though| exactly| on earth| the hell)?|how come(?: not)?|what(?:'s| is) the reason|for what reason|y|y tho|wy)[\s?.!]*$", re.I),
    "how": re.compile(r"^(?:(?:and|but|so|ok(?:ay)?|hm+)[\s,?]+)*(?:how(?: exactly| so| does (?:that|this|it) work| is (?:that|this|it) done| do(?:es)? (?:that|it|one|i|we) (?:work|do (?:that|it|this)|go about (?:that|it)))?|in what way|by what means|hw)[\s?.!]*$", re.I),
    "then": re.compile(r"^(?:(?:and|but|so|ok(?:ay)?)[\s,?]+)*(?:(?:what(?:'s| is| comes| happens)?\s+)?(?:then|next|after(?:wards?)?(?: that| this| it)?|later(?: on)?|comes? (?:next|after(?: that)?|later)|follows|(?:is )?(?:the |my |our )?next (?:step|stage|phase|thing)|(?:the )?(?:step|phase|stage|part) after (?:this|that|it)(?: one)?)(?:[\s,]+(?:then|i mean|long[ -]term|what))*|and (?:then|after)|long[ -]term)[\s?.!]*$", re.I),
    "meanwhile": re.compile(r"^(?:(?:and|but|so|ok(?:ay)?|what about|what)[\s,?]+)*(?:(?:un)?til+ (?:then|that|it does)|(?:in the )?mean ?(?:while|time)|in between|up to then)[\s?.!]*$", re.I),
    "who": re.compile(r"^(?:(?:and|but|so|ok(?:ay)?)[\s,?]+)*(?:who|by whom|who (?:does|decides|do)(?: (?:that|it|this))?)[\s?.!]*$", re.I),
    "where": re.compile(r"^(?:(?:and|but|so|ok(?:ay)?)[\s,?]+)*(?:where|in which (?:country|place)s?|where is (?:that|it|this)|whereabouts)[\s?.!]*$", re.I),
    # of what is over
    "where_was": re.compile(r"^(?:(?:and|but|so|ok(?:ay)?)[\s,?]+)*(?:where (?:was|were) (?:that|it|this|they|those|these)(?: (?:people|patients|studies|ones))?(?: (?:done|made|seen))?|(?:in )?(?:which|what) (?:country|place) (?:was|is|were|are) (?:that|it|this|those|these)(?: (?:from|in|of|done|made|seen))?)[\s?.!]*$", re.I),
    "when": re.compile(r"^(?:(?:and|but|so|ok(?:ay)?)[\s,?]+)*(?:when|when (?:is|does|was) (?:that|it|this)|how soon)[\s?.!]*$", re.I),
    "join": re.compile(r"^(?:(?:and|but|so|ok(?:ay)?|then)[\s,?]+)*(?:how|where)\s+(?:do|can|could|would|should|to)\s*(?:i|we|you|u|people|they|patients|one|someone|she|he|my \w+)?\s*(?:join|enrol+|apply|sign (?:up|on)|get (?:in|on|started)|start|begin|take part|participate|go about (?:it|that|this))(?:\s+(?:(?:in|for|with|on)\s+)?(?:it|them|this|that|one|one of (?:them|those|these)))*(?:\s+(?:then|now|please|pls))?[\s?.!]*$", re.I),
}  # fmt: skip
_WHICH_COUNTRIES = re.compile(
    r"^(?:(?:and|but|so|ok(?:ay)?)[\s,]+)*(?:in )?(?:which|what) (?:countr(?:y|ies)|places?)[\s?.!]*$", re.I
)
_WHICH_ONES = re.compile(
    r"^(?:(?:and|but|so|ok(?:ay)?)[\s,]+)*(?:which|what) (?:ones?|kinds?|types?|sorts?)(?: (?:exactly|then|of (?:them|those)))?[\s?.!]*$",
    re.I,
)
_THE_SAME = re.compile(r"\bsame (?:story|deal|thing|picture|situation|case|there)\b")  # "and in China, same story?"
_MEANT = re.compile(
    r"^(?:(?:no+|nope|nah|sorry|oops|ups|wait|ah|oh|hm+|actually|well)[\s,.!-]+)*"
    r"(?:(?:i|we) (?:(?:mean[t]?|was (?:asking|talking|thinking|meaning)|am (?:asking|talking|meaning))(?: about| for| of)?|want(?:ed)? to (?:know|ask|say|hear)(?: about| for| of)?)|i said|make that|that should be|rather|not that[,.]?)\s*[,:]?\s+(?P<rest>\S.*)$",
    re.I | re.S,
)
# "I mean china not chian, big fingers sorry"; what comes after it is no part of what is meant.
_BUT_NOT = re.compile(r"[\s,]+(?:and |but )?not (?:for |in |about |the )*[\w'-]+\b.*$", re.I | re.S)
# The same the other way round: "oh no, wrong, Turkey I wanted to write!"
_MEANT_AFTER = re.compile(
    r"^(?:(?:no+|nope|nah|sorry|oops|ups|wait|ah|oh|hm+|actually|well|wrong|not that|typo)[\s,.!-]+)*(?P<rest>\S.{0,60}?)(?<!\bnot)(?<!n['’]t)(?<!\bwhat)[\s,.]+"
    r"(?:that(?:['’]s| is| was) |is |was |['’]s )?(?:what )?(?:i|we)(?: (?:meant?|wanted(?: to (?:write|say|type|ask))?|was (?:asking|talking)(?: about)?)|(?:['’]m| am) (?:asking|talking)(?: about)?)[\s.!]*$",
    re.I | re.S,
)
_STAR = re.compile(r"^\s*\*+\s*(?P<rest>[^*]+?)\s*\**\s*$|^\s*(?P<rest2>[^*]+?)\s*\*\s*$")
# "what are the mild signs?": a side of something that was named before.
_BARE_FACET = re.compile(
    r"^(?:(?:and|so|but|ok)[\s,]+)?(?:(?:what|which|tell me|any)\s*(?:are|is|'s|were)?\s*)?(?:the|its|any|some|their)?\s*(?:\w+\s+)?"
    r"(?:signs?|symptoms?|causes?|treatments?|warning signs?|remed(?:y|ies)|therapy for|management|prevention|onset|duration|outlook|prognosis|frequency)(?:\s+(?:then|exactly|like))?[\s?.!]*$",
    re.I,
)
# A side of what was just told, and nothing else: "for how long", "what helps", "is that normal".
_ONLY_A_FACET = re.compile(
    r"^(?:(?:and|but|so|ok(?:ay)?|hm+)[\s,]+)*(?:for )?(?:how (?:long|often|soon|bad|serious|common|likely|dangerous)(?:\s+(?:is|does|did|was|will|would|can)\s+(?:it|that|this|they)(?:\s+(?:last|take|go on|happen|hold|be|get))?)?"
    r"|how (?:is |are |to be |to )?(?:it |that |they |this )?(?:treat(?:ed)?|managed?|handled?|cured?|prevent(?:ed)?|avoid(?:ed)?|recogni[sz]ed?|noticed?)"
    r"|what (?:helps|helped|can (?:be done|they do|one do)|do they do|do they give|is done|is given)(?:\s+(?:then|against (?:it|that)|about (?:it|that)|for (?:it|that)))?"
    r"|is (?:it|that|this) (?:common|rare|normal|usual|serious|bad|dangerous|reversible|permanent|deadly|frequent))[\s?.!]*$",
    re.I,
)
_NOT_PLACE = re.compile(r"^(?:no+|nope|sorry|i mean[t]?|ah)?[\s,.]*not (?:in |for |about |the )*(?P<rest>.+)$", re.I)
# "the general criteria, not china"
_NOT_THERE = re.compile(r"^(?P<rest>.+?)[\s,]+(?:but )?not (?:in |for |about |the )*(?P<place>[\w ]+?)[\s.!]*$", re.I)
# "and outside China?": what the guide on all countries says.
_OUTSIDE = re.compile(
    r"^(?:(?:and|but|so|or|what about|how about|how is it|what is it like)\s+)*(?:(?:outside|beyond|apart from|except|besides|other than)(?: of)?\s+(?P<place>.+?)|(?:in )?(?:other|different) (?:countries|places)|elsewhere|anywhere else)[\s?.!]*$",
    re.I,
)
_WRONG_PLACE = re.compile(r"\b(?:wrong|not that) (?:country|place|one)\b", re.I)
_GENERAL = re.compile(
    r"\b(?:in general|general(?:ly)?|overall|anywhere|(?:in )?(?:the )?(?:whole )?world|worldwide|globally|everywhere|not just there|elsewhere)\b",
    re.I,
)
_COMPARES = re.compile(
    r"\b(?:cheaper|dearer|pricier|(?:more|less) expensive|compared?|comparison|versus|vs|than|difference|differ|against)\b", re.I
)
_THAN = re.compile(r"\bthan\b", re.I)
# Words for what is to be paid, idioms included.
PRICES = re.compile(
    r"\b(?:costs?|costing|pri[cs]es?|priced|pricing|pric|invoice|bills?|che+a?p\w*|expensive|dear(?:er|est)?|pay|paying|quote|fees?|afford\w*|how much|hw much|"
    r"(?<!value for )(?<!for my )(?<!for our )(?<!for the )money|dollars?|usd|bucks|euros|price tag|set (?:me|us|you|him|her|one|people|somebody|a family) back|(?:fork|shell|cough) (?:out|up)|an arm and a leg|a fortune)\b|\$",
    re.I,
)
# How far CAR-T for lupus is somewhere: approved, or still in trials.
STATUS = re.compile(
    r"\b(?:approv(?:ed|al)|ap+rov\w*|authori[sz]ed|licen[sc]ed|legal(?:ly)?|experimental|outside (?:of )?(?:an? )?(?:clinical )?trials?|"
    r"(?:still|only|just|more than|finished|past) (?:(?:in|an?|the|for|as|part of|under|product) ){0,3}(?:clinical )?(?:trials?|stud(?:y|ies)|experiment\w*|testing)|"
    r"(?:regular|normal|standard|routine) (?:treatment|therapy|care|medicine))\b",
    re.I,
)
_THERE = re.compile(
    r"\b(?:over )?there\b(?!\s+(?:is|are|was|were|any|be|a|an|no|some|must|might|may|should|could|can|has|have|will|would|seems?)\b)",
    re.I,
)
# "its price again?" when the place was talked about some turns ago
_ITS_PRICE = re.compile(r"\b(?:its|their) (?:price|cost|bill)s?(?: again)?\b", re.I)
# "which one is cheaper of them 2"
_CHEAPER_OF_THEM = re.compile(
    r"\b(?:which|wich|whitch|who|what)\b(?: (?:one|1))?(?: is| was|'s)?(?: the)? (?:\w+ )?(?:che+a?p\w*|dear\w*|expens\w*|pric\w*|cost\w*|low\w*|high\w*)\b.*"
    r"\b(?:of )?(?:them|dem|the two|the 2|these|those|both|two|2)\b|\bof (?:them|dem|the two|the 2|these|those)\b.*\b(?:che+a?p\w*|dear\w*|expens\w*|pric\w*|cost\w*)\b",
    re.I,
)


def without_preamble(text: str) -> str:
    """A message without what is no part of its question: "btw who won?" is "who won?"; unchanged if nothing is left.

    A "us" that is the country ("how much us") is written large.
    """
    shorter = _LEFT_OUT.sub(" ", _PREAMBLE.sub("", _SMALL_US.sub(r"\g<before> US", text.strip()))).strip()
    if shorter.startswith("*"):  # "*hospital stay, this keyboard hates me"
        shorter = _EXCUSE.sub("", shorter)
    plainly = _LIKE_A_CHILD.sub(" ", shorter).strip(" ,") if _TELLS_HOW.search(shorter) else ""
    shorter = plainly if len(plainly.split()) > 2 else shorter
    back = _BACK_TO.match(shorter)
    if back:
        return f"{back['thing'].strip()}: {back['rest'].strip()}"
    return shorter or text


@dataclass(frozen=True)
class Leaning:
    """One way to read a message by what came before.

    Attributes:
        kind: "place", "compare", "ordinal", "referent", "bare", "ellipsis".
        text: The message as it would stand alone.
        target: Passage id that a bare follow-up leads to, or empty.
        facet: What a bare follow-up asks ("why"), "general" for no place in particular, or empty.
    """

    kind: str
    text: str
    target: str = ""
    facet: str = ""


def meant_instead(text: str) -> str:
    """What is left of "no, I meant recovery" or "*risks"; empty if the message corrects nothing."""
    match = _MEANT.match(text.strip()) or _MEANT_AFTER.match(text.strip())
    if match:
        rest = match["rest"].strip()
        return _BUT_NOT.sub("", rest) or rest
    star = _STAR.match(text)
    return (star["rest"] or star["rest2"] or "").strip() if star and len(text.split()) <= 5 else ""


def lean(text: str, parse: Parse, context: Context, knowledge: Knowledge, places: Places) -> Leaning | None:
    """Read a message by what came before.

    Args:
        text: As typed, without a correction's opening.
        parse: Its understanding without context.
        context: Of the conversation.
        knowledge: The passages.
        places: Finds countries.

    Returns:
        The reading, or None if the message stands alone.
    """
    if not context.section:
        return None
    stripped = text.strip()
    found = places.find(stripped)
    for read in (
        _read_bare,
        _read_facet,
        _read_ordinal,
        _read_places,
        _read_comparison,
        _read_referent,
        _read_there,
        _read_ellipsis,
    ):
        leaning = read(stripped, found, parse, context, knowledge, places)
        if leaning is not None:
            return leaning
    return None


def _read_bare(
    text: str, found: list[str], parse: Parse, context: Context, knowledge: Knowledge, places: Places
) -> Leaning | None:
    seen = knowledge.follow_up(context.passages[0] if context.passages else context.section, "where_was")
    facet = next((name for name, pattern in _BARE.items() if pattern.match(text)), "")
    if not facet and seen and _WHICH_COUNTRIES.match(text):
        facet = "where_was"  # of what was seen there; else where the treatment can be had
    asks_why = _WHY_SO.match(text) or _WHY_NEEDED.match(text)
    if not facet and (asks_why or (parse.intent == "ask_why" and len(text.split()) <= MAX_LEANING_WORDS)):
        facet = "why"
    if not facet:
        return None
    on_prices = facet == "why" and context.section.endswith("#countries") and PRICES.search(context.question)
    told = PRICES_OF_COUNTRIES if on_prices else context.passages[0] if context.passages else context.section
    target = knowledge.follow_up(told, "where" if facet == "where_was" else facet)
    if facet == "where_was" and seen:
        target = RESULTS_IN_CHINA if "china" in context.countries else seen
    elif facet == "where_was" and target.split("/")[0] != context.section and "/" in told:
        target = told  # where one may find a trial is not where those were
    if facet == "meanwhile" and not target:
        return None
    return Leaning("bare", f"{context.question} {text}", target, facet)


def _read_facet(
    text: str, found: list[str], parse: Parse, context: Context, knowledge: Knowledge, places: Places
) -> Leaning | None:
    """ "for how long?": the passage that was told answers, if one of its sentences is on that."""
    lead = knowledge.passages.get(context.passages[0] if context.passages else "")
    if lead is None or len(context.passages) > MOST_TOLD:
        return None
    if _WHICH_ONES.match(text):
        return Leaning("bare", f"{context.question} {text}", lead.id, "it")
    if not _ONLY_A_FACET.match(text):
        return None
    if context.referent and _THAT_IS_REFERENCE.search(text):
        return None  # the name stands in for "it"
    wanted = wanted_facets(text)
    if any(sentence.about in wanted for sentence in lead.sentences):
        return Leaning("bare", f"{context.question} {text}", lead.id, "it")
    return None


def _read_ordinal(
    text: str, found: list[str], parse: Parse, context: Context, knowledge: Knowledge, places: Places
) -> Leaning | None:
    """ "the second one, tell me more" after three phases; "how does the first one act" after three drugs of one passage."""
    match = _ORDINAL.search(text)
    if match is None or len(text.split()) > MAX_ORDINAL_WORDS:
        return None
    index = _PLACE_IN_ORDER[next(word for word in match.groupdict().values() if word).lower()]
    asked = (text[: match.start()] + text[match.end() :]).strip(" ,.?!-")
    only = all(word in _ONLY_OF_IT for word in re.findall(r"[a-z']+", asked.lower()))
    listed = [name for name in context.listed if name in knowledge.passages] or list(context.passages)
    if len(listed) == 1:
        slug = context.passages[0].partition("/")[2]
        terms = [knowledge.terms[name] for name in knowledge.passages[context.passages[0]].terms if name not in slug]
        kinds = [term.kind for term in terms if term.kind in TELLING_KINDS]
        names = [term.name for term in terms if kinds and term.kind == kinds[-1]]
        names = names if len(names) > 1 else _counted_up_in(knowledge.passages[context.passages[0]], knowledge)
    else:
        names = [knowledge.passages[name].title for name in listed]
    index = len(names) // 2 if index == MIDDLE else index
    if not -len(names) <= index < len(names) or len(names) < 2:
        return None
    asked_of = next((other for other in names if other != names[index] and other in context.question), "")
    if only and asked_of and not _TELLS.search(text):  # "the first one, what does it cost?" - "and the second?"
        return Leaning("ordinal", context.question.replace(asked_of, names[index]))
    if len(listed) > 1 and only:
        return Leaning("bare", context.question, listed[index], "it")
    name = names[index]
    if match["alone"] and (later := sentences_of(text)[1:]):  # "the latter scares me. what signs?"
        return Leaning("ordinal", f"{name}: {' '.join(later)}")
    return Leaning("ordinal", f"what is {name}?" if only else OPENING.sub("", text[: match.start()] + name + text[match.end() :]))


def _counted_up_in(passage: Passage, knowledge: Knowledge) -> list[str]:
    """The complications that a sentence of a passage counts up, in its order: "the first one" is of these; empty if it counts none."""
    of_kind = [term for term in knowledge.terms.values() if term.kind == "complication"]
    for sentence in passage.sentences:
        found = {}
        for term in of_kind:
            places = (re.search(rf"\b{re.escape(word)}\b", sentence.text, re.I) for word in (term.name, *term.synonyms))
            found[term.name] = min((place.start() for place in places if place), default=-1)
        names = sorted((place, name) for name, place in found.items() if place >= 0)
        if len(names) > 2:
            return [name for _, name in names]
    return []


def names_places_only(text: str, places: Places) -> bool:
    """True for "and what in South Korea?": a place, and no question of its own."""
    return bool(places.find(text)) and not _content_words(places.without(text))


def _content_words(text: str) -> list[str]:
    text = _THE_SAME.sub("same", text.lower())
    return [word for word in re.findall(r"[^\W_]+(?:['’][^\W_]+)?", text) if word not in _EMPTY]


def _read_places(
    text: str, found: list[str], parse: Parse, context: Context, knowledge: Knowledge, places: Places
) -> Leaning | None:
    """ "and in China?": the last question, there; "not china, in general": the last question, nowhere in particular."""
    if len(found) == 1 and context.countries and found[0] not in context.countries and _THAN.search(text):
        return None  # "and than Korea?" compares
    negated = _NOT_PLACE.match(text)
    general = bool(_GENERAL.search(text)) and not _content_words(places.without(_GENERAL.sub(" ", text)))
    base = places.without(context.question).rstrip(" ?.!")
    outside = _OUTSIDE.match(text)
    section = context.section.partition("#")[2]
    everywhere = f"sle-guide#{section}" if section != "overview" and f"sle-guide#{section}" in knowledge.sections else ""
    there = (_same_in("sle-guide", context, knowledge) or f"{everywhere}/all") if everywhere else ""
    if there and outside and (found or not outside["place"]):
        return Leaning("place", f"{base} in general?", there, "general")
    away = _NOT_THERE.match(text)
    if there and away and _GENERAL.search(away["rest"]) and places.find(away["place"]):
        return Leaning("place", f"{base} in general?", there, "general")
    if ((negated and found) or general) and len(text.split()) <= MAX_LEANING_WORDS and (general or _GENERAL.search(text)):
        return Leaning("place", f"{base} in general?", there if context.section.startswith("china-guide#") else "", "general")
    wrong = len(found) == 1 and _WRONG_PLACE.search(text) is not None
    if not found or (_content_words(places.without(text)) and not wrong):
        return None
    if negated and len(found) > 1:
        found = found[1:]
    names = " and ".join(knowledge.terms[name].name for name in found)
    if section == "cost" and not PRICES.search(base) and not any(knowledge.terms[name].kind == "country" for name in found):
        base = "what does it cost"  # "why is it so much less there?", "and in Brazil?": no price to give a reason for
    return Leaning("place", f"{base} in {names}?", target=_same_matter_at(found, context, knowledge))


def _same_in(document: str, context: Context, knowledge: Knowledge) -> str:
    """The passage of a document that says the same as the one told, or differs from it; empty if there is none."""
    told = knowledge.passages.get(context.passages[0] if context.passages else "")
    if told is None or len(context.passages) > MOST_TOLD:
        return ""
    return next((name for name in (*told.differs_from, *told.same_as) if name.startswith(f"{document}#")), "")


def _same_matter_at(found: list[str], context: Context, knowledge: Knowledge) -> str:
    """The label of what was talked about, at other places: prices, a country's own passage, the guide on China; else empty."""
    document, _, section = context.section.partition("#")
    if section == "cost" and STATUS.search(context.question):  # how far it is in the West stands beside the prices there
        return NOT_APPROVED if found == ["china"] else ""
    if section == "cost" or (section == "countries" and PRICES.search(context.question)):
        return "sle-guide#cost/all"
    if section == "countries":
        own = f"sle-guide#countries/{found[0]}"
        return own if own in knowledge.passages else ""
    other = f"china-guide#{section}"
    if found == ["china"] and document == "sle-guide" and other in knowledge.sections and section != "overview":
        return _same_in("china-guide", context, knowledge) or f"{other}/all"
    return ""


def _read_comparison(
    text: str, found: list[str], parse: Parse, context: Context, knowledge: Knowledge, places: Places
) -> Leaning | None:
    """ "is it cheaper than the US?" after Germany; "which is cheaper of the two" after two places."""
    if not found and len(context.all_countries) > 1 and len(context.countries) < 2 and _CHEAPER_OF_THEM.search(text):
        names = " or ".join(knowledge.terms[name].name for name in context.all_countries[-2:])
        return Leaning("compare", f"which is cheaper, {names}?", "sle-guide#cost/all")
    if len(found) != 1 or not context.countries or found[0] in context.countries or not _COMPARES.search(text):
        return None
    if len(text.split()) > MAX_LEANING_WORDS:
        return None
    before = knowledge.terms[context.countries[0]].name
    if _ITS_MORE.search(text):
        return Leaning("compare", _ITS_MORE.sub(f"{before} is", text, count=1))
    if _PRONOUN.search(text):
        return Leaning("compare", _PRONOUN.sub(before, text, count=1))
    topic = "cost " if context.section.endswith(("#cost", "#countries")) else ""
    return Leaning("compare", f"{topic}{before} {OPENING.sub('', text)}")


def _read_referent(
    text: str, found: list[str], parse: Parse, context: Context, knowledge: Knowledge, places: Places
) -> Leaning | None:
    """ "how is that treated?" after CRS."""
    own = [term for kind, term in parse.terms if kind in TELLING_KINDS]
    if not context.referent or own or len(text.split()) > MAX_LEANING_WORDS:
        return None
    name = knowledge.terms[context.referent].name
    pronouns = list(_THAT_IS_REFERENCE.finditer(text))
    # "how do they prevent them": they are the doctors
    match = next((m for m in pronouns if m.group().lower() != "they"), None)
    if pronouns and match is None:
        return None
    if match:
        possessive = match.group().lower() in ("its", "their")
        replaced = f"{name}'s" if possessive else f"{name} is" if match.group().lower() == "it's" else name
        return Leaning("referent", OPENING.sub("", text[: match.start()] + replaced + text[match.end() :]))
    bare_facet = _BARE_FACET.match(text) is not None
    asked = OPENING.sub("", text).rstrip(" ?.!")
    leans = bare_facet or is_only_a_facet(text) or (bool(OPENING.match(text)) and len(asked.split()) <= MAX_ELLIPTIC_WORDS)
    return Leaning("ellipsis", f"{asked} of {name}?" if bare_facet else f"{name}: {asked}") if leans else None


def _read_there(
    text: str, found: list[str], parse: Parse, context: Context, knowledge: Knowledge, places: Places
) -> Leaning | None:
    """ "who can help with the language there?" after China."""
    talked_about = (*context.all_countries, *context.countries)
    if not found and talked_about and _ITS_PRICE.search(text):
        return Leaning("place", f"what is the price in {knowledge.terms[talked_about[-1]].name}?")
    if found or not context.countries or not _THERE.search(text):
        return None
    name = knowledge.terms[context.countries[0]].name
    return Leaning("place", _THERE.sub(f"in {name}", text, count=1))


def _read_ellipsis(
    text: str, found: list[str], parse: Parse, context: Context, knowledge: Knowledge, places: Places
) -> Leaning | None:
    """ "for how long?": a side alone, of what the last question was about."""
    if not context.question or not is_only_a_facet(text) or _PRONOUN.search(text):
        return None
    return Leaning("ellipsis", f"{context.question.rstrip(' ?.!')}: {OPENING.sub('', text)}")


def is_only_a_facet(text: str) -> bool:
    """True for "for how long?", "is that common": a side of something that must have been named before."""
    return _ONLY_A_FACET.match(text.strip()) is not None


def is_bare(text: str) -> bool:
    """True for a question that names nothing: "why so long?", "is that common"."""
    text = text.strip()
    return any(p.match(text) for p in (_WHY_SO, _WHY_NEEDED, _ONLY_A_FACET, *_BARE.values()))


# Terms of these kinds say what a question is about; a country or an organ alone does not.
TELLING_KINDS = frozenset({"drug", "complication", "symptom", "institution", "cell", "infection", "measure"})
