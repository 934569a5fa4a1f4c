"""Papers by which somebody proves who they are: sent by them, looked at by admins alone."""

import hashlib
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, File, Form, Response, UploadFile

from parkplace.accounts import identity, papers
from parkplace.accounts.models import PaperKind
from parkplace.api.deps import KeyDep, NowDep, OriginDep, UserDep
from parkplace.api.problems import problems
from parkplace.api.schemas.users import DecisionIn, PapersOut
from parkplace.core import limits
from parkplace.core.db import transaction
from parkplace.core.idempotency import once
from parkplace.people.identity import decide

router = APIRouter(prefix="/users", tags=["users"])

# Nothing of a paper stays in a cache, runs, or shows itself inside a page.
_PRIVATE = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
}
_ENDINGS = {papers.WEBP: "webp", papers.PDF: "pdf"}


@router.post(
    "/me/verification",
    status_code=201,
    responses=problems(401, 403, 404, 409, 413, 422, 429),
)
def submit(
    *,
    user: UserDep,
    origin: OriginDep,
    now: NowDep,
    response: Response,
    kind: Annotated[PaperKind, Form()],
    documents: Annotated[
        list[UploadFile],
        File(description="One to three JPEG, PNG, WebP or PDF files, each up to 10 MB."),
    ],
    key: KeyDep = None,
) -> PapersOut:
    """Send papers for an admin to look at; one set waits at a time.

    They are stored sealed, shown to admins only, and deleted a month after the decision.
    """
    limits.hit(limits.IDENTITY, str(user.id))
    contents = [file.file.read(papers.BYTES_MOST + 1) for file in documents[: papers.MOST + 1]]
    kept = papers.keep(contents)

    def first_time() -> dict[str, Any]:
        sent = identity.submit(
            session, user=user, kind=kind, documents=kept, origin=origin, now=now
        )
        return PapersOut.of(sent).model_dump(mode="json")

    try:
        with transaction() as session:
            answer = once(
                session,
                scope=f"POST users/me/verification {user.id}",
                key=key,
                request=[kind, *(hashlib.sha256(content).hexdigest() for content in contents)],
                now=now,
                answer=first_time,
            )
    except BaseException:
        papers.drop(paper.file_name for paper in kept)
        raise
    response.headers["Cache-Control"] = "no-store"
    return PapersOut.model_validate(answer)


@router.get("/me/verification", responses=problems(401, 404))
def mine(user: UserDep, response: Response) -> PapersOut:
    """Return how far the check of one's papers has come."""
    response.headers["Cache-Control"] = "no-store"
    with transaction() as session:
        return PapersOut.of(identity.own(session, user=user))


@router.get("/{user_id}/verification", responses=problems(401, 403, 404, 422))
def read(user_id: UUID, user: UserDep, response: Response) -> PapersOut:
    """Return the last papers that somebody sent, to an admin."""
    response.headers["Cache-Control"] = "no-store"
    with transaction() as session:
        return PapersOut.of(identity.of(session, admin=user, user_id=user_id))


@router.get(
    "/{user_id}/verification/documents/{number}",
    response_class=Response,
    responses=problems(401, 403, 404, 422)
    | {
        200: {
            "content": {
                kind: {"schema": {"type": "string", "format": "binary"}} for kind in _ENDINGS
            }
        }
    },
)
def document(user_id: UUID, number: int, user: UserDep, origin: OriginDep, now: NowDep) -> Response:
    """Return one of somebody's papers as a file, to an admin; each look is written into the log."""
    with transaction() as session:
        found = identity.look(
            session, admin=user, user_id=user_id, number=number, origin=origin, now=now
        )
    content = papers.read(found.file_name)
    name = f"paper-{number}.{_ENDINGS[found.content_type]}"
    headers = _PRIVATE | {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=found.content_type, headers=headers)


@router.post("/{user_id}/verify", responses=problems(401, 403, 404, 409, 422))
def verify(
    user_id: UUID, body: DecisionIn, user: UserDep, origin: OriginDep, now: NowDep
) -> PapersOut:
    """Say yes or no to somebody's papers, as an admin; they are told by a letter."""
    with transaction() as session:
        decide(
            session,
            admin=user,
            user_id=user_id,
            decision=body.decision,
            why=body.why,
            origin=origin,
            now=now,
        )
        return PapersOut.of(identity.of(session, admin=user, user_id=user_id))
