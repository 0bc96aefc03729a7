"""Figures: one file for each measure, each function draws one frame on one Axes.

Imports the ground modules only.
"""
