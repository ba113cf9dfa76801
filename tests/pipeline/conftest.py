"""One driver for all tests of runs that are stopped: it takes seconds to load what it forks."""

from __future__ import annotations

import pytest

from pipeline.killing import Driver


@pytest.fixture(scope="session")
def driver(tmp_path_factory: pytest.TempPathFactory):
    made = Driver(tmp_path_factory.mktemp("killed"))
    yield made
    made.close()
