"""The HTTP client's failures as ours: its exceptions quote hosts and headers, our texts name neither."""

import contextlib
import ssl
from collections.abc import Iterator

import aiohttp

from messageapi.outside.errors import ForbiddenAddressError, OutsideError


@contextlib.contextmanager
def in_our_words() -> Iterator[None]:
    try:
        yield
    except TimeoutError:
        raise OutsideError("too_slow", "The URL did not answer in time.") from None
    except (aiohttp.ClientError, ForbiddenAddressError) as failure:
        raise _understood(failure) from None
    except (ssl.SSLError, ConnectionError):
        raise OutsideError("unreachable", "The connection to the URL was lost.") from None


def _understood(failure: Exception) -> OutsideError:
    if _was_forbidden(failure):
        return OutsideError("address_forbidden", "The URL leads into a network that is not reached from here.")
    if isinstance(failure, aiohttp.InvalidURL):
        return OutsideError("bad_url", "The URL cannot be visited: its host is not a name.")
    if isinstance(failure, aiohttp.ClientConnectorCertificateError):
        return OutsideError("bad_certificate", "The URL's server has no valid certificate.")
    if isinstance(failure, aiohttp.ClientPayloadError):
        return OutsideError("incomplete", "The URL's answer ended before it was complete.")
    if isinstance(failure, aiohttp.ClientResponseError):
        return OutsideError("bad_answer", "The URL's server does not speak proper HTTP.")
    return OutsideError("unreachable", "The URL's server cannot be reached.")


def _was_forbidden(failure: BaseException | None) -> bool:
    while failure is not None:
        if isinstance(failure, ForbiddenAddressError):
            return True
        failure = getattr(failure, "os_error", None) or failure.__cause__ or failure.__context__
    return False
