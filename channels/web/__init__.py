"""The web chat: its page, and the line between the page and the conversation."""
