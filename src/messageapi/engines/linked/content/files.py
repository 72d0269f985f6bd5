"""Messages with a file: it is uploaded first, the message says where it lies and how it is opened."""

from time import time
from typing import Any, Final

from messageapi.engines.linked.content.writing import AUDIO, DOCUMENT, IMAGE, VIDEO, Uploaded, Writing
from messageapi.engines.linked.library.protos import content as proto
from messageapi.vocab.content import Audio, Document, Image, Sticker, Video, Voice

_OPUS: Final = "audio/ogg; codecs=opus"  # without the codec's name iPhones do not play it
_STICKER_PIXELS: Final = 512


def image(content: Image, writing: Writing) -> Any:
    message = proto.ImageMessage(
        **_file(writing.upload(content.media, IMAGE), content.media.mime),
        **_picture(content),
        caption=content.caption or None,
        contextInfo=writing.context,
    )
    return proto.Message(imageMessage=message)


def video(content: Video, writing: Writing) -> Any:
    message = proto.VideoMessage(
        **_file(writing.upload(content.media, VIDEO), content.media.mime),
        **_picture(content),
        caption=content.caption or None,
        seconds=content.seconds,
        contextInfo=writing.context,
    )
    return proto.Message(videoMessage=message)


def audio(content: Audio, writing: Writing) -> Any:
    mime = _OPUS if content.media.mime == "audio/ogg" else content.media.mime
    message = proto.AudioMessage(
        **_file(writing.upload(content.media, AUDIO), mime),
        seconds=content.seconds,
        PTT=False,
        contextInfo=writing.context,
    )
    return proto.Message(audioMessage=message)


def voice(content: Voice, writing: Writing) -> Any:
    message = proto.AudioMessage(
        **_file(writing.upload(content.media, AUDIO), _OPUS),
        seconds=content.seconds,
        PTT=True,
        waveform=content.waveform or None,
        contextInfo=writing.context,
    )
    return proto.Message(audioMessage=message)


def document(content: Document, writing: Writing) -> Any:
    """One with a caption travels in a wrapper, which older apps answer with "update WhatsApp" and not with nothing."""
    name = content.filename or "file"
    message = proto.DocumentMessage(
        **_file(writing.upload(content.media, DOCUMENT), content.media.mime),
        fileName=name,
        title=name,
        caption=content.caption or None,
        contextInfo=writing.context,
    )
    return (
        wrapped(proto.Message(documentMessage=message)) if content.caption else proto.Message(documentMessage=message)
    )


def wrapped(message: Any) -> Any:
    return proto.Message(documentWithCaptionMessage=proto.FutureProofMessage(message=message))


def sticker(content: Sticker, writing: Writing) -> Any:
    message = proto.StickerMessage(
        **_file(writing.upload(content.media, IMAGE), content.media.mime),
        width=_STICKER_PIXELS,
        height=_STICKER_PIXELS,
        isAnimated=content.animated,
        contextInfo=writing.context,
    )
    return proto.Message(stickerMessage=message)


def _file(uploaded: Uploaded, mime: str) -> dict[str, Any]:
    return {
        "URL": uploaded.url,
        "directPath": uploaded.direct_path,
        "mediaKey": uploaded.media_key,
        "mediaKeyTimestamp": int(time()),
        "fileEncSHA256": uploaded.enc_sha256,
        "fileSHA256": uploaded.sha256,
        "fileLength": uploaded.length,
        "mimetype": mime,
    }


def _picture(content: Image | Video) -> dict[str, Any]:
    """What is known about it: an app that is told nothing measures by itself, one that is told 0 shows nothing."""
    return {
        "width": content.width or None,
        "height": content.height or None,
        "JPEGThumbnail": content.thumbnail or None,
    }
