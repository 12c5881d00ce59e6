"""Train a model for the current data, if there is none; put it in use only when it has proved itself."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import shutil
import signal
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


def train(data_dir: Path) -> Path:
    """Train, prove and put in use.

    Returns:
        The archive.

    Raises:
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


def _record(archive: Path, digest: str, models: Path) -> None:
    record = record_path(models.parent)
    text = json.dumps({"archive": archive.name, "data_digest": digest, "sha256": file_sha256(archive)}, indent=1)
    draft = record.with_suffix(".draft")
    draft.write_text(text, encoding="utf-8")
    os.replace(draft, record)
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
