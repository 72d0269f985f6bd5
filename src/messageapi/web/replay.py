"""An answer that is given again, byte for byte."""

from typing import Any

import msgspec
from litestar import Response

REPLAYED = "Idempotency-Replayed"


class Kept(msgspec.Struct, frozen=True):
    """An answer as it was first given."""

    status: int
    content_type: str
    body: bytes


class Replay(Exception):
    """Raised in place of doing the work again; the answer follows."""

    def __init__(self, kept: Kept) -> None:
        super().__init__("answered before")
        self.kept = kept


def respond(kept: Kept, *, replayed: bool = False) -> Response[Any]:
    headers = {REPLAYED: "true"} if replayed else None
    return Response(kept.body, status_code=kept.status, headers=headers, media_type=kept.content_type)
