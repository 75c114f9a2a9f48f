"""Keeps what a process has in memory, keys and records, from being written to a disk when it crashes.

Rules
 1. Every command forbids core files (RLIMIT_CORE), which collectors of crashes heed, too.
 2. A node, which has keys in memory for months, also tells the kernel that it is not to be dumped: no collector gets it, and
    no other process of the same user looks into its memory.

Source: core(5), prctl(2), PR_SET_DUMPABLE.
"""

import resource
import sys

_SET_DUMPABLE = 4


def forbid_core_files() -> None:
    """Write no core file when this process or one that it starts crashes."""
    _, most = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, most))


def forbid_dumps() -> None:
    """Let the kernel give the memory of this process to nobody; elsewhere than on Linux there are only no core files."""
    forbid_core_files()
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(_SET_DUMPABLE, 0, 0, 0, 0)
