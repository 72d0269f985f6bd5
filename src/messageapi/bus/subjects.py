"""Every subject on the bus, and which Struct travels on it.
Nothing rests on the bus: requests are answered or time out, the rest is a doorbell.
"""

PREFIX = "messageapi"

BEATS = f"{PREFIX}.beat.host"  # HostBeat, published every 2 s
PLACER_BEAT = f"{PREFIX}.beat.placer"  # empty; a host that hears none for 8 s closes its sessions itself
INBOXES = f"{PREFIX}.inbox.*"  # Handed -> Taken, queue group "worker"
PAIRINGS = f"{PREFIX}.pairing.*"  # PairingUpdate, published
SPAWN_PAIRING = f"{PREFIX}.supervise.pair"  # SpawnPairing -> Spawned, queue group "supervisor"
HOSTS_GONE = f"{PREFIX}.beat.gone"  # HostGone, published by a supervisor the moment a host has ended
SHOWN = f"{PREFIX}.shown.*"  # number id -> Shown: the newest QR or code of a linking number, queue group "worker"
BELL_SEND = f"{PREFIX}.bell.send"  # number id: there is something to send
BELL_ROOM = f"{PREFIX}.bell.room"  # number id: an outcome came, so more may be handed over
BELL_TIMES = f"{PREFIX}.bell.times"  # a time in milliseconds: some message is due then, or expires
BELL_MESSAGE = f"{PREFIX}.bell.message"  # message id: its status changed
BELL_NUMBERS = f"{PREFIX}.bell.numbers"  # number id: its state or placement changed
BELL_EVENTS = f"{PREFIX}.bell.events"  # account id: there are new events in the outbox
BELL_WEBHOOKS = f"{PREFIX}.bell.webhooks"  # account id: its webhook endpoints changed
BELL_DELIVERIES = f"{PREFIX}.bell.deliveries"  # webhook id: there is something to deliver
BELL_FILES = f"{PREFIX}.bell.files"  # number id: a file of a received message is to be fetched
BELL_REMOVALS = f"{PREFIX}.bell.removals"  # number id: somebody takes back what another wrote in a group
BELL_NOTICES = f"{PREFIX}.bell.notices"  # notice id: there is an email to send
BELL_KEYS = f"{PREFIX}.bell.keys"  # lookup part of an API key: it was revoked


def host(host_id: str) -> str:
    """Command -> Answer, to one engine host."""
    return f"{PREFIX}.host.{host_id}"


def inbox(host_id: str) -> str:
    return f"{PREFIX}.inbox.{host_id}"


def pairing(number_id: str) -> str:
    return f"{PREFIX}.pairing.{number_id}"


def shown(number_id: str) -> str:
    return f"{PREFIX}.shown.{number_id}"


def release(host_id: str) -> str:
    """Empty -> Done, asked of the supervisor that started this pairing host: end it, and answer when it is gone."""
    return f"{PREFIX}.supervise.release.{host_id}"
