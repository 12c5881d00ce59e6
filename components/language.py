"""The spaCy pipeline, assembled from parts that PyPI has: English tokenizer and an entity ruler.

No pretrained spaCy model is needed. The ruler's patterns come from knowledge/terms.yml: names, synonyms,
brands, cities and misspellings of drugs, complications, symptoms, organs, countries and institutions.

Run as a module it writes the pipeline to a folder: `python -m components.language build/language`.
"""

from __future__ import annotations

import sys
from hashlib import sha256
from pathlib import Path

import spacy
from spacy.language import Language

from knowledge.passage import ROOT, Term, load_knowledge

PIPELINE_NAME = "cart_lupus"


def patterns_of(term: Term) -> list[dict[str, object]]:
    """The ruler's patterns of a term: one a spelling, a phrase that is matched without regard to case.

    A spelling that is also a common word (US, ISO) is a pattern of tokens and matched as written only.
    """
    spellings = dict.fromkeys((term.name, *term.synonyms, *term.misspellings))
    return [{"label": term.kind, "id": term.id, "pattern": _pattern(spelling)} for spelling in spellings]


# Lower-cased these are everyday words: "us", "it", "ema", "pred", "aza".
_CASE_SENSITIVE = frozenset({"US", "ISO", "EU", "AZA", "CYC"})
_TOKENIZER = spacy.blank("en").tokenizer


def _pattern(spelling: str) -> str | list[dict[str, str]]:
    return [{"ORTH": token.text} for token in _TOKENIZER(spelling)] if spelling in _CASE_SENSITIVE else spelling


def build_language(root: Path = ROOT) -> Language:
    """Assemble the pipeline.

    Args:
        root: Folder of the knowledge base.

    Returns:
        A spaCy `Language` whose `meta` carries the digest of the terms, so that Rasa trains anew when they change.
    """
    knowledge = load_knowledge(root)
    language = spacy.blank("en")
    ruler = language.add_pipe("entity_ruler", config={"phrase_matcher_attr": "LOWER"})
    language.initialize()  # empties the ruler, so the patterns come after it
    ruler.add_patterns([pattern for term in knowledge.terms.values() for pattern in patterns_of(term)])
    language.meta["name"] = PIPELINE_NAME
    language.meta["terms_sha256"] = sha256((root / "terms.yml").read_bytes()).hexdigest()
    return language


def main() -> int:
    """Write the pipeline to the folder given."""
    if len(sys.argv) != 2:
        print("usage: python -m components.language FOLDER", file=sys.stderr)
        return 2
    folder = Path(sys.argv[1])
    folder.parent.mkdir(parents=True, exist_ok=True)
    build_language().to_disk(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
