"""People who log in: sign-up, sessions, passwords, second factors, and who belongs to which account in which role. Owns
the tables people, memberships, logins, slips, invitations, passkeys, recovery_codes and tries.
"""
