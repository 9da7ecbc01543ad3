"""A lesson is a folder here; this is the order of the menu, which the start page leads."""

ORDER = (
    "home",
    "demo",
    "mini_batch",
    "network",
    "training",
    "why",
    "at_test_time",
    "noise",
)
