"""The list of those who opted out, and the words that do, through HTTP."""

from typing import Any

import pytest

from messageapi.engines.port import Inbound
from messageapi.messages.following.events import News, apply
from messageapi.vocab.content import Letter, Text

PATH = "/api/v1/opt-outs"
WORDS = f"{PATH}/words"
PHONE = "+4915222222222"


@pytest.fixture
def hear(alice: Any, doors: Any, number: str) -> Any:
    """Somebody writes to Alice."""

    async def said(text: str, wa_id: str) -> None:
        sealer = await doors.keyring.sealer(alice.account_id)
        inbound = Inbound(
            wa_id,
            "90000000001@lid",
            "90000000001@lid",
            PHONE,
            "",
            "",
            "text",
            Letter(content=Text(text)),
            doors.clock(),
        )
        news = [News(number, alice.account_id, sealer, [inbound])]
        await doors.db.writer.run(lambda tx: apply(tx, doors.clock(), 72, news))

    return said


async def listed(person: Any) -> list[Any]:
    return [(each["phone"], each["source"]) for each in (await person.get(PATH)).json()["items"]]


async def test_somebody_is_put_on_the_list_once_and_taken_off(alice: Any) -> None:
    for written in (PHONE, "0049 152 22222222"):
        assert (await alice.post(PATH, json={"recipient": written})).status_code == 204
    assert await listed(alice) == [(PHONE, "api")]
    assert (await alice.delete(PATH, params={"recipient": PHONE})).status_code == 204
    assert await listed(alice) == []
    gone = await alice.delete(PATH, params={"recipient": PHONE})
    assert (gone.status_code, gone.json()["code"]) == (404, "opt_out_not_found")


async def test_who_wrote_stop_is_listed_with_both_addresses(alice: Any, hear: Any) -> None:
    await hear("STOP", "IN1")
    (entry,) = (await alice.get(PATH)).json()["items"]
    assert (entry["phone"], entry["lid"], entry["source"]) == (PHONE, "90000000001@lid", "message")


async def test_the_list_comes_in_pages(alice: Any) -> None:
    for place in range(5):
        await alice.post(PATH, json={"recipient": f"+1202555010{place}"})
    first = (await alice.get(PATH, params={"limit": 3})).json()
    rest = (await alice.get(PATH, params={"limit": 3, "cursor": first["nextCursor"]})).json()
    phones = [each["phone"] for each in first["items"] + rest["items"]]
    assert phones == [f"+1202555010{place}" for place in range(5)]
    assert rest["nextCursor"] is None


@pytest.mark.parametrize("recipient", ["", "x", "120363000000000001@g.us", "status@broadcast", 7, None])
async def test_only_people_can_be_put_on_the_list(alice: Any, recipient: Any) -> None:
    assert (await alice.post(PATH, json={"recipient": recipient})).status_code == 422


async def test_each_account_has_its_own_list(alice: Any, bob: Any, charlie: Any) -> None:
    await alice.post(PATH, json={"recipient": PHONE})
    assert await listed(bob) == [(PHONE, "api")]
    assert await listed(charlie) == []
    assert (await charlie.delete(PATH, params={"recipient": PHONE})).status_code == 404
    assert (await bob.post(PATH, json={"recipient": PHONE})).status_code == 403


async def test_everybodys_words_count_until_there_are_own_ones(alice: Any, hear: Any) -> None:
    everybodys = (await alice.get(WORDS)).json()
    assert everybodys["own"] is False
    assert "abmelden" in everybodys["stop"]
    await hear("Hello", "IN1")
    own = await alice.put(WORDS, json={"stop": ["No M\u00e1s!"], "start": ["Again"]})
    assert (own.status_code, own.json()) == (200, {"stop": ["no m\u00e1s"], "start": ["again"], "own": True})
    await hear("STOP", "IN2")
    assert await listed(alice) == []
    await hear("no m\u00e1s", "IN3")
    assert await listed(alice) == [(PHONE, "message")]
    await hear("AGAIN", "IN4")
    assert await listed(alice) == []
    assert (await alice.delete(WORDS)).status_code == 204
    assert (await alice.get(WORDS)).json() == everybodys
    await hear("stop", "IN5")
    assert await listed(alice) == [(PHONE, "message")]


@pytest.mark.parametrize(
    "words",
    [
        {"stop": ["stop"], "start": []},
        {"stop": ["!!"], "start": ["start"]},
        {"stop": ["Stop"], "start": ["STOP!"]},
        {"stop": ["x" * 41], "start": ["start"]},
        {"stop": ["x"] * 101, "start": ["start"]},
        {"stop": ["x"]},
    ],
)
async def test_words_that_cannot_work_are_refused(alice: Any, words: Any) -> None:
    assert (await alice.put(WORDS, json=words)).status_code == 422
    assert (await alice.get(WORDS)).json()["own"] is False


async def test_words_are_the_owners_to_set(alice: Any, bob: Any) -> None:
    assert alice
    assert (await bob.put(WORDS, json={"stop": ["x"], "start": ["y"]})).status_code == 403
    assert (await bob.delete(WORDS)).status_code == 403
