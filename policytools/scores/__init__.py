"""Transparency on fixed scales, with intervals, ranks, sensitivity and the population of reference.

Imports coding, measures, corpus and what those may import.
"""
