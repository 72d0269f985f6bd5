"""The token dictionary of the installed library, read once for all wire tests."""

from pathlib import Path

import pytest

from messageapi.sandbox.wire.tokens import Tokens, load_tokens


@pytest.fixture(scope="session")
def token_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tokens")


@pytest.fixture(scope="session")
def tokens(token_cache: Path) -> Tokens:
    return load_tokens(token_cache)
