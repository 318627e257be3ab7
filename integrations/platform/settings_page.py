"""Makes docs/settings.md from the settings' own descriptions, so that the page cannot go stale."""

from __future__ import annotations

from pydantic.fields import FieldInfo

from integrations.platform.settings import CHECKOUT, PREFIX, Settings, is_secret

PAGE = CHECKOUT / "docs" / "settings.md"
HEAD = """# Settings

Environment variables, all beginning `HALA_`. An unknown `HALA_` name stops the start. A secret may
be given as a file instead: `HALA_<NAME>_FILE=/path`. This page is made by
`python -m integrations.platform.settings_page`.

| Setting | Default | Meaning |
|---|---|---|
"""
FOOT = """
## Production

`HALA_ENV=production` refuses to start with: the sandbox register, the simulator, a public URL
without https, generated keys (`HALA_KEYS_FILE` must name a file), the trial Twilio account, token
or number, the trial client or webhook secret of the register, a default database password, or a
set clock.
"""


def page() -> str:
    """The whole page as Markdown."""
    rows = (_row(name, field) for name, field in Settings.model_fields.items())
    return HEAD + "".join(rows) + FOOT


def _row(name: str, field: FieldInfo) -> str:
    return f"| `{PREFIX}{name.upper()}` | {_default(name, field)} | {field.description} |\n"


def _default(name: str, field: FieldInfo) -> str:
    if name == "data_dir":
        return "`.hala` in the checkout"
    if is_secret(field):
        return "secret; trial value" if field.default is not None else "secret; none"
    return f"`{field.default}`" if field.default not in (None, "") else "none"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
