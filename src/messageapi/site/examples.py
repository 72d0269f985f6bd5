"""Bodies shown on the reference page: one for each call that takes one (the tests send them), and common answers."""

_ID = "0198c7d2-5b1e-7c3a-9f04-6d2b8e1a7c55"
_TO = {"to": "+4915123456789"}
_GROUP = {"to": "120363021033254949@g.us"}
_SHOP = "https://example.com/shop.jpg"

MESSAGES: dict[str, dict[str, object]] = {
    "text": {"type": "text", **_TO, "text": "Your order is on its way.", "metadata": {"order": 1042}},
    "a reply that mentions": {
        "type": "text",
        **_GROUP,
        "text": "@4915123456789 please have a look.",
        "mentions": ["+4915123456789"],
        "replyTo": _ID,
    },
    "at its time": {
        "type": "text",
        **_TO,
        "text": "See you in an hour.",
        "sendAt": "2026-12-01T09:00:00",
        "timeZone": "Europe/Berlin",
        "expiresAt": "2026-12-01T09:30:00",
    },
    "a one-time code": {"type": "text", **_TO, "text": "Your code: 481 516", "priority": "high"},
    "image": {"type": "image", **_TO, "url": _SHOP, "caption": "Our new shop"},
    "video": {"type": "video", **_TO, "url": "https://example.com/tour.mp4", "caption": "A tour"},
    "audio": {"type": "audio", **_TO, "url": "https://example.com/song.mp3"},
    "voice": {"type": "voice", **_TO, "mediaId": "med_06h0712t4jrtvjwksq8pqt62vh", "typing": True},
    "document": {"type": "document", **_TO, "url": "https://example.com/invoice.pdf", "filename": "invoice.pdf"},
    "sticker": {"type": "sticker", **_TO, "url": "https://example.com/hello.webp"},
    "location": {"type": "location", **_TO, "latitude": 52.5163, "longitude": 13.3777, "name": "Brandenburger Tor"},
    "contact": {"type": "contact", **_TO, "contacts": [{"name": "Ada Lovelace", "phone": "+442071234567"}]},
    "poll": {"type": "poll", **_GROUP, "question": "When?", "options": ["Monday", "Tuesday"], "choices": 1},
    "reaction": {"type": "reaction", **_TO, "target": _ID, "emoji": "\U0001f44d"},
}

REQUESTS: dict[str, dict[str, object]] = {
    "send": {"recipient": "4915123456789", "text": "Your order is on its way."},
    "sendImage": {"recipient": "4915123456789", "image": _SHOP, "caption": "Our new shop"},
    "sendDocument": {
        "recipient": "4915123456789",
        "document": "https://example.com/invoice.pdf",
        "filename": "invoice.pdf",
    },
    "sendMessage": MESSAGES["text"],
    "sendMessages": {"messages": [MESSAGES["text"], MESSAGES["image"]]},
    "editMessage": {"text": "Your order will be with you on Monday."},
    "createNumber": {"name": "Shop", "network": "sandbox"},
    "editNumber": {"name": "Shop", "default": True, "typing": True, "pacing": {"perDay": 500}},
    "linkNumber": {"method": "qr"},
    "checkContacts": {"phones": ["+5511987654321", "+4915123456789"]},
    "addOptOut": {"recipient": "+4915123456789"},
    "setOptOutWords": {"stop": ["STOP", "Abmelden"], "start": ["START", "Anmelden"]},
    "showTyping": {"on": True, "kind": "typing"},
    "markRead": {"messageIds": [_ID]},
    "rejectCall": {"sender": "187654321098765@lid"},
    "createGroup": {"subject": "Regulars", "members": ["+4915123456789"], "description": "Open at eight"},
    "editGroup": {"subject": "Regulars", "onlyAdminsSend": True},
    "changeMembers": {"change": "add", "members": ["+4915123456789"]},
    "joinGroup": {"invite": "https://chat.whatsapp.com/AbCdEfGhIjKlMnOpQrStUv"},
    "createWebhook": {"url": "https://example.com/hooks/messageapi", "events": ["message.received", "message.failed"]},
    "editWebhook": {"events": None, "description": "Everything, for the archive"},
    "rotateWebhookSecret": {"overlapHours": 24},
    "replayDeliveries": {"what": "all", "since": "2026-11-22T12:00:00Z"},
    "createKey": {"name": "Web shop", "scopes": ["messages:send", "messages:read"]},
    "rotateKey": {"overlapHours": 24},
}

MORE_REQUESTS: dict[str, dict[str, object]] = {
    "sendMessage": {name: {"summary": name, "value": value} for name, value in MESSAGES.items()}
}
"""Where one example is not enough."""

_SENT: dict[str, object] = {"success": True, "message": "Message sent", "messageId": _ID}
_ACCEPTED: dict[str, object] = {"success": True, "message": "Message accepted", "messageId": _ID}
_STORED: dict[str, object] = {
    "id": _ID,
    "status": "accepted",
    "number": "num_06h0712t4jrtvjwksq8pqt62vh",
    "to": "4915123456789@s.whatsapp.net",
    "acceptedAt": "2026-11-22T12:56:00.123Z",
}
_IN_BATCH: dict[str, object] = {name: value for name, value in _STORED.items() if name != "acceptedAt"}
_REFUSED: dict[str, object] = {
    "code": "recipient_malformed",
    "status": 422,
    "detail": "The recipient has no country code. Write the number with its country code, for example +4915112345678.",
}

ANSWERS: dict[tuple[str, int], dict[str, object]] = {
    **{(call, 200): _SENT for call in ("send", "sendImage", "sendDocument", "sendByAddress")},
    **{(call, 202): _ACCEPTED for call in ("send", "sendImage", "sendDocument", "sendByAddress")},
    **{(call, 202): _STORED for call in ("sendMessage", "editMessage", "revokeMessage")},
    ("sendMessages", 202): {
        "accepted": 1,
        "refused": 1,
        "results": [{"index": 0, **_IN_BATCH}, {"index": 1, "problem": _REFUSED}],
    },
}
