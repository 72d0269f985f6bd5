"""Doors on a fresh database of each kind, with a keyring that holds two accounts."""

import dataclasses

import pytest

from messageapi.accounts.keyring import AccountKeyring
from messageapi.store.db import Database
from messageapi.web.doors import Doors


@pytest.fixture
def database(any_database: Database) -> Database:
    """Everything runs once on each kind."""
    return any_database


@pytest.fixture
def doors(doors: Doors) -> Doors:
    return dataclasses.replace(doors, keyring=AccountKeyring(doors.db, doors.vault, capacity=2))
