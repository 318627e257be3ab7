"""Graph components for Moroccan text; Rasa imports them by the names given in config.yml."""
