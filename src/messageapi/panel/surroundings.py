"""What the pages of one server share. It travels in the ASGI scope, so that one set of routes serves any of them."""

from dataclasses import dataclass
from typing import Any, cast

from messageapi.people.access.look import Sights
from messageapi.web.doors import Doors
from messageapi.web.strangers import Strangers

SCOPE_KEY = "messageapi.panel"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """`strangers` counts those who are not signed in, together with those who call without a key. `sights`: what
    operators have seen of accounts they look at.
    """

    doors: Doors
    strangers: Strangers
    sights: Sights

    @property
    def https(self) -> bool:
        """Does the browser see us under HTTPS? Then cookies are for that alone."""
        return self.doors.settings.base_url.startswith("https://")


def surroundings(scope: Any) -> Surroundings:
    return cast("Surroundings", scope[SCOPE_KEY])
