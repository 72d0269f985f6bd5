"""The pages, one module for each place; places of one kind share a folder. Every route is in ROUTES: a test reads from
it who may open what.
"""

from litestar.handlers import HTTPRouteHandler

from messageapi.panel.pages.accounts import routes as accounts_routes
from messageapi.panel.pages.contact import routes as contact_routes
from messageapi.panel.pages.entrance.confirm import routes as confirm_routes
from messageapi.panel.pages.entrance.email import routes as email_routes
from messageapi.panel.pages.entrance.first_start import routes as first_start_routes
from messageapi.panel.pages.entrance.invitation import routes as invitation_routes
from messageapi.panel.pages.entrance.recover import routes as recover_routes
from messageapi.panel.pages.entrance.second_step import routes as second_step_routes
from messageapi.panel.pages.entrance.sign_in import routes as sign_in_routes
from messageapi.panel.pages.entrance.sign_up import routes as sign_up_routes
from messageapi.panel.pages.home import routes as home_routes
from messageapi.panel.pages.keys import routes as keys_routes
from messageapi.panel.pages.messages.compose import routes as compose_routes
from messageapi.panel.pages.messages.log import routes as messages_routes
from messageapi.panel.pages.numbers.linking import routes as linking_routes
from messageapi.panel.pages.numbers.phone import routes as phone_routes
from messageapi.panel.pages.numbers.settings import routes as number_settings_routes
from messageapi.panel.pages.numbers.show import routes as numbers_routes
from messageapi.panel.pages.numbers.verbs import routes as number_verbs_routes
from messageapi.panel.pages.preferences import routes as preferences_routes
from messageapi.panel.pages.server.mail import routes as mail_routes
from messageapi.panel.pages.server.show import routes as server_routes
from messageapi.panel.pages.server.support import routes as support_routes
from messageapi.panel.pages.settings.access import routes as access_routes
from messageapi.panel.pages.settings.audit import routes as audit_routes
from messageapi.panel.pages.settings.members import routes as members_routes
from messageapi.panel.pages.settings.passkeys import routes as passkeys_routes
from messageapi.panel.pages.settings.profile import routes as profile_routes
from messageapi.panel.pages.settings.security import routes as security_routes
from messageapi.panel.pages.webhooks.deliveries import routes as deliveries_routes
from messageapi.panel.pages.webhooks.endpoints import routes as webhooks_routes

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
