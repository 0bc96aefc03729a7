"""What is counted in the sentences: readability, vagueness, terms, structure, shared text.

Imports corpus, text and the ground modules.
"""
