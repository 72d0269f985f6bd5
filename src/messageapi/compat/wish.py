"""The spellings of the simple calls, turned into messages. An empty field is one that was not filled in."""

from messageapi.compat.schemas import SimpleDocument, SimpleImage, SimpleMessage
from messageapi.errors import Problem
from messageapi.messages import errors
from messageapi.messages.content.requests import CAPTION_LENGTH, DocumentMessage, ImageMessage, SendRequest, TextMessage
from messageapi.vocab.urls import parts_of

_PICTURES = (".jpg", ".jpeg", ".png", ".webp", ".gif")


def text_message(given: SimpleMessage) -> SendRequest:
    return TextMessage(to=given.recipient, from_=given.from_, text=given.text)


def image_message(given: SimpleImage) -> SendRequest:
    """Raise Problem."""
    return ImageMessage(
        to=given.recipient,
        from_=given.from_,
        url=_only(given.image, given.url),
        caption=_words(given.caption, given.text),
    )


def document_message(given: SimpleDocument) -> SendRequest:
    """Raise Problem."""
    return DocumentMessage(
        to=given.recipient,
        from_=given.from_,
        url=_only(given.document, given.pdf, given.url),
        filename=given.filename or "",
        caption=_words(given.caption, given.text),
    )


def any_message(image: SimpleImage, document: SimpleDocument) -> SendRequest:
    """Of the address's parameters, which fit either. A bare `url` is a picture if it ends like one."""
    if not any((image.image, document.document, document.pdf, image.url)):
        if image.caption or document.filename:
            raise errors.media_source(0)
        return text_message(SimpleMessage(recipient=image.recipient, from_=image.from_, text=image.text or ""))
    if document.document or document.pdf:
        _only(image.image, document.document, document.pdf, image.url)
        return document_message(document)
    if image.image or parts_of(image.url or "").path.lower().endswith(_PICTURES):
        return image_message(image)
    return document_message(document)


def _only(*spellings: str | None) -> str:
    given = [each for each in spellings if each]
    if len(given) != 1:
        raise errors.media_source(len(given))
    return given[0]


def _words(caption: str | None, text: str | None) -> str:
    if caption and text and caption != text:
        raise Problem("caption_conflict", 422, "`caption` and `text` say different things. Send one of them.")
    words = caption or text or ""
    if len(words) > CAPTION_LENGTH:
        raise errors.caption_too_long()
    return words
