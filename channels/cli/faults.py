"""Which errors are the operator's to mend, and so are told in one sentence instead of a traceback.

By name, because importing them all would make the quick tools slow.
"""

from __future__ import annotations

EXPECTED = frozenset(
    {
        "bot.wording.catalogue.MissingWordingError",
        "channels.cli.faults.Fault",
        "channels.cli.understanding.UnderstandingUnavailable",
        "integrations.database.migrate.MigrationError",
        "integrations.local.layout.LocalError",
        "integrations.platform.keys.KeysError",
        "integrations.platform.settings.SettingsError",
        "integrations.understanding.process.UnderstandingDown",
        "integrations.understanding.training.TrainingError",
    }
)


class Fault(Exception):
    """A command cannot do what was asked; the text is one sentence with a code and the cause."""


def sentence_of(error: Exception) -> str | None:
    """What to tell of an expected error; None for one that is a fault of ours."""
    kind = type(error)
    if f"{kind.__module__}.{kind.__qualname__}" not in EXPECTED:
        return None
    # str() of a KeyError is its text in quotes.
    return str(error.args[0]) if error.args else kind.__name__
