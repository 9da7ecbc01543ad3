"""What all tests share: no test may fail because a machine is slow."""

import sys
from functools import cache

from hypothesis import settings

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
