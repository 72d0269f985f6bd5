"""A file for plain bytes that a program is to read: in memory where the system can, without a name where not."""

import os
import tempfile
from typing import IO


def scratch() -> IO[bytes]:
    """Gone when it is closed. On Linux nothing of it ever reaches a disk."""
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create("scratch", os.MFD_CLOEXEC), "w+b")
    return tempfile.TemporaryFile("w+b")
