"""Every subject on the bus, and which Struct travels on it.
Nothing rests on the bus: requests are answered or time out, the rest is a doorbell.
"""

PREFIX = "messageapi"

BEATS = f"{PREFIX}.beat.host"  # HostBeat, published every 2 s
PLACER_BEAT = f"{PREFIX}.beat.placer"  # empty; a host that hears none for 8 s closes its sessions itself
INBOXES = f"{PREFIX}.inbox.*"  # EventBatch -> Taken, queue group "worker"
PAIRINGS = f"{PREFIX}.pairing.*"  # PairingUpdate, published
SPAWN_PAIRING = f"{PREFIX}.supervise.pair"  # SpawnPairing -> Spawned, queue group "supervisor"
BELL_SEND = f"{PREFIX}.bell.send"  # number id: there is something to send
BELL_MESSAGE = f"{PREFIX}.bell.message"  # message id: its status changed
BELL_NUMBERS = f"{PREFIX}.bell.numbers"  # number id: its state or placement changed


def host(host_id: str) -> str:
    """Command -> Answer, to one engine host."""
    return f"{PREFIX}.host.{host_id}"


def inbox(number_id: str) -> str:
    return f"{PREFIX}.inbox.{number_id}"


def pairing(number_id: str) -> str:
    return f"{PREFIX}.pairing.{number_id}"
