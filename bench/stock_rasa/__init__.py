"""Stock Rasa as a rival, set up as its documentation does: forms and an action server."""
