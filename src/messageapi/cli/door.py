"""How a command reaches the server: with an API key, or on this machine through the operator's door.

The server writes <data>/operator.json when it starts (address and token, readable by its owner alone).
"""

import json
import os
from dataclasses import dataclass

from messageapi.cli.client import Client, part
from messageapi.cli.exits import CliError, Exit
from messageapi.cli.shell import Shell, read_secret
from messageapi.settings import Settings

OPERATOR_FILE = "operator.json"


@dataclass(frozen=True)
class OperatorDoor:
    """Where the server of this data folder listens and what opens it."""

    url: str
    token: str

    def client(self, path: str = "") -> Client:
        return Client(self.url, {"Authorization": f"Bearer {self.token}"}, path=f"/operator/v1{path}")


def operator_door(settings: Settings) -> OperatorDoor | None:
    path = settings.data_folder / OPERATOR_FILE
    try:
        found = json.loads(path.read_text("utf-8"))
        return OperatorDoor(str(found["url"]), str(found["token"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def own_door(shell: Shell) -> OperatorDoor | None:
    """That of this data folder's server, unless --server names another."""
    door = operator_door(shell.settings)
    return None if door and shell.server and shell.server.rstrip("/") != door.url else door


def server_url(shell: Shell) -> str:
    """--server, else the server of this data folder, else the address in the settings."""
    if shell.server:
        return shell.server.rstrip("/")
    door = operator_door(shell.settings)
    return door.url if door else shell.settings.base_url


def api_key(shell: Shell) -> str:
    """From a file or the environment, never from the command line, where every user of the machine could read it."""
    return read_secret(shell.key_file) if shell.key_file else os.environ.get("MESSAGEAPI_API_KEY", "").strip()


def anonymous(shell: Shell) -> Client:
    return Client(server_url(shell))


def as_operator(shell: Shell) -> Client:
    door = own_door(shell)
    if door is None:
        folder = shell.settings.data_folder
        said = f"No server runs on the data folder {folder}. Start one with: messageapi serve."
        if shell.server and operator_door(shell.settings):
            said = f"{shell.server} is not the server of the data folder {folder}. Leave --server out."
        raise CliError(Exit.UNREACHABLE, f"{said} Or name its folder with MESSAGEAPI_DATA.", code="no_operator_door")
    return door.client()


async def as_account(shell: Shell, *, guess: bool = True) -> Client:
    """For the routes of an account: with its API key, or through the operator's door.

    `guess`: with several accounts and none named, the oldest is meant, and that is said.
    """
    key = api_key(shell)
    if key:
        return Client(server_url(shell), {"X-API-Key": key}, path="/api/v1")
    door = own_door(shell)
    if door is None:
        raise CliError(
            Exit.USAGE,
            "No API key. Set MESSAGEAPI_API_KEY or name a file with --key-file; "
            "on the server's machine `messageapi key create` makes one.",
            code="no_key",
        )
    account = await account_of(shell, guess=guess)
    return door.client(f"/accounts/{part(account)}/api/v1")


async def account_of(shell: Shell, *, guess: bool) -> str:
    """The one that --account names, else the only one."""
    if shell.account:
        return shell.account
    async with as_operator(shell) as client:
        accounts = [str(one["id"]) for one in await client.every("/accounts")]
    if len(accounts) == 1:
        return accounts[0]
    if not accounts or not guess:
        raise which_account(accounts)
    shell.say(f"For the account {accounts[0]}, the oldest of {len(accounts)}; choose another with --account.")
    return accounts[0]


def which_account(accounts: list[str]) -> CliError:
    """None, or more than one: which is meant has to be said."""
    said = (
        "There are several accounts. Choose one with --account; `messageapi account list` shows them."
        if accounts
        else "There is no account yet. Make one: messageapi account create --name NAME --email ADDRESS"
    )
    return CliError(Exit.USAGE, said, code="which_account")
