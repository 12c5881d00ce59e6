"""Start everything: check ports and model, write the process manager's table, become the process manager.

supervisord starts the processes, restarts one that dies, says so, and stops all of them on SIGTERM.
"""

from __future__ import annotations

import os
import pwd
import secrets
import socket
import sys
from pathlib import Path

from deploy.models import ROOT, ModelError, digest_inputs, find_model
from settings import LONGEST_SOCKET_PATH, SettingError, Settings, load_settings

# The first to start is the last to stop: the gateway finishes the turns under way while the assistant still answers.
_PROGRAM = """
[program:{name}]
priority={priority}
command={command}
directory={root}
environment={environment}
autorestart=true
startsecs=3
startretries=20
stopasgroup=true
killasgroup=true
stopwaitsecs=20
redirect_stderr=true
stdout_logfile={log}
stdout_logfile_maxbytes={log_bytes}
stdout_logfile_backups=3
"""


def check_ports(settings: Settings) -> list[str]:
    """One line for each port that is taken."""
    problems = []
    for name, port in (("PORT", settings.port), ("RASA_PORT", settings.rasa_port), ("ACTIONS_PORT", settings.actions_port)):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                problems.append(f"port {port} is taken; stop what uses it, or choose another: make run {name}=...")
    return problems


def _line_at(path: Path) -> str:
    """The path of a Unix socket; empty if the system takes no path of this length: calls go by HTTP then."""
    return str(path) if len(os.fsencode(path)) <= LONGEST_SOCKET_PATH else ""


def _environment(values: dict[str, str]) -> str:
    return ",".join(f'{key}="{value}"'.replace("%", "%%") for key, value in values.items())


def write_table(settings: Settings, archive: Path, token: str) -> Path:
    """Write supervisord's configuration; readable by the owner only, since it holds the run's token.

    Returns:
        Its path.
    """
    run, logs = settings.data_dir / "run", settings.data_dir / "log"
    run.mkdir(parents=True, exist_ok=True)
    logs.mkdir(parents=True, exist_ok=True)
    assistant, gateway = ROOT / ".venv/assistant/bin/python", ROOT / ".venv/gateway/bin/python"
    shared = {
        "PORT": str(settings.port),
        "RASA_PORT": str(settings.rasa_port),
        "ACTIONS_PORT": str(settings.actions_port),
        "ASSISTANT_TOKEN": token,
        "ASSISTANT_LINE": _line_at(run / f"assistant-{settings.rasa_port}.sock"),
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",
    }
    rasa = {
        **shared,
        "TRACKER_DB": str(settings.data_dir / "tracker.db"),
        "RASA_TELEMETRY_ENABLED": "false",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "PYTHONWARNINGS": "ignore",
        "SANIC_HOST": "127.0.0.1",
        "OMP_NUM_THREADS": "1",
        "LOG_LEVEL_LIBRARIES": "ERROR",
    }
    programs = {
        "rasa": (
            f"{assistant} -m rasa run -m {archive} -i 127.0.0.1 -p {settings.rasa_port} "
            f"--endpoints endpoints.yml --credentials credentials.yml",
            rasa,
            logs / "rasa.log",
            "5MB",
        ),
        "gateway": (f"{gateway} -m gateway", shared, logs / "gateway.log", "5MB"),
        "announcer": (f"{gateway} -m deploy.announce", shared, Path("/dev/fd/1"), "0"),
    }
    # supervisord says aloud that it is root unless told that this is meant.
    user = f"user={pwd.getpwuid(0).pw_name}\n" if os.getuid() == 0 else ""
    table = (
        f"[supervisord]\nnodaemon=true\n{user}logfile={logs}/supervisord.log\nlogfile_maxbytes=1MB\nloglevel=warn\n"
        f"pidfile={run}/supervisord.pid\nchildlogdir={logs}\n"
    )
    for priority, (name, (command, environment, log, log_bytes)) in enumerate(programs.items(), 1):
        table += _PROGRAM.format(
            name=name,
            priority=priority,
            command=command,
            root=ROOT,
            environment=_environment(environment),
            log=log,
            log_bytes=log_bytes,
        )
    path = run / "supervisord.conf"
    path.touch(mode=0o600)
    path.write_text(table, encoding="utf-8")
    return path


def main() -> int:
    """Check, then hand this process over to supervisord; returns only if something is wrong."""
    try:
        settings = load_settings()
        model = find_model(settings.data_dir, data_digest=digest_inputs())
    except (SettingError, ModelError) as error:
        print(f"run: {error}", file=sys.stderr)
        return 2
    problems = check_ports(settings)
    if problems:
        print("\n".join(f"run: {problem}" for problem in problems), file=sys.stderr)
        return 2
    table = write_table(settings, model.archive, settings.assistant_token or secrets.token_urlsafe(32))
    print(f"run: starting; logs are in {settings.data_dir / 'log'}", flush=True)
    supervisord = ROOT / ".venv/gateway/bin/supervisord"
    return os.execv(supervisord, [str(supervisord), "-n", "-c", str(table)])


if __name__ == "__main__":
    sys.exit(main())
