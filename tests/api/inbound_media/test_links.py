"""A signed link opens one file without a key, until the message's body goes; anything else about it is a 404."""

import contextlib
import dataclasses
import string
from collections.abc import AsyncIterator
from typing import Any

import httpx
import msgspec
import pytest

from messageapi.messages.inbound_media.find import brought
from messageapi.messages.inbound_media.link import PATH, link, opens, token

HOUR = 3_600_000


@pytest.fixture
def linked(alice: Any, doors: Any) -> Any:
    """The path of the link to a message's file."""

    async def made(message_id: str) -> str:
        found = await brought(doors, alice.caller, message_id)
        sealer = await doors.keyring.sealer(alice.account_id)
        return link("", sealer, message_id, found.expires_at)

    return made


@pytest.fixture
def running() -> Any:
    @contextlib.asynccontextmanager
    async def opened(app: Any) -> AsyncIterator[httpx.AsyncClient]:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
            yield client

    return opened


async def test_a_link_opens_the_file_without_a_key(client: Any, brings: Any, linked: Any, picture: bytes) -> None:
    answer = await client.get(await linked(await brings()))
    assert (answer.status_code, answer.content) == (200, picture)
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert answer.headers["content-security-policy"].startswith("sandbox;")


async def test_a_part_can_be_read_by_link(client: Any, brings: Any, linked: Any, picture: bytes) -> None:
    answer = await client.get(await linked(await brings()), headers={"Range": "bytes=1-3"})
    assert (answer.status_code, answer.content) == (206, picture[1:4])


async def test_a_link_ends_with_the_body(client: Any, brings: Any, linked: Any, clock: Any) -> None:
    path = await linked(await brings())
    clock.forward(72 * HOUR - 1_000)
    assert (await client.get(path)).status_code == 200
    clock.forward(1_000)
    assert (await client.get(path)).status_code == 404


async def test_no_letter_of_a_link_may_differ(client: Any, brings: Any, linked: Any, doors: Any, alice: Any) -> None:
    """Not even those bits of the last letter that the decoder passes over."""
    message = await brings()
    whole = (await linked(message)).rpartition("/")[2]
    sealer = await doors.keyring.sealer(alice.account_id)
    assert opens(sealer, message, whole, doors.clock())
    for at in range(len(whole)):
        for letter in string.ascii_letters + string.digits + "-_=+/ ":
            if letter != whole[at]:
                assert not opens(sealer, message, whole[:at] + letter + whole[at + 1 :], doors.clock())
    for other in ("", whole[:-1], whole + "A", whole + "=", "\u00e9" + whole[1:]):
        assert not opens(sealer, message, other, doors.clock())


async def test_a_link_opens_no_other_file(client: Any, brings: Any, linked: Any) -> None:
    first, second = await brings(), await brings()
    signature = (await linked(first)).rpartition("/")[2]
    answer = await client.get(f"{PATH}/{second}/{signature}")
    assert (answer.status_code, answer.json()["code"]) == (404, "link_not_found")


async def test_a_link_signed_by_another_account_opens_nothing(
    client: Any, charlie: Any, brings: Any, doors: Any
) -> None:
    message = await brings()
    foreign = token(await doors.keyring.sealer(charlie.account_id), message, doors.clock() + HOUR)
    assert (await client.get(f"{PATH}/{message}/{foreign}")).json()["code"] == "link_not_found"


async def test_nobody_learns_which_messages_there_are(client: Any, brings: Any) -> None:
    known = await client.get(f"{PATH}/{await brings()}/{'A' * 50}")
    unknown = await client.get(f"{PATH}/{'0' * 36}/{'A' * 50}")
    answers = [{**each.json(), "instance": "", "requestId": ""} for each in (known, unknown)]
    assert answers[0] == answers[1]
    assert known.status_code == unknown.status_code == 404


async def test_a_link_may_not_be_tried_without_end(doors: Any, routing: Any, brings: Any, running: Any) -> None:
    """Whoever guesses counts as a stranger."""
    path, few = f"{PATH}/{await brings()}/{'A' * 50}", 3
    bounded = msgspec.structs.replace(doors.settings, address_requests_per_minute=few)
    with routing.built(dataclasses.replace(doors, settings=bounded)) as front:
        async with running(front) as client:
            codes = [(await client.get(path)).status_code for _ in range(few + 1)]
    assert codes == [404] * few + [429]
