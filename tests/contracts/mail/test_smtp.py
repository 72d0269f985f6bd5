"""Handing in to a real server: encryption, login, refusals, silence; and what each of them means for the email."""

from typing import Any

import pytest

from messageapi.mail import smtp
from messageapi.mail.opening import open_mail
from messageapi.mail.port import Email, Mail, MailError

FROM = "MessageAPI <noreply@example.com>"


def door(url: str, tmp_path: Any) -> Mail:
    return open_mail(url, FROM, tmp_path)


async def refused(mail: Mail, email: Email) -> MailError:
    with pytest.raises(MailError) as caught:
        await mail.send(email)
    assert "maya" not in str(caught.value)
    return caught.value


async def test_starttls_protects_email_and_password(
    serve: Any, handler: Any, certificate: Any, email: Email, tmp_path: Any
) -> None:
    port = await serve(handler, tls="starttls", login=True)
    url = f"smtp://sender:correct%20horse@127.0.0.1:{port}?ca={certificate.file}"
    await door(url, tmp_path).send(email)
    assert handler.secured == [True]
    assert handler.logged_in == [True]
    assert handler.recipients == ["maya@example.com"]


async def test_tls_from_the_first_byte(serve: Any, handler: Any, certificate: Any, email: Email, tmp_path: Any) -> None:
    port = await serve(handler, tls="wrapped")
    await door(f"smtps://127.0.0.1:{port}?ca={certificate.file}", tmp_path).send(email)
    assert len(handler.taken) == 1


@pytest.mark.parametrize(("scheme", "tls"), [("smtp", "starttls"), ("smtps", "wrapped")])
async def test_a_certificate_nobody_vouches_for_is_refused(
    serve: Any, handler: Any, email: Email, tmp_path: Any, scheme: str, tls: str
) -> None:
    port = await serve(handler, tls=tls)
    problem = await refused(door(f"{scheme}://127.0.0.1:{port}", tmp_path), email)
    assert (problem.code, problem.permanent) == ("bad_certificate", False)
    assert handler.taken == []


async def test_a_certificate_for_another_name_is_refused(
    serve: Any, handler: Any, certificate: Any, email: Email, tmp_path: Any
) -> None:
    port = await serve(handler, tls="starttls")
    problem = await refused(door(f"smtp://localhost:{port}?ca={certificate.file}", tmp_path), email)
    assert problem.code == "bad_certificate"


async def test_without_tls_nothing_is_said(serve: Any, handler: Any, email: Email, tmp_path: Any) -> None:
    port = await serve(handler)
    problem = await refused(door(f"smtp://127.0.0.1:{port}", tmp_path), email)
    assert (problem.code, problem.permanent) == ("no_tls", False)
    assert handler.taken == []


async def test_a_wrong_password_waits_for_the_operator(
    serve: Any, handler: Any, certificate: Any, email: Email, tmp_path: Any
) -> None:
    port = await serve(handler, tls="starttls", login=True)
    problem = await refused(door(f"smtp://sender:wrong@127.0.0.1:{port}?ca={certificate.file}", tmp_path), email)
    assert (problem.code, problem.permanent) == ("login_refused", False)
    assert "wrong" not in str(problem)


async def test_a_server_that_takes_no_login(
    serve: Any, handler: Any, certificate: Any, email: Email, tmp_path: Any
) -> None:
    port = await serve(handler, tls="wrapped")
    problem = await refused(door(f"smtps://sender:secret@127.0.0.1:{port}?ca={certificate.file}", tmp_path), email)
    assert (problem.code, problem.permanent) == ("login_refused", False)


@pytest.mark.parametrize(
    ("given", "means"),
    [
        ({"rcpt": "550 no such mailbox maya@example.com"}, ("refused", True)),
        ({"rcpt": "450 come back, maya@example.com"}, ("deferred", False)),
        ({"data": "554 looks like spam"}, ("refused", True)),
        ({"data": "451 greylisted"}, ("deferred", False)),
    ],
)
async def test_what_the_server_says_decides_on_another_try(
    serve: Any, handler: Any, email: Email, tmp_path: Any, given: dict[str, str], means: tuple[str, bool]
) -> None:
    for name, answer in given.items():
        setattr(handler, name, answer)
    port = await serve(handler)
    problem = await refused(door(f"smtp://127.0.0.1:{port}?starttls=off", tmp_path), email)
    assert (problem.code, problem.permanent) == means


async def test_nobody_there(email: Email, tmp_path: Any, unused_tcp_port: int) -> None:
    problem = await refused(door(f"smtp://127.0.0.1:{unused_tcp_port}", tmp_path), email)
    assert (problem.code, problem.permanent) == ("unreachable", False)


async def test_a_server_that_falls_silent_is_left(
    serve: Any, handler: Any, email: Email, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtp, "STEP_S", 0.2)
    handler.hangs = True
    port = await serve(handler)
    problem = await refused(door(f"smtp://127.0.0.1:{port}?starttls=off", tmp_path), email)
    assert (problem.code, problem.permanent) == ("too_slow", False)


@pytest.mark.parametrize(
    "url",
    [
        "http://mail.example",
        "smtp://",
        "smtp://host:99999",
        "smtp://host/path",
        "smtp://host?unknown=1",
        "mail.example:25",
        "smtp://user:password@mail.example?starttls=off",
    ],
)
def test_a_setting_that_means_nothing_is_refused_at_the_start(url: str, tmp_path: Any) -> None:
    with pytest.raises(MailError, match="bad_url"):
        door(url, tmp_path)


@pytest.mark.parametrize("origin", ["", "MessageAPI", "a@b\r\nBcc: c@d.example"])
def test_emails_need_somebody_they_are_from(origin: str, tmp_path: Any) -> None:
    with pytest.raises(MailError, match="bad_address"):
        open_mail("smtp://mail.example", origin, tmp_path)


def test_a_password_is_in_no_repr(tmp_path: Any) -> None:
    server = smtp.Server("host", 587, "user", "hunter2hunter2")
    assert "hunter2" not in repr(server)
