"""With CI set, a skipped model, database or browser test is a failure: none may be missing there.

Loaded by pyproject.toml as a pytest plugin.
"""

from __future__ import annotations

import os
from collections.abc import Generator

import pytest

REQUIRED = ("model", "database", "browser")


def strict() -> bool:
    """Whether this run may not skip, by the variable that CI services set."""
    return os.environ.get("CI", "").lower() in {"1", "true", "yes"}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn the skip of a required test into its failure."""
    report = yield
    marker = next((name for name in REQUIRED if item.get_closest_marker(name)), None)
    if marker and strict() and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"a {marker} test was skipped where none may be: {reason}"
    return report
