"""Emergency rules: each catches and lets pass what it says, and no ordinary training utterance is taken for an emergency."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from safety.emergency import LANGUAGES, Rule, load_safety

ROOT = Path(__file__).resolve().parent.parent.parent
SAFETY = load_safety()
# Labelled as questions, and answered as emergencies all the same: someone has these signs now.
EMERGENCIES_BY_ANOTHER_NAME = {
    "My mother is 58 and got her cells on Monday. Now she has 39 degrees, aches everywhere and says she is so tired."
    " Could this be the cytokine thing?",
    "she talks nonsense and does not recognise us since yesterday, she got the cells last week",
    "sepsis now cells postponed",
    # To let these pass, an exception would have to look at one word of a sentence in which the next one may report an emergency:
    # help is offered once too often rather than never.
    "sangra mucho el sitio donde ponen el cateter?",
    "Bekommt nach der Infusion jeder Fieber?",
    "blutet das stark beim kathetr ziehen",
    "atemnot als nebenwirkung wie oft is das",
    "ليه العلاج ممكن يعمل تشنجات",
    "شيل القسطرة بينزف كتير؟",
    "ضيق التنفس من ضمن الآثار الجانبية؟",
    "i'm drowning in pills, is the aim to live without them",
    "want it gone for good, no more tablets, does this do it",
    "not ready to die. nope. got a garden to plant",
    "scared i wont wake up from it, scared i will and nothing changed, scared scared",
    "what to write in a goodbye card for my nurse who is retiring",
    "who wrote the song about jumping off the billie joe bridge",
    "passed out on the couch at nine like every sunday, lovely",
    "por favor a human, I do not trust machines with my life",
    "Anyone of blood and bone available for five minutes?",
    "Staff is not speaking Arabic, how we will understand us?",
    "Weird one, blisters on the roof of my cakehole and I feel sod all, does lupus do that?",
    "Would a plus-one be any use, or just dead weight on the trip?",
    "No I don't want to hurt myself, I am only venting about this disease",
    "My husband has trembling since his cells in winter, it is normal for him?",
    # Asked of anybody, in words in which others report what happens to them after the infusion.
    "what is that storm that makes it hard to breathe after CAR-T",
    "My mate had teeth chattering chills the night after her cells, over and done with. Is that what they call CRS?",
    "can it put a person in a coma or make them drowsy",
    "unconsius from cart, hapens?",
    "I've a chest infection at the moment, does that hold things up in general",
    "shivers after the cells, is that what CRS does to people",
    "shaking hands after the cells, is it known",
    "blood pressure dropping in some patients, what's behind it",
    "shivering and teeth chattering after the infusion, is that the cytokine thing",
    "chills + fever + can't catch breath = which reaction",
    "muddled and cant find ther words after cart, wats it calld",
    "Bruises and bleeding, from which effect of the treatment this comes?",
    "In the clinic they treat also the head things, the confusion, or only the fever?",
    # The past, in words of which only the sentence around them says that it is over.
    "After the transfusions I had when I lost all that blood in labour I don't want anybody's cells but mine."
    " Are they from the patient?",
    "they told my mum MS then lyme then nerves, she collapsed at work before anyone said lupus. why does it"
    " look like everything else",
    "my girl collapsed after a beach day three summers ago and it was a flare. can uv do that",
    "my aunt half lost her sight on hydroxychloroquine, long story. why is it given to nearly everybody",
    "ibuprofen gave my nan a bleeding ulcer in the nineties. what are those painkillers used for in lupus",
    "My husband was in hospital at Christmas with blood poisoning and is still not over it. Do patients have"
    " to be clear of such things before they get the cells?",
    "bruther has fits since a kid, is that a isue for cart",
    "My last infusion of anything put me in a coma for two days, and I've one kidney. Would you say the cells"
    " are too risky for somebody in my state?",
    # Idioms.
    "there are mornings when I cannot open a jar to save my life. which joints does lupus go after",
    "Grandpa was half dead from his pills, doctor stopped them, lupus gone. Is that really a known kind?",
    "when the whole pharmacy is dead in the water, what's the last card",
    "prices are all over the shop, my head is exploding. what makes one dearer than another",
    "how much blood money do the chinese want for it",
    "here medicine is dead. elsewhere they have it earlier?",
    "in my village they whisper i'm dying whenever i cough. is being treated far away more discreet",
    "the paperwork will finish me off before lupus does. visa, flights, flat, what has to be sorted",
    "is china really giving those killer cells to lupus people or just to the cancer dying",
    "it stays between us if I talk about my mother's death?",
    "I've had shingles twice because my medicines flatten the entire immune system. A nurse said these cells only go"
    " after the culprits. Does that mean there's less collateral harm than with the broad stuff?",
    "spots on the roof of the gob, do they sting with lupus",
    "female hormons to blame for hitting us so much?",
    "my son ask me why he must swallow methotrexate every week, how I explain to him its purpose",
    "cellcept is a horse pill says my lad, what's the point of it",
    "The ward gave out CellCept leaflets. what is the point of it in lupus",
    "I count out my mum's pills every Sunday night. After CAR-T, do they take away the lupus ones little by little?",
    "Flights, clinic, papers for CAR-T, I am drowning. is there a firm that takes it off you",
    "my boy faints at needles, would you give him the syrup instead",
}


@pytest.mark.parametrize("rule", SAFETY.rules, ids=lambda rule: rule.id)
def test_a_rule_catches_what_it_says(rule: Rule) -> None:
    missed = [message for message in rule.catches if not rule.matches(SAFETY.wording.read(message))]

    assert rule.catches and missed == []


@pytest.mark.parametrize("rule", SAFETY.rules, ids=lambda rule: rule.id)
def test_what_a_rule_catches_is_answered_by_its_kind_and_language(rule: Rule) -> None:
    found = {message: SAFETY.find(message) for message in rule.catches}

    assert all(other and (other.kind, other.language) == (rule.kind, rule.language) for other in found.values()), found


@pytest.mark.parametrize("rule", SAFETY.rules, ids=lambda rule: rule.id)
def test_all_rules_let_pass_what_one_names(rule: Rule) -> None:
    caught = [message for message in rule.passes if SAFETY.find(message)]

    assert rule.passes and caught == []


def test_no_ordinary_utterance_is_taken_for_an_emergency() -> None:
    caught = []
    for path in (ROOT / "data").rglob("*.yml"):
        for block in yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader).get("nlu", ()):
            if block["intent"] != "emergency":
                lines = (line.strip()[2:] for line in block["examples"].splitlines() if line.strip().startswith("- "))
                caught += [line for line in lines if line not in EMERGENCIES_BY_ANOTHER_NAME and SAFETY.find(line)]

    assert caught == []


@pytest.mark.parametrize(
    "message",
    [
        "I want to kill myself with my pills, will it work",
        "I'm dead serious, I want to die",
        "I am dead tired and I want to die",
        "I wrote a poem and now I am going to kill myself",
        "I'll put the gun to the roof of my mouth",
        "my toddler is choking on paper",
        "he is vomiting blood and flesh",
        "I'm scared she won't wake up, she is on the floor",
        "he passed out on the couch lol he wont wake up",
        "she is hot as hell, 40.2 and shaking",
        "my mother is on the list for transplant and cannot breathe",
        "ça saigne beaucoup et ça n'arrête pas",
        "ma soeur a 14 ans et elle convulse",
        "er hat Atemnot, jeder Atemzug tut weh",
        "le dan convulsiones y no despierta",
        "أمي عندها ضيق تنفس الآن هل هذا من ضمن الآثار الجانبية",
    ],
)
def test_what_sounds_like_an_idiom_or_a_question_beside_it_hides_no_emergency(message: str) -> None:
    assert SAFETY.find(message) is not None


def test_rules_alone_catch_most_emergencies_of_the_training_data() -> None:
    blocks = yaml.load((ROOT / "data" / "nlu" / "emergency.yml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)["nlu"]
    lines = [line.strip()[2:] for block in blocks for line in block["examples"].splitlines() if line.strip().startswith("- ")]
    missed = [line for line in lines if not SAFETY.find(line)]

    # The rest says it in no word that a rule could look for; the trained intent is for those.
    assert len(missed) <= len(lines) // 8, missed


@pytest.mark.parametrize(
    ("message", "kind", "language"),
    [
        ("HELP I CAN’T BREATHE!!!", "medical", "en"),
        ("i cnt breeth plz", "medical", "en"),
        ("she is havin a siezure", "medical", "en"),
        ("we need an ambulense", "medical", "en"),
        ("i wanna dieeeee", "self_harm", "en"),
        ("feeling sucidal", "self_harm", "en"),
        ("would they be better off without me?", "self_harm", "en"),
        ("NO PUEDO RESPIRAR", "medical", "es"),
        ("mi mama esta inconciente", "medical", "es"),
        ("quiero suicidarme", "self_harm", "es"),
        ("j’arrive plus a respirer", "medical", "fr"),
        ("J'en ai marre de vivre", "self_harm", "fr"),
        ("Ich bekomme keine Luft!!", "medical", "de"),
        ("ich moechte nicht mehr leben", "self_harm", "de"),
        ("NEFES ALAMIYORUM", "medical", "tr"),
        ("Artık yaşamak istemiyorum", "self_harm", "tr"),
        ("我快不能呼吸了", "medical", "zh"),
        ("我想自殺", "self_harm", "zh"),
        ("لا أستطيع التنفس", "medical", "ar"),
        ("مابدي عيش", "self_harm", "ar"),
    ],
)
def test_form_and_language_do_not_matter_and_the_reply_is_in_the_language(message: str, kind: str, language: str) -> None:
    rule = SAFETY.find(message)

    assert rule is not None and (rule.kind, rule.language) == (kind, language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_first_sentence_of_a_reply_says_how_to_get_help_now(language: str) -> None:
    medical, self_harm = (SAFETY.replies[kind, language] for kind in ("medical", "self_harm"))

    assert "112" in medical[:120] and "911" in medical and "120" in medical
    assert "CAR-T" in medical
    assert any(number in self_harm[:130] for number in ("988", "024", "3114", "0800 111 0 111", "112", "12356", "1564"))
    assert "112" in self_harm


def test_self_harm_goes_before_a_medical_emergency() -> None:
    rule = SAFETY.find("I can't breathe, I want to kill myself")

    assert rule is not None and rule.kind == "self_harm"


@pytest.mark.parametrize("message", ["", "   ", "?!", "🙂", "a" * 10_000, "what does it cost? " * 500, "((((", "[b]\\d+*"])
def test_any_message_can_be_read(message: str) -> None:
    assert SAFETY.find(message) is None


def test_an_emergency_at_the_end_of_a_long_message_is_found() -> None:
    assert SAFETY.find("I have lupus since 2010 and took many drugs, " * 200 + "and now help me I can't breathe") is not None


@pytest.mark.parametrize(
    "message",
    [
        "he is fine now, thank you",
        "false alarm, she is breathing normally",
        "the ambulance came, he is in hospital now",
        "the fever is gone, thanks",
    ],
)
def test_after_an_emergency_the_talk_goes_on(message: str) -> None:
    assert SAFETY.find(message) is None


def test_a_question_in_one_sentence_does_not_hide_an_emergency_in_another() -> None:
    assert SAFETY.find("Can lupus cause chest pain? I can't breathe and my arm is numb") is not None


@pytest.mark.parametrize(
    "message",
    [
        "In my group a woman wrote that it is harmless, but my husband cannot speak since this morning",
        "My cousin heard of a patient like that. Now my father does not recognise me, he had the cells on Monday",
        "When my brother had CAR-T for lymphoma he was confused. My wife had her cells on Friday and she can't speak now",
        "Low platelets after CAR-T, why is her nose bleeding for two hours now and how long can this last",
        "how much blood can they take out, it is pouring out of the needle place and won't stop",
        "She has a moon face from prednisone, but now her lips and tongue are swelling",
        "The price made me faint last week, today I really fainted and I am bleeding from my head",
        "I fell down the rabbit hole about CAR-T. Help, my husband is unconscious",
        "ok they are sending the ambulance",
    ],
)
def test_a_story_or_a_general_question_does_not_hide_an_emergency(message: str) -> None:
    assert SAFETY.find(message) is not None
