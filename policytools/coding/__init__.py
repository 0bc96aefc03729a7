"""What a policy discloses: codebooks, the phrases that find their items, coverage with quotes, hand codings, agreement.

Imports corpus, text and the ground modules.
"""
