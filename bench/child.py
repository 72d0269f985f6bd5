"""Becomes another program, on given cores, ending with its starter: `python child.py 0,1 PROGRAM ARGUMENT...`."""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1

if __name__ == "__main__":
    cores, *program = sys.argv[1:]
    os.sched_setaffinity(0, {int(core) for core in cores.split(",")})
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    os.execvpe(program[0], program, os.environ)
