"""The public shapes of webhook endpoints, deliveries and attempts."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from messageapi.vocab.clock import iso
from messageapi.vocab.events import CATALOGUE
from messageapi.webhooks.endpoint import REASONS, Endpoint, State, Target, names
from messageapi.webhooks.find import Attempt, Delivery, Status

Url = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=2048,
        description="https:// or http://, without user name or password.",
        examples=["https://example.com/hooks/messageapi"],
    ),
]
Events = Annotated[
    Annotated[list[str], Meta(min_length=1, max_length=len(CATALOGUE))] | None,
    Meta(
        description="Types of events it gets. Null: all, those of later versions too.", examples=[["message.received"]]
    ),
]
Numbers = Annotated[
    Annotated[list[str], Meta(min_length=1, max_length=1000)] | None,
    Meta(description="Ids of the numbers whose events it gets. Null: all. Events of no number always come."),
]
Headers = Annotated[
    dict[str, str],
    Meta(max_length=20, description="Sent with every event. Values are kept sealed and never shown again."),
]
Description = Annotated[str, Meta(max_length=200, description="What it is for.")]
Secret = Annotated[
    str, Meta(max_length=200, description="`whsec_` and 24 to 64 random bytes in base64.", examples=["whsec_..."])
]


class NewWebhook(msgspec.Struct, rename="camel", forbid_unknown_fields=True, kw_only=True):
    """An endpoint to be made."""

    url: Url
    events: Events = None
    numbers: Numbers = None
    description: Description = ""
    headers: Headers = {}
    secret: Annotated[
        Secret | UnsetType | None,
        Meta(description="Left out: one is made and shown once. Null: events come without a signature."),
    ] = UNSET


class WebhookEdit(msgspec.Struct, rename="camel", forbid_unknown_fields=True, kw_only=True):
    """What is left out stays as it is. `headers` replaces all of them."""

    url: Url | UnsetType = UNSET
    events: Events | UnsetType = UNSET
    numbers: Numbers | UnsetType = UNSET
    description: Description | UnsetType = UNSET
    headers: Headers | UnsetType = UNSET


class Rotation(msgspec.Struct, rename="camel", forbid_unknown_fields=True, kw_only=True):
    """Both secrets sign for a while, so that a receiver can change over without missing anything."""

    secret: Annotated[Secret | None, Meta(description="Left out: one is made.")] = None
    overlap_hours: Annotated[int, Meta(ge=0, le=168, description="How long the old one signs as well.")] = 24


class Replay(msgspec.Struct, rename="camel", forbid_unknown_fields=True, kw_only=True):
    """Which events to deliver once more."""

    what: Annotated[
        Literal["failed", "all"],
        Meta(description="`failed`: what this endpoint did not get. `all`: whatever it would get today."),
    ] = "failed"
    since: Annotated[Annotated[datetime, Meta(tz=True)] | None, Meta(description="Events from this time on.")] = None
    until: Annotated[Annotated[datetime, Meta(tz=True)] | None, Meta(description="Events up to this time.")] = None


class ReplayView(msgspec.Struct, rename="camel", kw_only=True):
    """`next_since` is null when all were taken; otherwise send it as `since` to go on."""

    replayed: int
    next_since: str | None


class WebhookView(msgspec.Struct, rename="camel", kw_only=True):
    """An endpoint without its secrets."""

    id: str
    url: str
    events: list[str] | None
    numbers: list[str] | None
    description: str
    header_names: list[str]
    signed: bool
    old_secret_until: Annotated[str | None, Meta(description="Until then the secret before this one signs too.")]
    state: State
    reason_code: Annotated[str | None, Meta(description="Why it is disabled: gone or failing.")]
    reason: str | None
    since: Annotated[str | None, Meta(description="In this state.")]
    failing_since: Annotated[
        str | None, Meta(description="Nothing has succeeded since. After five days it is disabled.")
    ]
    created_at: str | None


class NewWebhookView(WebhookView, rename="camel", kw_only=True):
    """With its secret, for the only time."""

    secret: Annotated[str | None, Meta(description="Not shown again: store it now. Null without signatures.")]


class AttemptView(msgspec.Struct, rename="camel", kw_only=True):
    """One request that was made."""

    at: str | None
    milliseconds: int
    status: Annotated[int | None, Meta(description="Of the receiver's answer; null when there was none.")]
    error: Annotated[str | None, Meta(description="Why it failed, such as too_slow, unreachable or refused.")]
    answer: Annotated[str | None, Meta(description="How the answer began, up to 200 bytes.")]


class DeliveryView(msgspec.Struct, rename="camel", kw_only=True):
    """One event on its way to one endpoint."""

    event_id: Annotated[str, Meta(description="The `webhook-id` header, and `id` in the event.")]
    type: str
    status: Status
    attempts: Annotated[int, Meta(description="How often it was tried since it was last replayed.")]
    next_attempt_at: Annotated[str | None, Meta(description="Null when it has ended or waits behind another.")]
    response_status: int | None
    error: str | None
    created_at: str | None
    ended_at: str | None
    tries: Annotated[list[AttemptView], Meta(description="The oldest first; kept as long as events are.")]


class TestView(msgspec.Struct, rename="camel", kw_only=True):
    """The event that was sent. Read its delivery to see what became of it."""

    event_id: str


def view(endpoint: Endpoint, target: Target, now: int) -> WebhookView:
    return WebhookView(
        id=endpoint.id,
        url=target.url,
        events=names(endpoint.events),
        numbers=names(endpoint.numbers),
        description=endpoint.description,
        header_names=sorted(target.headers),
        signed=target.secret is not None,
        old_secret_until=iso(target.old_until) if target.old_secret and now < target.old_until else None,
        state=endpoint.state,
        reason_code=endpoint.reason_code,
        reason=REASONS[endpoint.reason_code] if endpoint.reason_code else None,
        since=iso(endpoint.state_since),
        failing_since=iso(endpoint.failing_since),
        created_at=iso(endpoint.created_at),
    )


def new_view(endpoint: Endpoint, target: Target, now: int) -> NewWebhookView:
    return NewWebhookView(**msgspec.structs.asdict(view(endpoint, target, now)), secret=target.secret)


def delivery_view(delivery: Delivery, tries: list[AttemptView], now: int) -> DeliveryView:
    status = delivery.status_at(now)
    return DeliveryView(
        event_id=delivery.event_id,
        type=delivery.type,
        status=status,
        attempts=delivery.attempts,
        next_attempt_at=iso(delivery.due) if delivery.state == "ready" and status == "pending" else None,
        response_status=delivery.status,
        error=delivery.error,
        created_at=iso(delivery.created_at),
        ended_at=iso(delivery.ended_at),
        tries=tries,
    )


def attempt_view(attempt: Attempt, answer: bytes | None) -> AttemptView:
    return AttemptView(
        at=iso(attempt.at),
        milliseconds=attempt.ms,
        status=attempt.status,
        error=attempt.error,
        answer=None if answer is None else answer.decode("utf-8", "replace"),
    )
