"""Why a send failed, from the library's sentence to a stable code: did it leave, and can trying again help?

The library has no error numbers on this side of Go; its sentences are fixed in its source.
"""

import re

from messageapi.engines.port import EngineError

_SERVER = re.compile(r"^server returned error (\d+)$")
_RATE = 429
_PERMANENT = (
    (r"^no LID found for", "not_on_whatsapp", "The recipient has no WhatsApp account."),
    (r"must be a user JID", "bad_recipient", "Messages cannot be sent to this kind of address."),
    (r"^can't send message to unknown server", "bad_recipient", "Messages cannot be sent to this kind of address."),
    (
        r"^failed to get group members: .*(not participating|does not exist)",
        "not_in_group",
        "The number is not in this group.",
    ),
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


def engine_error(sentence: str, *, named: bool, names_first: bool) -> EngineError:
    """`named`: the message had its id. `names_first`: without an id it certainly had not left."""
    if answer := _SERVER.match(sentence):
        return _refused(int(answer[1]))
    for pattern, code, detail in _PERMANENT:
        if re.search(pattern, sentence):
            return EngineError(code, detail, permanent=True)
    if not named and (names_first or _BEFORE.search(sentence)):
        return _not_left(sentence)
    code, detail = next((code, detail) for pattern, code, detail in _UNKNOWN if re.search(pattern, sentence))
    return EngineError(code, detail, permanent=False, left=True)


def _refused(code: int) -> EngineError:
    """WhatsApp answered and did not take it: 4xx says never, the rest says not now."""
    permanent = 400 <= code < 500 and code != _RATE
    return EngineError(f"wa_{code}", f"WhatsApp refused the message with code {code}.", permanent=permanent)


def _not_left(sentence: str) -> EngineError:
    connection = any(words in sentence for words in ("not connected", "disconnected", "timed out"))
    code = "not_connected" if connection else "not_prepared"
    return EngineError(code, "The message could not be prepared; it has not left.", permanent=False)
