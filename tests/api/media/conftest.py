"""Files as they are, made by the decoders' own library."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from messageapi.blobs.folder import FolderBlobs


@pytest.fixture
def lying(doors: Any, settings: Any) -> Callable[[], list[Path]]:
    """What lies in the blob door's folder."""
    assert isinstance(doors.blobs, FolderBlobs)
    return lambda: [path for path in (settings.data_folder / "blobs").rglob("*") if path.is_file()]
