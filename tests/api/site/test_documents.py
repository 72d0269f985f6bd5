"""docs/ as pages: nothing of it is run, links lead to pages or become words, samples call this server."""

import pytest

from messageapi.site.documents import SECTIONS, Document, address_of, anchor, documents, rendered

HERE = "https://wa.example.com"


def page(source: str) -> str:
    return str(rendered(Document("howto", "x", "X", "", source), HERE))


def test_every_document_has_a_title_and_a_sentence() -> None:
    assert {each.section for each in documents().values()} == set(SECTIONS)
    for each in documents().values():
        assert each.title, each.address
        assert not each.summary.startswith("|"), each.address


def test_html_in_a_document_is_shown_and_not_run() -> None:
    said = page("# X\n\n<script>alert(1)</script> [y](javascript:alert(1))\n\n```\n<b onclick=x>\n```\n")
    assert "<script" not in said
    assert 'href="javascript' not in said
    assert "<b " not in said


@pytest.mark.parametrize(
    ("link", "address"),
    [
        ("stream-events.md", "/docs/howto/stream-events"),
        ("../reference/events.md#presenceupdated", "/docs/reference/events#presenceupdated"),
        ("../decisions/0016-decoders-run-apart.md", None),
        ("../../CONTRIBUTING.md", None),
        ("/docs/api", "/docs/api"),
        ("#here", "#here"),
        ("https://example.com/x.md", "https://example.com/x.md"),
    ],
)
def test_a_link_leads_to_a_page_or_nowhere(link: str, address: str | None) -> None:
    assert address_of(link, "howto") == address


def test_a_link_without_a_page_stays_as_words() -> None:
    assert page("# X\n\nSee [why](../decisions/0016-decoders-run-apart.md).") == '<h1 id="x">X</h1>\n<p>See why.</p>\n'


def test_samples_call_this_server_and_can_be_copied() -> None:
    said = page("# X\n\n```sh\ncurl http://127.0.0.1:8080/healthz > 'a'\n```\n")
    assert said.count(f"curl {HERE}/healthz &gt; &#39;a&#39;") == 2
    assert "data-copies" in said


def test_headings_are_named_as_the_documents_link_to_them() -> None:
    assert anchor("GET /send.php") == "get-sendphp"
    assert anchor("Example of message.received") == "example-of-messagereceived"
