"""Words, sentences and clauses: what counts as a word, a sentence, a heading. Imports no other part of the package."""
