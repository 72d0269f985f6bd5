"""The panel's cookies: the login session, the token of forms before there is a session, the steps of a
login and of a sign-up, the flash, the theme.

Under HTTPS they are `__Host-`: no other host and no plain connection can set them. Over http browsers refuse that name.
"""

from typing import Literal

from litestar.datastructures import Cookie

SESSION = "session"
FORM = "form"
SECOND = "second"
PENDING = "pending"
FLASH = "flash"
THEME = "theme"  # set by script too, so never __Host- and never HttpOnly

SameSite = Literal["lax", "strict"]


def full_name(name: str, *, https: bool) -> str:
    return f"__Host-{name}" if https and name != THEME else name


def given(cookie_header: str, name: str, *, https: bool) -> str:
    """The cookie's value, or nothing."""
    wanted = full_name(name, https=https)
    for pair in cookie_header.split(";"):
        key, _, value = pair.strip().partition("=")
        if key == wanted:
            return value
    return ""


def made(name: str, value: str, *, https: bool, same_site: SameSite = "lax", seconds: int | None = None) -> Cookie:
    """Without `seconds` it lives as long as the browser."""
    return Cookie(
        key=full_name(name, https=https),
        value=value,
        max_age=seconds,
        secure=https,
        httponly=name != THEME,
        samesite=same_site,
    )


def ended(name: str, *, https: bool) -> Cookie:
    return made(name, "", https=https, seconds=0)
