"""Mail, for the operator: how the queue is doing, and, while no mail server is set, what would have been sent."""

from litestar import MediaType, Response, get

from messageapi.errors import Problem
from messageapi.mail.port import Email
from messageapi.notices.overview import overview
from messageapi.notices.shown import newest
from messageapi.panel.render import Html, page
from messageapi.panel.visitor import Visitor
from messageapi.web.doors import Doors

_OPERATOR = {"permission": "operator"}
_MOST = 50
_ALONE = "default-src 'none'; style-src 'unsafe-inline'; sandbox allow-popups"
"""An email has its styles in its elements, and is shown with nothing of ours around it."""


@get("/mail", opt=_OPERATOR)
async def list_mail(doors: Doors, visitor: Visitor) -> Html:
    kept = await newest(doors, _MOST)
    return page(visitor, "mail/list.html", queue=await overview(doors), kept=kept)


@get("/mail/{email_id:str}", opt=_OPERATOR)
async def show_mail(doors: Doors, visitor: Visitor, email_id: str) -> Html:
    return page(visitor, "mail/one.html", email=await _kept(doors, email_id))


@get("/mail/{email_id:str}/html", opt=_OPERATOR)
async def show_mail_as_html(doors: Doors, email_id: str) -> Html:
    email = await _kept(doors, email_id)
    headers = {"content-security-policy": _ALONE, "referrer-policy": "no-referrer"}
    return Response(email.html, media_type=MediaType.HTML, headers=headers)


async def _kept(doors: Doors, email_id: str) -> Email:
    for email in await newest(doors, _MOST) or []:
        if email.id == email_id:
            return email
    raise Problem("email_not_found", 404, "This email is not kept. Look at the list for those that are.")


routes = [list_mail, show_mail, show_mail_as_html]
