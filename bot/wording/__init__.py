"""The only home of citizens' sentences and their rendering for a channel's limits."""

from bot.wording.catalogue import MissingWordingError, wording
from bot.wording.fitting import fit
from bot.wording.rendering import Rendered, render, sentence

__all__ = ["MissingWordingError", "Rendered", "fit", "render", "sentence", "wording"]
