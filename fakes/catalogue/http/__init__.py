"""The edge cases of HTTP, a module for each phase of a conversation."""
