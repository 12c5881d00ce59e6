"""Cut a message into the questions it asks, where it may ask more than one."""

from __future__ import annotations

import re
from functools import lru_cache

from dialogue.guarded import Guarded, forget_words

MIN_WORDS = 2
MAX_KEYWORDS = 3  # "visa stuff" asks by itself, without a verb
MAX_SEGMENTS = 5
MAX_KEYWORD_WORDS = 5  # between the commas of a list of keywords
MAX_KEYWORD_MESSAGE = 12
_WH = r"(?:what|what's|whats|wat|wats|wots|wot|how|how's|hows|hw|who|who's|whos|whose|where|where's|wheres|wher|when|wen|why|y(?= (?:do|does|is|are|r|did|so|not|dont|would|can|cant|has|have|wont|only)\b)|which|wich|whitch|witch|whether|in which|on what|at what|for how|by whom)"
# "and can they ...", not "and can not sleep": a verb opens a question only before its subject.
_VERBS = (
    r"(?:(?:can|could|cud|do|does|dose|did|is|are|will|wil|would|wud|should|shud|shall|must|has|have|hav|may|might)\s+(?:i|we|you|u|they|thay|he|she|it|there|ther|the|this|that|these|"
    r"those|its|their|your|his|her|my|our|a|an|any|people|patients|one|someone|somebody|doctors?|hospitals?|clinics?|china|turkey|korea|germany|asia|lupus|car)\b"
    # before a noun of any name: "and do kidneys need to be fine", "and might CAR-T help"; "is" and "are" only in what ends as a question
    r"|(?:do|does|did|must|should|can|could|will|would|might|may)\s+(?!(?:not|be|so|have|go|get|hardly|barely|only|never|no|also|still|even|just|always|really|then|now)\b|n['’]?t\b)[^\W\d_]{3,}\S*\s"
    r"|(?:is|are)\s+(?!(?:not|very|so|still|always|now|also|really|just|too|quite|getting|in|on|at|going|afraid|scared|sick|ill|tired)\b)[^\W\d_]{3,}\s+\w+(?=[^.?!]*\?))"
)
# Words that begin a statement on oneself or on somebody spoken of.
ONESELF = r"(?:i|i['’]?m|i['’]?ve|my|we|we['’]?re|our|he|she|his|her)"
_TELL = r"(?:tell (?:me|us)|gimme|show me|explain|describe|list (?:the|all|me)|name (?:the|all|me|some|a few)|say (?:if|whether|how|what|why|which|when)|give me|let me know)"
_OPENERS = rf"(?:{_WH}\b|{_VERBS}|(?:also|(?:after|aftr|before|befor|until|since) (?:how|hw|what|which|wich)|{_TELL}|roughly|if (?:so|not|yes|no|it isn'?t|it is|it['’]?s|thats|(?:i|we|she|he|they) (?:am|are|is|get|gets) (?:chosen|accepted|taken|selected|in)|the|a|an|one|someone|somebody|they|he|she|it)\b)\b)"
_STARTS = rf"(?:{_WH}|(?:in|on|at|for|by|to|with|between) (?:which|what|whom)|also|{_TELL}|any|can|cn|could|cud|do|does|dose|did|is|are|was|were|will|wil|would|wud|should|shud|shall|must|may|might|has|have)\b"
# "... ? and ..." and sentence ends, whatever letter follows; a decimal point has no space after it, "e.g." ends no sentence.
_SENTENCE = re.compile(r"(?<=[?!])\s+|(?<=[a-z)][.])(?<!e\.g\.)(?<!i\.e\.)(?<!\bdr\.)(?<!\bvs\.)\s+(?=[a-z\"'(])|\n+", re.I)
_JOINT = Guarded(
    "and an nd n plus also but then as",
    r"(?:\s*(?:[,;:]|\.{2,}|…)\s*|\s+)(?:and|an|nd|n|&|\+|plus|also|but|then|as well as)\s+(?:also\s+|then\s+|secondly\s+)?(?="
    + _OPENERS
    + r"|(?:for|from|to|with|of|against|by|in|on|at|after|before|until|through|between) (?:which|what|whom)\b)|"
    # signs that stand for a line's end: "low counts how long // IVIG why"
    r"\s*(?://+|\||,{2,}|•|·|(?<=[a-z?])\s[+/](?=\s[a-z]))\s*(?:(?:and|an|nd|n|&)\s+)?|"
    # "how does one find a trial, and they accept teenagers?"
    r"(?<=[a-z]),\s+and\s+(?=(?:they|thay|one|people)\s+(?:also\s+)?(?:accept|take|give|let|allow|test|check|treat|want|need|ask|pay|speak|use|keep|admit)\b[^?.!,]*\?\s*$)|"
    # "first what does it cost, second which papers"
    r"\s*[,;]\s*(?:and\s+)?(?:second|third|fourth|2nd|3rd|4th|final|last)(?:ly)?\b[,:]?\s+(?=" + _OPENERS + r")|"
    # "my husband wants to know the price, I want to know how long it takes"
    r"\s*[,;]\s*(?:(?:and|but)\s+)?(?=(?:me,? )?(?:i|we|he|she|they|my \w+|the \w+|mum|mom|dad) (?:also |just |only )?wan(?:t|ts|ted|na) (?:to )?know\b)|"
    r"\s*(?:[,;]|\.{2,}|…)\s*(?=" + _OPENERS + r")|\s*;\s*|\s+(?:plus|as well as|and also)\s+|\s+also\s+(?=" + _OPENERS + r")",
    signs=",;:.…|•·/+&",
)
# Two things without a second question word: "price in china and who qualify", "the risks and the recovery".
_LOOSE = re.compile(r"\s*,?\s+(?:and|an|nd|n|&|\+|plus)\s+", re.I)
_LOOSE_OR_COMMA = re.compile(rf"{_LOOSE.pattern}|\s*[,;]\s+", re.I)
_LEADING = re.compile(
    r"^(?:and|also|but|so|then|plus|(?:first|1st|second|third)(?:ly)?(?= *[,:]| (?:what|how|who|which|where|when|can|is|do|does)\b)|"
    r"(?:(?:i|we)(?:['’]d| would|['’]ve| have)?(?: like| want| wish| need| got)?(?: to (?:know|understand|ask|learn|hear)(?: about)?)? )?"
    r"(?:two|2|three|3) (?:things?|questions?))\b[,.:;]?\s*",
    re.I,
)


