"""The open pages: landing, quickstart, documents, API reference, list of errors; and the OpenAPI document. No third
party is asked for anything.
"""
