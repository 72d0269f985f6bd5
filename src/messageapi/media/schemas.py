"""The public shape of a file."""

from typing import Annotated

import msgspec
from msgspec import Meta

from messageapi.media.file import File
from messageapi.media.find import Row
from messageapi.vocab.clock import iso


class MediaView(msgspec.Struct, rename="camel", kw_only=True):
    """An uploaded file. Its content is not given out again."""

    id: Annotated[str, Meta(description="What messages name it by: `mediaId`.", examples=["med_06h0712t4jrtvjwksq8"])]
    mime: Annotated[str, Meta(description="The type, found from the content.", examples=["image/jpeg"])]
    size: Annotated[int, Meta(description="In bytes.")]
    sha256: Annotated[str, Meta(description="Of the content, hexadecimal.")]
    filename: str
    created_at: str | None
    expires_at: Annotated[str | None, Meta(description="Messages can name it until then.")]


def view(row: Row, file: File) -> MediaView:
    return MediaView(
        id=row.id,
        mime=row.mime,
        size=row.size,
        sha256=file.stored.sha256.hex(),
        filename=file.filename,
        created_at=iso(row.created_at),
        expires_at=iso(row.expires_at),
    )
