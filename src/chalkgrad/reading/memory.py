"""How much memory samples may take before they stay on disk."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

__all__ = ["available_memory", "memory_budget"]

_MEMINFO = Path("/proc/meminfo")
_GROUP = Path("/sys/fs/cgroup")
_UNKNOWN = 4 * 1024**3  # where the system says nothing


def memory_budget() -> int:
    """The bytes that samples may take: half of what is available, for the other half is for working with them."""
    return available_memory() // 2


def available_memory() -> int:
    """The bytes that can be had now, as far as the system says: of the machine, and of the container we run in."""
    found = [size for size in (_of_machine(), _of_container()) if size is not None]
    return min(found, default=_UNKNOWN)


def _of_machine() -> int | None:
    with contextlib.suppress(OSError, ValueError, IndexError):
        for line in _MEMINFO.read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    with contextlib.suppress(OSError, ValueError, AttributeError):
        # Without a word on what is in use, half of what is built in.
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2
    return None


def _of_container() -> int | None:
    """What control groups leave; `max` stands for no limit."""
    with contextlib.suppress(OSError, ValueError):
        limit, used = (int((_GROUP / name).read_text(encoding="ascii")) for name in ("memory.max", "memory.current"))
        return max(0, limit - used)
    return None
