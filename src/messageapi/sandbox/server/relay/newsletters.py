"""Newsletters (channels): one writes, in the clear, and all who follow read. They are made by the control interface.

Only what a send needs is here. Looking one up, following and reactions go through a query language that is not.
"""

from messageapi.sandbox.network import Network, now
from messageapi.sandbox.wire.stanza import Attribute, Jid, Node


def publish(network: Network, node: Node, to: Jid) -> None:
    """To the phones of all who follow; linked devices would look it up for themselves."""
    newsletter = network.newsletter_of(to)
    if newsletter is None:
        return
    newsletter.messages += 1
    network.groups_dirty = True
    attrs: dict[str, Attribute] = {"from": to, "id": node.text("id"), "type": node.text("type", "text"), "t": now()}
    attrs["server_id"] = str(newsletter.messages)
    for follower in newsletter.followers:
        follower.devices[0].post.deliver(Node("message", dict(attrs), node.children("plaintext")))
