"""Passages, sections, documents and terms: their types, and loading them from YAML."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from knowledge.errors import UnknownPassageError, UnreadableFileError
from knowledge.figures import Figure, figure_from

ROOT = Path(__file__).resolve().parent
# What a bare follow-up may be answered by within the same passage.
_FACET_ABOUT = {"why": ("cause",), "how": ("process", "treatment"), "when": ("timing", "duration"), "where": ("place",)}
ALL = "all"  # the label of questions on a whole section; no passage has this name


@dataclass(frozen=True)
class Sentence:
    """One sentence of a passage; it stands alone.

    Attributes:
        text: The sentence, in our own words.
        about: What it tells, one of the values that `fields.yml` lists ("duration", "treatment", ...).
    """

    text: str
    about: str


@dataclass(frozen=True)
class Passage:
    """What one paragraph, bullet or table row of a source says, in our words.

    Attributes:
        id: DOCUMENT#SECTION/PASSAGE.
        lines: First and last source line, counted from 1.
        title: Two to five words.
        question: A question of a person that this passage answers.
        sentences: At least one; the first is the most direct statement.
        figures: Every figure of the sentences.
        terms: Ids of the glossary terms named.
        countries: Countries and regions named.
        prices: Countries and regions whose price the passage gives; most have none.
        same_as: Ids of passages that say the same in the other document.
        differs_from: Ids of passages that say something else on the same point.
        beside: Ids of passages that complete this one: their first sentence is told after it, if there is room.
        note: What is wrong in the source at this place, and how it was read.
    """

    id: str
    lines: tuple[int, int]
    title: str
    question: str
    sentences: tuple[Sentence, ...]
    figures: tuple[Figure, ...] = ()
    terms: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    prices: tuple[str, ...] = ()
    same_as: tuple[str, ...] = ()
    differs_from: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    note: str | None = None

    @cached_property
    def section_id(self) -> str:
        """DOCUMENT#SECTION."""
        return self.id.split("/", 1)[0]

    @property
    def document_id(self) -> str:
        """DOCUMENT."""
        return self.id.split("#", 1)[0]

    @property
    def text(self) -> str:
        """The whole passage as one paragraph."""
        return " ".join(sentence.text for sentence in self.sentences)


@dataclass(frozen=True)
class Section:
    """The passages under one question heading of a document.

    Attributes:
        id: DOCUMENT#SECTION.
        heading: The document's own heading.
        overview: One or two sentences on the whole section.
        overview_figures: The figures of the overview.
        overview_from: Ids of the passages that the overview is made of.
        passages: In the order of the source.
    """

    id: str
    heading: str
    overview: str
    overview_figures: tuple[Figure, ...]
    overview_from: tuple[str, ...]
    passages: tuple[Passage, ...]


@dataclass(frozen=True)
class Document:
    """A source document: id, title, short name, publisher, file name, date read (ISO 8601), SHA-256 of the file."""

    id: str
    title: str
    short: str
    publisher: str
    file: str
    read_on: str
    sha256: str


@dataclass(frozen=True)
class Term:
    """A word that a passage explains or a person uses: drug, complication, symptom, organ, country ...

    Attributes:
        id: Kebab-case.
        kind: Entity label, as in domain.yml ("drug", "country", ...).
        name: As shown.
        synonyms: Other words for it: abbreviations, brands, lay words, cities of a country.
        misspellings: Wrong spellings that people type.
    """

    id: str
    kind: str
    name: str
    synonyms: tuple[str, ...] = ()
    misspellings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Topic:
    """What an intent asks about; may draw on sections of both documents.

    Attributes:
        intent: Name of the intent.
        sections: Ids of its sections; general questions start with the first.
        title: The words a person uses for it.
        question: The broad question that a button asks.
    """

    intent: str
    sections: tuple[str, ...]
    title: str
    question: str


