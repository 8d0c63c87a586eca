"""For all tests. Hypothesis has no deadlines: on a busy machine they fail by themselves."""

from hypothesis import settings

settings.register_profile("patient", deadline=None)
settings.load_profile("patient")
