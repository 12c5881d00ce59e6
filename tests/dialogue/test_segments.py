"""Cutting a message into its questions."""

from __future__ import annotations

import pytest

import dialogue.segments
from dialogue.segments import (
    MAX_SEGMENTS,
    announced_of,
    either_of,
    forget_texts,
    keywords_of,
    loose_halves,
    questions_of,
    segments_of,
    sentences_of,
    without_comparison,
)


@pytest.mark.parametrize(
    ("text", "questions"),
    [
        ("how much in Turkey and how long in hospital?", ["how much in Turkey", "how long in hospital?"]),
        ("once home do we see a nurse, and what is it in china", ["once home do we see a nurse", "what is it in china"]),
        ("after the ward is over, what do they check?", ["after the ward is over, what do they check?"]),
        ("once the cells are in, how is it controlled", ["once the cells are in, how is it controlled"]),
        ("price in china and who qualify", ["price in china", "who qualify"]),
        ("What does it cost? How long is the stay?", ["What does it cost?", "How long is the stay?"]),
        ("what are the risks, how long is recovery", ["what are the risks", "how long is recovery"]),
        ("what is CRS\nhow common is it", ["what is CRS", "how common is it"]),
        ("what does it cost plus how do I get a visa", ["what does it cost", "how do I get a visa"]),
        ("y is it so dear, an how long is it", ["y is it so dear", "how long is it"]),
        ("How do I find a trial, and they take teenagers?", ["How do I find a trial", "they take teenagers?"]),
        ("First how much is it, second who goes with her, third how long", ["how much is it", "who goes with her", "how long"]),
        ("two questions: what is CRS and is it common", ["what is CRS", "is it common"]),
        ("I'd like to know two things, the price and what comes after", ["the price", "what comes after"]),
        ("we have 2 questions: wats CRS also hows it treated", ["wats CRS", "hows it treated"]),
        ("What is CRS? How is it treated? And what does it cost?", ["What is CRS?", "How is it treated?", "what does it cost?"]),
        ("rituximab how does it work, and can I stop it", ["rituximab how does it work", "can I stop it"]),
        (
            "My mother wants to know. Visa stuff. How long is the stay?",
            ["Visa stuff.", "My mother wants to know, How long is the stay?"],
        ),
        ("visa stuff; how long is the stay", ["visa stuff", "how long is the stay"]),
        ("fever when // steroids why", ["fever when", "steroids why"]),
        ("visa what kind,, an wat do hospitals charge", ["visa what kind", "wat do hospitals charge"]),
        ("wich risks ar ther an do kidneys need to be fine", ["wich risks ar ther", "do kidneys need to be fine"]),
        ("NMPA, what's that, and when do I fly?", ["NMPA, what's that", "when do I fly?"]),
        (
            "Before I book anything: who is treated there, and what is the price?",
            ["Before I book anything: who is treated there", "what is the price?"],
        ),
        (
            "Once she is home, must she rest, and how often is she seen?",
            ["Once she is home, must she rest", "how often is she seen?"],
        ),
        (
            "In what way are the rules strict, and does this take long?",
            ["In what way are the rules strict", "does this take long?"],
        ),
        ("In Korea how many die, and is the ward clean everywhere?", ["In Korea how many die", "is the ward clean everywhere?"]),
        (
            "Which organs count, and if the patient had cancer is it over?",
            ["Which organs count", "if the patient had cancer is it over?"],
        ),
        (
            "my brother wants to know the risks, I want to know how long it takes",
            ["my brother wants to know the risks", "I want to know how long it takes"],
        ),
        ("Mum wants to know the price. I want to know the risks.", ["Mum wants to know the price.", "I want to know the risks."]),
        ("Is it in the genes, and can sunlight start it?", ["Is it in the genes", "can sunlight start it?"]),
        ("Does it hit women more, and are young mothers worse off?", ["Does it hit women more", "are young mothers worse off?"]),
        ("When can I fly, and who pays?", ["When can I fly", "who pays?"]),
        (
            "Korea or China, who is cheaper, and how long is the stay?",
            ["Korea or China, who is cheaper", "how long is the stay?"],
        ),
    ],
)
def test_questions_are_cut_apart_in_their_order(text: str, questions: list[str]) -> None:
    assert questions_of(text) == questions


