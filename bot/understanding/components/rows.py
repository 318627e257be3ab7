"""Turns messages into the rows a scikit-learn model takes."""

from __future__ import annotations

from typing import List

import scipy.sparse
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message


def rows(messages: List[Message]) -> scipy.sparse.csr_matrix:
    """One row for each message: its sentence features, all featurizers side by side."""
    sentences = [message.get_sparse_features(TEXT)[1].features for message in messages]
    return scipy.sparse.vstack(sentences, format="csr")
