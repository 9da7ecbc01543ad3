"""`python -m benchmarks` prints the table of targets; it takes about two minutes."""

import os

# Before NumPy is imported: more threads only disturb each other at these sizes.
os.environ["OPENBLAS_NUM_THREADS"] = "1"

from benchmarks.targets import show

if __name__ == "__main__":  # a worker of a sweep imports this file too
    show()