@pytest.mark.parametrize(
    "text",
    [
        "hello",
        "how long would I stay in hospital?",
        "the risks and the recovery",
        "Compare China and Korea, please",
        "is it 2.5 weeks or 3.5 weeks",
        "For the trials in China, what do they ask?",
        "My doctor said e.g. belimumab helps",
        "is it normal that I wait, and they test again",
    ],
)
def test_one_question_stays_whole(text: str) -> None:
    assert questions_of(text) == [text]


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("I have lupus in my kidneys. Can I have CAR-T?", "I have lupus in my kidneys, Can I have CAR-T?"),
        (
            "I speak no Chinese. I'm stubborn though. How do I find a trial?",
            "I speak no Chinese, I'm stubborn though, How do I find a trial?",
        ),
        ("I am 34 and my kidneys are bad, can I have it?", "I am 34 and my kidneys are bad, can I have it?"),
    ],
)
def test_a_statement_is_merged_with_the_question_after_it(text: str, question: str) -> None:
    assert questions_of(text) == [question]


def test_a_statement_belongs_to_the_question_after_it_only() -> None:
    questions = questions_of("What does it cost? My kidneys are already damaged badly. Can I have it?")

    assert questions == ["What does it cost?", "My kidneys are already damaged badly, Can I have it?"]


def test_a_last_statement_stands_alone() -> None:
    assert questions_of("How long is the stay? I would go with my daughter then.")[-1].startswith("I would go")


@pytest.mark.parametrize("text", ["Is it 2 weeks? And then?", "what is CRS? and why?"])
def test_a_short_second_question_keeps_its_words(text: str) -> None:
    last = questions_of(text)[-1]

    assert any(letter.isalpha() for letter in last)


def test_no_more_parts_than_five() -> None:
    assert len(segments_of(" ".join(f"what is number {n}?" for n in range(9)))) == MAX_SEGMENTS


@pytest.mark.parametrize("text", ["", "   ", "?", "\n\n"])
def test_a_text_without_words_is_one_part(text: str) -> None:
    assert segments_of(text) == [text.strip()]


def test_sentences_end_at_signs_and_lines() -> None:
    assert sentences_of("One here. Two? Three!\nfour") == ["One here.", "Two?", "Three!", "four"]


def test_halves_are_every_cut_at_an_and() -> None:
    assert loose_halves("risks and recovery & price") == [("risks", "recovery & price"), ("risks and recovery", "price")]


@pytest.mark.parametrize(
    ("text", "halves"),
    [
        ("stay in Korea and stay in Turkey, how do they compare?", [("stay in Korea", "stay in Turkey")]),
        ("risks here and risks there - what's the difference", [("risks here", "risks there")]),
        ("In Turkey the stay is short and the flight is long?", [("In Turkey the stay is short", "the flight is long?")]),
        ("explain crs and icans, whats the diference", [("explain crs", "icans")]),
        ("for the trials in China and Korea, what do they ask?", []),
        ("when it is over and I am home, who helps?", []),
    ],
)
def test_how_two_are_compared_is_no_half_and_a_clause_is_no_scene(text: str, halves: list[tuple[str, str]]) -> None:
    assert loose_halves(without_comparison(text)) == halves


def test_a_comparison_that_is_all_there_is_stays() -> None:
    assert without_comparison(", what is the difference?") == ", what is the difference?"


@pytest.mark.parametrize("text", ["risks", "and recovery", "sand in my hand"])
def test_without_an_and_between_words_there_are_no_halves(text: str) -> None:
    assert loose_halves(text) == []


@pytest.mark.parametrize(
    ("text", "halves"),
    [
        ("rash on cheeks, hair loss: lupus", [("rash on cheeks", "hair loss: lupus")]),
        ("fever + low platelets", [("fever", "low platelets")]),
        ("What about fever, is it normal", []),
    ],
)
def test_keywords_are_cut_at_commas_questions_are_not(text: str, halves: list[tuple[str, str]]) -> None:
    assert loose_halves(text) == halves


@pytest.mark.parametrize(
    ("text", "questions"),
    [
        (
            "I would like to know what it blocks, whether people are tested before, and who can help with the visa.",
            ["I would like to know what it blocks", "whether people are tested before", "who can help with the visa."],
        ),
        (
            "Say it straight: what does it cost, and how long is the stay?",
            ["Say it straight: what does it cost", "how long is the stay?"],
        ),
        ("plaquenil what for / age limit car-t", ["plaquenil what for", "age limit car-t"]),
        ("results in germany + price there", ["results in germany", "price there"]),
        (
            "how do foreigners get in, and for which viruses are they tested?",
            ["how do foreigners get in", "for which viruses are they tested?"],
        ),
        (
            "who gets it most, and between what ages does it begin?",
            ["who gets it most", "between what ages does it begin?"],
        ),
        ("gimme the story on icans, also how long is the stay", ["gimme the story on icans", "how long is the stay"]),
        (
            "a nurse spoke of tumor lysis is that common here / price korea",
            ["a nurse spoke of tumor lysis is that common here", "price korea"],
        ),
        ("wil it go wen i rest an cud they give som thing", ["wil it go wen i rest", "cud they give som thing"]),
    ],
)
def test_questions_inside_a_sentence_and_signs_that_join(text: str, questions: list[str]) -> None:
    assert questions_of(text) == questions


