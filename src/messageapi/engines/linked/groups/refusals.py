"""Why WhatsApp would not do something with a group, from the library's sentence to a stable code."""

import re

from messageapi.engines.port import EngineError

_SENTENCES = (
    (r"does not exist|status 404", "group_not_found", "WhatsApp has no such group."),
    (r"not participating", "not_in_group", "The number is not in this group."),
    (r"link has been re", "invite_gone", "This invitation does not hold any more."),
    (r"link is not valid|status 410", "invite_invalid", "This is no invitation to a group."),
    (r"don't have the permission|status 40[13]", "group_not_permitted", "Only an admin of the group may do this."),
    (r"status 406|status 400|status 409", "group_not_acceptable", "WhatsApp does not accept this for a group."),
    (r"status 429", "whatsapp_rate_limited", "WhatsApp wants this number to do less."),
    (r"not connected|disconnected", "not_connected", "The number is not connected to WhatsApp."),
)


def group_error(sentence: str) -> EngineError:
    for pattern, code, detail in _SENTENCES:
        if re.search(pattern, sentence):
            return EngineError(code, detail, permanent=code not in {"whatsapp_rate_limited", "not_connected"})
    return EngineError("no_answer", "WhatsApp did not do this.", permanent=False)
