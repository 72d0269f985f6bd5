"""Questions of people: stored, told to the operator by mail, answered by mail. Owns support_requests and
support_answers; emits nothing.
"""
