"""What people open: the evidence page, tables of evidence, the methods paragraph.

Imports scores, plots and what those may import.
"""
