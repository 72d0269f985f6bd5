"""Messages recorded from another implementation, one that the real client library is known to understand."""

import json
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="session")
def recorded() -> dict[str, Any]:
    text = (Path(__file__).parent / "recorded.json").read_text()
    content: dict[str, Any] = json.loads(text)
    return content
