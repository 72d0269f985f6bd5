"""What the bar at the left leads to. A page adds its line here; a line without a page would be a dead link."""

from typing import NamedTuple

from messageapi.panel.said import N_
from messageapi.panel.visitor import Visitor


class Place(NamedTuple):
    """`key`: with `g` before it, the shortcut. `main`: in the bar at the foot of a phone's screen too.
    `operator`: for them alone. `also`: addresses that belong to it.
    """

    name: str
    address: str
    icon: str
    key: str = ""
    main: bool = True
    operator: bool = False
    also: tuple[str, ...] = ()

    def holds(self, path: str) -> bool:
        return any(path == each or path.startswith(f"{each}/") for each in (self.address, *self.also))


class Shown(NamedTuple):
    place: Place
    here: bool


SETTINGS = ("/security", "/members", "/access", "/audit")
PLACES = (
    Place(N_("Home"), "/home", "house", "h"),
    Place(N_("Numbers"), "/numbers", "smartphone", "n"),
    Place(N_("Messages"), "/messages", "messages-square", "m"),
    Place(N_("Webhooks"), "/webhooks", "webhook", "w"),
    Place(N_("API keys"), "/keys", "key-round", "k"),
    Place(N_("Settings"), "/profile", "settings", "s", main=False, also=SETTINGS),
    Place(N_("Server"), "/server", "server", "o", main=False, operator=True),
    Place(N_("Questions"), "/support", "life-buoy", "q", main=False, operator=True),
    Place(N_("Mail"), "/mail", "mail", main=False, operator=True),
)
"""In the order of a customer's day."""


def navigation(visitor: Visitor) -> list[Shown]:
    path = visitor.path.partition("?")[0]
    operator = visitor.signed_in is not None and visitor.signed_in.operator
    mine = [place for place in PLACES if operator or not place.operator]
    return [Shown(place, place.holds(path)) for place in mine]
