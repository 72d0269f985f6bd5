"""Session folders: one a number, named by chance, readable by their owner only."""

import asyncio
import contextlib
import secrets
import shutil
from pathlib import Path

from messageapi.settings import Settings


def new_name() -> str:
    """Never made from anything a person typed."""
    return secrets.token_hex(16)


def root(settings: Settings) -> Path:
    return settings.data_folder / "sessions"


async def remove(settings: Settings, name: str) -> None:
    """Forget the credentials in this folder. A folder that is not there is already forgotten."""
    await asyncio.to_thread(_remove, root(settings) / name)


def _remove(folder: Path) -> None:
    with contextlib.suppress(FileNotFoundError):
        shutil.rmtree(folder)
