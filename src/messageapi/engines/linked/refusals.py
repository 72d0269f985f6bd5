"""Why a send failed, from the library's sentence to a stable code: did it leave, and can trying again help?

The library has no error numbers on this side of Go; its sentences are fixed in its source. Each of ours says what to
do next. What WhatsApp refused has not left; permanent means that the same message would be refused again.
"""

import re
from collections.abc import Mapping
from typing import Final, NamedTuple

from messageapi.engines.port import EngineError
from messageapi.vocab.jid import GROUP_SERVER, NEWSLETTER_SERVER

NEW_CONTACT_LIMITED: Final = "new_contact_limited"
MESSAGE_REJECTED: Final = "message_rejected"
"""Mostly a stale token of the library's: it makes a new one, so a second try at once often succeeds."""


class _Refusal(NamedTuple):
    code: str
    permanent: bool
    detail: str

    def error(self) -> EngineError:
        return EngineError(self.code, self.detail, permanent=self.permanent)


_NOT_ON_WHATSAPP = _Refusal(
    "not_on_whatsapp", True, "The recipient has no WhatsApp account. Check the number with its country code."
)
_NOT_IN_GROUP = _Refusal(
    "not_in_group", True, "The number is not in this group, or the group is gone. Let an admin add it, then send again."
)
_GROUP_REFUSES = _Refusal(
    "group_not_permitted", True, "This number may not write to the group. Let an admin allow it, then send again."
)
_CHANNEL_REFUSES = _Refusal(
    "channel_not_permitted", True, "This number may not post in the channel, or it is gone. Make it an admin first."
)
_NOT_PERMITTED = _Refusal(
    "not_permitted", True, "The recipient does not take messages from this number. Do not write to them again."
)
_BAD_RECIPIENT = _Refusal(
    "bad_recipient", True, "Messages cannot be sent to this kind of address. Use a phone number, person or group."
)
_RATE_LIMITED = _Refusal(
    "whatsapp_rate_limited",
    False,
    "WhatsApp wants this number to send more slowly; the message waits. Lower the number's pace.",
)
_UNAVAILABLE = _Refusal(
    "whatsapp_unavailable", False, "WhatsApp cannot take the message now; it waits. Nothing has to be done."
)
_GROUP_CHANGED = _Refusal(
    "group_changed", False, "The group has just changed; the message is sent again. Nothing has to be done."
)
_BANNED = _Refusal(
    "temporarily_banned", False, "WhatsApp has banned the number for a time; the message waits. Send less afterwards."
)
_NOT_ACCEPTED = _Refusal(
    "device_not_accepted", False, "WhatsApp does not accept this linked device; the message waits. Link it again."
)
_NEW_CONTACT = _Refusal(
    NEW_CONTACT_LIMITED,
    True,  # one more try counts against the number
    "WhatsApp does not let this number write to new contacts now. Answer those who wrote first, and wait for days.",
)
_REJECTED = _Refusal(
    MESSAGE_REJECTED, True, "WhatsApp rejected the form of the message twice. Check the recipient, then send it anew."
)
_SERVER: Final = re.compile(r"^server returned error (\d+)$")
_TO_ANYBODY: Mapping[int, _Refusal] = {
    401: _NOT_ACCEPTED,
    402: _BANNED,
    403: _NOT_PERMITTED,
    404: _NOT_ON_WHATSAPP,
    405: _NOT_PERMITTED,
    406: _NOT_PERMITTED,
    410: _NOT_ON_WHATSAPP,
    429: _RATE_LIMITED,
    463: _NEW_CONTACT,
    479: _REJECTED,
}
_TO_GROUPS: Mapping[int, _Refusal] = {
    403: _GROUP_REFUSES,
    404: _NOT_IN_GROUP,
    405: _GROUP_REFUSES,
    406: _GROUP_REFUSES,
    410: _NOT_IN_GROUP,
    420: _GROUP_REFUSES,
    421: _GROUP_CHANGED,
}
_TO_CHANNELS: Mapping[int, _Refusal] = dict.fromkeys((403, 404, 405, 406, 410), _CHANNEL_REFUSES)
_BY_SERVER: Mapping[str, Mapping[int, _Refusal]] = {GROUP_SERVER: _TO_GROUPS, NEWSLETTER_SERVER: _TO_CHANNELS}
_BEFORE_IT_LEFT = (
    (r"^no LID found for", _NOT_ON_WHATSAPP),
    (r"must be a user JID", _BAD_RECIPIENT),
    (r"^can't send message to unknown server", _BAD_RECIPIENT),
    (r"non-status broadcast lists", _BAD_RECIPIENT),
    (r"^failed to get group members: .*(not participating|does not exist)", _NOT_IN_GROUP),
    (r"^failed to get .*info query returned status 429", _RATE_LIMITED),
)
_UNKNOWN = (
    (r"^timed out waiting for message send response", "timed_out", "WhatsApp did not acknowledge the message."),
    (r"before message send", "disconnected", "The connection broke before WhatsApp answered."),
    (r"", "no_answer", "The message may have left; the send failed."),
)
_BEFORE = re.compile(
    r"^(failed to (get|fetch|marshal|encrypt|create)|can't encrypt|info query)|websocket not connected$"
)
"""What fails while a message is being prepared. Only asked where the message's name does not tell."""


