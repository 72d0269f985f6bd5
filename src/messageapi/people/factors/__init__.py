"""Second factors: codes from an app, passkeys, recovery codes, and the step of a login that asks for one."""
