"""What the package ships of the reference population: its documents, their metrics and how much text they share.

The population is a fixed set of English privacy policies of online services, measured once with this package.
The package ships its metrics in ``resources/population``, not its texts. ``python benchmarks/population.py FOLDER``
measures a folder of the texts again.
"""

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from policytools._files import PACKAGE
from policytools.coding.codebook import Codebook

FOLDER = PACKAGE / "resources" / "population"
# Items on 3D printing do not apply to online services, so the population cannot say how usual it is to tell them.
NOT_JUDGED = ("3d_printing",)
_LOW, _HIGH = 0.1, 0.9


def population_documents() -> pd.DataFrame:
    """The documents of the population, with their source and licence.

    Returns
    -------
    DataFrame
        One row for each document: service, file (str, its name in the source's folder), n_words (int), source, licence
        (str).

    Examples
    --------
    >>> population_documents()["licence"].unique().tolist()
    ['ODC-BY 1.0']
    """
    return pd.read_csv(FOLDER / "documents.csv", keep_default_na=False)


def population_metrics() -> pd.DataFrame:
    """Metrics of the population, one row for each policy: the columns of `policy_metrics` for the shipped codebook.

    Returns
    -------
    DataFrame
        One row for each policy: policy_id (str), then float64: readability formulas, reading_minutes, vague_per_hundred,
        vague_per_hundred_counted, n_sections, headed_share, section_minutes, and one column for each item (1 addressed,
        0 silent, by the rules).

    Notes
    -----
    The population consists of contemporary English policies of online services that volunteers of the Open Terms
    Archive chose to follow; most services are large and well known. It is no random sample of the web. It holds no
    small vendors, no makers of printers or other devices (items on 3D printing do not apply to it) and no policies of
    2018 to 2020.

    Examples
    --------
    >>> population_metrics()["policy_id"].is_unique
    True
    """
    return _metrics(FOLDER).copy()


@cache
def _metrics(folder: Path) -> pd.DataFrame:
    metrics = pd.read_csv(folder / "metrics.csv", index_col="policy_id", dtype={"policy_id": "str"})
    return metrics.astype("float64").reset_index()


def population_overlap() -> pd.DataFrame:
    """How much text unrelated policies share: quantiles over all ordered pairs of the population.

    Returns
    -------
    DataFrame
        quantile, containment (float, 0 to 1: share of a policy's eight-word sequences that the other has too),
        n_pairs (int).

    Examples
    --------
    >>> population_overlap().columns.tolist()
    ['quantile', 'containment', 'n_pairs']
    """
    return pd.read_csv(FOLDER / "shared_text.csv")


def equated(value: float, stated: str, other: str) -> float:
    """The value of metric `other` that is as far out in the population as `value` is of metric `stated`.

    Notes
    -----
    A line through the 10 % and 90 % quantiles of both metrics; the quantiles of one that rises where the other falls
    change places::

        y = y10 + (x - x10) (y90 - y10) / (x90 - x10)

    References
    ----------
    Kolen, M. J. & Brennan, R. L. (2014). Test Equating, Scaling, and Linking, 3rd ed.
    https://doi.org/10.1007/978-1-4939-0317-7

    Examples
    --------
    >>> equated(12.0, "gunning_fog", "gunning_fog")
    12.0
    >>> equated(18.0, "flesch_kincaid_grade", "flesch_reading_ease") < equated(8.0, "flesch_kincaid_grade", "flesch_reading_ease")
    True
    """
    x_low, x_high, y_low, y_high = _ends(FOLDER, stated, other)
    return y_low + (value - x_low) * (y_high - y_low) / (x_high - x_low)


@cache
def _ends(folder: Path, stated: str, other: str) -> tuple[float, float, float, float]:
    """The 10 % and 90 % quantiles of both metrics, those of the other in the order of the stated one."""
    x, y = _metrics(folder)[stated], _metrics(folder)[other]
    low, high = (_LOW, _HIGH) if x.corr(y, method="spearman") > 0 else (_HIGH, _LOW)
    return tuple(float(of.quantile(at)) for of, at in ((x, _LOW), (x, _HIGH), (y, low), (y, high)))  # type: ignore[return-value]


def item_levels(codebook: Codebook, policy_sd: float) -> np.ndarray:
    """The level of each item of a codebook on the logit scale, from the population; 0 where it cannot judge the item.

    Notes
    -----
    A share p of the population, (n + 1/2) / (N + 1), is that of policies whose levels differ with the standard
    deviation s, so the item's own level is larger than logit(p) by the factor sqrt(1 + 0.346 s^2) (Zeger, Liang &
    Albert 1988).

    References
    ----------
    Zeger, S. L., Liang, K.-Y. & Albert, P. S. (1988). Models for longitudinal data: a generalized estimating equation
    approach. Biometrics 44(4), 1049-1060. https://doi.org/10.2307/2531734
    """
    metrics = _metrics(FOLDER)
    levels = []
    for item, family in zip(codebook.items["item"], codebook.items["family"]):
        if item not in metrics or family in NOT_JUDGED:
            levels.append(0.0)
            continue
        share = (metrics[item].sum() + 0.5) / (metrics[item].count() + 1)
        levels.append(float(np.log(share / (1 - share)) * np.sqrt(1 + 0.346 * policy_sd**2)))
    return np.array(levels)