def _clean(piece: str) -> str:
    piece = piece.strip(" \t,;:-")
    shorter = _LEADING.sub("", piece)
    return shorter if re.search(r"\w", shorter) else piece  # "and then?" is not "?"


# "1) how does it work 2) who can get it", "(a) ... (b) ...": each number begins a line.
_NUMBER = re.compile(r"(?:^|(?<=\s))\(?(?P<mark>[1-5a-e])[.)]\s+(?=\S)", re.I)
_COUNTED = (["1", "2"], ["a", "b"])


def sentences_of(text: str) -> list[str]:
    """The sentences of a message, without empty ones; what is numbered counts as one each, without its number."""
    return list(_sentences(text))


@lru_cache(maxsize=16)  # a turn asks for those of the same text a dozen times
def _sentences(text: str) -> tuple[str, ...]:
    numbered = [found["mark"].lower() for found in _NUMBER.finditer(text)][:2] in _COUNTED
    pieces = [piece for piece in (_clean(s) for s in _SENTENCE.split(_NUMBER.sub("\n", text) if numbered else text)) if piece]
    # "3) price": a word with a number before it is a question
    return tuple(f"{piece}?" if numbered and re.fullmatch(r"\w+", piece) else piece for piece in pieces)


def segments_of(text: str) -> list[str]:
    """The parts of a message that may each ask something, in order; one part if it cannot be cut.

    Cutting is generous: the caller keeps a cut only where the parts turn out to ask different things.
    """
    return list(_segments(text))


@lru_cache(maxsize=16)
def _segments(text: str) -> tuple[str, ...]:
    pieces = _keep_names(
        [piece for sentence in sentences_of(text) for piece in (_clean(p) for p in _JOINT.split(sentence)) if piece]
    )
    long_enough = [p for p in pieces if len(p.split()) >= MIN_WORDS or p.endswith("?")]
    return tuple(long_enough[:MAX_SEGMENTS]) if len(long_enough) > 1 else (text.strip(),)


def forget_texts() -> None:
    """Forget the texts that were cut: nothing of a turn stays."""
    forget_words()
    _sentences.cache_clear()
    _segments.cache_clear()


# A single word that is no name of what the next piece asks.
_NO_SUBJECT = frozenset(
    """hi hello hey dear ok okay so well and but also then please pls plz thanks thank sorry yes no hm hmm lol btw now plus first second
    secondly firstly finally lastly""".split()
)


