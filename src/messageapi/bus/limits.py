"""What every bus refuses alike, in the same words."""

from messageapi.bus.port import BusError

MAX_PAYLOAD = 1 << 20


def check_payload(subject: str, payload: bytes) -> None:
    if len(payload) > MAX_PAYLOAD:
        raise too_large(subject, len(payload))


def too_large(subject: str, size: int) -> BusError:
    return BusError("too_large", f"{size} bytes for {subject}, at most {MAX_PAYLOAD} are carried", permanent=True)


def no_listener(subject: str) -> BusError:
    return BusError("no_listener", f"nobody listens on {subject}", permanent=False)


def no_answer(subject: str, deadline_s: float) -> BusError:
    return BusError("no_answer", f"nobody answered on {subject} within {deadline_s:g} s", permanent=False)


def closed() -> BusError:
    return BusError("closed", "the bus is closed", permanent=True)


def unreachable(why: str, *, permanent: bool = False) -> BusError:
    advice = "Check that it runs and what MESSAGEAPI_NATS_URL says."
    return BusError("unreachable", f"NATS cannot be used: {why}. {advice}", permanent=permanent)
