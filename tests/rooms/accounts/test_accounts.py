"""Opening accounts, and the sealers that come with them."""

import pytest
from sqlalchemy import update

from messageapi.accounts.create import create_account
from messageapi.accounts.keyring import AccountKeyring
from messageapi.contacts.find import default_country
from messageapi.errors import Problem
from messageapi.store.db import Tx
from messageapi.store.tables import accounts
from messageapi.store.vault import SealError
from messageapi.vocab.caller import operator_for
from messageapi.web.doors import Doors


async def test_an_account_seals_for_itself_alone(doors: Doors) -> None:
    alice = await create_account(doors, name="Alice", email="alice@example.com")
    charlie = await create_account(doors, name="Charlie", email="charlie@example.com")
    sealed = (await doors.keyring.sealer(alice)).seal(b"mine", "note")
    assert (await doors.keyring.sealer(alice)).open(sealed, "note") == b"mine"
    with pytest.raises(SealError):
        (await doors.keyring.sealer(charlie)).open(sealed, "note")


async def test_an_email_opens_one_account_however_it_is_written(doors: Doors) -> None:
    await create_account(doors, name="Alice", email="alice@example.com")
    with pytest.raises(Problem) as refused:
        await create_account(doors, name="Alice again", email=" Alice@Example.com ")
    assert refused.value.code == "account_exists"


@pytest.mark.parametrize(
    "email", ["", "alice", "@example.com", "a@", "a b@example.com", "a@b@c", "a\x00@b.c", "a@" + "b" * 330]
)
async def test_what_is_no_email_is_refused(doors: Doors, email: str) -> None:
    with pytest.raises(Problem) as refused:
        await create_account(doors, name="Alice", email=email)
    assert refused.value.code == "email_invalid"


@pytest.mark.parametrize("name", ["", "  ", "a" * 201, "a\x00b", "a\nb"])
async def test_what_is_no_name_is_refused(doors: Doors, name: str) -> None:
    with pytest.raises(Problem) as refused:
        await create_account(doors, name=name, email="alice@example.com")
    assert refused.value.code == "account_name_invalid"


async def test_an_unknown_account_has_no_sealer(doors: Doors) -> None:
    with pytest.raises(Problem) as refused:
        await doors.keyring.sealer("acc_nobody")
    assert refused.value.code == "account_unknown"


async def test_sealers_let_go_of_come_back(doors: Doors) -> None:
    accounts = [await create_account(doors, name=f"A{at}", email=f"a{at}@example.com") for at in range(4)]
    sealed = [(await doors.keyring.sealer(each)).seal(b"x", "note") for each in accounts]
    for each, blob in zip(accounts, sealed, strict=True):
        assert (await doors.keyring.sealer(each)).open(blob, "note") == b"x"


async def test_an_account_may_have_a_country_for_numbers_written_without_one(doors: Doors) -> None:
    account = operator_for(await create_account(doors, name="Alice", email="alice@example.com", country="de"))
    assert await doors.db.read(lambda tx: default_country(tx, account)) == "DE"
    for country in ("XX", "1", "DEU", "ß"):
        with pytest.raises(Problem) as refused:
            await create_account(doors, name="Bob", email="bob@example.com", country=country)
        assert refused.value.code == "country_invalid"


async def test_a_sealer_is_found_inside_the_writers_transaction(doors: Doors) -> None:
    """After a restart no sealer is known yet, and what the writer does may wait for its own transaction alone."""
    account = await create_account(doors, name="Alice", email="alice@example.com")
    fresh = AccountKeyring(doors.db, doors.vault)
    found = await doors.db.writer.run(lambda tx: fresh.sealer(account, tx))
    assert found.open((await doors.keyring.sealer(account)).seal(b"x", "note"), "note") == b"x"


async def test_an_account_whose_key_does_not_open_is_passed_over(doors: Doors) -> None:
    alice = await create_account(doors, name="Alice", email="alice@example.com")
    charlie = await create_account(doors, name="Charlie", email="charlie@example.com")

    async def damage(tx: Tx) -> None:
        await tx.execute(update(accounts).where(accounts.c.id == charlie).values(sealed_key=b"no key"))

    await doors.db.writer.run(damage)
    fresh = AccountKeyring(doors.db, doors.vault)
    assert list(await fresh.sealers([alice, charlie, "acc_nobody"])) == [alice]
