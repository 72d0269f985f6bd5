"""Every knob, from the environment (MESSAGEAPI_*) over a TOML file over the default.
A secret may come from a file (*_FILE).
"""

import os
import tomllib
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Literal, get_args, get_origin
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta

_ADDRESSES = {
    "public_url": (("https", "http"), "https://messages.example.com"),
    "nats_url": (("nats", "tls"), "nats://token@127.0.0.1:4222"),
}
_PREFIX = "MESSAGEAPI_"
_BESIDE = ("CONFIG", "SERVER", "ACCOUNT", "API_KEY", "API_KEY_FILE", "URL")
"""No settings: where the file is, what the commands read, and the server's address for programs of customers."""


class SettingsError(Exception):
    """A setting is missing or malformed; the text says which and what to write instead."""


def _about(text: str) -> Meta:
    return Meta(description=text)


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Defaults run the whole product on one machine with nothing to configure."""

    host: Annotated[str, _about("Address to listen on. 127.0.0.1 is reachable from this machine only.")] = "127.0.0.1"
    port: Annotated[int, Meta(ge=0, le=65535, description="Port to listen on; 0 picks a free one.")] = 8080
    public_url: Annotated[
        str, _about("Address customers see, without a trailing slash. Empty: made from host and port.")
    ] = ""
    data: Annotated[str, _about("Data folder: database, session files, secrets. Readable by its owner only.")] = "data"
    database_url: Annotated[
        str, _about("Empty: SQLite in the data folder. Or postgresql://user:password@host/name.")
    ] = ""
    nats_url: Annotated[str, _about("Empty: a bundled nats-server as a child process. Or nats://token@host:4222.")] = ""
    sandbox: Annotated[
        Literal["on", "off"], _about("A WhatsApp-compatible network of our own on loopback, with virtual phones.")
    ] = "on"
    master_key_file: Annotated[
        str, _about("File with the 32-byte key that seals what is stored. Empty: master.key in the data folder.")
    ] = ""
    engine_sessions: Annotated[int, Meta(ge=1, le=1000, description="Most WhatsApp sessions in one engine host.")] = 100
    engine_hosts: Annotated[
        int, Meta(ge=1, le=64, description="Engine hosts kept running for each network in use.")
    ] = 1
    send_window: Annotated[
        int,
        Meta(
            ge=1,
            le=256,
            description="Messages of one number handed to its engine at once on the sandbox; on WhatsApp always 1.",
        ),
    ] = 32
    send_deadline_seconds: Annotated[
        int, Meta(ge=5, le=300, description="After this long without an answer from WhatsApp a send is unconfirmed.")
    ] = 60
    retry_minutes: Annotated[
        int,
        Meta(
            ge=1,
            le=1440,
            description="For how long a message that cannot be sent, though its number can send, is tried again before "
            "it fails. Those behind it in its chat wait so long; all others go past.",
        ),
    ] = 15
    resend_after_seconds: Annotated[
        int,
        Meta(
            ge=1,
            le=3600,
            description="How long an unconfirmed message waits for a receipt before it is sent again, where its sender "
            "chose so.",
        ),
    ] = 60
    stuck_sending_seconds: Annotated[
        int, Meta(ge=1, description="After this long without WhatsApp's acknowledgement a message is told to be stuck.")
    ] = 60
    stuck_sent_seconds: Annotated[
        int, Meta(ge=1, description="After this long without one from the recipient's phone, too.")
    ] = 86_400
    waiting_messages: Annotated[
        int,
        Meta(
            ge=1,
            description="Messages of one account that may wait to be sent, scheduled ones too; then 429.",
        ),
    ] = 100_000
    body_hours: Annotated[
        int, Meta(ge=1, le=720, description="How long inbound bodies and events are kept, sealed.")
    ] = 72
    delivery_hours: Annotated[
        int,
        Meta(
            ge=0,
            le=87_600,
            description="How long a delivery is still listed after its event is gone. Each takes about half a "
            "kilobyte; lower it where millions of events are delivered.",
        ),
    ] = 96
    poll_hours: Annotated[
        int,
        Meta(
            ge=0,
            le=2160,
            description="How long a sent poll is kept sealed, so that votes in it name its options. 0: they do not.",
        ),
    ] = 168
    request_bytes: Annotated[int, Meta(ge=1024, description="Largest request body in bytes.")] = 1_048_576
    blobs_url: Annotated[
        str,
        _about(
            "Where files of messages lie, sealed. Empty: a folder in the data folder. Or "
            "s3://access-key:secret@bucket/prefix?endpoint=https://host&region=name."
        ),
    ] = ""
    media_image_bytes: Annotated[int, Meta(ge=1024, description="Largest image, and picture for a sticker.")] = (
        16 * 1024 * 1024
    )
    media_audio_bytes: Annotated[int, Meta(ge=1024, description="Largest audio file and voice note.")] = (
        16 * 1024 * 1024
    )
    media_video_bytes: Annotated[int, Meta(ge=1024, description="Largest video.")] = 64 * 1024 * 1024
    media_document_bytes: Annotated[
        int,
        Meta(
            ge=1024, le=2_000_000_000, description="Largest document, and largest upload or received file of any kind."
        ),
    ] = 100 * 1024 * 1024
    media_small_bytes: Annotated[
        int,
        Meta(
            ge=1,
            description="Largest file of a received message that is fetched at once where a number fetches small ones.",
        ),
    ] = 2 * 1024 * 1024
    media_inline_bytes: Annotated[
        int, Meta(ge=1024, description="Largest file that comes inside a request as base64. See request_bytes, too.")
    ] = 512 * 1024
    media_account_bytes: Annotated[
        int, Meta(ge=1024, description="Most bytes of files kept for one account at a time.")
    ] = 10 * 1024 * 1024 * 1024
    fetch_seconds: Annotated[
        int, Meta(ge=1, le=600, description="Longest time to fetch a file from the URL a customer gave.")
    ] = 60
    fetch_ports: Annotated[str, _about("Ports that a customer's URL may name, separated by commas.")] = "80,443,8443"
    allowed_networks: Annotated[
        str,
        _about(
            "Networks a customer's URL may lead into although they are not public, separated by commas, such as "
            "127.0.0.0/8. Empty: none. Whoever may send can then read from them."
        ),
    ] = ""
    key_requests_per_minute: Annotated[
        int,
        Meta(ge=1, description="Requests one API key may make in a minute, counted in each web process; then 429."),
    ] = 180_000
    address_requests_per_minute: Annotated[
        int,
        Meta(
            ge=1,
            description="Requests without a valid API key that may come from one address in a minute, counted in each "
            "web process; then 429.",
        ),
    ] = 1_200
    streams_per_key: Annotated[
        int,
        Meta(
            ge=1,
            description="Event streams and waiting requests for events that one API key may have open at a time, "
            "counted in each web process; then 429.",
        ),
    ] = 100
    trusted_proxies: Annotated[
        str,
        _about(
            "Networks of your own proxies, separated by commas, such as 127.0.0.1,10.0.0.0/8. Only from these is "
            "X-Forwarded-For believed. Empty: from nobody."
        ),
    ] = ""
    mail_url: Annotated[
        str,
        _about(
            "Where emails to people are handed in: smtp://user:password@host:587 (with STARTTLS) or "
            "smtps://user:password@host:465. Empty: files in the data folder; console: prints them."
        ),
    ] = ""
    mail_from: Annotated[str, _about("Who emails are from, such as MessageAPI <noreply@example.com>.")] = ""
    support_email: Annotated[
        str, _about("Address that questions from the support form are sent to. Empty: they are only stored.")
    ] = ""
    sign_up: Annotated[
        Literal["open", "invitation", "closed"],
        _about(
            "Who may sign up: everybody (and gets an account of their own), those whom an account invites, or nobody."
        ),
    ] = "invitation"
    login_days: Annotated[int, Meta(ge=1, le=365, description="After so long one has to log in again.")] = 30
    login_idle_hours: Annotated[
        int, Meta(ge=1, le=8760, description="After so long without looking at a page, too.")
    ] = 72
    audit_days: Annotated[int, Meta(ge=1, le=36_500, description="How long the audit log remembers.")] = 400
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"], _about("Least severe log line that is written.")
    ] = "info"
    log_style: Annotated[Literal["text", "json"], _about("Log lines for people or for machines.")] = "text"

    @property
    def data_folder(self) -> Path:
        return Path(self.data).expanduser().absolute()

    @property
    def base_url(self) -> str:
        return (
            self.public_url.rstrip("/")
            or f"http://{'[' + self.host + ']' if ':' in self.host else self.host}:{self.port}"
        )


def load(environment: dict[str, str] | None = None, file: Path | None = None, **given: object) -> Settings:
    """Read settings; `given` (command-line options) wins over the environment, which wins over the file."""
    env = dict(os.environ if environment is None else environment)
    path = file or (Path(env["MESSAGEAPI_CONFIG"]) if env.get("MESSAGEAPI_CONFIG") else None)
    values: dict[str, object] = _from_file(path) if path else {}
    values |= _from_environment(env)
    values |= {name: value for name, value in given.items() if value is not None}
    return _checked(values)


def _from_file(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as problem:
        raise SettingsError(
            f"The settings file {path} cannot be read: {problem.strerror}. Check MESSAGEAPI_CONFIG."
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise SettingsError(f"The settings file {path} is not valid TOML: {problem}.") from None


def _from_environment(env: dict[str, str]) -> dict[str, object]:
    values: dict[str, object] = {}
    for name in Settings.__struct_fields__:
        variable = f"{_PREFIX}{name.upper()}"
        if variable in env:
            values[name] = env[variable]
        elif f"{variable}_FILE" in env and not name.endswith("_file"):
            values[name] = _secret(variable, Path(env[f"{variable}_FILE"]))
    return values


def _secret(variable: str, path: Path) -> str:
    try:
        return path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise SettingsError(
            f"{variable}_FILE names a file that cannot be read. Check the path and its permissions."
        ) from None


def _checked(values: dict[str, object]) -> Settings:
    unknown = sorted(values.keys() - set(Settings.__struct_fields__))
    if unknown:
        bare = {name: name.lower().removeprefix(_PREFIX.lower()) for name in unknown}
        said = ", ".join(name + _meant(_nearest(bare[name], Settings.__struct_fields__)) for name in unknown)
        raise SettingsError(f"Unknown setting: {said}. messageapi.default.toml lists them all.")
    try:
        settings = msgspec.convert(values, Settings, strict=False)
    except msgspec.ValidationError as problem:
        raise SettingsError(
            f"A setting has a wrong value: {_plain(str(problem))}. messageapi.default.toml explains each."
        ) from None
    for name, (schemes, example) in _ADDRESSES.items():
        _check_address(name, getattr(settings, name), schemes, example)
    return settings


def strays(environment: Mapping[str, str] | None = None) -> list[tuple[str, str | None]]:
    """Variables that are named like settings and are none, each with the setting that may be meant. Nobody refuses
    them: others may set them for programs of their own.
    """
    env = os.environ if environment is None else environment
    names = [name.upper() for name in Settings.__struct_fields__]
    files = [f"{name}_FILE" for name in names if not name.endswith("_FILE")]
    known = {_PREFIX + name for name in (*names, *files, *_BESIDE)}
    found = sorted(name for name in env if name.upper().startswith(_PREFIX) and name not in known)
    return [(name, _nearest_variable(name.upper(), names, files)) for name in found]


def _nearest_variable(variable: str, names: list[str], files: list[str]) -> str | None:
    among = [*names, *_BESIDE, *(files if variable.endswith("_FILE") else ())]
    near = _nearest(variable.removeprefix(_PREFIX), among)
    return _PREFIX + near if near else None


def _nearest(name: str, known: Iterable[str]) -> str | None:
    return next(iter(get_close_matches(name, list(known), n=1, cutoff=0.7)), None)


def _meant(nearest: str | None) -> str:
    return f" (did you mean {nearest}?)" if nearest else ""


def _check_address(name: str, given: str, schemes: tuple[str, ...], example: str) -> None:
    """Who connects would only find that nobody answers. The address may hold a password: it is not repeated."""
    try:
        parts = urlsplit(given)
        fine = parts.scheme in schemes and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        fine = False
    if given and not fine:
        raise SettingsError(f"A setting has a wrong value: {name} is an address such as {example}.")


def _plain(text: str) -> str:
    message, _, where = text.partition(" - at `$.")
    return f"{where.rstrip('`')}: {message}" if where else message


def default_toml() -> str:
    """The text of messageapi.default.toml: every setting with its default and what it does."""
    lines = [
        "# Every setting with its default. Set one in a copy of this file (MESSAGEAPI_CONFIG names it)",
        "# or in the environment as MESSAGEAPI_<NAME>; MESSAGEAPI_<NAME>_FILE reads it from a file.",
    ]
    for field in msgspec.structs.fields(Settings):
        text, choices = _described(field.type)
        lines += ["", f"# {text}{choices}", f"{field.name} = {_toml(field.default)}"]
    return "\n".join(lines) + "\n"


def _described(annotation: object) -> tuple[str, str]:
    text, choices = "", ""
    if get_origin(annotation) is Annotated:
        inner, *metas = get_args(annotation)
        text = next((m.description for m in metas if isinstance(m, Meta) and m.description), "")
        if get_origin(inner) is Literal:
            choices = f" One of: {', '.join(map(str, get_args(inner)))}."
    return text, choices


def _toml(value: object) -> str:
    return str(value) if isinstance(value, int) else f'"{value}"'
