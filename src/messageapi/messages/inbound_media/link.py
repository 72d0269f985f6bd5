"""Links that open one file without a key, until the message's body is destroyed.

A link is a MAC under the account's key over the message and the time it ends, so nothing has to be stored for it.
"""

import base64
import binascii
import hmac

from messageapi.messages.inbound_media.file import file_of
from messageapi.store.vault import Sealer
from messageapi.vocab.content import Letter

PATH = "/media"
_ABOUT = "link to a file"
_TIME = 5


def link_to(letter: Letter, base_url: str, sealer: Sealer, named: tuple[str, int]) -> str:
    """For a message (its id, and when its body goes): empty where it has no file that lies at WhatsApp."""
    media = file_of(letter)
    return link(base_url, sealer, *named) if media and media.remote else ""


def link(base_url: str, sealer: Sealer, message_id: str, expires_at: int) -> str:
    return f"{base_url}{PATH}/{message_id}/{token(sealer, message_id, expires_at)}"


def token(sealer: Sealer, message_id: str, expires_at: int) -> str:
    end = (expires_at // 1000).to_bytes(_TIME, "big")
    return base64.urlsafe_b64encode(end + _mac(sealer, message_id, end)).decode().rstrip("=")


def opens(sealer: Sealer, message_id: str, given: str, now: int) -> bool:
    """Takes the same time whatever is wrong with it."""
    try:
        raw = base64.urlsafe_b64decode(given + "=" * (-len(given) % 4))
    except (binascii.Error, ValueError):
        raw = b""
    end, mac = raw[:_TIME], raw[_TIME:]
    genuine = hmac.compare_digest(mac, _mac(sealer, message_id, end))
    # the decoder forgives letters that change nothing; a link is one text only
    exact = hmac.compare_digest(given.encode(), base64.urlsafe_b64encode(raw).rstrip(b"="))
    return genuine and exact and int.from_bytes(end, "big") * 1000 > now


def _mac(sealer: Sealer, message_id: str, end: bytes) -> bytes:
    return sealer.mac(end + message_id.encode(), _ABOUT)
