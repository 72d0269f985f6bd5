"""Groups: what clients ask for, and who may change what."""
