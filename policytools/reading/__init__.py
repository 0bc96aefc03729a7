"""Files to blocks: one reader for each format, then which blocks are the policy and why the others are not.

Imports text and the ground modules.
"""
