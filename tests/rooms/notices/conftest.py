"""Doors on a fresh database of each kind, with an address to name in emails."""

from pathlib import Path

import pytest

from messageapi.settings import Settings
from messageapi.store.db import Database


@pytest.fixture
def database(any_database: Database) -> Database:
    """Everything runs once on each kind."""
    return any_database


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=str(tmp_path / "data"), public_url="https://example.com")
