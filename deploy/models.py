"""Which model belongs to the current data, and where it lies."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# What a model is made of; a change in one of these asks for a new one.
INPUTS = (
    "config.yml",
    "domain.yml",
    "data",
    "components",
    "knowledge/terms.yml",
    "knowledge/told.py",
    "knowledge/topics.yml",
    "requirements/assistant.lock",
    "requirements/weights.lock",
)
# Of a passage the model knows its name and its question, behind which follow-ups stand; its text may change without a training.
PASSAGES = "knowledge/passages"
_LEARNT = re.compile(rb"^(?:section|\s*(?:- )?(?:id|question)):.*$", re.M)


class ModelError(Exception):
    """No model that may be used: says why and what to do."""


@dataclass(frozen=True)
class Model:
    """A trained model: its archive, the digest of what it was made of, the digest of the archive."""

    archive: Path
    data_digest: str
    sha256: str


def digest_inputs(root: Path = ROOT) -> str:
    """SHA-256 over names and contents of everything that a model is made of."""
    digest = hashlib.sha256()
    for name in INPUTS:
        path = root / name
        files = sorted(p for p in path.rglob("*") if p.is_file() and "__pycache__" not in p.parts) if path.is_dir() else [path]
        for file in files:
            digest.update(f"{file.relative_to(root)}\0".encode())
            digest.update(hashlib.sha256(file.read_bytes()).digest())
    for file in sorted((root / PASSAGES).rglob("*.yml")):
        digest.update(b"\n".join(_LEARNT.findall(file.read_bytes())))
    return digest.hexdigest()


def file_sha256(path: Path) -> str:
    """SHA-256 of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        for block in iter(lambda: file.read(1 << 20), b""):
            digest.update(block)
    return digest.hexdigest()


def record_path(data_dir: Path) -> Path:
    """The file that names the model in use; written last, so that nothing half-written is ever used."""
    return data_dir / "models" / "current.json"


def find_model(data_dir: Path, *, data_digest: str | None = None) -> Model:
    """The model in use.

    Args:
        data_dir: Where `models/` lies.
        data_digest: If given, the model must have been made of just this.

    Raises:
        ModelError: If there is none, it is damaged, or it belongs to other data.
    """
    record = record_path(data_dir)
    try:
        data = json.loads(record.read_text(encoding="utf-8"))
        model = Model(record.parent / data["archive"], data["data_digest"], data["sha256"])
    except FileNotFoundError:
        raise ModelError("There is no trained model. Run `make train`.") from None
    except (ValueError, KeyError, TypeError) as error:
        raise ModelError(f"{record} cannot be read ({type(error).__name__}). Delete it and run `make train`.") from error
    if data_digest is not None and model.data_digest != data_digest:
        raise ModelError("The trained model belongs to other data. Run `make train`.")
    if not model.archive.is_file():
        raise ModelError(f"{model.archive} is missing. Run `make train`.")
    if file_sha256(model.archive) != model.sha256:
        raise ModelError(
            f"{model.archive} is damaged: its SHA-256 is not the one of {record.name}. Delete it and run `make train`."
        )
    return model
