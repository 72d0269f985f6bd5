"""Reading which file a message brought."""

import msgspec

from messageapi.messages import errors as message_errors
from messageapi.messages.content.bodies import opened_body
from messageapi.messages.inbound_media import errors, rows
from messageapi.messages.inbound_media.file import KINDS, file_of, filename
from messageapi.store.db import Tx
from messageapi.vocab.caller import Caller
from messageapi.vocab.content import Letter, Media
from messageapi.web.doors import Doors


class Brought(msgspec.Struct, frozen=True):
    """The file of a received message, wherever it lies. `expires_at`: when the message's body is destroyed."""

    message_id: str
    number_id: str
    letter: Letter
    media: Media
    expires_at: int

    @property
    def filename(self) -> str:
        return filename(self.letter, self.media.mime)


async def brought(doors: Doors, caller: Caller, message_id: str) -> Brought:
    """Raise Problem message_not_found, message_without_file or file_expired."""

    async def work(tx: Tx) -> tuple[str | None, rows.Body | None]:
        return await rows.kind(tx, caller, message_id), await rows.body(tx, caller, message_id)

    kind, body = await doors.db.read(work)
    if kind is None:
        raise message_errors.message_not_found()
    if kind not in KINDS:
        raise errors.none()
    if body is None or body.expires_at is None or body.expires_at <= doors.clock():
        raise errors.expired(doors.settings.body_hours)
    letter = opened_body(await doors.keyring.sealer(caller.account_id), message_id, body.sealed)
    media = file_of(letter)
    if media is None or media.remote is None:
        raise errors.none()
    return Brought(message_id, body.number_id, letter, media, body.expires_at)
