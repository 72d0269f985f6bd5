"""Account and key creation without a running server: the same verbs, on doors opened for the moment."""

import msgspec

from messageapi import logs
from messageapi.cli.client import Client
from messageapi.cli.door import api_key, operator_door, which_account
from messageapi.cli.exits import CliError, Exit
from messageapi.cli.numbers.number import among
from messageapi.cli.shell import Shell
from messageapi.settings import Settings
from messageapi.vocab.caller import Caller
from messageapi.web.doors import Doors


async def is_needed(shell: Shell) -> bool:
    """No server was named and none answers on this data folder. The store's lock has the last word."""
    if shell.server or api_key(shell):
        return False
    door = operator_door(shell.settings)
    if door is None:
        return True
    try:
        async with Client(door.url) as client:
            await client.ask("GET", "/healthz")
    except CliError as problem:
        return problem.exit_code == Exit.UNREACHABLE
    return False


async def create_account(settings: Settings, *, name: str, email: str, country: str | None) -> str:
    from messageapi.accounts.create import create_account  # noqa: PLC0415 - the database; other commands do without
    from messageapi.wiring import open_runtime  # noqa: PLC0415

    logs.configure("error")
    async with open_runtime(settings) as runtime:
        return await create_account(runtime.doors, name=name, email=email, country=country)


async def create_key(
    shell: Shell, *, name: str, in_link: bool, scopes: list[str], limits: dict[str, object]
) -> dict[str, str]:
    from messageapi.keys.create import create_key  # noqa: PLC0415 - the database; other commands do without
    from messageapi.keys.reach import Reach  # noqa: PLC0415
    from messageapi.vocab.caller import operator_for  # noqa: PLC0415
    from messageapi.wiring import open_runtime  # noqa: PLC0415

    logs.configure("error")
    async with open_runtime(shell.settings) as runtime:
        account = shell.account or await _only_account(runtime.doors)
        await runtime.doors.keyring.sealer(account)  # a Problem for an account that does not exist
        caller = operator_for(account)
        numbers = await _ids(runtime.doors, caller, limits["numbers"])
        reach = msgspec.convert({**limits, "numbers": numbers}, Reach)
        made = await create_key(runtime.doors, caller, name=name, scopes=scopes, in_link=in_link, reach=reach)
    return {"id": made.id, "key": made.key}


async def _ids(doors: Doors, caller: Caller, given: object) -> list[object] | None:
    """Of numbers by their id, name or phone."""
    from messageapi.numbers import find  # noqa: PLC0415 - the database; other commands do without

    if not isinstance(given, list):
        return None
    mine = await doors.db.read(lambda tx: find.every(tx, caller))
    every: list[dict[str, object]] = [{"id": one.id, "name": one.name, "phone": one.phone} for one in mine]
    return [among(every, one)["id"] for one in given]


async def _only_account(doors: Doors) -> str:
    from messageapi.operator.rows import accounts_after  # noqa: PLC0415 - the database; other commands do without

    async with doors.db.reading() as tx:
        accounts = [one.id for one in await accounts_after(tx, 100)]
    if len(accounts) != 1:
        raise which_account(accounts)
    return accounts[0]
