"""The web chat under load, and its page on a slow phone."""
