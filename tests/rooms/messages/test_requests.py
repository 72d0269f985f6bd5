"""Reading a message: a text needs no type, and every type is told apart by it."""

import msgspec
import pytest

from messageapi.messages.content.requests import ImageMessage, TextMessage, read


@pytest.mark.parametrize(
    "body",
    [
        b'{"to": "1", "text": "x"}',
        b'{"type": "text", "to": "1", "text": "x"}',
        b'{"to": "1", "text": "x", "metadata": {"type": "order"}}',
        b'{"to": "1", "text": "the \\"type\\" of it"}',
        b'{"t\\u0079pe": "text", "to": "1", "text": "x"}',
    ],
)
def test_a_text_is_a_text_with_and_without_its_type(body: bytes) -> None:
    for given in (body, msgspec.Raw(body)):
        assert isinstance(read(given), TextMessage)


def test_another_type_is_never_taken_for_a_text() -> None:
    assert isinstance(read(b'{"to": "1", "url": "https://example.com", "type": "image"}'), ImageMessage)
    for body in (
        b'{"type": "image", "to": "1", "text": "x"}',
        b'{"t\\u0079pe": "image", "to": "1", "text": "x"}',
        b'{"to": "1", "url": "https://example.com"}',
    ):
        with pytest.raises(msgspec.ValidationError):
            read(body)
