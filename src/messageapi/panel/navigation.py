"""What the bar at the left leads to. A page adds its line here; a line without a page would be a dead link."""

from typing import NamedTuple

from messageapi.panel.visitor import Visitor


class Place(NamedTuple):
    """`key`: with `g` before it, the shortcut. `main`: in the bar at the foot of a phone's screen too."""

    name: str
    address: str
    icon: str
    key: str = ""
    main: bool = True


class Shown(NamedTuple):
    place: Place
    here: bool


PLACES = (
    Place("Home", "/home", "house", "h"),
    Place("API keys", "/keys", "key-round", "k"),
)
"""In the order of a customer's day."""


def navigation(visitor: Visitor) -> list[Shown]:
    path = visitor.path.partition("?")[0]
    return [Shown(place, path == place.address or path.startswith(f"{place.address}/")) for place in PLACES]


def leads(address: str) -> bool:
    """Is there a page? What is not in the bar yet is not offered anywhere else either."""
    return any(address.startswith(place.address) for place in PLACES)
