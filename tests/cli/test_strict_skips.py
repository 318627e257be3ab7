"""In CI a skipped model or database test is a failure; elsewhere, and for others, it is a skip."""

from __future__ import annotations

import pytest

pytest_plugins = ("pytester",)
PLUGINS = ("-p", "tests.support.strict_skips", "-p", "no:valkey", "-p", "no:asyncio")
SKIPPED = """
import pytest

@pytest.mark.{marker}
def test_skipped():
    pytest.skip("nothing here")
"""


@pytest.mark.parametrize(
    ("marker", "ci", "outcome"),
    [
        ("database", "true", "failed"),
        ("model", "1", "failed"),
        ("database", "", "skipped"),
        ("browser", "true", "failed"),
        ("other", "true", "skipped"),
    ],
)
def test_skips(
    pytester: pytest.Pytester,
    monkeypatch: pytest.MonkeyPatch,
    marker: str,
    ci: str,
    outcome: str,
) -> None:
    monkeypatch.setenv("CI", ci)
    pytester.makeini("[pytest]\nmarkers =\n database\n model\n browser\n other\n")
    pytester.makepyfile(SKIPPED.format(marker=marker))
    result = pytester.runpytest_inprocess(*PLUGINS)
    result.assert_outcomes(**{outcome: 1})
    if outcome == "failed":
        result.stdout.fnmatch_lines(["*test was skipped where none may be*nothing here*"])
