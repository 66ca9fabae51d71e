"""What a run ran on, so that its numbers can be had again: engine, versions, threads, and fingerprints of what it read.

Nothing in it tells of the person or the machine: no user, no host, no path.
"""

from __future__ import annotations

import hashlib
import os
import platform
import sys
from importlib import import_module, metadata
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chalkgrad.processes import core_count

__all__ = ["blas", "data_fingerprint", "environment", "text_fingerprint", "versions"]

_BLOCK_BYTES = 1 << 20
_LIBRARIES = {"jax": ("jax", "jaxlib")}


def environment(
    engine: str,
    dtype: str,
    seed: int,
    *,
    x: NDArray[Any] | None = None,
    y: NDArray[Any] | None = None,
    problem_text: str | None = None,
) -> dict[str, Any]:
    """What a run runs on, as plain JSON.

    Args:
        engine: `numpy` or `jax`.
        dtype: `float32` or `float64`.
        seed: the number that fixes everything random.
        x: the inputs, all samples, as they were read.
        y: the targets, or None.
        problem_text: the problem file as it was read.

    Returns:
        `engine`, `threads` (of the matrix product), `dtype`, `seed`, `versions`, `python`, `platform`, `blas`, and the
        fingerprints `data` and `problem` (None for what was not given).

    >>> found = environment("numpy", "float32", 0, problem_text="formula: f = x^2")
    >>> found["engine"], found["dtype"], found["seed"], found["data"]
    ('numpy', 'float32', 0, None)
    """
    library = blas()
    return {
        "engine": engine,
        "threads": library["threads"],
        "dtype": dtype,
        "seed": seed,
        "versions": versions("chalkgrad", "numpy", *_LIBRARIES.get(engine, ())),
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "platform": f"{platform.system()} {platform.machine()}",
        "blas": library,
        "data": None if x is None else data_fingerprint(x, y),
        "problem": None if problem_text is None else text_fingerprint(problem_text),
    }


def versions(*names: str) -> dict[str, str]:
    """The version of each distribution; `unknown` where it is used without being installed."""
    found = {}
    for name in names:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = str(getattr(sys.modules.get(name), "__version__", "unknown"))
    return found


def blas() -> dict[str, Any]:
    """The library that multiplies matrices for NumPy: `name`, `version`, `threads` (how many it may use)."""
    return _blas_in_use() or _blas_built_with()


def _blas_in_use() -> dict[str, Any] | None:
    """What threadpoolctl sees in this process, if it is installed."""
    try:
        threadpoolctl: Any = import_module("threadpoolctl")
    except ImportError:
        return None
    pools = [pool for pool in threadpoolctl.threadpool_info() if pool["user_api"] == "blas"]
    # SciPy and others bring a library of their own.
    pool = next((pool for pool in pools if "numpy" in os.path.dirname(pool["filepath"])), next(iter(pools), None))
    if pool is None:
        return None
    kernel = f" {pool['architecture']}" if pool.get("architecture") else ""
    return {"name": f"{pool['internal_api']}{kernel}", "version": pool["version"], "threads": pool["num_threads"]}


def _blas_built_with() -> dict[str, Any]:
    """What NumPy was built with; the threads are those that the system lets this process have."""
    said: Any = np.show_config(mode="dicts")
    library = said.get("Build Dependencies", {}).get("blas", {}) if isinstance(said, dict) else {}
    return {
        "name": str(library.get("name", "unknown")),
        "version": str(library.get("version", "unknown")),
        "threads": _threads_allowed(),
    }


def _threads_allowed() -> int:
    asked = [os.environ.get(name, "") for name in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS")]
    return min([core_count(), *(int(number) for number in asked if number.isdecimal() and int(number) > 0)])


def data_fingerprint(x: NDArray[Any], y: NDArray[Any] | None = None) -> str:
    """A hash of samples; the same for the same numbers of the same kind, wherever and however they lie in memory.

    Args:
        x: inputs, samples first; a memory map is read in blocks of a megabyte.
        y: targets, or None.

    >>> square = np.arange(4.0).reshape(2, 2)
    >>> data_fingerprint(square) == data_fingerprint(np.asfortranarray(square)) != data_fingerprint(square.T)
    True
    """
    digest = hashlib.sha256()
    for array in (x, y):
        if array is None:
            digest.update(b"none\n")
            continue
        kind = array.dtype.newbyteorder("<")
        digest.update(f"{kind.str} {array.shape}\n".encode())
        samples = np.atleast_1d(array)
        rows = max(1, _BLOCK_BYTES // max(1, samples[:1].nbytes))
        for start in range(0, len(samples), rows):
            digest.update(samples[start : start + rows].astype(kind, copy=False).tobytes())
    return f"sha256:{digest.hexdigest()}"


def text_fingerprint(text: str) -> str:
    """A hash of a text; the same whatever its line ends are."""
    digest = hashlib.sha256(text.replace("\r\n", "\n").replace("\r", "\n").encode())
    return f"sha256:{digest.hexdigest()}"
