"""The protobuf messages neonize's library speaks, taken from its wheel without importing the package.

Importing `neonize` would load its whole Python client, need libmagic, and might try to download a library.
"""

import importlib
import sys
from typing import Any

from messageapi.engines.linked.library.file import library_file


def _module(name: str) -> Any:
    folder = str(library_file().parent / "proto")
    if folder not in sys.path:
        sys.path.append(folder)  # the generated modules import one another from there
    return importlib.import_module(name)


wire = _module("Neonize_pb2")
"""What crosses between the library and us."""

content = _module("waE2E.WAWebProtobufsE2E_pb2")
"""What a WhatsApp message contains."""

companion = _module("waCompanionReg.WAWebProtobufsCompanionReg_pb2")
"""How a linked device introduces itself."""
