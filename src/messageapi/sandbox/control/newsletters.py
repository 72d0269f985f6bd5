"""Control of newsletters: make one with an owner and followers, list them."""

import secrets

from aiohttp import web

from messageapi.sandbox.control.keys import NETWORK, answer
from messageapi.sandbox.control.requests import NewNewsletter, read_body
from messageapi.sandbox.errors import SandboxError
from messageapi.sandbox.network import Account, Network, Newsletter

MOST_NEWSLETTERS = 1000


async def list_newsletters(request: web.Request) -> web.Response:
    return answer({"newsletters": [_shown(one) for one in request.app[NETWORK].newsletters.values()]})


async def create_newsletter(request: web.Request) -> web.Response:
    network, asked = request.app[NETWORK], await read_body(request, NewNewsletter)
    owner, followers = _account(network, asked.owner), [_account(network, number) for number in asked.followers]
    newsletter_id = (asked.id or f"120363{secrets.randbelow(10**12):012d}").removesuffix("@newsletter")
    if newsletter_id in network.newsletters or len(network.newsletters) >= MOST_NEWSLETTERS:
        raise SandboxError("newsletter_exists", "There is a newsletter with this id, or there are too many.", 409)
    newsletter = Newsletter(newsletter_id, asked.name, owner, followers)
    network.newsletters[newsletter_id] = newsletter
    network.groups_dirty = True
    return answer(_shown(newsletter), 201)


def _account(network: Network, number: str) -> Account:
    account = network.accounts.get(number.removeprefix("+"))
    if account is None:
        raise SandboxError("unknown_phone", "Owner and followers need a phone on this network.", 404)
    return account


def _shown(newsletter: Newsletter) -> dict[str, object]:
    return {
        "id": str(newsletter.jid),
        "name": newsletter.name,
        "owner": newsletter.owner.e164,
        "followers": [follower.e164 for follower in newsletter.followers],
        "messages": newsletter.messages,
    }


ROUTES = [web.get("/newsletters", list_newsletters), web.post("/newsletters", create_newsletter)]
