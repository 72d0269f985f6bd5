"""python -m messageapi.cli: the same as the command `messageapi`."""

from messageapi.cli import main

main()