def test_what_nobody_could_tell_is_a_story(text: str = "Nobody could tell me what it is. How common is it?") -> None:
    assert len(questions_of(text)) == 1


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("price south korea, companion yes or no, weeks in hospital", 3),
        ("lupus, turkey, 2 persons", 0),
        ("my knee, my shoulder hurts, my back", 0),
        ("how long, and where, and who", 0),
    ],
)
def test_keywords_between_commas_are_a_list(text: str, pieces: int) -> None:
    assert len(keywords_of(text)) == pieces


@pytest.mark.parametrize(
    "text",
    [
        "which lasts longer, the ward or the check-ups nearby?",
        "It is all too much. the ward or the check-ups nearby, which lasts longer",
    ],
)
def test_what_is_chosen_between(text: str) -> None:
    assert either_of(text) == ("the ward", "the check-ups nearby")


def test_one_thing_is_not_chosen_between() -> None:
    assert either_of("Which is dearer, Korea or Germany, and what are the prices?") is None
    assert either_of("which lasts longer?") is None


def test_what_is_announced_is_a_list() -> None:
    text = "I have three questions: the length of the stay, the price in Korea, and whether a friend may come."

    assert announced_of(text) == ["the length of the stay", "the price in Korea", "whether a friend may come."]
    assert announced_of("two matters: the price, the length of the stay") == ["the price", "the length of the stay"]
    assert announced_of("two things are on my mind") == announced_of("my doctor said: rest, sleep") == []


def test_the_sentence_that_asks_is_cut_not_the_story_before_it() -> None:
    text = "We sold the flat and the car. Is it mostly women who fall ill and does it run in families?"

    assert loose_halves(text) == [("Is it mostly women who fall ill", "does it run in families?")]


@pytest.mark.parametrize(("text", "halves"), [("work in a bank an hour away", 0), ("fever an is it bad", 1)])
def test_an_article_joins_nothing(text: str, halves: int) -> None:
    assert len(loose_halves(text)) == halves


def test_two_things_that_one_asks_to_do_are_one_question() -> None:
    assert loose_halves("can we skip the queue and go straight to it") == []


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("1) how does it work 2) who can get it", ["how does it work", "who can get it"]),
        ("1. price in korea 2. how long in hospital", ["price in korea", "how long in hospital"]),
        ("(a) what is it (b) what does it cost", ["what is it", "what does it cost"]),
        ("1) cost 2) how long in hospital", ["cost?", "how long in hospital"]),
        ("phase 1. what is phase 2?", ["phase 1. what is phase 2?"]),
        ("we took 2. 5 mg", ["we took 2. 5 mg"]),
    ],
)
def test_what_is_numbered_is_one_thing_each(text: str, pieces: list[str]) -> None:
    assert sentences_of(text) == pieces


@pytest.mark.parametrize(
    "text", ["how large is the gap between the US and China", "in what shape do the heart, lungs and liver have to be for this"]
)
def test_what_is_counted_up_is_not_cut(text: str) -> None:
    assert loose_halves(text) == []


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("is it free over there... and how does one get in", ["is it free over there", "how does one get in"]),
        ("what is the price… what about the stay", ["what is the price", "what about the stay"]),
        ("my mother... she is so tired", ["my mother... she is so tired"]),
    ],
)
def test_dots_before_a_question_are_its_beginning(text: str, pieces: list[str]) -> None:
    assert segments_of(text) == pieces


def test_cuts_are_kept_until_they_are_forgotten() -> None:
    text = "what does it cost? and how long does it take?"
    first = segments_of(text)
    first.append("not kept")

    assert segments_of(text) == first[:-1]
    assert dialogue.segments._segments.cache_info().currsize > 0
    forget_texts()
    assert dialogue.segments._segments.cache_info().currsize == dialogue.segments._sentences.cache_info().currsize == 0
