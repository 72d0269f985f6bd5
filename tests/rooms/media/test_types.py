"""What a file is comes from how it begins; only texts are believed about which kind of text they are."""

import io
import zipfile

import pytest

from messageapi.media.filename import clean, named
from messageapi.media.sniff import HEAD, PROGRAM, UNKNOWN, sniff

PE = b"MZ" + bytes(58) + (128).to_bytes(4, "little") + bytes(64) + b"PE\0\0"


def zipped(*names: str, first: tuple[str, bytes] | None = None) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        if first:
            archive.writestr(zipfile.ZipInfo(first[0]), first[1])
        for name in names:
            archive.writestr(name, b"<x/>")
    return out.getvalue()


def test_every_file_is_recognised(every_file: dict[str, bytes]) -> None:
    assert {mime: sniff(data[:HEAD]) for mime, data in every_file.items()} == {mime: mime for mime in every_file}


def test_no_claim_changes_what_a_file_is(every_file: dict[str, bytes]) -> None:
    for claimed in ("image/jpeg", "text/html", "application/pdf", "x", "\x00"):
        assert {mime: sniff(data[:HEAD], claimed) for mime, data in every_file.items()} == {m: m for m in every_file}


@pytest.mark.parametrize(
    ("data", "mime"),
    [
        (zipped("a.txt"), "application/zip"),
        (
            zipped("[Content_Types].xml", "word/document.xml"),
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
        (
            zipped("[Content_Types].xml", "xl/workbook.xml"),
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ),
        (
            zipped("content.xml", first=("mimetype", b"application/vnd.oasis.opendocument.text")),
            "application/vnd.oasis.opendocument.text",
        ),
        (zipped("a", first=("mimetype", b"application/epub+zip")), "application/epub+zip"),
        (zipped("AndroidManifest.xml", "classes.dex"), "application/vnd.android.package-archive"),
        (PE, PROGRAM),
        (b"\x7fELF\x02\x01\x01", PROGRAM),
        (b"\xcf\xfa\xed\xfe\x07", PROGRAM),
        (b"MZ is how this text begins", "text/plain"),
        (b"Hello", "text/plain"),
        ("Grüße, 你好".encode(), "text/plain"),
        ("ü".encode() * 5000 + b"x", "text/plain"),
        (b"x" + "ü".encode() * 5000, "text/plain"),
        (b"<!DOCTYPE html><html><body>x", "text/html"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "image/svg+xml"),
        (b"\x00\x01\x02\x03", UNKNOWN),
        (bytes(range(256)), UNKNOWN),
        (b"\xfe\x00\xff", UNKNOWN),
        (b"RIFF\x00\x00\x00\x00XXXX", UNKNOWN),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00", "image/heic"),
        (b"\x00\x00\x00\x18ftypavif\x00\x00\x00\x00", "image/avif"),
    ],
)
def test_files_are_what_they_begin_as(data: bytes, mime: str) -> None:
    assert sniff(data[:HEAD]) == mime


@pytest.mark.parametrize(
    ("data", "claimed", "mime"),
    [
        (b"a,b\n1,2\n", "text/csv", "text/csv"),
        (b"BEGIN:VCARD\nEND:VCARD\n", "text/vcard", "text/vcard"),
        (b'{"a": 1}', "application/json", "application/json"),
        (b"a,b\n1,2\n", "image/png", "text/plain"),
        (b"a,b\n1,2\n", "application/x-msdownload", "text/plain"),
        (b"\x00\x01\x02", "text/csv", UNKNOWN),
    ],
)
def test_a_text_may_say_which_text_it_is(data: bytes, claimed: str, mime: str) -> None:
    assert sniff(data, claimed) == mime


def test_a_playlist_is_no_video() -> None:
    """Decoders would open what it names."""
    assert not sniff(b"#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\nfile:///etc/passwd\n").startswith("video/")
    assert not sniff(b"ffconcat version 1.0\nfile /etc/passwd\n").startswith(("video/", "audio/"))


def test_a_document_without_a_name_gets_one_that_fits() -> None:
    assert named("", "", "application/pdf") == "file.pdf"
    assert named("///", "", "text/plain") == "file.txt"
    assert named("", "", UNKNOWN) in {"file", "file.bin"}
    assert named("", "invoice", "application/pdf") == "invoice.pdf"
    assert named("", "invoice.php", "application/pdf") == "invoice.php"
    assert named("bill", "invoice.pdf", "application/pdf") == "bill"
    assert clean("\u202e\u200b\x00") == ""
