"""Builds the package: flit, with the documents of docs/ put where the installed program finds them.

pyproject.toml names this file as its build backend.
"""

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from flit_core import buildapi
from flit_core.buildapi import (
    build_editable,
    get_requires_for_build_editable,
    get_requires_for_build_sdist,
    get_requires_for_build_wheel,
    prepare_metadata_for_build_editable,
    prepare_metadata_for_build_wheel,
)

__all__ = [
    "build_editable",
    "build_sdist",
    "build_wheel",
    "get_requires_for_build_editable",
    "get_requires_for_build_sdist",
    "get_requires_for_build_wheel",
    "prepare_metadata_for_build_editable",
    "prepare_metadata_for_build_wheel",
]

ROOT = Path(__file__).parents[1]
PACKED = ROOT / "src" / "messageapi" / "site" / "docs"
SECTIONS = ("howto", "reference")

build_sdist = buildapi.build_sdist


def build_wheel(wheel_directory: str, config_settings: Any = None, metadata_directory: str | None = None) -> str:
    """Where it lies and how it is called is flit's; the documents are in it."""
    with _documents():
        return str(buildapi.build_wheel(wheel_directory, config_settings, metadata_directory))


@contextlib.contextmanager
def _documents() -> Iterator[None]:
    """Only while the wheel is made: a checkout shows docs/ itself."""
    try:
        for section in SECTIONS:
            shutil.copytree(ROOT / "docs" / section, PACKED / section, dirs_exist_ok=True)
        yield
    finally:
        shutil.rmtree(PACKED, ignore_errors=True)
