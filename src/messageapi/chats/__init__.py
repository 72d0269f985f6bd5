"""What is done in a chat beside writing: typing and read marks. All of it is of the moment and needs a live connection.

Owns no tables and emits nothing.
"""
