"""Bodies shown on the reference page: one for each call that takes one (the tests send them), and common answers."""

REQUESTS: dict[str, dict[str, object]] = {
    "send": {"recipient": "4915123456789", "text": "Your order is on its way."},
    "sendMessage": {"to": "+4915123456789", "text": "Your order is on its way.", "metadata": {"order": 1042}},
    "createNumber": {"name": "Shop", "network": "sandbox"},
    "editNumber": {"name": "Shop", "default": True},
    "linkNumber": {"method": "qr"},
    "createKey": {"name": "Web shop", "scopes": ["messages:send", "messages:read"]},
}

_ID = "0198c7d2-5b1e-7c3a-9f04-6d2b8e1a7c55"
_SENT: dict[str, object] = {"success": True, "message": "Message sent", "messageId": _ID}
_ACCEPTED: dict[str, object] = {"success": True, "message": "Message accepted", "messageId": _ID}
_STORED: dict[str, object] = {
    "id": _ID,
    "status": "accepted",
    "number": "num_06h0712t4jrtvjwksq8pqt62vh",
    "to": "4915123456789@s.whatsapp.net",
    "acceptedAt": "2026-11-22T12:56:00.123Z",
}

ANSWERS: dict[tuple[str, int], dict[str, object]] = {
    ("send", 200): _SENT,
    ("send", 202): _ACCEPTED,
    ("sendByAddress", 200): _SENT,
    ("sendByAddress", 202): _ACCEPTED,
    ("sendMessage", 202): _STORED,
}
