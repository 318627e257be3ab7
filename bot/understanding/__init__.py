"""A complete Rasa project, opened with Rasa's own commands: configuration, domain, components.

Imported by nobody in the application: it runs in the Rasa environment (Python 3.10) only.
"""
