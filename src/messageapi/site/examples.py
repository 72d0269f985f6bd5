"""A request body for every call that takes one: shown on the reference page, and sent by the tests."""

REQUESTS: dict[str, dict[str, object]] = {
    "send": {"recipient": "4915123456789", "text": "Your order is on its way."},
    "sendMessage": {"to": "+4915123456789", "text": "Your order is on its way.", "metadata": {"order": 1042}},
    "createNumber": {"name": "Shop", "network": "sandbox"},
    "editNumber": {"name": "Shop", "default": True},
    "linkNumber": {"method": "qr"},
    "createKey": {"name": "Web shop", "scopes": ["messages:send", "messages:read"]},
}
