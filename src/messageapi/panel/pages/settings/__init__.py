"""A person's own profile and security; their account's members, support access and audit log."""
