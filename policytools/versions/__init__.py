"""Policies over time: reading histories, what a version is, what changed."""
