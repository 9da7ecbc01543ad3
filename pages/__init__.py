"""A lesson is a folder here; this is the order of the menu, which the start page leads."""

ORDER = (
    "home",
    "mini_batch",
    "network",
    "training",
    "why",
    "noise",
    "at_test_time",
    "inside",
    "rivals",
    "conv",
    "clinic",
    "reference",
)
