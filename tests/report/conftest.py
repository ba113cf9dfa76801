"""One run for all tests of reports."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from report.small_run import run

if TYPE_CHECKING:
    from ftdata import Result


@pytest.fixture(scope="session")
def result(tmp_path_factory: pytest.TempPathFactory) -> Result:
    return run(tmp_path_factory.mktemp("report"))
