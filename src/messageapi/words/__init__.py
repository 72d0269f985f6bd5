"""Every word people read, in their language. English is in the source; `make words` gathers it, one .po file a language
translates it.
"""
