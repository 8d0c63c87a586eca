"""Vartalaap: a telephone receptionist for small Indian businesses."""

import os

__version__ = "0.1.0"

# One thread for numpy's matrices, said before numpy is loaded. More would be slower on a few seconds of audio; and
# OpenBLAS stops its threads at a fork: a worker process that begins during a multiplication would hang it for ever.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
