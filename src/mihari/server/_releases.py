"""Routes: what this node told others, one release in every form, and the feed of what the public was told."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import Enum
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, Field

from mihari.app.release_forms import release_form
from mihari.app.release_states import ReleaseState, state_document
from mihari.app.release_verify import verification_document
from mihari.app.releases import ReleaseDesk
from mihari.errors import NotFoundError
from mihari.model.party import PUBLIC_PARTY
from mihari.policy.access import Role, Viewer
from mihari.release.signing import verify_release
from mihari.server._node import ServedNode
from mihari.server._parameters import Limit, ModeQuery, Offset
from mihari.server._responses import json_response
from mihari.server._roles import require_role

__all__ = ["release_routes"]

ReleaseName = Annotated[
    str, Path(pattern=r"^[A-Za-z0-9][A-Za-z0-9-]{0,79}$", description="Name of the release, as `releases` gives it.")
]
_MEDIA_TYPES: Final = {
    "html": "text/html; charset=utf-8",
    "md": "text/markdown; charset=utf-8",
    "pdf": "application/pdf",
    "xml": "application/cap+xml",
}
_CONTENT: Final[dict[str, Any]] = {
    "description": "The release; its data mode stands in it.",
    "content": {
        each.partition(";")[0]: {"schema": {"type": "string", "format": "binary"}} for each in _MEDIA_TYPES.values()
    },
}
_HEADERS: Final = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
}


_HANDLERS: Final = (Role.RELEASE_OFFICER, Role.POLICY_ADVISER, Role.AUDITOR, Role.ADMIN)


class FormName(Enum):
    """Forms that people and warning systems read."""

    HTML = "html"
    MARKDOWN = "md"
    PDF = "pdf"
    CAP = "xml"


class LanguageName(Enum):
    """Languages of releases."""

    EN = "en"
    JA = "ja"


class ReleaseRow(BaseModel):
    """One release and what became of it."""

    release_id: str
    group_id: str = Field(
        description="Releases of one group were published at one moment. Empty, as all of the ledger, for its audience."
    )
    status: str = Field(description="DRAFT, APPROVED, PUBLISHED, SUPERSEDED or WITHDRAWN.")
    product: str
    event_id: str = Field(description="For its audience the reference that stands in the release.")
    audience: str
    data_mode: str
    drafted_by: str
    drafted_utc: str
    embargo_utc: str | None
    needs: list[str]
    readiness: dict[str, bool]
    approvals: list[str]
    recipients: list[str]
    superseded_by: str | None
    withdrawn_by: str | None
    alarms: list[str] = Field(description="What a person has to hear and nobody has.")


class ReleaseFile(ReleaseRow):
    """One release with its document, signed where published."""

    release: dict[str, Any]
    verification: dict[str, Any] | None = Field(
        description="What checking with the keys of this node says; null for a draft."
    )


class Releases(BaseModel):
    """Releases, newest last."""

    releases: list[ReleaseRow]
    total: int


class Bulletin(BaseModel):
    """What the public was told, newest first; every one can be verified with public keys alone."""

    releases: list[dict[str, Any]]


def release_routes(node: ServedNode) -> APIRouter:
    """Return the routes that tell of releases; a node without a store has none.

    Everyone reads what was published to it; drafts, what others were told and the ledger are for those who handle
    releases.
    """
    router = APIRouter(tags=["releases"])

    def desk() -> ReleaseDesk | None:
        return None if node.folder is None else ReleaseDesk(folder=node.folder, clock=node.now_tai_ns)

    def states(mode: Any) -> list[ReleaseState]:
        mine = desk()
        found = [] if mine is None else mine.states()
        return [each for each in found if mode is None or each.data_mode is mode]

    viewer: Viewer | None = getattr(node, "viewer", None)
    handles = viewer is None or not viewer.roles.isdisjoint(_HANDLERS)

    def shown(mode: Any) -> list[dict[str, Any]]:
        found = states(mode)
        if viewer is None or handles:
            return [state_document(each) for each in found]
        names = viewer.groups | {viewer.party, PUBLIC_PARTY}
        told = [each for each in found if each.published is not None and each.audience in names]
        seen = {each.release_id for each in told}
        return [_as_told(each, seen) for each in told]

    def one(release_id: str) -> dict[str, Any]:
        found = next((each for each in shown(None) if each["release_id"] == release_id), None)
        if found is None:
            # Whoever may not see it does not learn either whether it is there.
            require_role(node, *_HANDLERS)
            raise NotFoundError(f"there is no release {release_id}", where="release_id", remedy="ask releases")
        return found

    def checked(release: Mapping[str, Any]) -> dict[str, Any] | None:
        mine = desk()
        if mine is None or not release.get("signatures"):
            return None
        now = node.now_tai_ns()
        found = verification_document(verify_release(release, keys=mine.keys.ring(), at_tai_ns=now), at_tai_ns=now)
        # The moment of asking is the reader's own; without it the same release is the same bytes.
        return {name: value for name, value in found.items() if name != "at_utc"}

    @router.get("/releases", response_model=Releases)
    def releases(mode: ModeQuery = None, limit: Limit = 1000, offset: Offset = 0) -> Response:
        """List the releases of this node with what became of them: those that were published to whoever asks."""
        found = shown(mode)
        rows = [_row(each) for each in found[offset : offset + limit]]
        return json_response({"releases": rows, "total": len(found)})

    @router.get("/bulletin", response_model=Bulletin)
    def bulletin(limit: Annotated[int, Query(ge=1, le=1000, description="At most this many.")] = 100) -> Response:
        """Return what the public was told, signed as it was published, newest first."""
        mine = desk()
        return json_response({"releases": [] if mine is None else mine.bulletin(limit=limit)})

    @router.get("/releases/{release_id}", response_model=ReleaseFile)
    def release(release_id: ReleaseName) -> Response:
        """Return one release with its document and what became of it."""
        told = one(release_id)
        return json_response({**told, "verification": checked(told["release"])})

    @router.get("/releases/{release_id}/document.{form}", response_class=Response, responses={200: _CONTENT})
    def document(
        release_id: ReleaseName,
        form: Annotated[FormName, Path(description="html, md, pdf, or xml for CAP.")],
        lang: Annotated[LanguageName, Query(description="Language; CAP has both.")] = LanguageName.EN,
    ) -> Response:
        """Return one release as people and warning systems read it."""
        told = one(release_id)["release"]
        replaced = told["withdraws"] or told["supersedes"]
        earlier = None if replaced is None else one(replaced)["release"]
        content = release_form(told, form.value, lang=lang.value, earlier=earlier)
        return Response(content, media_type=_MEDIA_TYPES[form.value], headers=_HEADERS)

    return router


def _row(told: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in told.items() if name != "release"}


def _as_told(state: ReleaseState, seen: Collection[str]) -> dict[str, Any]:
    """Return a release as its audience has it: what is in the document, and nothing of how it came about."""
    told = state_document(state)
    later = {name: told[name] if told[name] in seen else None for name in ("superseded_by", "withdrawn_by")}
    status = "WITHDRAWN" if later["withdrawn_by"] else "SUPERSEDED" if later["superseded_by"] else "PUBLISHED"
    reference = str(state.document["content"]["facts"].get("reference", ""))
    names = {"group_id": "", "drafted_by": "", "drafted_utc": "", "event_id": reference}
    ledger: dict[str, Any] = {"embargo_utc": None, "needs": [], "readiness": {}, "recipients": [], "alarms": []}
    return {**told, **names, **ledger, **later, "status": status}
