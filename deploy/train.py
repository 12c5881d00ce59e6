"""Train a model for the current data, if there is none; put it in use only when it has proved itself."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from deploy.models import ROOT, ModelError, digest_inputs, file_sha256, find_model, record_path
from settings import SettingError, load_settings

MIN_FREE_BYTES = 2 * 1024**3
KEPT_MODELS = 3
# The model must know these before it is put in use: utterance -> intent.
PROBES = {
    "How long do I have to stay in hospital?": "ask_recovery",
    "What does the treatment cost in Turkey?": "ask_cost",
    "hello": "greet",
    "Does my health insurance cover it?": "out_of_scope",
}


# What coordinators approved, in the training data; a copy of what the model in use has learnt lies beside the models.
REVIEWED, LEARNT, REFUSED = "data/nlu/reviewed.yml", "reviewed.yml", "refused.json"
EXIT_REFUSED = 4


class RefusedModelError(ModelError):
    """The new model answers worse than the one in use: says in which measures."""


def train(data_dir: Path) -> Path:
    """Train, prove and put in use.

    Returns:
        The archive.

    Raises:
        RefusedModelError: If approved examples take part and a measure falls.
        ModelError: If the training failed or the model does not know the probes; nothing is put in use then.
    """
    digest = digest_inputs()
    models = data_dir / "models"
    models.mkdir(parents=True, exist_ok=True)
    for left in models.glob(".incoming-*"):  # of a training that was interrupted
        shutil.rmtree(left, ignore_errors=True)
    free = min(shutil.disk_usage(models).free, shutil.disk_usage(tempfile.gettempdir()).free)
    if free < MIN_FREE_BYTES:
        raise ModelError(
            f"{free / 1024**3:.1f} GB are free in {models} or {tempfile.gettempdir()}; training needs 2 GB. Make room."
        )
    incoming = Path(tempfile.mkdtemp(prefix=".incoming-", dir=models))
    try:
        archive = _train_into(incoming)
        _prove(archive)
        _compare(archive, data_dir)
        final = models / f"{digest[:16]}.tar.gz"
        os.replace(archive, final)
        _record(final, digest, models)
    finally:
        shutil.rmtree(incoming, ignore_errors=True)
    return final


def _train_into(folder: Path) -> Path:
    import rasa
    from rasa.engine.exceptions import (
        GraphComponentException,
        GraphRunError,
        GraphSchemaException,
        GraphSchemaValidationException,
    )
    from rasa.shared.exceptions import RasaException

    of_rasa = (RasaException, GraphComponentException, GraphRunError, GraphSchemaException, GraphSchemaValidationException)

    try:
        result = rasa.train(
            domain=str(ROOT / "domain.yml"),
            config=str(ROOT / "config.yml"),
            training_files=[str(ROOT / "data")],
            output=str(folder),
            fixed_model_name="model",
        )
    except (OSError, *of_rasa) as error:
        cause = _write_error(error)
        if cause is not None:
            raise ModelError(f"Training could not write: {cause.strerror or cause}. The model in use stays in use.") from error
        raise ModelError(f"{' '.join(str(error).split())} Correct it; the model in use stays in use.") from error
    archive = folder / "model.tar.gz"
    if result.code != 0 or not archive.is_file():
        raise ModelError("Rasa did not make a model; its messages above say why. The model in use stays in use.")
    return archive


def _write_error(error: BaseException | None) -> OSError | None:
    """The error of the disk behind an error of Rasa, if there is one."""
    while error is not None and not isinstance(error, OSError):
        error = error.__cause__ or error.__context__
    return error


def _prove(archive: Path) -> None:
    """Load the model and ask it the probes: Rasa can load a model that is silently untrained."""
    from rasa.core.agent import Agent
    from rasa.utils.log_utils import configure_structlog

    configure_structlog(logging.WARNING)
    agent = Agent.load(str(archive))
    for utterance, intent in PROBES.items():
        parsed = asyncio.run(agent.parse_message(utterance))
        found = parsed["intent"]["name"]
        if found != intent:
            raise ModelError(f"The new model takes {utterance!r} for {found}, not {intent}; it is not put in use. Check data/.")


def _compare(archive: Path, data_dir: Path) -> None:
    """Of two models the one with newly approved examples must not be worse in anything."""
    learnt, known = _lines(ROOT / REVIEWED), _lines(data_dir / "models" / LEARNT)
    if learnt <= known:
        return  # nothing new was approved; what was undone goes at once
    try:
        in_use = find_model(data_dir)
    except ModelError:
        return  # there is nothing to compare with
    print("train: comparing with the model in use, since approved examples take part", flush=True)
    command = [sys.executable, "-m", "evaluation.gate", str(in_use.archive), str(archive)]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if found.returncode != 0:
        reason = (found.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise ModelError(f"The new model could not be compared with the one in use: {reason}. The model in use stays in use.")
    result = json.loads(found.stdout.splitlines()[-1])
    if result["fallen"]:
        (data_dir / "models" / REFUSED).write_text(json.dumps(result), encoding="utf-8")
        raise RefusedModelError(
            f"With the examples approved last the model answers worse ({'; '.join(result['fallen'])}). "
            "The model in use stays in use."
        )


def _lines(path: Path) -> set[str]:
    return set(path.read_text(encoding="utf-8").splitlines()) if path.exists() else set()


def _record(archive: Path, digest: str, models: Path) -> None:
    record = record_path(models.parent)
    text = json.dumps({"archive": archive.name, "data_digest": digest, "sha256": file_sha256(archive)}, indent=1)
    draft = record.with_suffix(".draft")
    draft.write_text(text, encoding="utf-8")
    os.replace(draft, record)
    if (ROOT / REVIEWED).exists():
        shutil.copyfile(ROOT / REVIEWED, models / LEARNT)
    else:
        (models / LEARNT).unlink(missing_ok=True)
    for old in sorted(models.glob("*.tar.gz"), key=lambda p: p.stat().st_mtime, reverse=True)[KEPT_MODELS:]:
        old.unlink()


def main() -> int:
    """Train if the model in use does not belong to the current data."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        settings = load_settings()
        find_model(settings.data_dir, data_digest=digest_inputs())
        return 0
    except SettingError as error:
        print(f"train: {error}", file=sys.stderr)
        return 2
    except ModelError:
        pass
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    logging.getLogger("components").setLevel(logging.INFO)
    print("train: no model for the current data yet; training one takes some minutes", flush=True)
    began = time.monotonic()
    try:
        archive = train(settings.data_dir)
    except RefusedModelError as error:
        print(f"train: {error}", file=sys.stderr)
        return EXIT_REFUSED
    except (ModelError, OSError) as error:
        print(f"train: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("train: interrupted; the model in use, if any, stays in use", file=sys.stderr)
        return 130
    print(f"train: {archive.name} is ready after {time.monotonic() - began:.0f} s", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
