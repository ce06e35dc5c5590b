"""The edge cases of FTP, a module for each phase of a conversation."""
