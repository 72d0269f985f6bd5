"""Draws the site's pages: the panel's look in a frame of their own, open to everybody."""

from importlib.metadata import version
from pathlib import Path

from messageapi.panel.render import Html, drawn, told
from messageapi.panel.visitor import Visitor
from messageapi.site.assets import address
from messageapi.web.doors import Doors

FOLDER = Path(__file__).parent / "templates"
VERSION = version("messageapi")


def show(doors: Doors, visitor: Visitor, template: str, **facts: object) -> Html:
    """A page of the site. Every one knows where the server is, and whether somebody may sign up."""
    known: dict[str, object] = {
        "base_url": doors.settings.base_url,
        "open_to_all": doors.settings.sign_up == "open",
        "sandbox": doors.settings.sandbox == "on",
        "version": VERSION,
        "own": address,
    }
    return told(visitor, drawn(visitor, FOLDER, f"site/{template}", known | facts))
