"""The token dictionary of the installed library, read once for all wire tests."""

from pathlib import Path

import pytest
from hypothesis import settings

from messageapi.sandbox.wire.tokens import Tokens, load_tokens

# How long one example takes says something of the machine and its neighbours, nothing of the code.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


@pytest.fixture(scope="session")
def token_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tokens")


@pytest.fixture(scope="session")
def tokens(token_cache: Path) -> Tokens:
    return load_tokens(token_cache)
