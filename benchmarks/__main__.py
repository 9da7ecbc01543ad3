"""`python -m benchmarks` prints the table of targets; it takes about a minute."""

import os

# Before NumPy is imported: more threads only disturb each other at these sizes.
os.environ["OPENBLAS_NUM_THREADS"] = "1"

from benchmarks.targets import show

show()
