"""The part of the codes that is about people who log in and the accounts they belong to."""

from messageapi.web.codes.code import Code

CODES_OF_LOGINS: dict[str, Code] = {
    "sign_up_closed": Code(
        403, "Sign-up closed", "New accounts cannot be opened here. Ask the owner of the server to invite you."
    ),
    "login_failed": Code(
        401, "Login failed", "Email or password is wrong. Try again, or ask for a new password by mail."
    ),
    "logins_busy": Code(503, "Too many logins", "Too many people are logging in at this moment. Try again."),
    "email_unverified": Code(
        403, "Email not confirmed", "Open the link in the mail that was sent at sign-up, or ask for another."
    ),
    "email_taken": Code(409, "Email taken", "Somebody has this email already. Use another one."),
    "email_same": Code(422, "Same email", "This is your email already. Write another one."),
    "email_not_changing": Code(
        409, "No change of email", "No change of your email is waiting. Ask for one on your profile."
    ),
    "no_account": Code(403, "No account", "This person does not belong to any account now. Ask for an invitation."),
    "too_many_tries": Code(429, "Too many tries", "This was tried too often. Try again as Retry-After says."),
    "link_invalid": Code(404, "Link invalid", "This link was used or has expired. Ask for a new one."),
    "password_length": Code(422, "Password length", "A password has 8 to 1,024 characters. Choose another length."),
    "password_common": Code(
        422,
        "Common password",
        "This password is among the first that attackers try. Choose another; three or four random words are good.",
    ),
    "password_needed": Code(403, "Password needed", "Enter your password to go on."),
    "password_wrong": Code(403, "Wrong password", "This is not the password. Try again."),
    "name_invalid": Code(422, "Invalid name", "A name has 1 to 200 visible characters. Write another."),
    "time_zone_invalid": Code(
        422, "Unknown time zone", "This time zone is not known. Write one such as Europe/Berlin."
    ),
    "language_invalid": Code(422, "Unknown language", "This language is not spoken here. Choose one of the list."),
    "login_expired": Code(401, "Login expired", "This took too long, or too many tries. Begin again."),
    "confirm_needed": Code(403, "Password needed", "Enter your password to go on: this changes who can log in."),
    "session_not_found": Code(404, "No such session", "This session has ended already. Look at the list again."),
    "account_not_yours": Code(404, "Not your account", "You do not belong to this account. Choose one of yours."),
    "code_wrong": Code(403, "Wrong code", "This is not right. Wait for the next code, or use another way."),
    "second_exists": Code(409, "Codes are on", "Codes from an app are on already. Turn them off first."),
    "second_not_started": Code(409, "Not begun", "No app waits for its first code. Begin again."),
    "second_missing": Code(409, "No second factor", "Recovery codes are for a second factor. Add one first."),
    "passkeys_unavailable": Code(
        409,
        "Passkeys not available",
        "Passkeys need a server with a name, not an IP address. Its owner sets MESSAGEAPI_PUBLIC_URL.",
    ),
    "too_many_passkeys": Code(409, "Too many passkeys", "You have 20 passkeys. Remove those that are not used."),
    "passkey_known": Code(409, "Known passkey", "This passkey was added before. Use another one."),
    "passkey_refused": Code(422, "Passkey refused", "The browser's answer does not fit this server. Begin again."),
    "passkey_not_found": Code(404, "No such passkey", "There is no such passkey now. Look at the list again."),
    "operator_only": Code(403, "For operators", "Only an operator of this server may do this."),
    "reason_invalid": Code(422, "Reason missing", "Say in 1 to 500 characters what you want to look at, and why."),
    "hours_invalid": Code(422, "Hours invalid", "Choose one of the numbers of hours that the page offers."),
    "access_exists": Code(
        409, "Access granted already", "The account lets the operator look already. Look at it, or end it first."
    ),
    "access_missing": Code(403, "No access", "The account does not let the operator look now. Ask it first."),
    "access_not_found": Code(404, "No such access", "This is over, or was never asked. Look at the list again."),
    "only_looking": Code(
        403,
        "Only looking",
        "You look at somebody's account as an operator, and change nothing there. Stop looking first.",
    ),
    "role_invalid": Code(422, "No such role", "There is no such role. Choose of: owner, admin, viewer."),
    "role_exceeded": Code(403, "Role exceeded", "Your role does not allow this. Ask an owner of the account to do it."),
    "member_not_found": Code(404, "No such member", "Nobody of this account has this id. Look at the list of members."),
    "member_already": Code(
        409, "Member already", "This person belongs to the account already. Change their role instead."
    ),
    "last_owner": Code(409, "Last owner", "This is the account's only owner. Make somebody else an owner first."),
    "invitation_not_found": Code(
        404, "No such invitation", "This invitation is not open any more. Look at the list again."
    ),
    "invitation_for_other": Code(
        403, "Invitation for somebody else", "This invitation is for another email. Log in with that one."
    ),
}
