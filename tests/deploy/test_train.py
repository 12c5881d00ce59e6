"""Training that goes wrong: a clear error, and nothing half-written is used. Real runs, on a small copy of the project."""

from __future__ import annotations

import json
import os
import re
import resource
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from deploy import train
from deploy.models import ModelError, digest_inputs, file_sha256

ROOT = Path(__file__).resolve().parent.parent.parent
IN_USE = {"archive": "old.tar.gz", "data_digest": "0" * 64, "sha256": "0" * 64}
SMALL = ("overview.yml", "symptoms.yml")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the project with two sections of utterances, an encoder that is not tuned, and a model in use."""
    root = tmp_path / "project"
    root.mkdir()
    for name in ("config.yml", "domain.yml", "settings.py"):
        shutil.copy(ROOT / name, root)
    for name in ("components", "deploy", "knowledge", "assistant", "actions", "requirements"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "build/language", root / "build/language")
    (root / "data/nlu").mkdir(parents=True)
    for name in SMALL:
        shutil.copy(ROOT / "data/nlu/sle-guide" / name, root / "data/nlu")
    config = (root / "config.yml").read_text(encoding="utf-8")
    (root / "config.yml").write_text(re.sub(r"epochs: \d+", "epochs: 0", config), encoding="utf-8")
    models = root / "var/models"
    models.mkdir(parents=True)
    (models / "old.tar.gz").write_bytes(b"the model in use")
    (models / "current.json").write_text(json.dumps(IN_USE), encoding="utf-8")
    return root


@pytest.mark.parametrize(
    ("file", "old", "new", "asks"),
    [
        ("knowledge/passages/sle-guide/recovery.yml", "How long would I stay", "For how long would I stay", True),
        ("knowledge/passages/sle-guide/recovery.yml", "The initial hospital stay is", "The first hospital stay is", False),
        ("knowledge/topics.yml", "What is CAR-T therapy", "What is this therapy", True),
        ("knowledge/told.py", "China. ", "In China. ", True),
    ],
)
def test_what_training_utterances_are_made_of_asks_for_a_new_model(
    project: Path, file: str, old: str, new: str, asks: bool
) -> None:
    before, text = digest_inputs(project), (project / file).read_text(encoding="utf-8")
    assert old in text
    (project / file).write_text(text.replace(old, new, 1), encoding="utf-8")

    assert (digest_inputs(project) != before) is asks


def start_training(root: Path, *, largest_file: int | None = None) -> subprocess.Popen[str]:
    """Start a real training in the copy, with a limit on the size of its files if given."""

    def limit() -> None:
        if largest_file is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, largest_file))

    environment = {
        **os.environ,
        "PYTHONPATH": str(root),
        "RASA_TELEMETRY_ENABLED": "false",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "PYTHONWARNINGS": "ignore",
        "RASA_CACHE_DIRECTORY": str(root / "var/cache"),
        "DATA_DIR": str(root / "var"),
    }
    return subprocess.Popen(
        [ROOT / ".venv/assistant/bin/python", "-m", "deploy.train"],
        cwd=root,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=limit,
    )


def assert_nothing_changed(root: Path) -> None:
    """The model in use is the one from before, and nothing else lies beside it."""
    models = root / "var/models"
    assert json.loads((models / "current.json").read_text(encoding="utf-8")) == IN_USE
    assert sorted(path.name for path in models.iterdir()) == ["current.json", "old.tar.gz"]


def test_an_interrupted_training_leaves_the_model_in_use(project: Path) -> None:
    process = start_training(project)
    time.sleep(15)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=60)

    assert process.returncode != 0
    assert_nothing_changed(project)


def test_a_killed_training_is_cleared_away_by_the_next(project: Path) -> None:
    left = project / "var/models/.incoming-killed"
    left.mkdir()
    (left / "model.tar.gz").write_bytes(b"half")
    (project / "domain.yml").write_text("intents: [", encoding="utf-8")
    start_training(project).communicate(timeout=300)

    assert_nothing_changed(project)


def test_a_broken_domain_is_named(project: Path) -> None:
    (project / "domain.yml").write_text("version: '3.1'\nintents: [", encoding="utf-8")
    process = start_training(project)
    output, _ = process.communicate(timeout=300)

    assert process.returncode == 1
    assert "train: " in output and "domain.yml" in output and "Traceback" not in output
    assert_nothing_changed(project)


def test_a_full_disk_is_told_and_nothing_is_put_in_use(project: Path) -> None:
    # No file may be larger than 4 MB, as on a disk that is nearly full: the encoder cannot be written.
    process = start_training(project, largest_file=4_000_000)
    output, _ = process.communicate(timeout=400)

    assert process.returncode == 1, output[-2000:]
    assert "could not write" in output or "stays in use" in output
    assert_nothing_changed(project)


# -- examples that coordinators approved -----------------------------------------------------------------------------------

OLD, NEW = "- intent: greet\n  examples: |\n    - good day\n", "    - good day to you\n"


@pytest.fixture
def approved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A newly approved example, a model in use that has not learnt it, and a gate that says what a test tells it."""
    models = tmp_path / "var/models"
    models.mkdir(parents=True)
    (models / "old.tar.gz").write_bytes(b"the model in use")
    record = {"archive": "old.tar.gz", "data_digest": "0" * 64, "sha256": file_sha256(models / "old.tar.gz")}
    (models / "current.json").write_text(json.dumps(record), encoding="utf-8")
    (models / "reviewed.yml").write_text(OLD, encoding="utf-8")
    (tmp_path / "data/nlu").mkdir(parents=True)
    (tmp_path / "data/nlu/reviewed.yml").write_text(OLD + NEW, encoding="utf-8")
    (tmp_path / "evaluation").mkdir()
    (tmp_path / "evaluation/__init__.py").touch()
    monkeypatch.setattr(train, "ROOT", tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    return tmp_path


def set_gate(root: Path, body: str) -> None:
    """What the gate does."""
    (root / "evaluation/gate.py").write_text(f"import json, sys\n{body}\n", encoding="utf-8")


def test_a_model_that_answers_worse_is_refused_and_the_reason_kept(approved: Path) -> None:
    set_gate(approved, "print(json.dumps({'fallen': ['emergency: 60 of 60 before, 59 now'], 'asked': sys.argv[1:]}))")

    with pytest.raises(train.RefusedModelError, match="emergency: 60 of 60 before, 59 now"):
        train._compare(approved / "new.tar.gz", approved / "var")

    kept = json.loads((approved / "var/models/refused.json").read_text(encoding="utf-8"))
    assert kept["asked"] == [str(approved / "var/models/old.tar.gz"), str(approved / "new.tar.gz")]


def test_a_model_that_is_as_good_goes_on(approved: Path) -> None:
    set_gate(approved, "print(json.dumps({'fallen': []}))")

    train._compare(approved / "new.tar.gz", approved / "var")


def test_models_that_cannot_be_compared_are_not_put_in_use(approved: Path) -> None:
    set_gate(approved, "raise SystemExit('the archive is damaged')")

    with pytest.raises(ModelError, match=r"could not be compared.*the archive is damaged"):
        train._compare(approved / "new.tar.gz", approved / "var")


@pytest.mark.parametrize("what", ["undone", "first model"])
def test_without_new_examples_or_a_model_in_use_nothing_is_compared(approved: Path, what: str) -> None:
    set_gate(approved, "raise SystemExit('asked in vain')")
    if what == "undone":
        (approved / "data/nlu/reviewed.yml").unlink()
    else:
        (approved / "var/models/current.json").unlink()

    train._compare(approved / "new.tar.gz", approved / "var")