@dataclass(frozen=True)
class Knowledge:
    """The whole knowledge base, read once."""

    documents: Mapping[str, Document]
    sections: Mapping[str, Section]
    terms: Mapping[str, Term]
    topics: Mapping[str, Topic]
    follow_ups: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @cached_property
    def passages(self) -> Mapping[str, Passage]:
        """All passages by id, in the order of the documents."""
        return {passage.id: passage for section in self.sections.values() for passage in section.passages}

    def passage(self, passage_id: str) -> Passage:
        """Return a passage.

        Raises:
            UnknownPassageError: If there is none with this id.
        """
        try:
            return self.passages[passage_id]
        except KeyError:
            raise UnknownPassageError(passage_id) from None

    def section_of(self, passage: Passage) -> Section:
        """The section that a passage stands in."""
        return self.sections[passage.section_id]

    @cached_property
    def topic_by_section(self) -> Mapping[str, Topic]:
        """The topic that each section belongs to."""
        return {section: topic for topic in self.topics.values() for section in topic.sections}

    def follow_up(self, shown: str, facet: str) -> str:
        """Where a bare "why?", "how?", "and then?" leads after an answer.

        Args:
            shown: Passage or section id of the answer.
            facet: "why", "how", "then", "meanwhile", "who", "where", "where_was", "when" or "join".

        Returns:
            A passage id, or an empty string if nothing is known to follow.
        """
        section = shown.split("/")[0]
        own, of_section = (self.follow_ups.get(key, {}).get(facet, "") for key in (shown, section))
        if own:
            return own
        passage = self.passages.get(shown)
        wanted = _FACET_ABOUT.get(facet, ())
        told = passage is not None and any(s.about in wanted for s in passage.sentences)
        if told and facet == "why":
            return shown  # its own reason is nearer than that of the section
        if of_section and of_section != shown:
            return of_section
        if facet == "then" and section in self.sections:
            names = [p.id for p in self.sections[section].passages]
            position = names.index(shown) + 1 if shown in names else 0
            return names[position] if position < len(names) else ""
        return shown if told else ""

    def spellings(self) -> dict[tuple[str, str], str]:
        """(kind, lower-cased spelling) -> term id, of all terms."""
        return {
            (term.kind, spelling.lower()): term.id
            for term in self.terms.values()
            for spelling in (term.name, *term.synonyms, *term.misspellings)
        }

    def twins(self, passage: Passage) -> list[Passage]:
        """Passages of the other document that say the same."""
        return [self.passages[i] for i in passage.same_as if i in self.passages]


def read_yaml(path: Path) -> Any:
    """Read one YAML file.

    Raises:
        UnreadableFileError: If the file is missing or is not YAML.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise UnreadableFileError(path, "the file is missing.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableFileError(path, f"cannot be read: {error}.") from error
    try:
        return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.YAMLError as error:
        raise UnreadableFileError(path, f"is not YAML: {' '.join(str(error).split())}.") from error


def passage_files(root: Path = ROOT) -> Iterator[Path]:
    """The section files, in the order of `sources.yml`."""
    sources = read_yaml(root / "sources.yml")
    for document in sources["documents"]:
        for name in document["sections"]:
            yield root / "passages" / document["id"] / f"{name}.yml"


def passage_from(data: Mapping[str, Any], section_id: str) -> Passage:
    """Make a passage of its YAML form; the form is checked by `knowledge.check`."""
    lines = data["lines"]
    return Passage(
        id=f"{section_id}/{data['id']}",
        lines=(int(lines[0]), int(lines[-1])),
        title=data["title"],
        question=data["question"],
        sentences=tuple(Sentence(s["text"].strip(), s["about"]) for s in data["say"]),
        figures=tuple(figure_from(f) for f in data.get("figures") or ()),
        terms=tuple(data.get("terms") or ()),
        countries=tuple(data.get("countries") or ()),
        prices=tuple((data.get("prices") or {}).get("regions") or ()),
        same_as=tuple(data.get("same_as") or ()),
        differs_from=tuple(data.get("differs_from") or ()),
        beside=tuple(data.get("beside") or ()),
        note=data.get("note"),
    )


def section_from(data: Mapping[str, Any]) -> Section:
    """Make a section of its YAML form."""
    section_id = data["section"]
    overview = data["overview"]
    return Section(
        id=section_id,
        heading=data["heading"],
        overview=" ".join(overview["say"].split()),
        overview_figures=tuple(figure_from(f) for f in overview.get("figures") or ()),
        overview_from=tuple(f"{section_id}/{name}" for name in overview["from"]),
        passages=tuple(passage_from(p, section_id) for p in data["passages"]),
    )


def load_knowledge(root: Path = ROOT) -> Knowledge:
    """Read the whole knowledge base.

    Args:
        root: The folder with `sources.yml`, `terms.yml`, `topics.yml` and `passages/`.

    Raises:
        UnreadableFileError: If a file is missing or is not YAML.
        KeyError, ValueError, TypeError: If a field is missing or wrong; `make content` says all of them.
    """
    sources = read_yaml(root / "sources.yml")
    documents = {
        d["id"]: Document(d["id"], d["title"], d["short"], d["publisher"], d["file"], str(d["read_on"]), d["sha256"])
        for d in sources["documents"]
    }
    sections = (section_from(read_yaml(path)) for path in passage_files(root))
    terms = {
        t["id"]: Term(t["id"], t["kind"], t["name"], tuple(t.get("synonyms") or ()), tuple(t.get("misspellings") or ()))
        for t in read_yaml(root / "terms.yml")["terms"]
    }
    topics = {
        t["intent"]: Topic(t["intent"], tuple(t["sections"]), t["title"], t["question"])
        for t in read_yaml(root / "topics.yml")["topics"]
    }
    follow_ups = read_yaml(root / "follow_ups.yml")["follow_ups"]
    return Knowledge(documents, {s.id: s for s in sections}, terms, topics, follow_ups)