def _keep_names(pieces: list[str]) -> list[str]:
    """ "JCI, what is that": a single word is what the next piece speaks of."""
    kept: list[str] = []
    name = ""
    for piece in pieces:
        kept.append(f"{name}, {piece}" if name else piece)
        alone = len(piece.split()) < MIN_WORDS and piece[-1] not in "?!." and piece.lower() not in _NO_SUBJECT
        name = piece if alone and not name else ""
    return kept


# Opens a clause that sets the scene for the question after it: "for the trials in China, what do they ask?"
_BEFORE_A_THING = r"for|in|on|about|with|without|regarding|concerning|as for|between|compare|besides|apart from|aside from|other than|except|unlike|instead of|along with|next to|beyond"
_SCENE = re.compile(
    rf"^(?:(?:{_BEFORE_A_THING})(?!\s+(?:which|what|how|whom|whose)\b)|as|when(?!\s+{_VERBS})|if|after|before|since|because|while|given|once)\b",
    re.I,
)
# "before we start dreaming: what does it cost": the scene and the question in one piece.
_ASKS_WITHIN = re.compile(rf"[,:]\s+(?:{_WH}\b|{_VERBS})|^(?:{_BEFORE_A_THING})\s+\S+\s+(?:{_WH}\b|{_VERBS})", re.I)
# "In China the trial is free": what opens like a scene is a clause of its own if it has a verb.
_PLACES_SCENE = re.compile(rf"^(?:{_BEFORE_A_THING})\b", re.I)
_HAS_VERB = re.compile(
    r"\b(?:is|are|was|were|can|could|do|does|did|will|would|has|have|must|needs?|costs?|pays?|takes?|gets?)\b", re.I
)
# "X here and X there, what is the difference?": the end says how the two are asked about, not what.
_COMPARES = re.compile(
    r"\s*[,.;:?-]+\s*(?:and\s+)?(?:wh?at(?:'?s| is| are)? the dif+er?[ea]n[cs]e?s?|how (?:do|does|are|is) (?:they|it|these|both|the two) (?:compare|compared?|differ\w*)"
    r"|(?:please )?compare(?: them| both| the two)?|which (?:one )?is (?:better|best)|is there an? dif+er?[ea]n[cs]e|any dif+er?[ea]n[cs]e)\s*(?:between them|then|please)?[\s?.!]*$",
    re.I,
)
# "placidway what do they do for the trip": what is asked about comes first, then the question.
_NAMED_FIRST = rf"(?!(?:{ONESELF}|they|their|it|that|this|to|and|not|if|as|is|was)\b)[\w'-]+(?:\s+[\w'-]+)?,?\s+" + (
    r"(?:(?:what|how|where|when|who|why)\s+(?:do|does|did|is|are|can|could|will|would|much|many|long)|(?:what|who|how|where)['’]?s)\b"
)
# "aftr they let me out how long must i stay": a question in the order of one, wherever it begins; "be straight with me: can ...".
_ASKS_AT_LAST = (
    r"\b(?:how (?:long|much|many|soon|often)|what|who|where|when|why)\s+(?:must|can|do|does|did|is|are|will|should|would)\s+(?:i|we|you|u|they|he|she|it|the|my)\b"
    # "after putting them in how many weeks must stay"
    r"|\bhow (?:many|much)\s+\w+\s+(?:must|can|do|does|will|should|would|need|have to)\b"
    rf"|:\s+(?:{_WH}\b|{_VERBS})"
    # "early on, to what kinds of germs ..."
    r"|,\s+(?:to|for|in|on|at|by|with|from|of|against) (?:what|which|whom|how)\b"
    # "someone spoke of ... is that common"
    r"|\w\s+(?:is|are) (?:it|that|this|they|these|those) (?!why|what|how|where|who|it|is|are|not)\w+(?:\W+\w+){0,3}\W*$"
)
_ASKS = re.compile(rf"\?\s*$|^{_STARTS}|^{_NAMED_FIRST}|{_ASKS_AT_LAST}", re.I)
# "I would like to know what Saphnelo blocks", "please to tell how long it takes"; not "nobody could tell me what it is".
_ASKS_INSIDE = re.compile(
    rf"\b(?:know|tell|explain(?:ed)?|understand|ask|wonder\w*|learn|hear)\b(?:\W+\w+){{0,2}}?\W+(?:{_WH}|if|about)\b"
    r"|\bwan(?:t|ts|ted|na) (?:to )?know (?:the|its|their|his|her|prices?|costs?|risks?)\b",
    re.I,
)
_DENIES = re.compile(r"n['’]t\b|\b(?:not|never|nobody|no one|cannot|cant|dont|none|hardly)\b", re.I)
# "I'm stubborn though", "please help": too short for a story, and no keywords either.
_OF_ONESELF = re.compile(rf"^(?:{ONESELF}|they|it['’]?s|so|please|pls|thanks?|sorry|hi|hello|dear|help)\b", re.I)
# "Turkey or Germany, who wins": what is chosen between comes first, then the question.
_CHOICE = re.compile(
    r"^(?!(?:what|how|who|when|where|why|which|is|are|do|does|can)\b)\S+(?: \S+)? (?:or|vs\.?|versus) \S+(?: \S+)?$", re.I
)
_REFERS = re.compile(r"\b(?:it|its|them|they|their|that|this|those|these)\b", re.I)


