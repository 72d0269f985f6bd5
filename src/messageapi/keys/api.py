"""HTTP for API keys: list, create, rotate, revoke."""

from litestar import delete, get, post

from messageapi.keys import find
from messageapi.keys.create import create_key
from messageapi.keys.reach import Reach
from messageapi.keys.revoke import revoke_key
from messageapi.keys.rotate import rotate_key
from messageapi.keys.schemas import KeyRotation, KeyView, NewKey, NewKeyView, new_view, view
from messageapi.vocab.caller import Caller
from messageapi.web import paging
from messageapi.web.doors import Doors
from messageapi.web.paging import Page

LISTING = "keys"


@get(
    "/api/v1/keys",
    opt={"permission": "account:read"},
    operation_id="listKeys",
    summary="List API keys",
    tags=["API keys"],
)
async def list_keys(
    doors: Doors, caller: Caller, limit: paging.Limit = paging.DEFAULT, cursor: str | None = None
) -> Page[KeyView]:
    """Newest first, revoked ones included. Secrets are never shown again."""
    sealer = await doors.keyring.sealer(caller.account_id)
    before = paging.position(sealer, LISTING, cursor) if cursor else None
    async with doors.db.reading() as tx:
        found = await find.page(tx, caller, before, limit + 1)
    return paging.page(sealer, LISTING, [(key.id, view(key)) for key in found], limit)


@post(
    "/api/v1/keys",
    opt={"permission": "keys:manage"},
    operation_id="createKey",
    summary="Create an API key",
    tags=["API keys"],
)
async def post_key(doors: Doors, caller: Caller, data: NewKey) -> NewKeyView:
    """The answer shows the secret for the only time. A key gives no scope it lacks and no longer life than its own."""
    created = await create_key(
        doors,
        caller,
        name=data.name,
        scopes=data.scopes,
        in_link=data.in_link,
        expires_at=int(data.expires_at.timestamp() * 1000) if data.expires_at else None,
        reach=Reach(
            numbers=tuple(data.numbers) if data.numbers is not None else None,
            networks=tuple(data.networks) if data.networks is not None else None,
            test=data.test,
        ),
    )
    async with doors.db.reading() as tx:
        key = await find.one(tx, caller, created.id)
    return new_view(key, created.key)


@post(
    "/api/v1/keys/{key_id:str}/rotate",
    opt={"permission": "keys:manage"},
    operation_id="rotateKey",
    summary="Rotate an API key",
    tags=["API keys"],
)
async def post_rotation(doors: Doors, caller: Caller, key_id: str, data: KeyRotation) -> NewKeyView:
    """A new key with the same rights; the old one works for a while beside it, so that nothing stands still. The answer
    shows the new secret for the only time.
    """
    made = await rotate_key(doors, caller, key_id, overlap_hours=data.overlap_hours)
    async with doors.db.reading() as tx:
        key = await find.one(tx, caller, made.id)
    return new_view(key, made.key)


@delete(
    "/api/v1/keys/{key_id:str}",
    opt={"permission": "keys:manage"},
    operation_id="revokeKey",
    summary="Revoke an API key",
    tags=["API keys"],
)
async def delete_key(doors: Doors, caller: Caller, key_id: str) -> None:
    """Refused everywhere within a second. Revoking a revoked key changes nothing; the key in use may revoke itself."""
    await revoke_key(doors, caller, key_id)


routes = [list_keys, post_key, post_rotation, delete_key]
