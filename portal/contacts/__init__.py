"""Alarm contacts: who is called, in which order, and what those people say to it themselves."""
