"""Pages and static files of the site, read once."""

from functools import cache
from pathlib import Path
from string import Template

from messageapi.web.assets import Asset, read_assets

_HERE = Path(__file__).parent


@cache
def assets() -> tuple[Asset, ...]:
    return read_assets(_HERE / "static")


@cache
def page(name: str) -> Template:
    return Template((_HERE / "pages" / f"{name}.html").read_text("utf-8"))
