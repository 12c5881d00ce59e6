"""Phrases that tell what a message means, where its words settle it: regular expressions, each with what it is to catch.

They are read by `dialogue.reading`. Add an example beside a change, and a test of what it must not catch.
"""

from __future__ import annotations

import re

from dialogue.followups import PRICES
from dialogue.guarded import Guarded
from dialogue.segments import ONESELF

QUESTION = re.compile(
    r"\?\s*$|^(?:what|what's|whats|wat|how|hw|who|when|where|why|which|can|could|do|does|is|are|will|would|should|tell me|explain)\b",
    re.I,
)
# Words for the one who asks, or one spoken of; "it" may be the medicine asked about just before.
OF_ONESELF = re.compile(rf"\b(?:{ONESELF}|me|him|us|mine|ours|it)\b", re.I)
# "sorry, the end is 24 not 42": a number given wrong.
CORRECTS_DIGITS = re.compile(r"\d\s*,?\s*(?:and )?not\s+\d", re.I)
WANTS_RATE = re.compile(
    r"\b(?:per ?cent(?:age)?s?|%|rates?|odds|probabilit(?:y|ies)|chances?|ratio|how many (?:people|patients|persons|out of|in)|statistic\w*)\b",
    re.I,
)
# "dose" is often "does" by ear: "a hospital that dose this", "how dose it work".
WANTS_NUMBER = re.compile(
    r"\b(?:how many (?:mg|milligrams?|cells)|(?<!that )(?<!who )(?<!it )(?<!how )(?<!why )(?<!where )(?<!when )(?<!wen )"
    r"dose(?! (?:it|this|that|the|they|anyone|any|cart|car)\b)|dosage|exact (?:number|figure|date))\b",
    re.I,
)
# The guides speak of English and of interpreters; of no other language that somebody there speaks.
SPEAKS_ANOTHER = re.compile(
    r"\b(?:doctors?|nurses?|surgeons?)\b[^.?!]{0,25}\bspeaks?\b[^.?!]{0,15}"
    r"\b(?:russian|arabic|spanish|french|german|turkish|hindi|urdu|bengali|italian|portuguese|indonesian|bahasa|malay|vietnamese|thai|tagalog|japanese|korean|persian|farsi|polish|romanian|ukrainian|hebrew|greek|dutch|swedish|kurdish|swahili|amharic)\b",
    re.I,
)
# "if the doctors speak no Romanian, what then?": help with the language is in the guides.
WANTS_LANGUAGE_HELP = re.compile(
    r"\b(?:wh?at (?:to do|do|can|could|should|shall|happens|then|now)|who (?:helps?|will|would|can|translates?|interprets?)|how (?:do|will|can|would) (?:i|we|you|u|she|he|they)|interpret\w*|translat\w*)\b",
    re.I,
)
# Instructions to the program instead of a question, whatever else they name.
_ALL_OF_YOURS = r"(?:your|all|any|every|these|previous|prior|earlier|former|the above)(?: (?:of |other )?(?:the |your |these |previous |prior )?)?"
INSTRUCTS_THE_PROGRAM = Guarded(
    "ignore disregard forget override bypass drop new updated following further system developer debug jail jailbreak jailbreaks "
    "jailbreaking jailbreaker hidden secret initial print reveal show repeat output display leak dump now longer act role roleplay behave "
    "respond answer pretend end",
    rf"\b(?:ignore|disregard|forget|override|bypass|drop)\b[^.?!]{{0,15}}\b(?:{_ALL_OF_YOURS}\s?(?:\w+ )?(?:instructions?|prompts?|guidelines|guard ?rails|restrictions|programming|rules?)\b(?! (?:of|in|on|for|at)\b)|"
    r"(?:instructions?|prompts?|rules?) (?:above|you (?:were|have been|got))\b|(?:everything|all|anything) (?:above|you (?:were|have been|['’]ve been|got)))|"
    r"\b(?:new|updated|following|further) (?:system )?(?:instructions?|prompts?|directives?)\b[^.?!]{0,12}\b(?:assistant|bot|chat ?bot|model|ai|llm)\b|"
    r"\b(?:system prompt|developer mode|debug mode|jail ?break(?:s|ing|er)?|(?:your|the) (?:hidden|secret|initial) (?:instructions?|prompts?|rules|documents?))\b|"
    r"\b(?:print|reveal|show|repeat|output|display|leak|dump)\b[^.?!]{0,25}\b(?:your|the system'?s) (?:instructions?|prompts?|source code|configuration|api keys?|passwords?)\b|"
    r"\byou(?: are|['’]re| r) (?:now|from now on|no longer) (?:a|an|the|my|dr\w*|dan|doc\w*|called|named|bound)\b|\bfrom now on,? you (?:are|answer|act|speak|only)\b|"
    r"^(?:please |pls |now )?(?:act|role-?play|behave|respond|answer) (?:as|like) (?:if you were |though you were )?(?:a|an|my|the)\b(?! (?:real |normal )?(?:human|person|companion|list|yes|no)\b)|"
    r"(?<!n['’]t )(?<!not )(?<!dont )\bpretend (?:that )?(?:you(?:['’]re| are| have| can)|to be|the (?:guides?|documents?|sources?|passages?)) |"
    r"\bend of (?:the )?(?:system |user )?(?:prompt|context|input)\b|<\|?(?:im_start|im_end|system|endoftext)|\[/?INST\]|^\W*system\s*:",
    signs="<[",
)
# "350000 - 150000 = ?": a sum to be done; not "24/7?", "2 - 4?" or a telephone number.
SUM_TO_DO = re.compile(r"^(?=.*(?:=|[*×÷^]|\d\s[+/x]\s))(?=.*\d)[\d\s.,+\-*/x×÷^()=?]+$", re.I)
# A sum one has, and whether it will do; what would ruin one.
HAS_ENOUGH = re.compile(
    r"(?:[$€£]\s?\d|\d[\d.,]*\s?(?:k|grand|thousand|dollars?|usd|euros?|eur|pounds?)\b)[^?]{0,160}\b(?:enough|suffic\w*|do it|cover (?:it|that|this|the|everything)|get (?:me|us|her|him) (?:it|there|treated))\b|"
    r"\b(?:enough|suffic\w*|cover (?:it|that|this))\b[^?]{0,60}(?:[$€£]\s?\d|\d[\d.,]*\s?(?:k|grand|thousand|dollars?|usd|euros?|eur|pounds?)\b)",
    re.I,
)
# "how come China is cheaper": the guide gives the reason of Asia's prices.
WHY_CHEAP = re.compile(
    r"\b(?:why|wy|how come|what['’]?s the reason)\b[^.?!]*\b(?:cheap\w*|less|lower|low|affordable|inexpensive)\b",
    re.I,
)
WHAT_IS_THE_DAMAGE = re.compile(
    r"\b(?:what(?:['’]?s| is| would be|['’]?ll be)|wats|whats) (?:the|my|our) (?:total |final )?damage\b(?! (?:to|from|of|in|done)\b)",
    re.I,
)
BANKRUPTS = re.compile(
    r"\b(?:bankrupts?|ruins?|clean(?:s|ed)? out|break(?:s)? the bank)\b[^?]{0,20}\b(?:me|us|him|her|you|one|people|family|families|the bank)\b",
    re.I,
)
# "should I stop my prednisone before the trip?": for a doctor, however near a passage on the trip is.
DECIDES_MEDICINE = re.compile(
    r"\b(?:should|shall|ought|can|could|may)\s+(?:i|we|he|she|they|my \w+)(?:\s+\w+){0,3}?\s+"
    r"(?:stop|quit|skip|pause|halve|double|cut|reduce|lower|increase|raise|taper|come off|go off|switch|swap|drop|restart|leave out|take|keep|continue)\w*\b",
    re.I,
)
# "do I go down from 20 to 5": a dose, whatever it is of.
DOSES = re.compile(
    r"\b(?:i|we|he|she|they|my \w+)\b[^.!?]{0,25}\b(?:go|come|cut|drop|step|get|increase|raise|reduce|lower|taper)\w*\b(?: \w+){0,3}? \d+(?:[.,]\d+)?\s*(?:mg|milligrams?)?\s*(?:to|down to|up to|->|→)\s*\d",
    re.I,
)
# "for my case this is normal?", "a person in my state": the assistant is to judge one's own case.
OWN_CASE = re.compile(
    r"\b(?:(?:for|in) my (?:own )?(?:case|state|condition|situation)|(?:judging|going|based|knowing|from|given) (?:by |on |from )?what (?:i|we)(?:['’]ve| have)? (?:told|said|written|described)|i personally)\b",
    re.I,
)
OFFERS = re.compile(rf"{PRICES.pattern}|\b(?:offers?|estimates?)\b", re.I)
# "could the headaches my sister has had since Easter be lupus?"
IS_IT_LUPUS = re.compile(
    r"^(?:could|can|might|may|is|are|does|do)\b[^.?!]{0,60}\b(?:my|i|her|his|our)\b[^.?!]{0,60}\b(?:has|have|had|having|got|gets?|feels?|been)\b[^.?!]{0,60}\b(?:be|mean|come from|due to|because of|from|caused by)\b[^.?!]{0,20}\blupus\b",
    re.I,
)
MEDICINE = re.compile(
    r"\b(?:meds?|medic(?:ine|ation)s?|tablets?|pills?|drugs?|steroids?|doses?|injections?|antibiotics?|painkillers?)\b", re.I
)
# One sentence that begins with the question and ends in the condition, without figures: "can one join if ...".
ASKS_THE_RULE = re.compile(
    rf"^(?!(?:{ONESELF}|mum|mom|dad|sister|brother|daughter|son)\b)[^.!?\d]*"
    r"(?:^with|\b(?:if|because|cos|cuz|coz|cause|since|despite|even though|although))\b[^.!?\d]*\??$",
    re.I,
)
# "I had hepatitis B, is that a problem?": a condition, of which the guides say what it means for anybody.
OF_A_CONDITION = re.compile(
    r"\b(?:does|do|did|is|are|will|would|must|has|have|wil|dos|dose) (?:it|that|this|those|they|these|such (?:a )?\w+)\b[^.?!]*"
    r"\b(?:matter|count|problem|heal\w*|gone|exclude|rule|against|ok|okay|bar)\b|\b(?:a |any |big )?problem\s*\??\s*$|^(?:and |but |so )?what about\b",
    re.I,
)
# "her EF is 30. in or out?": a value of one's own, and a verdict on it.
OWN_VALUE = re.compile(
    r"\b(?:my|her|his|mine|hers)\s+(?:\w+\s+){1,3}(?:(?:is|are|was|were|at|of|came back(?: at)?)\s+|[=:]\s*)\d", re.I
)
IN_OR_OUT = re.compile(
    r"\b(?:in or out|out or in|is (?:that|this|it) a (?:yes|no)\b|enough or not|good enough\?|too (?:low|high)\?)", re.I
)
# "so they will refuse me?", after what is asked of patients
OWN_FATE = re.compile(
    r"^(?:(?:and|but|so|then|ok(?:ay)?|(?:does|that|this|it|which) means?(?: that)?|does (?:that|this|it) mean(?: that)?)[\s,]+)*"
    r"(?:(?:will|would|can|could|do|are) (?:they|the (?:doctors?|trials?|hospitals?|chinese)|china)|(?:they|the doctors?|china)(?:['’]ll|['’]d| will| would| can| could)?)"
    r"(?: (?:still|even|just|not|going to|gonna|surely|probably|definitely))*"
    r" (?:(?:refuse|reject|accept|take|exclude|deny|decline|send|turn) (?:me|us|her|him|my \w+)(?: (?:down|away|back|home))?|say (?:no|yes) to (?:me|us|her|him|my \w+))"
    r"(?: (?:then|now|anyway|with (?:this|that|it)))?(?: or (?:no|not|what))?[\s?.!]*$",
    re.I,
)
# "that's not what my doctor told me": no complaint on the answer, which is given once more.
TOLD_OTHERWISE = re.compile(
    r"\bnot what (?:(?:i|we)(?:['’]ve| have| had| was| were|['’]m| am)?(?: been)? (?:told|heard|read|saw|thought|knew|led to believe)|"
    r"(?:my|the|our|her|his) [\w ]{2,20}?(?:said|says|told|tells?)|(?:they|he|she|others|people) (?:said|says?|told|tells?|wrote))\b",
    re.I,
)
# "I want to go to China. Where do I start?"
FIRST_STEP = re.compile(
    r"\b(?:where|how|wer|were) (?:do|does|can|should|shall|must|would|to) ?(?:i|we|you|u|one|she|he|they|someone|somebody|my \w+)?(?: (?:even|actually|best|now))* (?:start|begin|get started)\b"
    r"|\bw(?:h?at|ich|hich)(?:['’]?s| is| are)? (?:the |my |our )?(?:very )?(?:first|1st) (?:step|thing|move)s?(?: (?:for (?:me|us|patients?|foreigners?)\b|(?:that )?(?:i|we|you|u|one) (?:must|should|have to|need to|do|can)\b|to (?:do|take|get|go|start|apply)\b)|[\s?.!]*$)"
    r"|\b(?:first|1st) (?:step|thing) (?:(?:that )?(?:i|we|you|u|one) (?:must|should|have to|need to|do)|to (?:do|take))\b",
    re.I,
)
# "how long it stays" after a side effect: of that, not of what we store.
STAYS_HOW_LONG = re.compile(
    r"^(?:and |but |so )?(?:for )?how (?:long|much time|many (?:days|weeks|months)) (?:does |do |will |can )?(?:it|that|this|they|those)(?: \w+)? (?:stays?|lasts?|goes on|remains?|keeps?(?: on)?)[\s?.!]*$",
    re.I,
)
# "would she still know who I am", after what the treatment may do to the brain
KNOWS_ONE = re.compile(
    r"^(?:and |but |so )?(?:will|would|does|can|could|might|may) (?:she|he|my \w+)\b[^?.]*\b(?:know|recogni[sz]e|remember|forget) (?:who (?:i am|i['’]?m|we are|she is|he is)|me|us)\b",
    re.I,
)
# "I am so scared for her": a feeling, not a question on what was told.
FEELS = re.compile(
    r"^(?:and |but |oh |honestly |ok )*(?:i|we)(?:['’]?m| am| are|['’]re| feel)(?: (?:so|very|really|just|too|a bit|honestly|quite|still|all|terribly))* "
    r"(?:afraid|scared|frightened|terrified|worried|anxious|nervous|desperate|lost|hopeless|overwhelmed|exhausted|heartbroken|sad|devastated)\b(?!.*\b(?:how|what|which|when|where|why|if|can|does|is it|will)\b)[^?]*$",
    re.I | re.S,
)
CHEAPEST = re.compile(r"\b(?:cheapest|lowest|most affordable|least expensive|how much (?:cheaper|less))\b", re.I)
# "how much should we prepare?": the price, unless it is said to be for the trip or for emergencies.
MONEY_TO_HAVE = re.compile(
    r"^(?!.*\b(?:emergenc\w+|funds?|trip|travel\w*|journey)\b).*\bhow much (?:money |cash |savings? )?(?:should|must|do|does|would|will|shall|can) (?:we|i|one|they|he|she|people|a family|my \w+)"
    r" (?:need to |have to |need )?(?:prepare|bring|save(?: up)?|budget|set aside|put (?:aside|away|by)|have (?:ready|saved)|reserve|raise|gather)\b",
    re.I | re.S,
)
# "who helps me with that?", "what does that person do?": who does what was told, and no wish for a person.
WHO_DOES_IT = re.compile(
    r"^(?:(?:and|but|so|ok(?:ay)?|then)[\s,]+)*(?!.*\b(?:talk|speak|call|phone|ring|e-?mail|write|contact|reach|chat)\b)"
    r"(?:(?:for )?help with (?:it|that|this)[\s,]+who\b.*|who(?:m)?\b.*\b(?:with|about|for) (?:it|that|this|them|those)|"
    r"what (?:does |do |will |would |must |should |is )?(?:that|this) (?:person|companion|one|helper)\b.*)[\s?.!]*$",
    re.I,
)
TALKS_TO_ONE = re.compile(r"\b(?:talk|speak|chat) (?:to|with)\b", re.I)
# "what are the signs of it?" after side effects.
SIGNS_OF_IT = re.compile(
    r"^(?:(?:and|but|so|ok(?:ay)?|then)[\s,]+)*(?:(?:what|which|wat)(?: are|['’]?re| r| would be| is)? |(?:are there )?any |how .{1,12} )?(?:the )?"
    r"(?:early |first |warning |typical )?(?:signs?|symptoms?)(?: of (?:it|that|this|them|those)| (?:(?:should|do|must) (?:we|i|one) |to )"
    r"(?:watch|look|see|notice)(?: out)?(?: for)?)[\s?.!]*$",
    re.I,
)
# "can I talk with somebody who had it done?": what the guides say of meeting other patients.
WITH_PATIENTS = Guarded(
    "talk speak chat connect contact meet touch",
    r"^(?!.*\b(?:manager|coordinator|office|staff|team|agent|advis[eo]r|representative|human)\b)(?:.*?)(?:"
    r"\b(?:talk|speak|chat|connect|contact|meet|in touch)\b[^?.]{0,30}\b(?:patients?|(?:some|any)(?:one|body)|people|others|person|women|men)"
    r" (?:who|that|which)(?:['’](?:ve|s))? (?:have |has |had |already |actually |really )*"
    r"(?:had|did|done|got|gotten|went|gone|undergone|been through|(?:was|were|been) (?:treated|cured|helped)|survived|received|tried)\b|"
    r"\b(?:talk|speak|chat|connect|contact|meet|in touch)\b[^?.]{0,20} (?:an?|one|another|other|former|real|some|these|those) (?:such )?(?:ex-?)?patients?\b)",
    re.S,
)
# "my son is 13, is there an age limit?": what the guides say of the age, not a question on children.
AGE_LIMIT = re.compile(
    r"^(?!.*\b(?:companion|carer|caregiver|visitor|donor)s?\b).*?(?:\b(?:min(?:imum|imal)?|max(?:imum|imal)?|upper|lower|cut[ -]?off)\s+age\b|"
    r"\bage[ -]?(?:limits?|cut[ -]?offs?|restrictions?|requirements?|range|bracket|cap|rules?)\b|\blimits? (?:on|for|of|in) (?:the )?age\b)",
    re.I | re.S,
)
# "has anybody really got better from it?": what was seen in people, not what is hoped for.
ASKS_PROOF = re.compile(
    r"\b(?:has|have|did|was|were) (?:any(?:one|body)?|some(?:one|body)|people|patients|it|this|that)\b[^?.]*\b(?:got(?:ten)? (?:any )?better|get (?:any )?better|"
    r"been (?:seen|shown|proved|proven|cured|helped|done)|seen|shown|recover(?:ed)?|improved?|in(?:to)? remission|worked?)\b[^?.]*|"
    r"\b(?:or|not) (?:is it |it['’]?s |just |only |all )*(?:marketing|hype|advert\w*|propaganda)\b",
    re.I,
)
NAMES_THE_MATTER = re.compile(r"\b(?:lupus|sle|car[ -]?ts?(?: cells?)?|cart therapy|cell therapy)\b", re.I)
# "can I fly home right after that?"
GOES_HOME = re.compile(
    r"\b(?:fly|flight|plane|airport|travel)\b[^?.]*\b(?:home|back|my country)\b|\b(?:home|back)\b[^?.]*\b(?:fly|flight|by plane|airport)\b",
    re.I,
)
# "what if the kidneys are damaged?" while the conditions are talked about.
WHAT_IF = re.compile(r"^(?:(?:and|but|so|ok(?:ay)?)[\s,]+)*what if\b", re.I)
# "My neighbour said blood pressure pills can bring it": why a question is asked, and no further question.
HEARSAY = re.compile(
    r"^(?!.*(?:\?|\b(?:tell me|explain|want|need|like to|wonder|what|how|which|when|where|why|who|whether|if|please|pls)\b))"
    r"(?:(?:and|but|because|as|cos|cuz)\s+)?(?:my|our|his|her|an?|the|some(?:one|body)?|every(?:one|body)|i|we|he|she|they|people)\b"
    r".*\b(?:said|says?|told|tells?|heard|read|mentioned|claims?|claimed|thinks?|swears?|swore)\b.*$",
    re.I | re.S,
)
# A decision on oneself is asked for, or values of one's own are given.
WANTS_A_VERDICT = re.compile(
    r"(?<!is )(?<!am )(?<!im )(?<!['’][sm] )(?<!aged )\b\d{2,}(?!\s*(?:years?|yrs?|y/?o)\b)|\b(?:e?gfr|ecog|sledai|creatinine|protein\w*|c3|c4|ana|dsdna|score|class)\b|%|"
    r"\b(?:take|accept|let|admit|reject|refuse|want|rule|exclude|shut|keep|put|turn|stop|bar|disqualify) (?:me|us|him|her|my|down)\b|"
    r"\b(?:do|would|will|could|can|am|are|is|might|should|shall) (?:i|we|he|she|my \w+)\b|\b(?:yes or no|honest\w*|my case|qualify|eligible|candidate)\b",
    re.I,
)
# "I take tablets for my blood pressure, can they give me lupus?": what brings lupus on, not what to take.
BRINGS_LUPUS = re.compile(
    r"\b(?:give|giv|gives|gave|given|giving|caused?|causes|causing|brings?|brought|triggers?|triggered|leads? to|led to)\b(?: on)?(?: (?:me|us|him|her|you|my \w+|somebody|someone|people))?(?: (?:the|this|my|a|drug|that))*"
    r"\s+(?:lupus|luups|sle)\b|\bget (?:lupus|luups) (?:from|by|because of|through)\b",
    re.I,
)
# Whether the young are taken the guides say; how they are dosed, housed or taught they do not.
YOUNG = r"(?:child|children|kids?|teens?|teenagers?|minors?|under[- ]?(?:18|eighteen)s?|adolescents?)"
ADMITS_THE_YOUNG = re.compile(
    rf"^(?:(?:can|could|may|do|are|will|would)\s+(?:an? |the |my |our )?(?:\w+ )?{YOUNG}\s+(?:\w+ )?(?:(?:get|have|receive|try) (?:it|this|that|one|car[- ]?t|cart|the (?:treatment|therapy))"
    rf"|get in|join|be treated|treated|allowed|accepted|taken|take part|eligible|qualify|enrol\w*)\b|is (?:it|this|car[- ]?t|cart) (?:also |only )?(?:for|open to|given to|allowed for) {YOUNG}\b"
    rf"|(?:do|does|will|would) (?:they|doctors|hospitals|trials?|china) (?:also |ever )?(?:take|treat|accept|include|allow) {YOUNG}\b)[^.!]{{0,25}}$",
    re.I,
)
# Nothing but signs of approval, or of sorrow, with tones of skin and joiners.
SIGNS = re.compile(
    "^(?:(?P<glad>[👍👌🙏✅💪🤝🎉👏😊🙂😀😃😄😁🥰😍🤗💜💙💚💛🧡❤♥☺]+)|[😢😭😔😞😟😥😰😨😱😩😫💔🥺☹]+)[\ufe0f\u200d\U0001f3fb-\U0001f3ff👍👌🙏❤\\s!.]*$"
)
GREETS = re.compile(
    r"^(?:hi|hey+|hello+|hiya|hallo|good (?:morning|afternoon|evening|day)|dear|greetings)(?: there| all| everyone)?\b", re.I
)
WONDERS = re.compile(
    r"\b(?:tell me|(?:want|need|like) to (?:know|ask)|wonder\w*|questions?|explain|info(?:rmation)?|help me)\b", re.I
)
POINTS_BACK = re.compile(
    r"^(?:and|so|then|but)\b.*\b(?:it|that|this|they|them|those|these)\b|\b(?:that|this) one\b|^(?:is|are|was|does|do) (?:it|they|that)\b.*\bthere[\s?.!]*$",
    re.I,
)
# A word that stands for something said before, in a message with a question of its own.
POINTS = Guarded(
    "it that this them these those they",
    r"\b(?:of (?:them|these|those)|(?:about|against|for|with|from|of|after|before|to|on|in|by) (?:it|that|this|them|those|these)|(?:does|do|is|are|was|were|can|could|will|would|did|if) (?:it|that|this|they|these|those)"
    r"|(?:handle|treat|stop|prevent|fix|calm|cure|notice|manage|take|give|use|need|have|explain|mean|do) (?:it|that|this|them|those|these)|(?:it|that|they|those) (?:held|lasts?|lasted|works?|worked|helps?|helped|happens?|happened|costs?|takes?|took|goes|went))\b",
)
ONLY_NAMES = re.compile(
    r"^(?:and|what about|how about)\s+(?!(?:when|if|what|how|why|who|where|which|is|are|do|does|can|will|in|to|for)\b)(?:the\s+)?[\w'-]+(?:\s+[\w'-]+){0,2}\s*\?*$",
    re.I,
)
# A few words that are no sentence about oneself: "I have lupus in my kidneys. Can I have CAR-T?" asks one thing.
NAMES_A_THING = re.compile(
    rf"^(?!(?:{ONESELF}|they|then|say|tell|explain|please|ok|okay|so|but|well|thanks?)\b)(?:\S+\s+){{0,7}}\S+\s*$", re.I
)
CART = re.compile(r"\bcar[ -]?t\b|\bcart\b", re.I)
AGAINST = re.compile(
    r"\b(?:vs|versus|dif+e?r\w*|compared?|comparison|than|against|unlike|instead of|next to|beside|special|or)\b|\bthat\b[^?]*\b(?:do|does|can|could)(?: not|n['’]?t)\b",
    re.I,
)
# "compare Germany and Turkey for me please": of two places this asks for no decision.
COMPARE_THEM = re.compile(
    r"^(?:hi|hello|so|ok|and|please|pls|can you|could you|kindly|[\s,])*(?:please |pls )?(?:compare|comparison of)\b", re.I
)
DIFFERS = re.compile(r"\b(?:vs|versus|dif+e?r\w*|compared?|comparison)\b", re.I)
# "benefits for quality of life and for organs": no question of its own.
ONLY_OF_IT = re.compile(r"^(?:for|of|to|with|in|on|from|about|at|by)\b(?! (?:how|what|which|whom|where)\b)", re.I)
# "I mean until she is well again"
GOES_ON = re.compile(r"^(?:un)?til+\b|^(?:after|before|during|since|without|once|when)\b(?!.*\?)", re.I)
# "memory gone from lupus, or from the cells?": the illness and the treatment, each with its own.
ILLNESS_AND_CART = re.compile(
    r"\b(?:lup[ua]s|lupis|sle|the (?:illness|disease))\b[^?.!]*?\b(?:vs|versus|against|compared|or|and|which|unlike|than|from (?:one|that|those|what|the one))\b[^?.!]*\b(?:car[ -]?t|cart|(?:the|new|those) cells|treatment|therapy|infusion|cytokines?|crs|icans)\b"
    r"|\b(?:lup[ua]s|lupis|sle)\b[^?.!]*[,;/][^?.!]*\b(?:car[ -]?t|cart|(?:the|new|those) cells)\b"
    r"|\b(?:car[ -]?t|cart|(?:the|new|those) cells|treatment|therapy|infusion|cytokines?|crs|icans)\b[^?.!]*?\b(?:vs|versus|against|compared|or|which|unlike|than|from (?:one|that|those|what|the one))\b[^?.!]*\b(?:lup[ua]s|lupis|sle|the (?:illness|disease))\b",
    re.I,
)
ONE_OR_OTHER = re.compile(r"\b(?:or|vs|versus|which|separate|same|both|dif+e?r\w*|unlike|compared?|tell .* from)\b", re.I)
# Said behind a message that asks for one of the two, though the other is meant as well.
SIDE_EFFECT_OF_CART, SIGN_OF_LUPUS = "a side effect of CAR-T", "a symptom of lupus"
THESE_TWO = re.compile(r"\b(?:these|those|the|my) (?:two|2|both)\b|\bboth\b|\beach other\b|\bone another\b", re.I)
SPEAKS_OF_IT = re.compile(r"\b(?:they|them|these|those|its|their)\b", re.I)
# "600k?!", "really??": no question before the one that follows.
EXCLAIMS = re.compile(
    r"^\W*(?:\d[\d.,]*\s*(?:k|m|mil\w*|thousand|grand|usd|dollars?|bucks|euros?)?|really|wh?at|wow|omg|wtf|seriously|huh|eh|sorry|hey|hello)\W*$",
    re.I,
)
# What is approved, or not, may be something else than CAR-T for lupus.
OF_ANOTHER_STATUS = re.compile(
    r"\b(?:(?<!normal )(?<!regular )(?<!ordinary )(?<!usual )(?<!all )(?<!every )hospitals?|clinics?|cent(?:er|re)s?|doctors?|visas?|travel\w*|abroad|fly|insur\w*|medicare|medicaid|nhs|passport|drugs?|medicines?|cancer|leuk\w*|lymphoma|warn\w*|stand for|when (?:will|would|does|is|are)|what is the (?:fda|ema))\b",
    re.I,
)
# "steroids versus plaquenil lupus", and nothing more.
ONE_AGAINST_ANOTHER = re.compile(
    r"^(?!(?:dose|dosage|mix\w*|safe)\b)\w+ (?:vs\.?|versus|or|against|compared (?:to|with)) \w+(?:,? (?:(?:in|for) )?(?:lupus|sle))?(?:,? (?:the )?difference)?[\s?.!]*$",
    re.I,
)
# "why is it so little?" is not answered by why it costs so much.
SO_LITTLE = re.compile(r"\b(?:little|cheap\w*|low\w*|less)\b", re.I)
# Where CAR-T is, or is not, approved: beside the countries and authorities by name.
THE_WEST = re.compile(r"\b(?:the west|western (?:countries|world|nations))\b", re.I)
# "explain simpler pls": what was said, once more.
SIMPLER = re.compile(
    r"\b(?:explain|say|tell|put|write|describe)\b.{0,20}\b(?:simpler|simply|easier|easy words?|plain(?:er|ly)?)\b|"
    r"^(?:(?:and|but|ok|pls|please|can you|could you|in)[\s,]+)*(?:much |more )?(?:simpler|easier|simple|plain|easy)(?: (?:words?|english|terms|language|way))?(?:[\s,]+(?:please|pls|pl[sz]|thanks?))*[\s?.!]*$|"
    r"^(?:(?:sorry|hmm?|oh)[\s,.]+)*(?:it['’]?s |that['’]?s |this is |that is )?(?:way |much |all )?too (?:complicated|medical|difficult|hard)(?: for me)?[\s.!]*$",
    re.I,
)
# "it will surely heal my son, promise me"
WANTS_PROMISE = re.compile(r"\b(?:promise|guarantee|swear to)\s+(?:me|us)\b|\bcan you (?:promise|guarantee|assure)\b", re.I)
# "what would you pick in our shoes?", "which country, if you were me?": the assistant is to choose.
IN_MY_PLACE = re.compile(
    r"\bwould (?:you|u|ya)\b[^.?!]{0,40}\b(?:yourself|(?:in|if you were in) (?:my|our|her|his|their) (?:shoes|place|position|situation|boots|skin))\b|"
    r"\b(?:in|if you were in) (?:my|our|her|his|their) (?:shoes|place|position|situation|boots|skin)\b[^.?!]{0,40}\bwould (?:you|u|ya)\b|"
    r"\bif (?:you|u) (?:were|was) (?:me|us|her|him|in (?:my|our) (?:shoes|place|position))\b",
    re.I,
)
# What is asked of China is set against the general rule.
AGAINST_GENERAL = re.compile(
    r"\b(?:dif+e?r\w*|same|stricter|harder|tougher|easier|compared?|alike|equal)\b[^?]{0,100}\b(?:general(?:ly)?|usual|normal|ordinary|elsewhere|everywhere|other (?:guide|countries|places)|rest of the world)\b",
    re.I,
)
# "what does the general guide list that the China guide leaves out", "the risks in both guides"
_GENERAL_GUIDE = r"(?:general|other|first|main|abroad|overseas|lupus|sle) (?:guide|document|one)"
_CHINA_GUIDE = r"(?:china|chinese) (?:guide|document|one)"
BOTH_GUIDES = re.compile(
    r"\b(?:two|both|2|each of) (?:of )?(?:(?:the|your|these|those) )?(?:guides|documents|docs|sources|papers)\b|\beach (?:guide|document)\b"
    rf"|\b{_GENERAL_GUIDE}\b[^?]*\b{_CHINA_GUIDE}\b|\b{_CHINA_GUIDE}\b[^?]*\b{_GENERAL_GUIDE}\b",
    re.I,
)
# "nah no agent pls, maybe later", "I would rather not speak to anyone yet"
NOBODY_OF = (
    r"(?:agents?|persons?|humans?|people|coordinators?|advis[eo]rs?|consultants?|calls?|anyone|anybody|someone|somebody)\b"
)
WANTS_NOBODY = re.compile(
    rf"^[^?]*\b(?:rather not|(?:do not|don['’]?t|not|no) (?:want|need|wish|like))\b(?: to)?(?: (?:speak|talk|chat|be called)\b)?(?: (?:to|with|by))?(?: (?:a|an|any|your|ur|the|more))*\s+{NOBODY_OF}(?![^?]*\b(?:bot|robot|machine|computer|want a)\b)[^?]*$|"
    r"^(?:no+|nah|nope|not now|no,? thanks?|not yet)\b[^?]*\b(?:no|not|don['’]?t|without)\b[^?]*\b(?:agents?|persons?|humans?|people|coordinators?|advis[eo]rs?|calls?|anyone|anybody|someone|somebody)\b[^?]*$",
    re.I,
)
COMPLAINS = re.compile(
    r"\b(?:not what i|n[o']t answer|wrong (?:answer|question|thing)|not my question|i (?:asked|meant|said|was asking)|misunder|not help|useless|nonsense)",
    re.I,
)
WISHES = re.compile(
    r"^(?:please |pls |just |so )?(?:contact|call|phone|ring|text|e-?mail|message|whatsapp) me\b(?! (?:crazy|old|stupid|naive|names|paranoid|a \w+)\b)|"
    r"\b(?:some|any)(?:one|body) (?:should|must|has to|needs to|ought to|please|pls) (?:call|phone|ring|contact|write to|get back to) (?:me|us|my|our|him|her)\b|"
    r"\b(?:can|could|would|will) (?:some|any)(?:one|body)(?: \w+){0,4}? (?:call|phone|ring|contact|reach|write to|get back to) (?:me|us|my|our|him|her|back)\b|"
    r"\b(?:let|have|get|ask|make) (?:some|any)(?:one|body)(?: \w+){0,2} (?:to )?(?:call|ring|phone|contact|write|e-?mail|text|reach)\b|"
    r"\b(?:put|patch|transfer) (?:me|us) (?:thru|through|over) to\b|\bput (?:me|us) in touch with\b(?! (?:an? |some |any |other |\w+ )?(?:patients?|groups?|famil\w+|survivors?|people)\b)|"
    r"\b(?:leave|give you|take down|write down|note(?: down)?) (?:you )?my (?:contact )?(?:details|number|phone|e-?mail|address|contact)\b",
    re.I,
)
# Who wants no more of the machine wants a person, though none is named: "enough of these canned answers".
REFUSES_MACHINE = re.compile(
    r"\b(?:stop|no more|not another|enough|quit|cut|spare me|sick of|tired of|fed up|done with|hate|(?:do not|don['’]?t) (?:want|need|send))\b[^.?!]{0,30}"
    r"\b(?:automat\w+|canned|script(?:ed)?|robot(?:ic)?|bot|pre-?written|pre-?made|copy[- ]?past\w*|templates?)\b[^.?!]{0,12}"
    r"\b(?:answers?|repl(?:y|ies)|responses?|messages?|texts?|stuff|lines?|talk|phrases?|sentences?|crap|rubbish|nonsense|bs)\b|"
    r"\b(?:enough of|no more|spare me|sick of|tired of|fed up with|(?:do not|don['’]?t) want|(?:done|refuse to|stop|not) (?:talk|chat|speak|writ|deal)\w* (?:to|with))"
    r" (?:\w+ ){0,3}(?:chat ?bots?|bots?|robots?|software|computers?|algorithms?|program(?:me)?s?)\b",
    re.I,
)
# "you're not helping, operator please", though a "not" stands before.
CALLS_FOR_ONE = re.compile(
    r"(?<!\bno )(?<!\bnot )(?<!\bnot a )(?<!\bnot an )\b(?:operator|human(?: being)?|real person|live agent|representative)\b[,\s]*\b(?:please|pls|plz|now)\s*[.!]*$",
    re.I,
)
NEGATES = re.compile(r"\b(?:not|never|without|no)\b|n['’]t\b", re.I)
OR = re.compile(r"\b(?:or|vs|versus|than|against|compared?|between|and)\b", re.I)
WHICH_ONE = re.compile(r"\b(?:which|wich|whitch|whch)(?: (?:one|1|is|of|country|place|price)\b)", re.I)
# Beside the prices of two places: which of them is good at what.
GOOD_AT = re.compile(
    r"\b(?:better|best|qualit(?:y|ies)|practi[cs]ed?|experien\w*|expert\w*|skill\w*|stricter|strict|standards?|strong(?:er|est)?|good (?:at|for)|speaks for|"
    r"known for|bragging|first[- ]class|doctors|specialists|trust\w*|safer|advantages?|what (?:their|the) hospitals?|who (?:is|has|have) (?:the )?(?:more|most|good))\b",
    re.I,
)
WHAT_SPEAKS_FOR, WHAT_IT_COSTS = "what speaks for each of them", "what does it cost"
# "is it good?" asks of something, not how one is.
ASKS_OF_IT = re.compile(r"^(?:is|was|are|does) (?:it|this|that|they)\b(?! going\b)", re.I)
# The places that another part of the message has named.
EACH_OF_THEM = re.compile(r"\b(?:each|both|all|either|the two)(?: of (?:them|these|those))?\b", re.I)
OTHERS = re.compile(r"\b(?:other|others|else|besides|apart from (?:that|this|it))\b", re.I)
NONE_OF = re.compile(
    r"^(?:no(?:ne| one)?(?: of (?:them|these|those|the above))?|neither|something else|other|none)[\s.!]*$", re.I
)
# "wat can go rong", "da side fx": the bad side of a treatment, however it is spelt; and its good side.
BAD_SIDE = re.compile(
    r"\b(?:go(?:es|ing)?|gon+a go) (?:w?r+ong|bad(?:ly)?)\b|\b(?:side|sid)[- ]?(?:f+x|e?f+e[ck]t?s?|af+ects?|ef+ects?)\b", re.I
)
DOWN_SIDE = re.compile(
    r"^(?:and |but |ok |so |then |what (?:is|are|about) |what['’]?s |how about |any )*(?:the |its |their )?"
    r"(?:minus(?:es)?|cons|down ?sides?|draw ?backs?|disadvantages?|negatives?|bad (?:side|sides|things|part|parts|news))(?: of (?:it|that|this))?(?: then| please| pls)?[\s?.!]*$",
    re.I,
)
# "ok thx anyway" takes leave of what was offered; "yes, thanks" takes it.
ONLY_THANKS = re.compile(
    r"^(?:(?:ok(?:ay)?|k|oke|alright|all right|fine|good|great|i see|right|hm+|oh|well|no worries|never mind)[\s,.!]+)+"
    r"(?:(?:many|so|very|much|a lot|anyway|anyhow|then|for (?:that|the (?:info|help|answer))|thx|tnx|thnx|thank(?:s|z)?(?: you| u| ya)?|ty|ta|tks|danke|merci|gracias|grazie|obrigad[oa]|salamat(?: po)?|shukran|dzi[eę]kuj[eę]|te[sş]ekk[uü]rler|xie ?xie|arigato|dhanyavaad|shukriya|cheers)[\s,.!]*)+$",
    re.I,
)
# "ok calling them now", "im on my way to hospital thx"; "I'm going" alone may be a farewell.
_HELP = r"(?:112|911|999|120|an? ambulance|the ambulance|(?:the |my )?(?:hospital|doctors?|clinic)|(?:the )?(?:er|emergency(?: room)?|a ?& ?e|casualty)|help)"
GONE_FOR_HELP = re.compile(
    r"^(?:(?:ok(?:ay)?|k|yes|yeah|right|oh god|thx|thanks?(?: you| u)?|good|alright)[\s,.!]+)*"
    r"(?:i['’]?m |i am |im |i['’]?ve |i have |i |we['’]?re |we are |we['’]?ve |we have |we )?(?:just |already |now )?"
    rf"(?:(?:will call|called|calling|phoned|phoning|rang|ringing|dialling)(?: (?:them|{_HELP}))?|(?:going|driving|running|rushing|on (?:my|our|the) way) (?:to |for )?{_HELP})"
    r"(?: (?:right|now|already|straight away|at once|immediately))*[\s,.!]*(?:(?:thx|ty|thanks?(?: you| u)?|bless you|god bless)[\s,.!]*)*$",
    re.I,
)
# "any results so far", "and does it work for them": not stories, nor another place.
ASKS_RESULTS = re.compile(
    r"\b(?:results?|outcomes?|(?:do|does|did|has|have) (?:it|they|that) work\w*|successful|success(?! stor))\b", re.I
)
WHO_IS_THE_PUBLISHER = re.compile(
    r"^(?:(?:and|but|so|ok|hi|hello|sorry|btw|wait)[\s,]+)*(?:who|what)(?:['’]?s| is| are| r| iz|re)? (?:(?:this|that|the|these) )?plac\w*way(?: (?:thing|company|lot|people|anyway|then|exactly|pls|please))*[\s?.!]*$",
    re.I,
)
GOOD_SIDE = re.compile(
    r"\b(?:benefits?|good|better|help\w*|gain\w*|improv\w*|advantages?|positive|worth|fewer|less|without)\b", re.I
)
# "pros and cons", "the good n the bad of it"
_GOOD = r"(?:pros?|good(?: (?:side|things|news))?|up ?sides?|benefits?|advantages?|positives?|gains?)"
_BAD = r"(?:cons?|bad(?: (?:side|things|news))?|ugly|down ?sides?|risks?|dangers?|disadvantages?|drawbacks?|negatives?|side ?effects?)"
_WITH = r"(?:,? ?(?:and|n|an|or|vs\.?|versus|&|/|against)|,) ?(?:the |its |their )?"
TWO_SIDES = re.compile(
    rf"\b(?:{_GOOD}{_WITH}{_BAD}|{_BAD}{_WITH}{_GOOD})\b|\bweigh\w*\b[^?!]*\b(?:good|benefits?|gains?)\b[^?!]*\b(?:harms?|bad|risks?|dangers?)\b",
    re.I,
)
