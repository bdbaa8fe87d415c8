"""The page and its files: served from the package, whole or not at all, under a policy that lets nothing else in."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from importlib.resources import files
from typing import Final

from fastapi import APIRouter, Request, Response

from mihari.errors import NotFoundError

__all__ = ["content_security_policy", "page_routes", "read_page_files"]

_MEDIA_TYPES: Final = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".webp": "image/webp",
    ".txt": "text/plain; charset=utf-8",
}
_IMPORT_MAP: Final = re.compile(r'<script type="importmap">(.*?)</script>', re.DOTALL)


@dataclass(frozen=True, slots=True)
class PageFile:
    """One file of the page, ready to be sent."""

    content: bytes
    media_type: str
    etag: str


def read_page_files() -> dict[str, PageFile]:
    """Return every file of the page by its path below `web`; what is no file of the page is not among them."""
    found: dict[str, PageFile] = {}
    waiting = [("", files("mihari.web"))]
    while waiting:
        path, folder = waiting.pop()
        for entry in folder.iterdir():
            name = f"{path}{entry.name}"
            if entry.is_dir():
                waiting.append((f"{name}/", entry))
                continue
            media_type = _MEDIA_TYPES.get("." + entry.name.rpartition(".")[2])
            if media_type is not None:
                content = entry.read_bytes()
                found[name] = PageFile(content, media_type, f'"{hashlib.sha256(content).hexdigest()[:32]}"')
    return found


def content_security_policy(index: str) -> str:
    """Return the policy of the page: its own origin alone, no inline script but the import map, by its hash."""
    (import_map,) = _IMPORT_MAP.findall(index)
    digest = base64.b64encode(hashlib.sha256(import_map.encode()).digest()).decode()
    return (
        f"default-src 'self'; script-src 'self' 'sha256-{digest}'; img-src 'self' data: blob:; object-src 'none'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


def page_routes() -> APIRouter:
    """Return the routes of the page: `/` and the files under `/web/`."""
    router = APIRouter(include_in_schema=False)
    page = read_page_files()
    headers = {
        "Content-Security-Policy": content_security_policy(page["index.html"].content.decode()),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        # A file may change with the next version of the program; its tag says whether it did.
        "Cache-Control": "no-cache",
    }

    def send(name: str, request: Request) -> Response:
        file = page.get(name)
        if file is None:
            raise NotFoundError(f"the page has no file {name[:100]!r}", remedy="begin at /")
        told = {**headers, "ETag": file.etag}
        if request.headers.get("if-none-match") == file.etag:
            return Response(status_code=304, headers=told)
        return Response(file.content, media_type=file.media_type, headers=told)

    @router.get("/")
    def index(request: Request) -> Response:
        return send("index.html", request)

    @router.get("/web/{name:path}")
    def page_file(name: str, request: Request) -> Response:
        return send(name, request)

    return router
