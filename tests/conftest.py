"""What all tests share: no test may fail because a machine is slow."""

from hypothesis import settings

settings.register_profile("lab", deadline=None)
settings.load_profile("lab")
