"""Passkeys: added, asked for, and bound to this server, this person and this login."""

from typing import Any

import pytest

from messageapi.errors import Problem
from messageapi.people.factors.passkeys import finish_passkey, passkeys_of, remove_passkey, start_passkey
from messageapi.people.factors.step import passkey_options, with_passkey
from messageapi.people.logins.session import Begun, SignedIn
from messageapi.people.logins.sign_in import NeedsSecond
from messageapi.web.doors import Doors


@pytest.fixture
async def keyed(doors: Doors, entrance: Any, passkey: Any) -> SignedIn:
    """Alice, who has added the passkey."""
    who = await entrance.person("Alice")
    ceremony = await start_passkey(doors, who)
    enabled = await finish_passkey(doors, who, ceremony.token, answer=passkey.made(ceremony.options), name="Phone")
    assert enabled.recovery_codes is not None
    found: SignedIn = await entrance.who(enabled.begun.token)
    return found


async def asked(doors: Doors, entrance: Any) -> tuple[str, str]:
    step = await entrance.log_in("Alice")
    assert isinstance(step, NeedsSecond)
    assert step.methods == ("passkey", "recovery")
    return step.token, await passkey_options(doors, step.token)


async def test_the_password_and_a_passkey_open_a_session(
    doors: Doors, entrance: Any, passkey: Any, keyed: SignedIn
) -> None:
    token, options = await asked(doors, entrance)
    begun = await with_passkey(doors, token, passkey.signed(options), seen_from=entrance.here)
    assert (await entrance.who(begun.token)).second_done
    [known] = await passkeys_of(doors, keyed)
    assert (known.name, known.signs, known.used_at is not None) == ("Phone", 1, True)


async def test_an_answer_to_another_login_is_refused(
    doors: Doors, entrance: Any, passkey: Any, keyed: SignedIn
) -> None:
    _, earlier = await asked(doors, entrance)
    token, _ = await asked(doors, entrance)
    with pytest.raises(Problem, match="not right"):
        await with_passkey(doors, token, passkey.signed(earlier), seen_from=entrance.here)


@pytest.mark.parametrize(
    "site", ["https://panel.example.net", "https://panel.example.com:8443", "http://panel.example.com"]
)
async def test_an_answer_given_at_another_site_is_refused(
    doors: Doors, entrance: Any, passkey: Any, keyed: SignedIn, site: str
) -> None:
    token, options = await asked(doors, entrance)
    passkey.origin = site
    with pytest.raises(Problem, match="not right"):
        await with_passkey(doors, token, passkey.signed(options), seen_from=entrance.here)


async def test_a_copied_passkey_is_noticed(doors: Doors, entrance: Any, passkey: Any, keyed: SignedIn) -> None:
    """Its counter lags behind."""
    token, options = await asked(doors, entrance)
    passkey.signs = 5
    await with_passkey(doors, token, passkey.signed(options), seen_from=entrance.here)
    token, options = await asked(doors, entrance)
    passkey.signs = 3
    with pytest.raises(Problem, match="not right"):
        await with_passkey(doors, token, passkey.signed(options), seen_from=entrance.here)


@pytest.mark.parametrize(
    "answer", ["", "x", "{}", "[]", "null", '{"id": "x"}', '{"id": 1, "rawId": [], "response": 0}']
)
async def test_nonsense_is_refused(doors: Doors, entrance: Any, keyed: SignedIn, answer: str) -> None:
    token, _ = await asked(doors, entrance)
    with pytest.raises(Problem, match="not right"):
        await with_passkey(doors, token, answer, seen_from=entrance.here)
    ceremony = await start_passkey(doors, keyed)
    with pytest.raises(Problem) as told:
        await finish_passkey(doors, keyed, ceremony.token, answer=answer, name="x")
    assert told.value.code == "passkey_refused"


async def test_a_passkey_of_somebody_else_is_refused(
    doors: Doors, entrance: Any, passkey: Any, keyed: SignedIn
) -> None:
    charlie = await entrance.person("Charlie")
    theirs = type(passkey)("https://panel.example.com", b"charlies")
    ceremony = await start_passkey(doors, charlie)
    await finish_passkey(doors, charlie, ceremony.token, answer=theirs.made(ceremony.options), name="x")
    token, options = await asked(doors, entrance)
    with pytest.raises(Problem, match="not right"):
        await with_passkey(doors, token, theirs.signed(options), seen_from=entrance.here)
    again = await start_passkey(doors, charlie)
    with pytest.raises(Problem) as told:
        await finish_passkey(doors, charlie, again.token, answer=passkey.made(again.options), name="x")
    assert told.value.code == "passkey_known"
    with pytest.raises(Problem) as told:
        await remove_passkey(doors, charlie, (await passkeys_of(doors, keyed))[0].id)
    assert told.value.code == "passkey_not_found"


async def test_a_ceremony_is_finished_by_whom_it_was_begun(doors: Doors, entrance: Any, passkey: Any) -> None:
    alice, charlie = await entrance.person("Alice"), await entrance.person("Charlie")
    ceremony = await start_passkey(doors, alice)
    with pytest.raises(Problem, match="somebody else"):
        await finish_passkey(doors, charlie, ceremony.token, answer=passkey.made(ceremony.options), name="x")


async def test_without_its_last_factor_a_login_needs_the_password_alone(
    doors: Doors, entrance: Any, keyed: SignedIn
) -> None:
    assert keyed.has_second
    await remove_passkey(doors, keyed, (await passkeys_of(doors, keyed))[0].id)
    begun = await entrance.log_in("Alice")
    assert isinstance(begun, Begun)
    assert not (await entrance.who(begun.token)).has_second
