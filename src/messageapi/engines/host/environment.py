"""Variables a host must have at exec: its native library's Go reads them once, so setting them later is not seen."""

_BASE_MIB, _SESSION_MIB = 96, 0.5


def host_variables(sessions: int) -> dict[str, str]:
    """For a host of at most so many sessions.

    Without the first neonize marks every private message as sent by a bot. Above the second Go gives back what it does
    not use any more: left alone it keeps, for minutes, several times what a large file needed.
    """
    return {"NEONIZE_BOT_TAG": "off", "GOMEMLIMIT": f"{_BASE_MIB + _SESSION_MIB * sessions:.0f}MiB"}
