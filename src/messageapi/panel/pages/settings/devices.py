"""What a session is called in a list: `Firefox on Windows`, made of what the browser says of itself."""

from messageapi.panel.said import N_

_BROWSERS = (("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox", "Firefox"), ("Chrom", "Chrome"), ("Safari", "Safari"))
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Debian", "Debian"),
    ("Linux", "Linux"),
)
UNKNOWN = N_("Unknown browser")


def device(agent: str) -> str:
    """The names say more than they are: Edge says Chrome too, and Chrome says Safari. So the order counts."""
    browser = next((name for mark, name in _BROWSERS if mark in agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in agent), "")
    return f"{browser} on {system}" if browser and system else browser or system or agent.partition("/")[0] or UNKNOWN
