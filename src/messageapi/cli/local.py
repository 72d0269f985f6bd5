"""Account and key creation without a running server: the same verbs, on a store opened for the moment."""

from messageapi.cli.shell import Shell
from messageapi.settings import Settings


async def is_needed(shell: Shell) -> bool:
    return False


async def create_account(settings: Settings, *, name: str, email: str) -> str:
    return ""


async def create_key(shell: Shell, *, name: str, in_link: bool, scopes: list[str]) -> dict[str, str]:
    return {}
