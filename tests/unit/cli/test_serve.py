"""What the server asks of the machine that it runs on."""

from __future__ import annotations

import resource
from collections.abc import Iterator

import pytest

from vartalaap.cli import serve


@pytest.fixture
def few_files() -> Iterator[int]:
    """This process may open few files, as is usual, and more if it asks; how many then."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (512, before[1]))
    yield serve.MOST_FILES if before[1] == resource.RLIM_INFINITY else min(before[1], serve.MOST_FILES)
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_the_server_may_open_as_many_files_as_the_machine_lets_it(few_files: int) -> None:
    serve._allow_files()
    assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] == few_files
    serve._allow_files()
    assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] == few_files
