"""An event of each type as it is posted: for the reference pages, and for whoever wants to try a receiver.

tests/house/test_events_are_documented.py fails when a type or a fact is in none of them.
"""

from collections.abc import Mapping
from typing import Any

Json = dict[str, Any]

_AT = "2026-11-22T12:56:00.123Z"
_LID = "187654321098765@lid"
_PERSON = {"chat": "4915123456789@s.whatsapp.net", "phone": "+4915123456789", "lid": _LID}
_MESSAGE: Json = {
    "messageId": "0198c7d2-5b1e-7c3a-9f04-6d2b8e1a7c55",
    "waMessageId": "3EB0C2F0D15A4B7E9A61",
    "at": _AT,
    "type": "text",
    **_PERSON,
    "metadata": {"order": 1042},
    "attempts": 1,
}
_UNSENT = {**_MESSAGE, "waMessageId": None}
_ARRIVED: Json = {
    "messageId": "0198c7d9-0a44-7d51-8c0e-2f7a90b3d6e1",
    "waMessageId": "3A5F0E9B7C21D8A4F0E2",
    "at": _AT,
    "sender": "4915123456789@s.whatsapp.net",
    **_PERSON,
}
_CHANGED: Json = {
    **_ARRIVED,
    "changeId": "0198c7da-4c10-7b02-9d3e-5a8f0c6e2b17",
    "pushName": "Ada",
    "late": False,
}
_NUMBER: Json = {
    "name": "Shop",
    "phone": "+12025550100",
    "lid": "120255501000001@lid",
    "reasonCode": None,
    "reason": None,
    "since": _AT,
    "until": None,
}
_SOMEBODY: Json = {"phone": "+4915123456789", "lid": _LID, "at": _AT}
_WHO: Json = {"phone": "+4915123456789", "lid": _LID}
_GROUP = "120363041234567890@g.us"
_CALL: Json = {"callId": "5B1E7C3A9F046D2B8E1A7C550198C7D2", "sender": _LID, **_SOMEBODY}
_NO_NUMBER = frozenset({"contact.opted_in", "webhook.disabled", "webhook.test"})


def _reason(code: str, text: str) -> Json:
    return {"reasonCode": code, "reason": text}


def _error(code: str, detail: str) -> Json:
    return {"error": {"code": code, "detail": detail}}


DATA: Mapping[str, Json] = {
    "message.accepted": {
        **{name: value for name, value in _MESSAGE.items() if name not in ("waMessageId", "attempts")},
        "status": "accepted",
    },
    "message.sent": {**_MESSAGE, "status": "sent"},
    "message.delivered": {**_MESSAGE, "status": "delivered"},
    "message.read": {**_MESSAGE, "status": "read"},
    "message.played": {**_MESSAGE, "type": "voice", "status": "read"},
    "message.failed": {
        **_UNSENT,
        "status": "failed",
        **_error("not_on_whatsapp", "The recipient has no WhatsApp account. Check the number with its country code."),
    },
    "message.unconfirmed": {
        **_MESSAGE,
        "status": "unconfirmed",
        **_error("outcome_lost", "Nobody knows whether the message left."),
    },
    "message.resent": {**_MESSAGE, "status": "accepted", "attempts": 2},
    "message.stuck": {**_MESSAGE, "status": "sent"},
    "message.expired": {
        **_UNSENT,
        "status": "expired",
        "attempts": 0,
        **_error("expired", "The message was not sent before its expiresAt."),
    },
    "message.canceled": {**_UNSENT, "status": "canceled", "attempts": 0},
    "message.received": {
        **_ARRIVED,
        "type": "text",
        "status": "received",
        "pushName": "Ada",
        "text": "Where is my order?",
        "late": False,
    },
    "message.undecryptable": {
        **_ARRIVED,
        "type": "undecryptable",
        "pushName": "Ada",
        "late": False,
        "reason": "not_decrypted",
    },
    "message.edited": {**_CHANGED, "text": "Where is my order 1042?"},
    "message.revoked": _CHANGED,
    "message.reaction": {**_CHANGED, "emoji": "👍"},
    "poll.vote": {**_CHANGED, "options": ["Tomorrow"]},
    "message.sent_elsewhere": {
        **{name: value for name, value in _ARRIVED.items() if name != "sender"},
        "type": "text",
        "status": "sent",
        "text": "It is on its way.",
        "late": False,
    },
    "number.linked": {
        **_NUMBER,
        "state": "connecting",
        **_reason("opening", "The connection to WhatsApp is being opened. Messages wait in order."),
    },
    "number.connected": {**_NUMBER, "state": "connected"},
    "number.disconnected": {
        **_NUMBER,
        "state": "reconnecting",
        **_reason("network", "The connection to WhatsApp was lost. It comes back by itself; messages wait in order."),
    },
    "number.limited": {
        **_NUMBER,
        "state": "limited",
        **_reason(
            "everything",
            "WhatsApp has banned this number from sending for a time. Messages wait; send less afterwards.",
        ),
        "until": "2026-11-23T12:56:00.123Z",
    },
    "number.logged_out": {
        **_NUMBER,
        "state": "logged_out",
        **_reason("logged_out", "This number was logged out on the phone. Link it again to keep sending."),
    },
    "number.banned": {
        **_NUMBER,
        "state": "banned",
        **_reason(
            "banned",
            "WhatsApp has banned this number for a time. It is started again when the ban ends; messages wait.",
        ),
        "until": "2026-11-23T12:56:00.123Z",
    },
    "group.updated": {
        "group": _GROUP,
        "at": _AT,
        "by": _WHO,
        "subject": "Regulars",
        "description": "Open at eight",
        "onlyAdminsSend": True,
        "onlyAdminsEdit": False,
        "disappearingSeconds": 86_400,
        "joined": [_WHO],
        "left": [_WHO],
        "promoted": [_WHO],
        "demoted": [_WHO],
        "reason": "invite",
        "linkRenewed": True,
        "deleted": False,
        "own": False,
    },
    "group.joined": {
        "group": _GROUP,
        "at": _AT,
        "by": _WHO,
        "subject": "Regulars",
        "size": 12,
        "role": "member",
        "reason": "",
    },
    "call.received": {**_CALL, "video": False, "group": False, "late": False},
    "call.ended": {**_CALL, "reason": "timeout"},
    "presence.updated": {**_SOMEBODY, "state": "offline", "chat": None, "lastSeen": _AT},
    "contact.opted_out": {**_SOMEBODY, "source": "message"},
    "contact.opted_in": {**_SOMEBODY, "source": "api"},
    "webhook.disabled": {
        "webhookId": "whk_06h0712t4jrtvjwksq8pqt62vh",
        "description": "The old shop",
        **_reason("gone", "The receiver answered 410 Gone. Resume the endpoint if that was a mistake, or delete it."),
        "since": _AT,
    },
    "webhook.test": {
        "webhookId": "whk_06h0712t4jrtvjwksq8pqt62vh",
        "message": "This is a test of your webhook endpoint.",
    },
}


def example(kind: str) -> Json:
    """The whole of it, as a receiver gets it. Raise LookupError where there is none yet."""
    if kind not in DATA:
        raise LookupError(f"{kind} has no example: add one to vocab/event_examples.py")
    return {
        "id": "evt_06h0712v9c5xk2m4t7p8rwz31d",
        "type": kind,
        "createdAt": _AT,
        "account": "acc_06h06zqg2v9k3mwz4y8tq1c5nd",
        "number": None if kind in _NO_NUMBER else "num_06h0712t4jrtvjwksq8pqt62vh",
        "data": DATA[kind],
    }