def refers(piece: str) -> bool:
    """True if a piece points at something said before it."""
    return _REFERS.search(piece) is not None


def asks(piece: str) -> bool:
    """True for a piece that asks something by itself."""
    return _ASKS.search(piece) is not None or (_ASKS_INSIDE.search(piece) is not None and not _DENIES.search(piece))


# "once picked do I need a visa", "after that what comes": a clause that sets the scene, and its question right after it.
_TURNED = r"(?:can|could|cud|do|does|dose|did|will|would|should|shall|may|might|must|is|are|am|has|have)\s+(?:i|we|you|u|they|he|she|it|people|patients)\b"
_TURNED_AFTER_SCENE = re.compile(rf"^(?:once|after|before)\b[^,?]{{1,40}}?\s{_TURNED}", re.I)
_ASKS_AFTER_SCENE = re.compile(rf"^(?:once|after|when|if|before|while)\b[^,?]{{1,40}}?\s(?:{_WH}\b|{_TURNED})", re.I)


def asks_after_scene(piece: str) -> bool:
    """True for a piece whose question comes behind the clause that it begins with."""
    return _ASKS_AFTER_SCENE.search(piece.strip()) is not None


def questions_of(text: str) -> list[str]:
    """The questions of a message, each with the clause or statement that leads up to it.

    Returns:
        At least one text; a message without a question in its parts comes back as its parts.
    """
    pieces = segments_of(text)
    if len(pieces) < 2 or not any(asks(piece) for piece in pieces):
        return pieces
    questions: list[str] = []
    before: list[str] = []
    for piece, following in zip(pieces, [*pieces[1:], ""]):
        turned = bool(_TURNED_AFTER_SCENE.search(piece))
        # "these side effects, can doctors control them": the first piece is what the second speaks of
        scene = not piece.endswith("?") and (
            (bool(_SCENE.search(piece)) and not _ASKS_WITHIN.search(piece) and not turned)
            or (not asks(piece) and not turned and bool(_REFERS.search(following)))
            or (bool(following) and bool(_CHOICE.search(piece)))
        )
        asking = asks(piece) or turned or (bool(_SCENE.search(piece)) and bool(_ASKS_WITHIN.search(piece)))
        if scene or (not asking and (len(piece.split()) > MAX_KEYWORDS or _OF_ONESELF.search(piece))):
            before.append(piece)
        elif not asking:
            questions.append(piece)
        else:
            questions.append(", ".join([*(b.rstrip(".") for b in before[-2:]), piece]))
            before = []
    if before and len(before[-1].split()) >= MIN_WORDS:
        questions.append(", ".join(before))
    return questions


def keywords_of(text: str) -> list[str]:
    """ "price south korea, companion yes or no, weeks in hospital": keywords between commas; empty for what has a question word."""
    pieces = [piece for piece in (_clean(p) for p in re.split(r"\s*[,;]\s*", text)) if piece]
    few = all(MIN_WORDS <= len(piece.split()) <= MAX_KEYWORD_WORDS for piece in pieces)
    sentence = re.match(_STARTS, text.strip(), re.I) or re.search(rf"\b(?:{ONESELF})\b", text, re.I)
    return pieces[:MAX_SEGMENTS] if len(pieces) > 2 and few and not sentence else []


_ANNOUNCED = re.compile(
    r"\b(?:two|three|2|3|some|several|(?:a )?few|these|following) (?:things?|questions?|points?|topics?|matters?|issues?|doubts?|queries|subjects?)\s*[:-]\s*(?P<list>.+)$",
    re.I,
)


