"""How each child is started: command, first line on stdin, environment. Secrets go through stdin alone."""

import os
import sys
from collections.abc import Mapping
from typing import Literal, NamedTuple, Protocol

import msgspec

from messageapi.blobs.opening import FOLDER
from messageapi.engines.host.environment import host_variables
from messageapi.engines.linked.trust import host_environment
from messageapi.engines.port import Network
from messageapi.settings import Settings

Kind = Literal["engine", "pairing"]


class Recipe(NamedTuple):
    """`name` is what logs call the child."""

    name: str
    command: tuple[str, ...]
    first_line: bytes
    environment: Mapping[str, str]


class Recipes(Protocol):
    """What a supervisor starts; tests give it small scripts instead."""

    def host(self, host_id: str, kind: Kind, network: Network) -> Recipe: ...

    def sandbox(self) -> Recipe: ...


class OwnRecipes:
    """The product's own children."""

    def __init__(self, settings: Settings, bus_url: str) -> None:
        self._settings = settings
        self._bus_url = bus_url
        self._sandbox = settings.data_folder / "sandbox"

    def host(self, host_id: str, kind: Kind, network: Network) -> Recipe:
        told = {
            "hostId": host_id,
            "kind": kind,
            "network": network,
            "busUrl": self._bus_url,
            "sessions": str(self._settings.data_folder / "sessions"),
            "capacity": self._settings.engine_sessions,
            "sandboxFolder": str(self._sandbox) if network == "sandbox" else "",
            "blobsUrl": self._settings.blobs_url,
            "blobsFolder": str(self._settings.data_folder / FOLDER),
            "logLevel": self._settings.log_level,
            "logStyle": self._settings.log_style,
        }
        return Recipe(
            name=f"{kind} host for {network}",
            command=(sys.executable, "-m", "messageapi.engines.host.run"),
            first_line=msgspec.json.encode(told) + b"\n",
            environment=plain_environment()
            | host_variables(self._settings.engine_sessions)
            | host_environment(network, self._sandbox),
        )

    def sandbox(self) -> Recipe:
        module = (sys.executable, "-m", "messageapi.sandbox.run")
        return Recipe(
            name="sandbox network",
            command=(*module, "--data", str(self._sandbox), "--die-with-parent"),
            first_line=b"",
            environment=plain_environment(),
        )


def plain_environment() -> dict[str, str]:
    """Ours without our settings, some of which are secrets a child has no need to know."""
    return {name: value for name, value in os.environ.items() if not name.startswith("MESSAGEAPI_")}
