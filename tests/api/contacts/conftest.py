"""Alice's number is held by an engine host that answers questions as it is told."""

import pytest


@pytest.fixture
def number(held: str) -> str:
    return held
