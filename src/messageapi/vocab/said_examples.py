"""What a message says, by its type: shown beside the examples of events."""

from collections.abc import Mapping
from typing import Any

Json = dict[str, Any]

_SHA256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
_URL = "https://messages.example.com/media/8f14e45f-ceea-467f-a9d6-0c5f6b2b8a53/AGkhlRTr0Zk..."

SAID: Mapping[str, Json] = {
    "image": {
        "text": "Is this the one?",
        "media": {
            "url": _URL,
            "mime": "image/jpeg",
            "size": 184_220,
            "sha256": _SHA256,
            "width": 1600,
            "height": 1200,
        },
    },
    "voice": {
        "text": None,
        "media": {"url": _URL, "mime": "audio/ogg; codecs=opus", "size": 9_310, "sha256": _SHA256, "seconds": 4},
    },
    "document": {
        "text": None,
        "media": {
            "url": _URL,
            "mime": "application/pdf",
            "size": 52_004,
            "sha256": _SHA256,
            "filename": "invoice.pdf",
        },
    },
    "sticker": {
        "text": None,
        "media": {"url": _URL, "mime": "image/webp", "size": 20_116, "sha256": _SHA256, "animated": True},
    },
    "location": {
        "text": None,
        "location": {
            "latitude": 52.5163,
            "longitude": 13.3777,
            "name": "Brandenburger Tor",
            "address": "Pariser Platz, Berlin",
            "live": False,
        },
    },
    "contact": {
        "text": None,
        "contacts": [{"name": "Ben", "vcard": "BEGIN:VCARD\nVERSION:3.0\nFN:Ben\nTEL:+4915123456780\nEND:VCARD"}],
    },
    "poll": {"text": None, "poll": {"question": "When?", "options": ["Today", "Tomorrow"], "choices": 1}},
    "button": {"text": "Yes", "answer": {"id": "confirm", "text": "Yes"}},
    "text": {
        "text": "Yes, @4915123456780 has it",
        "quote": {
            "messageId": "0198c7d2-5b1e-7c3a-9f04-6d2b8e1a7c55",
            "waMessageId": "3EB0C2F0D15A4B7E9A61",
            "ours": True,
            "phone": None,
            "lid": None,
            "text": "Did the parcel arrive?",
        },
        "mentions": [{"phone": "+4915123456780", "lid": "187654321098764@lid"}],
    },
    "text to all in a group, forwarded, that disappears": {
        "text": "Tomorrow at noon",
        "mentionsAll": True,
        "forwarded": True,
        "disappearsAfterSeconds": 86_400,
    },
    "image that may be seen once": {
        "text": None,
        "viewOnce": True,
        "media": {"mime": "image/jpeg", "size": 184_220, "sha256": _SHA256},
    },
    "reaction, as the API shows it": {"text": None, "emoji": "👍"},
}
"""Each with the fields that it has beside those of every message."""
