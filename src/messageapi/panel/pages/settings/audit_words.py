"""What was done, in words, for the audit log."""

from messageapi.panel.said import N_

ACTIONS = {
    "account.opened": N_("Opened the account"),
    "key.created": N_("Created an API key"),
    "key.rotated": N_("Rotated an API key"),
    "key.revoked": N_("Revoked an API key"),
    "number.created": N_("Added a number"),
    "number.changed": N_("Changed a number"),
    "number.linking": N_("Began to link a number"),
    "number.paused": N_("Paused a number"),
    "number.resumed": N_("Resumed a number"),
    "number.unlinked": N_("Unlinked a number"),
    "number.removed": N_("Deleted a number"),
    "webhook.created": N_("Added a webhook"),
    "webhook.changed": N_("Changed a webhook"),
    "webhook.secret_rotated": N_("Rotated a webhook's secret"),
    "webhook.paused": N_("Paused a webhook"),
    "webhook.resumed": N_("Resumed a webhook"),
    "webhook.removed": N_("Deleted a webhook"),
    "member.invited": N_("Invited somebody"),
    "member.invitation_revoked": N_("Revoked an invitation"),
    "member.joined": N_("Joined the account"),
    "member.role_changed": N_("Changed a role"),
    "member.removed": N_("Removed a member"),
    "access.asked": N_("Asked to look at the account"),
    "access.granted": N_("Let the operator look at the account"),
    "access.refused": N_("Did not let the operator look"),
    "access.ended": N_("Ended what the operator may look at"),
    "access.begun": N_("Began to look, as the operator"),
    "access.saw": N_("Looked at a page, as the operator"),
    "access.left": N_("Stopped looking, as the operator"),
    "person.logged_in": N_("Logged in"),
    "person.logged_in_by_code": N_("Logged in with a code from the app"),
    "person.logged_in_by_passkey": N_("Logged in with a passkey"),
    "person.logged_in_by_recovery": N_("Logged in with a recovery code"),
    "person.became_operator": N_("Became the operator of the server"),
    "person.changed": N_("Changed their profile"),
    "person.email_change_asked": N_("Asked for another email"),
    "person.email_change_called_off": N_("Called a change of email off"),
    "person.email_changed": N_("Changed their email"),
    "person.password_changed": N_("Changed their password"),
    "person.password_reset": N_("Set a new password by mail"),
    "second_factor.added": N_("Turned a second step on"),
    "second_factor.removed": N_("Turned a second step off"),
    "recovery_codes.renewed": N_("Made new recovery codes"),
    "session.ended": N_("Ended a session"),
    "session.others_ended": N_("Ended all other sessions"),
}
FAMILIES = {
    "all": ("", N_("Everything")),
    "keys": ("key.", N_("API keys")),
    "numbers": ("number.", N_("Numbers")),
    "webhooks": ("webhook.", N_("Webhooks")),
    "members": ("member.", N_("Members")),
    "access": ("access.", N_("Support access")),
    "logins": ("person.", N_("Logins and profiles")),
    "second": ("second_factor.", N_("Second step")),
    "sessions": ("session.", N_("Sessions")),
}
"""Filters: how the actions begin."""


def words_of(action: str) -> str:
    """Of an action that is newer than this table, its name."""
    return ACTIONS.get(action, action)
