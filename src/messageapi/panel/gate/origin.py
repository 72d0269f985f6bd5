"""Did the request come from a page of ours? Browsers say so in headers that scripts cannot set."""

from collections.abc import Mapping

from messageapi.vocab.urls import parts_of

OURS = frozenset({"same-origin", "none"})


def same_origin(headers: Mapping[str, str], base_url: str) -> bool:
    """By Sec-Fetch-Site where it is sent. Over plain http to another machine it is not; Origin is sent everywhere.

    `none` is a person's own doing, such as sending a form again after the browser was opened anew.
    """
    if site := headers.get("sec-fetch-site"):
        return site in OURS
    origin = headers.get("origin", "")
    return bool(origin) and parts_of(origin).netloc in {headers.get("host", ""), parts_of(base_url).netloc} - {""}
