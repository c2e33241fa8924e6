"""What scans codes: faiss, loaded by whoever scans first, and made to scan by one thread."""

from __future__ import annotations

import os
import threading
from typing import Any

_THREADS = "OMP_NUM_THREADS"
_loading = threading.Lock()


def scanner() -> Any:
    """Faiss. One query is scanned by one thread: the others that it would wake find nothing to do, and turn.

    Measured at three million codes on two cores: as quick by one, for half of the processor's time. How many there are
    is read from the environment while the library is loaded, and only then; who has set it there is obeyed.
    """
    with _loading:
        told = os.environ.get(_THREADS)
        os.environ[_THREADS] = told or "1"
        try:
            import faiss
        finally:
            if told is None:
                del os.environ[_THREADS]
            else:
                os.environ[_THREADS] = told
    return faiss
