"""What all tests share: no test may fail because a machine is slow."""

import gc
import os
import sys
from collections.abc import Callable
from functools import cache

import pytest
from hypothesis import settings

# Before NumPy is imported: at these sizes more threads wait for each other, and cost five times
# the time where other tests run beside them.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

settings.register_profile("lab", deadline=None)
settings.load_profile("lab")

# What is imported and collected stays: nothing of it is searched for garbage, which took a fifth of
# the time of collecting the tests.
gc.disable()


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.enable()
    open_pages_quickly()


def open_pages_quickly() -> None:
    """What AppTest does over and over, once: three quarters of the time of opening a page.

    It asks all installed packages whether they bring components, though none is installed while
    tests run; and it looks a thousand times a second whether the script has ended, which takes the
    script's own time. A script has ended when its thread has.
    """
    if "streamlit.testing.v1" not in sys.modules:
        return
    from streamlit.components.v2 import manifest_scanner
    from streamlit.testing.v1.local_script_runner import LocalScriptRunner

    def stopped(
        runner: LocalScriptRunner, ask: Callable = LocalScriptRunner.script_stopped
    ) -> bool:
        runner._script_thread.join(0.5)
        return ask(runner)

    manifest_scanner.scan_component_manifests = cache(manifest_scanner.scan_component_manifests)
    LocalScriptRunner.script_stopped = stopped


#: Of these files each page, lesson or walk may go to another worker; of all others one has all.
APART = ("test_every_page.py", "test_links.py", "test_scenes.py")
#: What takes longest begins first, so that no worker is left with it in the end.
LONG = (
    *(*APART, "test_inside_runs.py", "test_replicas.py", "test_training.py", "test_mini_batch.py"),
    *("test_names.py", "test_noise.py"),
)
FIRST = ("browser", "pages", "tools")


@pytest.hookimpl(tryfirst=True)  # before xdist looks for the groups
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """For `--dist=loadgroup`: which tests stay together, and in which order they are given out."""
    if not hasattr(config, "workerinput"):
        return

    def rank(item: pytest.Item) -> tuple[int, int]:
        folder, name = item.path.relative_to(config.rootpath).parts[1], item.path.name
        return (
            FIRST.index(folder) if folder in FIRST else len(FIRST),
            LONG.index(name) if folder == "browser" and name in LONG else len(LONG),
        )

    items.sort(key=rank)
    for item in items:
        group = str(item.path.relative_to(config.rootpath))
        if rank(item) < (0, len(APART)):
            group += item.name.partition("[")[2]
        item.add_marker(pytest.mark.xdist_group(group))
