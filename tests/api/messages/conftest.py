"""Bodies of the default size, so that long texts reach the room that judges them."""

from pathlib import Path

import pytest

from messageapi.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=str(tmp_path / "data"))
