"""Texts that are no UTF-8: protobuf hands them over as bytes, and Go lets them through.

Left so they would travel as what they are not, and whoever takes the event in could not read it.
"""

from typing import Any

from google.protobuf.descriptor import FieldDescriptor

from messageapi.engines.linked.library.protos import wire

_ADDRESS = wire.JID.DESCRIPTOR


def make_sound(message: Any) -> None:
    """In place, whatever is inside; but for addresses, which nobody chooses: they are half of what there is."""
    for field, value in message.ListFields():
        if field.type == FieldDescriptor.TYPE_STRING:
            _texts(message, field.name, value)
        elif field.type == FieldDescriptor.TYPE_MESSAGE and field.message_type is not _ADDRESS:
            for inner in (value,) if hasattr(value, "ListFields") else value:
                make_sound(inner)


def _texts(message: Any, name: str, value: Any) -> None:
    if isinstance(value, bytes):
        setattr(message, name, _text(value))
    elif not isinstance(value, str):
        for place, each in enumerate(value):
            if isinstance(each, bytes):
                value[place] = _text(each)


def _text(value: bytes) -> str:
    return value.decode("utf-8", "replace")
