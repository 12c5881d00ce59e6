"""The widget's files, made by `make widget`: the one address that pages name, and the hashed files that never change."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sanic import Request
from sanic.response import HTTPResponse, raw

from gateway.errors import NotFoundError
from gateway.parts import App

BUILT = Path(__file__).resolve().parents[3] / "build" / "widget"
_MISSING = "The widget is not built: `make widget` on the server builds it."
# Any page may load the files: they are the same for all and hold nothing of anybody.
_SHARED = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}
_FOR_EVER = {**_SHARED, "Cache-Control": "public, max-age=31536000, immutable"}


def read_manifest() -> Mapping[str, Any] | None:
    """File names, integrity values and sizes of the built widget; None if it is not built."""
    try:
        manifest: Mapping[str, Any] = json.loads((BUILT / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return manifest


def add_assets(app: App) -> None:
    """Add the routes of the files. They are read again when they were built anew."""

    @app.get("/widget.js")
    async def newest(request: Request) -> HTTPResponse:
        manifest = read_manifest()
        if manifest is None:
            raise NotFoundError(_MISSING)
        tag = f'"{manifest["loader"]["file"]}"'
        headers = {**_SHARED, "Cache-Control": "public, max-age=300, stale-while-revalidate=86400", "ETag": tag}
        if request.headers.get("if-none-match") == tag:
            return HTTPResponse(status=304, headers=headers)
        return _file(request, manifest["loader"]["file"], headers)

    @app.get("/widget/assets/<name:str>")
    async def asset(request: Request, name: str) -> HTTPResponse:
        manifest = read_manifest()
        if manifest is None or name not in {part["file"] for part in manifest.values()}:
            raise NotFoundError(_MISSING if manifest is None else "There is no such file.")
        return _file(request, name, _FOR_EVER)

    @app.get("/widget/embed")
    async def embed(request: Request) -> HTTPResponse:
        """What a page must name, with the integrity value."""
        manifest = read_manifest()
        if manifest is None:
            raise NotFoundError(_MISSING)
        return raw(json.dumps(manifest), content_type="application/json", headers={**_SHARED, "Cache-Control": "no-cache"})


def _file(request: Request, name: str, headers: Mapping[str, str]) -> HTTPResponse:
    path = BUILT / name
    packed = path.with_name(name + ".gz")
    more = {**headers, "Vary": "Accept-Encoding"}
    try:
        if "gzip" in request.headers.get("accept-encoding", "") and packed.exists():
            return raw(
                packed.read_bytes(), content_type="text/javascript; charset=utf-8", headers={**more, "Content-Encoding": "gzip"}
            )
        return raw(path.read_bytes(), content_type="text/javascript; charset=utf-8", headers=more)
    except FileNotFoundError:
        raise NotFoundError(_MISSING) from None
