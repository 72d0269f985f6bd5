"""Virtual phones: real Signal endpoints that speak stanzas to the server in memory, driven over HTTP on loopback."""
