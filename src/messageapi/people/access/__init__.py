"""An operator looks at an account, as a viewer, for a time, when its owner or an admin lets them: support without
passwords. Owns the table accesses.
"""
