"""The parts of a URL that somebody else wrote."""

from urllib.parse import SplitResult, urlsplit

_NONE = SplitResult("", "", "", "", "")


def parts_of(url: str) -> SplitResult:
    """As urlsplit has them. What is no URL, such as `http://[`, it raises on; here it has no parts."""
    try:
        return urlsplit(url)
    except ValueError:
        return _NONE
