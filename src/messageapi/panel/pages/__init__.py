"""The pages, one module for each place. Every route is in ROUTES: a test reads from it who may open what."""

from litestar.handlers import HTTPRouteHandler

from messageapi.panel.pages.access import routes as access_routes
from messageapi.panel.pages.accounts import routes as accounts_routes
from messageapi.panel.pages.audit import routes as audit_routes
from messageapi.panel.pages.compose import routes as compose_routes
from messageapi.panel.pages.confirm import routes as confirm_routes
from messageapi.panel.pages.contact import routes as contact_routes
from messageapi.panel.pages.deliveries import routes as deliveries_routes
from messageapi.panel.pages.email import routes as email_routes
from messageapi.panel.pages.first_start import routes as first_start_routes
from messageapi.panel.pages.home import routes as home_routes
from messageapi.panel.pages.invitation import routes as invitation_routes
from messageapi.panel.pages.keys import routes as keys_routes
from messageapi.panel.pages.linking import routes as linking_routes
from messageapi.panel.pages.mail import routes as mail_routes
from messageapi.panel.pages.members import routes as members_routes
from messageapi.panel.pages.messages import routes as messages_routes
from messageapi.panel.pages.number_settings import routes as number_settings_routes
from messageapi.panel.pages.number_verbs import routes as number_verbs_routes
from messageapi.panel.pages.numbers import routes as numbers_routes
from messageapi.panel.pages.passkeys import routes as passkeys_routes
from messageapi.panel.pages.phone import routes as phone_routes
from messageapi.panel.pages.preferences import routes as preferences_routes
from messageapi.panel.pages.profile import routes as profile_routes
from messageapi.panel.pages.recover import routes as recover_routes
from messageapi.panel.pages.second_step import routes as second_step_routes
from messageapi.panel.pages.security import routes as security_routes
from messageapi.panel.pages.server import routes as server_routes
from messageapi.panel.pages.sign_in import routes as sign_in_routes
from messageapi.panel.pages.sign_up import routes as sign_up_routes
from messageapi.panel.pages.support import routes as support_routes
from messageapi.panel.pages.webhooks import routes as webhooks_routes

ROUTES: tuple[HTTPRouteHandler, ...] = (
    *sign_in_routes,
    *second_step_routes,
    *recover_routes,
    *confirm_routes,
    *invitation_routes,
    *email_routes,
    *accounts_routes,
    *sign_up_routes,
    *first_start_routes,
    *preferences_routes,
    *home_routes,
    *numbers_routes,
    *linking_routes,
    *number_verbs_routes,
    *number_settings_routes,
    *phone_routes,
    *compose_routes,
    *messages_routes,
    *keys_routes,
    *webhooks_routes,
    *deliveries_routes,
    *profile_routes,
    *security_routes,
    *passkeys_routes,
    *members_routes,
    *audit_routes,
    *access_routes,
    *contact_routes,
    *server_routes,
    *support_routes,
    *mail_routes,
)
