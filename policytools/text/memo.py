"""The former name of `policytools.text.word_cache`, until all modules use the new one."""

from policytools.text.word_cache import WordCache as Memo

__all__ = ["Memo"]