def engine_error(sentence: str, *, named: bool, names_first: bool, chat: str = "") -> EngineError:
    """`named`: the message had its id. `names_first`: without an id it certainly had not left."""
    if answer := _SERVER.match(sentence):
        return _refused(int(answer[1]), chat)
    for pattern, refusal in _BEFORE_IT_LEFT:
        if re.search(pattern, sentence):
            return refusal.error()
    if not named and (names_first or _BEFORE.search(sentence)):
        return _not_left(sentence)
    code, detail = next((code, detail) for pattern, code, detail in _UNKNOWN if re.search(pattern, sentence))
    return EngineError(code, detail, permanent=False, left=True)


def _refused(code: int, chat: str) -> EngineError:
    """WhatsApp answered and did not take it: an unknown 4xx says never, the rest says not now."""
    refusal = _BY_SERVER.get(chat.rpartition("@")[2], {}).get(code) or _TO_ANYBODY.get(code)
    if refusal:
        return refusal.error()
    if code >= 500:
        return _UNAVAILABLE.error()
    detail = f"WhatsApp refused the message with code {code}. Do not send it again as it is."
    return EngineError(f"wa_{code}", detail, permanent=True)


def _not_left(sentence: str) -> EngineError:
    connection = any(words in sentence for words in ("not connected", "disconnected", "timed out"))
    code = "not_connected" if connection else "not_prepared"
    return EngineError(code, "The message could not be prepared; it has not left and is sent again.", permanent=False)


# --- files ---

_UPLOAD: Final = re.compile(r"upload failed with status code (\d+)$")
_TOO_LARGE = _Refusal("media_too_large", True, "The file is too large for WhatsApp. Send a smaller one.")
_MEDIA_REFUSED = _Refusal("media_refused", True, "WhatsApp does not take this file. Send it in another format.")
_NOT_UPLOADED = _Refusal(
    "media_not_uploaded",
    False,
    "The file could not be uploaded to WhatsApp; it is tried again. Nothing has to be done.",
)
_UPLOADS: Mapping[int, _Refusal] = {
    400: _MEDIA_REFUSED,
    403: _MEDIA_REFUSED,
    404: _MEDIA_REFUSED,
    410: _MEDIA_REFUSED,
    413: _TOO_LARGE,
    415: _MEDIA_REFUSED,
}


def upload_error(sentence: str) -> EngineError:
    """Nothing has left: the message that names the file comes after it."""
    answer = _UPLOAD.search(sentence)
    return _UPLOADS.get(int(answer[1]) if answer else 0, _NOT_UPLOADED).error()


_DOWNLOAD: Final = re.compile(r"status code (\d+)")
_GONE = _Refusal("media_gone", True, "WhatsApp does not keep the file any more. Ask its sender to send it again.")
_DAMAGED = _Refusal(
    "media_damaged", True, "The file is not the one its message names. Ask its sender to send it again."
)
_NOT_FETCHED = _Refusal("no_answer", False, "The file could not be fetched from WhatsApp now. Try again in a minute.")
_UNLIKE: Final = ("media hmac", "hash of media", "file length", "file too short", "invalid iv", "padding")
"""Of the library's sentences, those that say what was fetched is something else."""


def download_error(sentence: str) -> EngineError:
    answer = _DOWNLOAD.search(sentence)
    if answer and answer[1] in {"403", "404", "410"}:
        return _GONE.error()
    if any(words in sentence for words in _UNLIKE):
        return _DAMAGED.error()
    return _NOT_FETCHED.error()
