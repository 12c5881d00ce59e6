"""Check the content: one function per rule, all problems listed at once (`make content`)."""

from __future__ import annotations

import argparse
import hashlib
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from knowledge.errors import ContentError, UnreadableFileError
from knowledge.figures import NUMBER_WORDS, figure_from, numbers_in
from knowledge.passage import ALL, ROOT, Knowledge, Passage, load_knowledge, passage_files, read_yaml

MAX_PASSAGE_WORDS = 85
MAX_COPIED_WORDS = 8  # so many words in a row may be alike, names and list items mostly
_TYPES = {"str": str, "list": list, "map": dict, "int": int}
_WORD = re.compile(r"[a-z0-9$%]+")
_ABBREVIATION = re.compile(r"\b(?:[A-Z]{2,}[A-Za-z0-9]*|[A-Z][a-z]?[A-Z][A-Za-z]*)\b")


def check_form(root: Path) -> Iterator[str]:
    """Unknown, missing and wrongly typed fields, in every section file."""
    fields = read_yaml(root / "fields.yml")
    for path in passage_files(root):
        where = f"{path.parent.name}/{path.name}"
        data = read_yaml(path)
        if not isinstance(data, dict):
            yield f"{where}: is no mapping; start it with section, heading, overview, passages."
            continue
        yield from _check_fields(where, data, fields["section"])
        if data.get("section") != f"{path.parent.name}#{path.stem}":
            yield f"{where}: section is {data.get('section')!r}; the place of the file says {path.parent.name}#{path.stem}."
        if isinstance(data.get("overview"), dict):
            yield from _check_fields(f"{where} overview", data["overview"], fields["overview"])
            yield from _check_figures(f"{where} overview", data["overview"])
        for passage in data.get("passages") or ():
            if not isinstance(passage, dict):
                yield f"{where}: a passage is {passage!r}; it must be a mapping."
                continue
            name = f'{where} passage "{passage.get("id")}"'
            yield from _check_fields(name, passage, fields["passage"])
            yield from _check_sentences(name, passage, fields["about"])
            yield from _check_figures(name, passage)


