"""The measures of a small corpus over Dask, for corpora that do not fit into memory.

Needs the extra ``scale``: ``pip install 'policytools[scale]'``. Imports coding, measures, corpus and what those may
import.
"""

# No module has the name of a function here: importing the module would put it in the place of the function.
from policytools.scale.measure_corpus import MEASURES, connect, measure
from policytools.scale.results import Result, add_tf_idf, document_frequencies, read_measured
from policytools.scale.similar_policies import similar_pairs

__all__ = [
    "MEASURES", "Result", "add_tf_idf", "connect", "document_frequencies", "measure", "read_measured", "similar_pairs",
]  # fmt: skip
