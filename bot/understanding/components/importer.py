"""What Rasa trains on: every variety in nlu_data, never the held-out sentences beside them.

Named under `importers` in config.yml: Rasa's own commands can be given the whole nlu_data folder.
"""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import List, Optional, Text, Union

from rasa.shared.importers.rasa import RasaFileImporter

_HELD_OUT = "held_out"
# Rasa expects stories for intents, responses and a ResponseSelector for topics, and its own classes
# for lookups and entities. Ours live elsewhere or derive from them (docs/rasa.md); every other
# warning stays visible.
_NOT_OURS = (
    r"(?s).*The intent '.*' is not used in any story or rule",
    r"(?s).*You either need to add a response phrase",
    r"(?s).*The following duplicated intents have been found across multiple domain files",
    r"(?s).*Action 'utter_.*' is listed as a response action",
    r"(?s).*training data with examples for training a response selector",
    r"(?s).*training data consisting of lookup tables",
    r"(?s).*training data with regexes, but your NLU configuration does not",
    r"(?s).*training data consisting of entity examples, but your NLU configuration does not",
    r"(?s).*training data with entities that have roles/groups, but your NLU configuration does",
)


class VarietiesImporter(RasaFileImporter):
    """RasaFileImporter without the files under a `held_out` folder, unless one is asked for."""

    def __init__(
        self,
        config_file: Optional[Text] = None,
        domain_path: Optional[Text] = None,
        training_data_paths: Optional[Union[List[Text], Text]] = None,
    ) -> None:
        """As Rasa's; called by name from config.yml."""
        for message in _NOT_OURS:
            warnings.filterwarnings("ignore", message=message, category=UserWarning)
        super().__init__(config_file, domain_path, training_data_paths)
        paths = [training_data_paths] if isinstance(training_data_paths, str) else None
        asked = paths or training_data_paths or []
        if not any(_HELD_OUT in Path(path).parts for path in asked):
            self._nlu_files = [f for f in self._nlu_files if _HELD_OUT not in Path(f).parts]