def _check_fields(where: str, data: Mapping[str, Any], fields: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    for name in data.keys() - fields.keys():
        yield f"{where}: unknown field {name!r}; fields.yml lists {', '.join(fields)}."
    for name, rule in fields.items():
        if rule["required"] and data.get(name) in (None, "", [], {}):
            yield f"{where}: {name} is missing; it holds: {rule['help']}"
        elif data.get(name) is not None and not isinstance(data[name], _TYPES[rule["type"]]):
            yield f"{where}: {name} is {type(data[name]).__name__}; it must be a {rule['type']}."


def _check_sentences(where: str, passage: Mapping[str, Any], about: list[str]) -> Iterator[str]:
    for sentence in passage.get("say") or ():
        if not isinstance(sentence, dict) or set(sentence) != {"text", "about"}:
            yield f"{where}: a sentence is {sentence!r}; it must be {{text, about}}."
        elif sentence["about"] not in about:
            yield f"{where}: about is {sentence['about']!r}; fields.yml lists {', '.join(about)}."
    lines = passage.get("lines")
    whole = isinstance(lines, list) and 1 <= len(lines) <= 2 and all(type(n) is int and n > 0 for n in lines)
    if lines is not None and not (whole and lines[0] <= lines[-1]):
        yield f"{where}: lines is {lines!r}; it must be [first, last] or [line], counted from 1."


def _check_figures(where: str, data: Mapping[str, Any]) -> Iterator[str]:
    for figure in data.get("figures") or ():
        try:
            figure_from(figure)
        except (ValueError, TypeError, AttributeError) as error:
            yield f"{where}: {error}."


def check_ids(knowledge: Knowledge, root: Path) -> Iterator[str]:
    """Ids used twice, ids that lead nowhere, sections without a topic."""
    for section in knowledge.sections.values():
        seen: set[str] = set()
        for passage in section.passages:
            if passage.id in seen or passage.id.endswith(f"/{ALL}"):
                yield f"{passage.id}: the id is used twice, or is the reserved one ({ALL}); rename the passage."
            seen.add(passage.id)
        for name in section.overview_from:
            if name not in seen:
                yield f"{section.id}: the overview is made from {name}, which the section does not have."
        if section.id not in knowledge.topic_by_section:
            yield f"{section.id}: no topic of topics.yml has this section; add it to one."
    for topic in knowledge.topics.values():
        for name in topic.sections:
            if name not in knowledge.sections:
                yield f"topics.yml {topic.intent}: section {name} is not in knowledge/passages/."
    for passage in knowledge.passages.values():
        yield from _check_links(passage, knowledge)


def _check_links(passage: Passage, knowledge: Knowledge) -> Iterator[str]:
    for field, names in (("same_as", passage.same_as), ("differs_from", passage.differs_from)):
        for name in names:
            other = knowledge.passages.get(name)
            if other is None:
                yield f"{passage.id}: {field} names {name}, which is no passage."
            elif passage.id not in getattr(other, field):
                yield f"{passage.id}: {field} names {name}, but not the other way round; add it there."
    for name in passage.beside:
        if name not in knowledge.passages or name == passage.id:
            yield f"{passage.id}: beside names {name}, which is no other passage."
    for name in passage.terms:
        if name not in knowledge.terms:
            yield f"{passage.id}: term {name} is not in terms.yml."


def check_figures_typed(knowledge: Knowledge, root: Path) -> Iterator[str]:
    """Figures in a text that are not typed data, and typed data that no text shows."""
    for section in knowledge.sections.values():
        blocks = [(p.id, p.text, p.figures) for p in section.passages]
        blocks.append((f"{section.id} overview", section.overview, section.overview_figures))
        for where, text, figures in blocks:
            shown = set(numbers_in(text))
            typed = {value for figure in figures for value in figure.values()}
            for value in sorted(shown - typed):
                yield f"{where}: the text shows {value:g}, which its figures do not have; add it to figures."
            for value in sorted(typed - shown):
                yield f"{where}: its figures have {value:g}, which the text does not show; write it in digits."
        made_of = [knowledge.passages[n] for n in section.overview_from if n in knowledge.passages]
        from_passages = {v for passage in made_of for f in passage.figures for v in f.values()}
        for value in sorted({v for f in section.overview_figures for v in f.values()} - from_passages):
            yield f"{section.id} overview: {value:g} is in no passage that it is made from."


def check_style(knowledge: Knowledge, root: Path) -> Iterator[str]:
    """Passages that are too long, sentences that cannot stand alone, repeated questions."""
    questions: dict[str, str] = {}
    for passage in knowledge.passages.values():
        if len(passage.text.split()) > MAX_PASSAGE_WORDS:
            yield f"{passage.id}: {len(passage.text.split())} words; at most {MAX_PASSAGE_WORDS}."
        for sentence in passage.sentences:
            if re.match(
                r"(It|They|This|These|Those|He|She|That)\b(?! (?:kind|type|side|treatment|therapy|guide))", sentence.text
            ):
                yield f'{passage.id}: "{sentence.text[:40]}..." points back; name what it is about.'
            if not sentence.text.endswith((".", "?", "!")):
                yield f'{passage.id}: "{sentence.text[:40]}..." has no full stop.'
        if passage.question in questions:
            yield f"{passage.id}: asks the same as {questions[passage.question]}; give each its own question."
        questions[passage.question] = passage.id


def check_terms(knowledge: Knowledge, root: Path) -> Iterator[str]:
    """A spelling that two terms of one kind claim."""
    owners: dict[tuple[str, str], str] = {}
    for term in knowledge.terms.values():
        for word in {w.lower() for w in (term.name, *term.synonyms, *term.misspellings)}:
            other = owners.setdefault((term.kind, word), term.id)
            if other != term.id:
                yield f'terms.yml: "{word}" is claimed by {other} and by {term.id}; keep it in one.'


def check_sources(knowledge: Knowledge, folder: Path) -> Iterator[str]:
    """The passages against the documents: digests, lines, figures, names, and that sentences are not copied."""
    for document in knowledge.documents.values():
        path = folder / document.file
        if not path.is_file():
            yield f"{document.id}: {path} is missing; give the folder with the source files."
            continue
        if hashlib.sha256(path.read_bytes()).hexdigest() != document.sha256:
            yield f"{document.id}: {document.file} has another SHA-256 than sources.yml; read it again, then update both."
        lines = path.read_text(encoding="utf-8").splitlines()
        grams = _word_runs(lines)
        for section in (s for s in knowledge.sections.values() if s.id.startswith(f"{document.id}#")):
            if section.heading not in lines and section.heading != document.title:
                yield f'{section.id}: heading "{section.heading}" stands nowhere in {document.file}.'
            for passage in section.passages:
                yield from _check_passage_source(passage, lines, grams, knowledge)


def _word_runs(lines: list[str]) -> set[tuple[str, ...]]:
    runs: set[tuple[str, ...]] = set()
    for line in lines:
        words = _WORD.findall(line.lower())
        runs.update(tuple(words[i : i + MAX_COPIED_WORDS + 1]) for i in range(len(words) - MAX_COPIED_WORDS))
    return runs


def _check_passage_source(passage: Passage, lines: list[str], grams: set[tuple[str, ...]], knowledge: Knowledge) -> Iterator[str]:
    if passage.lines[1] > len(lines):
        yield f"{passage.id}: cites line {passage.lines[1]}; the file has {len(lines)}."
        return
    source = " ".join(lines[passage.lines[0] - 1 : passage.lines[1]])
    words = re.sub(r"(?<=\d),(?=\d)", "", source.lower())
    allowed = set(numbers_in(source.replace("–", " "))) | {float(n) for n in re.findall(r"\d+(?:\.\d+)?", words)}
    allowed |= {float(value) for word, value in NUMBER_WORDS.items() if re.search(rf"\b{word}\b", words)}
    if re.search(r"\ba (?:day|week|month|year)\b", words):
        allowed.add(1.0)
    for value in sorted({v for f in passage.figures for v in f.values()} - allowed):
        yield f"{passage.id}: figure {value:g} is not in its source lines {passage.lines}."
    for name in sorted(set(_ABBREVIATION.findall(passage.text))):
        if name.rstrip("s").lower() not in words and name not in _ALLOWED_ABBREVIATIONS:
            yield f"{passage.id}: {name} is not in its source lines {passage.lines}."
    for term in knowledge.terms.values():
        told = term.kind in _NAMED_KINDS and _names(term.name, passage.text)
        if told and not any(_names(word, source) for word in (term.name, *term.synonyms)):
            yield f"{passage.id}: {term.name} is not in its source lines {passage.lines}."
    own = _WORD.findall(passage.text.lower())
    for i in range(len(own) - MAX_COPIED_WORDS):
        if tuple(own[i : i + MAX_COPIED_WORDS + 1]) in grams:
            yield f'{passage.id}: copies "{" ".join(own[i : i + MAX_COPIED_WORDS + 1])}"; say it in other words.'
            break


# What our sentences may always name: the subject itself.
_ALLOWED_ABBREVIATIONS = frozenset({"CAR", "SLE", "US", "USA", "USD"})
_NAMED_KINDS = frozenset({"drug", "country", "institution", "complication"})


def _names(word: str, text: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(word.lower())}(?!\w)", text.lower()) is not None


FACETS = frozenset({"why", "how", "then", "meanwhile", "who", "where", "where_was", "when", "join"})


def check_follow_ups(knowledge: Knowledge, root: Path) -> Iterator[str]:
    """follow_ups.yml leads from passages and sections to passages that exist."""
    for shown, targets in knowledge.follow_ups.items():
        if shown not in knowledge.passages and shown not in knowledge.sections:
            yield f"follow_ups.yml {shown}: there is no such passage or section."
        for facet, target in targets.items():
            if facet not in FACETS:
                yield f"follow_ups.yml {shown}: {facet} is none of {', '.join(sorted(FACETS))}."
            if target not in knowledge.passages:
                yield f"follow_ups.yml {shown}: {facet} leads to {target}, which is not in knowledge/passages/."


RULES: tuple[Callable[[Knowledge, Path], Iterator[str]], ...] = (
    check_ids,
    check_figures_typed,
    check_style,
    check_terms,
    check_follow_ups,
)


def find_problems(root: Path = ROOT, sources: Path | None = None) -> list[str]:
    """List every problem of the content.

    Args:
        root: The folder of the knowledge base.
        sources: The folder with the source files, to check the passages against them; None to leave that out.

    Returns:
        One line for each problem: where, what, the remedy. Empty when all is well.
    """
    try:
        problems = list(check_form(root))
    except UnreadableFileError as error:
        return [str(error)]
    if problems:
        return problems  # the other rules need the right form
    try:
        knowledge = load_knowledge(root)
    except (UnreadableFileError, KeyError, TypeError, ValueError) as error:
        return [f"{type(error).__name__}: {error}"]
    for rule in RULES:
        problems += rule(knowledge, root)
    if sources is not None:
        problems += check_sources(knowledge, sources)
    return problems


def main() -> int:
    """Run all rules; print every problem; exit with 1 if there is one."""
    parser = argparse.ArgumentParser(description="Check the knowledge base.")
    parser.add_argument("--sources", type=Path, help="folder with the source files, to check the passages against them")
    options = parser.parse_args()
    problems = find_problems(sources=options.sources)
    if problems:
        print(ContentError(problems), file=sys.stderr)
        return 1
    knowledge = load_knowledge()
    print(
        f"content: {len(knowledge.passages)} passages in {len(knowledge.sections)} sections, {len(knowledge.terms)} terms, "
        f"no problem{'' if options.sources else ' (not checked against the source files: give --sources)'}"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
