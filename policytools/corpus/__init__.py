"""The three frames (policies, blocks, sentences), and how files, pages and archives get into a study.

Imports reading, text and the ground modules.
"""
