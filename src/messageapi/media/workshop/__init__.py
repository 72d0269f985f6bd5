"""Where files are opened by decoders: a process of its own for each, with nothing in reach and little of everything.

Decoders are written in C and files come from strangers. Whatever one of them does to this process, it finds no file, no
socket, no environment and no key here, and the process ends with the file.
"""
