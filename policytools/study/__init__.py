"""The life of a study: lay it out, run its notebooks, list its figures, export it as HTML.

Imports report and all below.
"""