def announced_of(text: str) -> list[str]:
    """ "three things: the length of the stay, the price, and whether ...": what is announced; empty if nothing is."""
    found = _ANNOUNCED.search(text)
    pieces = re.split(r"\s*[,;]\s*(?:and\s+)?|\s+and\s+(?=whether\b|the\b)", found["list"]) if found else []
    pieces = [piece for piece in map(_clean, pieces) if piece]
    return pieces[:MAX_SEGMENTS] if len(pieces) > 1 else []


# "which lasts longer, the stay on the ward or the check-ups near the centre?": what is chosen between.
_EITHER = re.compile(
    r"^(?:which|what|who)\b[^,:]{3,50}?\s*[,:]\s*(?P<left>[^,?]{3,70}?)\s+(?:or|vs\.?|versus)\s+(?P<right>[^,?]{3,70}?)\s*\??$|"
    r"^(?P<left2>[^,?]{3,60}?)\s+(?:or|vs\.?|versus)\s+(?P<right2>[^,?]{3,60}?)\s*[,:]\s*(?:which|what|who)\b[^?]{3,40}\??$",
    re.I,
)


def either_of(text: str) -> tuple[str, str] | None:
    """The two things that a message asks to choose between, or None."""
    found = _EITHER.match((sentences_of(text) or [""])[-1])
    if found is None:
        return None
    return (found["left"] or found["left2"]).strip(), (found["right"] or found["right2"]).strip()


def without_comparison(text: str) -> str:
    """The text without an end such as ", what is the difference?", unless nothing else is there."""
    return _COMPARES.sub("", text) or text


def is_keywords(text: str) -> bool:
    """True for a short message that does not open as a question: "nmpa status lupus, website with trials"."""
    return len(text.split()) <= MAX_KEYWORD_MESSAGE and not re.match(_STARTS, text.strip(), re.I)


def loose_halves(text: str) -> list[tuple[str, str]]:
    """Every way to cut a message at an "and", as pairs of halves with at least one word each; keywords are cut at commas, too.

    Of several sentences the last is cut, which is the one that asks.
    """
    halves = []
    text = (sentences_of(text) or [text])[-1]
    for joint in (_LOOSE_OR_COMMA if is_keywords(text) else _LOOSE).finditer(text):
        left, right = _clean(text[: joint.start()]), _clean(text[joint.end() :])
        one = _are_one_subject(left, right) or bool(_ASKS_TO_DO.match(left) and _DOES.match(right))
        one = one or ("," in joint.group() and bool(_REFERS.search(right)))  # "chinese trials, who do they take?"
        # "back to work in an office": an article, unless a verb follows
        one = one or (joint.group().strip(" ,").lower() == "an" and not re.match(_AUXILIARY, right, re.I))
        one = one or _ENUMERATES.search(left) is not None
        if left and right and not sets_the_scene(left) and not one:
            halves.append((left, right))
    return halves[:3]


_AUXILIARY = (
    r"(?:is|are|do|does|dose|did|can|cud|could|wil|will|wud|would|shud|should|must|has|have|wat|how|hw|who|wen|wher|why|if|it)\b"
)


# "how large is the gap between the US and China", "in what shape do the heart, lungs and liver have to be"
_ENUMERATES = re.compile(rf"\bbetween\b(?!.*\band\b)|^{_STARTS}.*,\s+\w+$", re.I)
# "can we skip the line and go straight to ...": one asks to do both.
_ASKS_TO_DO = re.compile(r"^(?:can|could|may|must|should|shall|will|would|do|does|did)\b", re.I)
_DOES = re.compile(
    r"^(?:go|get|take|come|fly|pay|stay|be|have|keep|skip|try|wait|travel|bring|live|eat|work|return|stop|start|move|leave|send|use|give|find|make|join|apply|book|choose|see)\b",
    re.I,
)


def _are_one_subject(left: str, right: str) -> bool:
    """True for "the flight" and "the hotel are in the price or not": one question on both; not for "price" and "who qualifies"."""
    bare = len(left.split()) <= MAX_KEYWORDS and not _HAS_VERB.search(left) and not re.match(_STARTS, left, re.I)
    return (
        bare
        and _HAS_VERB.search(right) is not None
        and not re.match(_OPENERS, right, re.I)
        and not re.match(_STARTS, right, re.I)
    )


def sets_the_scene(clause: str) -> bool:
    """True for "for the trials in China", "when it is over"; not for "in China the trial is free"."""
    return _SCENE.search(clause) is not None and not (_PLACES_SCENE.search(clause) and _HAS_VERB.search(clause))
