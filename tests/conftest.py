"""What all tests share: no test may fail because a machine is slow."""

import os
import sys
from functools import cache

import pytest
from hypothesis import settings

# Before NumPy is imported: at these sizes more threads wait for each other, and cost five times
# the time where other tests run beside them.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

settings.register_profile("lab", deadline=None)
settings.load_profile("lab")


def pytest_collection_finish() -> None:
    """Each AppTest asks all installed packages whether they bring components: asked once is enough.

    That took three quarters of the time of opening a page. A server asks when it starts; none of
    what is installed changes while tests run.
    """
    if "streamlit.testing.v1" in sys.modules:
        from streamlit.components.v2 import manifest_scanner

        manifest_scanner.scan_component_manifests = cache(manifest_scanner.scan_component_manifests)


#: What takes longest begins first, so that no worker is left with it in the end. Of these files
#: each page, walk or lesson may go to another worker; of all others one worker has all tests.
LONG = ("test_every_page.py", "test_links.py", "test_scenes.py", "test_inside_runs.py")
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
        if rank(item) < (0, len(LONG)):
            group += item.name.partition("[")[2]
        item.add_marker(pytest.mark.xdist_group(group))
