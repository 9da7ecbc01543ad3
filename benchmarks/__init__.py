"""How fast the core is, as ratios of things measured side by side: `python -m benchmarks`.

Every target is a ratio, so that it holds on other machines. The two sides of a ratio take turns
within one process, one thread each, and the table gives the median and the least favourable and
most favourable of the rounds. PyTorch is compared with where it is installed.

`measure` takes the turns, `subjects` holds what is measured in NumPy, `pytorch` the same in
PyTorch, `targets` the list.
"""
