"""SIGTERM to a gateway that is only just starting."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx

from tests.gateway.conftest import ROOT, free_port

SLOWLY = """
import asyncio
from gateway.__main__ import make_app, serve
from settings import load_settings

app = make_app(load_settings())

@app.after_server_start
async def take_long(app):
    print("port open", flush=True)
    await asyncio.sleep(1)

serve(app, load_settings().port)
print("stopped", flush=True)
"""


def test_a_gateway_told_to_stop_while_it_starts_stops(tmp_path: Path) -> None:
    port = free_port()
    environment = {**os.environ, "PORT": str(port), "DATA_DIR": str(tmp_path), "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [sys.executable, "-c", SLOWLY], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            assert any(line == "port open\n" for line in process.stdout)
            while not _answers(port):
                time.sleep(0.01)
            process.send_signal(signal.SIGTERM)
            rest = process.communicate(timeout=30)[0]
        finally:
            process.kill()

    assert rest.endswith("stopped\n") and process.returncode == 0


def _answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/livez", trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False
