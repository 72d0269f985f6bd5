"""The library's events of groups as events of our port."""

from collections.abc import Iterable
from typing import Any

from messageapi.engines.linked.addresses import bare
from messageapi.engines.linked.content.writing import Me
from messageapi.engines.linked.groups.commands import group_of
from messageapi.engines.linked.heard.events import at_ms
from messageapi.engines.linked.library.native import Client
from messageapi.engines.linked.people import somebody
from messageapi.engines.port import GroupChanged, GroupEntered, Somebody
from messageapi.vocab.clock import now_ms


def entered(client: Client, event: Any, me: Me) -> GroupEntered:
    by = somebody(client, event.Sender, event.SenderPN)
    return GroupEntered(group_of(client, event.GroupInfo, me), by, now_ms(), event.Reason)


def changed(client: Client, event: Any, me: Me) -> GroupChanged | None:
    """None for what says nothing that our port has words for."""
    news = GroupChanged(
        group=bare(event.JID),
        by=somebody(client, event.Sender),
        at=at_ms(event.Timestamp),
        subject=event.Name.Name if event.HasField("Name") else None,
        description=event.Topic.Topic if event.HasField("Topic") else None,
        only_admins_send=event.Announce.IsAnnounce if event.HasField("Announce") else None,
        only_admins_edit=event.Locked.isLocked if event.HasField("Locked") else None,
        disappearing_s=_timer(event.Ephemeral) if event.HasField("Ephemeral") else None,
        joined=_people(client, event.Join),
        left=_people(client, event.Leave),
        promoted=_people(client, event.Promote),
        demoted=_people(client, event.Demote),
        reason=event.JoinReason,
        link_renewed=bool(event.NewInviteLink),
        deleted=event.Delete.Deleted if event.HasField("Delete") else False,
        own=any(bare(each) in {me.jid, me.lid} - {""} for each in event.Leave),
    )
    return news if _says_something(news) else None


def _says_something(news: GroupChanged) -> bool:
    settings = (news.subject, news.description, news.only_admins_send, news.only_admins_edit, news.disappearing_s)
    people = (news.joined, news.left, news.promoted, news.demoted)
    return any(each is not None for each in settings) or any(people) or news.link_renewed or news.deleted


def _people(client: Client, jids: Iterable[Any]) -> list[Somebody]:
    return [somebody(client, each) for each in jids]


def _timer(ephemeral: Any) -> int:
    return int(ephemeral.DisappearingTimer) if ephemeral.IsEphemeral else 0
