"""A WhatsApp network of our own on loopback: a server and virtual phones that any unmodified client can join.

It exists so that every promise of the product can be tried without a telephone and without the real service.
"""
