"""Agreement against published worked examples, NLTK and the krippendorff package."""

from __future__ import annotations

import krippendorff
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nltk.metrics.agreement import AnnotationTask

from policytools.coding.agreement import cohen_kappa, fleiss_kappa, krippendorff_alpha, precision_recall

COLUMNS = {"unit": "unit", "coder": "coder", "value": "code"}

# Krippendorff 2011, the reliability data with missing codes: 4 observers, 12 units.
KRIPPENDORFF = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
    [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
]

# Cohen 1960, table 2b: how often judge A (columns) and judge B (rows) chose each of three codes.
COHEN = [[88, 14, 18], [10, 40, 10], [2, 6, 12]]

# Fleiss 1971, table 1: 30 patients, six diagnoses each: depression, personality disorder, schizophrenia,
# neurosis, other.
FLEISS = """
00060 03003 01401 00006 03030 20400 00402 20310 20040 00006 10050 11040 03300 10050 02031
00501 30012 51000 02040 10203 00006 01050 02013 20040 10041 05010 40002 02040 10500 00006
"""

# OPP-115, 60 of its 115 policies: in how many of 2,022 segments 1, 2 and 3 of three people marked the category, and the
# kappa that Wilson et al. 2016, table 1, give for all 115.
OPP_115 = {
    "First Party Collection/Use": ([181, 128, 506], 0.76),
    "Third Party Sharing/Collection": ([103, 123, 356], 0.76),
    "User Choice/Control": ([137, 75, 115], 0.61),
    "User Access, Edit and Deletion": ([48, 28, 61], 0.74),
    "Data Retention": ([46, 24, 18], 0.55),
    "Data Security": ([95, 30, 85], 0.67),
    "Policy Change": ([48, 18, 45], 0.73),
    "Do Not Track": ([1, 5, 11], 0.91),
    "International and Specific Audiences": ([36, 35, 149], 0.87),
}


def long(rows: list[list]) -> pd.DataFrame:
    """One list of codes for each coder, a place in it for each unit."""
    return pd.DataFrame(
        [
            (f"unit {unit}", f"coder {coder}", code)
            for coder, codes in enumerate(rows)
            for unit, code in enumerate(codes)
        ],
        columns=["unit", "coder", "code"],
    )


@pytest.fixture
def cohen() -> pd.DataFrame:
    pairs = [(row, column) for row in range(3) for column in range(3) for _ in range(COHEN[row][column])]
    return long([[b for b, _ in pairs], [a for _, a in pairs]])


@pytest.fixture
def fleiss() -> pd.DataFrame:
    units = [[code for code in range(5) for _ in range(int(counts[code]))] for counts in FLEISS.split()]
    return long([list(codes) for codes in zip(*units, strict=True)])


@pytest.fixture
def gaps() -> pd.DataFrame:
    return long(KRIPPENDORFF)


def test_cohen_1960(cohen):
    # p_o = (88 + 40 + 12) / 200 = .70, p_e = .60 * .50 + .30 * .30 + .10 * .20 = .41
    assert cohen_kappa(cohen, **COLUMNS) == pytest.approx((0.70 - 0.41) / (1 - 0.41), abs=1e-12)
    assert round(cohen_kappa(cohen, **COLUMNS), 3) == 0.492


def test_fleiss_1971(fleiss):
    shares = fleiss["code"].value_counts(normalize=True).sort_index()
    assert shares.round(3).tolist() == [0.144, 0.144, 0.167, 0.306, 0.239]  # as printed under the table
    assert round(fleiss_kappa(fleiss, **COLUMNS), 3) == 0.430


@pytest.mark.parametrize(
    ("level", "published"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849), ("ratio", 0.797)]
)
def test_krippendorff_2011(gaps, level, published):
    assert round(krippendorff_alpha(gaps, **COLUMNS, level=level), 3) == published


@pytest.mark.parametrize("level", ["nominal", "ordinal", "interval", "ratio"])
def test_alpha_equals_the_krippendorff_package(gaps, level):
    theirs = krippendorff.alpha(np.array(KRIPPENDORFF, dtype=float), level_of_measurement=level)
    assert krippendorff_alpha(gaps, **COLUMNS, level=level) == pytest.approx(theirs, abs=1e-12)


def nltk_task(codes: pd.DataFrame) -> AnnotationTask:
    codes = codes.dropna()
    return AnnotationTask(data=list(zip(codes["coder"], codes["unit"], codes["code"], strict=True)))


@pytest.mark.parametrize("category", OPP_115)
def test_published_kappas_of_privacy_policies(category):
    # Half of the policies gives the published value of the whole within .05.
    marked, published = OPP_115[category]
    by_count = dict(enumerate([2022 - sum(marked), *marked]))
    marks = [[int(coder < n) for n, units in by_count.items() for _ in range(units)] for coder in range(3)]
    assert fleiss_kappa(long(marks), **COLUMNS) == pytest.approx(published, abs=0.05)


def test_values_equal_nltk(cohen, fleiss, gaps):
    assert cohen_kappa(cohen, **COLUMNS) == pytest.approx(nltk_task(cohen).kappa(), abs=1e-12)
    # NLTK calls the mean pairwise kappa of Davies and Fleiss "multi_kappa"; Fleiss 1971 it does not have.
    # With as many codes for each unit his kappa follows from alpha: (1 - alpha) (N n) / (N n - 1) = 1 - kappa.
    n = len(fleiss)
    from_nltk = 1 - (1 - nltk_task(fleiss).alpha()) * n / (n - 1)
    assert fleiss_kappa(fleiss, **COLUMNS) == pytest.approx(from_nltk, abs=1e-12)
    paired = gaps[gaps.groupby("unit")["code"].transform("count") > 1]
    alpha = krippendorff_alpha(gaps, **COLUMNS, level="nominal")
    assert alpha == pytest.approx(nltk_task(paired).alpha(), abs=1e-12)


codes_of_coders = st.integers(2, 4).flatmap(
    lambda n: st.lists(st.lists(st.sampled_from([0, 1, 2]), min_size=n, max_size=n), min_size=2, max_size=12)
)


@settings(max_examples=25, deadline=None)
@given(codes_of_coders)
def test_any_codes_agree_with_the_other_packages(units):
    rows = [list(codes) for codes in zip(*units, strict=True)]
    frame = long(rows)
    if len({code for codes in rows for code in codes}) == 1:
        assert np.isnan(krippendorff_alpha(frame, **COLUMNS, level="nominal"))
        assert np.isnan(fleiss_kappa(frame, **COLUMNS))
        return
    theirs = krippendorff.alpha(np.array(rows, dtype=float), level_of_measurement="nominal")
    assert krippendorff_alpha(frame, **COLUMNS, level="nominal") == pytest.approx(theirs, abs=1e-9)
    if len(rows) == 2:
        assert cohen_kappa(frame, **COLUMNS) == pytest.approx(nltk_task(frame).kappa(), abs=1e-9)


def test_by_hand():
    # 4 units. Agree on 3: p_o = 3/4. A says yes 3 times of 4, B 2 of 4: p_e = 3/4 * 2/4 + 1/4 * 2/4 = 1/2.
    frame = long([["yes", "yes", "yes", "no"], ["yes", "yes", "no", "no"]])
    assert cohen_kappa(frame, **COLUMNS) == (3 / 4 - 1 / 2) / (1 - 1 / 2)
    # Fleiss pools them: 5 yes and 3 no of 8, p_e = (5/8)^2 + (3/8)^2 = 34/64.
    assert fleiss_kappa(frame, **COLUMNS) == pytest.approx((3 / 4 - 34 / 64) / (1 - 34 / 64))
    # alpha: D_o = 2/8; D_e = 2 * 5 * 3 / (8 * 7) = 30/56.
    assert krippendorff_alpha(frame, **COLUMNS, level="nominal") == pytest.approx(1 - (2 / 8) / (30 / 56))


def measures(frame: pd.DataFrame) -> list[float]:
    return [
        cohen_kappa(frame, **COLUMNS),
        fleiss_kappa(frame, **COLUMNS),
        krippendorff_alpha(frame, **COLUMNS, level="nominal"),
        krippendorff_alpha(frame, **COLUMNS, level="ordinal"),
    ]


def test_names_order_and_index_change_nothing(cohen):
    before = cohen.copy()
    expected = measures(cohen)
    relabelled = cohen.assign(coder=cohen["coder"].map({"coder 0": "Z", "coder 1": "a person"}))
    shuffled = relabelled.sample(frac=1, random_state=1).set_axis(range(1000, 1000 + len(cohen)))
    assert measures(relabelled) == pytest.approx(expected)
    assert measures(shuffled) == pytest.approx(expected)
    pd.testing.assert_frame_equal(cohen, before)


def test_units_may_be_named_by_several_columns(cohen):
    split = cohen.assign(policy=cohen["unit"].str[:-1], item=cohen["unit"].str[-1])
    both = {**COLUMNS, "unit": ["policy", "item"]}
    assert cohen_kappa(split, **both) == pytest.approx(cohen_kappa(cohen, **COLUMNS))


def test_missing_codes_are_missing_rows(gaps):
    given_only = gaps.dropna()
    for level in ("nominal", "ratio"):
        alpha = krippendorff_alpha(gaps, **COLUMNS, level=level)
        assert krippendorff_alpha(given_only, **COLUMNS, level=level) == alpha
    two = gaps[gaps["coder"].isin(["coder 0", "coder 2"])]
    # Both coded units 1 to 8, and agree on 5 of them.
    assert cohen_kappa(two, **COLUMNS) == pytest.approx(
        nltk_task(two[two["unit"].isin(both_coded(two))]).kappa()
    )


def both_coded(frame: pd.DataFrame) -> list[str]:
    n_codes = frame.dropna().groupby("unit")["coder"].nunique()
    return n_codes[n_codes == 2].index.tolist()


def test_true_and_1_are_one_code():
    frame = pd.concat([long([[True, False, True]]), long([[], [1, 0, 0]])])
    assert cohen_kappa(frame, **COLUMNS) == pytest.approx(0.4)  # p_o = 2/3, p_e = 2/3 * 1/3 + 1/3 * 2/3 = 4/9


def test_undefined_is_nan():
    empty = pd.DataFrame({"unit": [], "coder": [], "code": []})
    alike = long([[1, 1, 1], [1, 1, 1]])
    apart = pd.DataFrame({"unit": ["a", "b"], "coder": ["A", "B"], "code": [1, 0]})
    for frame in (empty, alike):
        assert np.isnan(measures(frame)).all()
    assert np.isnan(cohen_kappa(apart, **COLUMNS))
    assert np.isnan(krippendorff_alpha(apart, **COLUMNS, level="nominal"))


ARGUMENTS = {**COLUMNS, "reference": "A", "judged": "rules", "positive": 1}


def found(tp: int, fp: int, fn: int, tn: int) -> pd.DataFrame:
    truth = [1] * tp + [0] * fp + [1] * fn + [0] * tn
    claim = [1] * tp + [1] * fp + [0] * fn + [0] * tn
    frame = long([truth, claim])
    return frame.assign(coder=frame["coder"].map({"coder 0": "A", "coder 1": "rules"}))


def test_precision_recall_by_hand():
    result = precision_recall(found(tp=8, fp=2, fn=4, tn=6), **ARGUMENTS).set_index("measure")
    assert result["n"].tolist() == [8, 8, 16]
    assert result["of"].tolist() == [10, 12, 22]
    assert result["value"].tolist() == [8 / 10, 8 / 12, 16 / 22]
    # Wilson for 8 of 10, z = 1.959964: (0.8 + z^2/20 -+ z sqrt(0.016 + z^2/400)) / (1 + z^2/10)
    assert result.loc["precision", ["low", "high"]].tolist() == pytest.approx([0.4902, 0.9433], abs=1e-4)
    # F1 = 2 j / (1 + j) where j = 8 of 14, for which Wilson gives .3259 to .7862
    assert result.loc["f1", "low"] == pytest.approx(2 * 0.3259 / 1.3259, abs=1e-3)
    assert result.loc["f1", "high"] == pytest.approx(2 * 0.7862 / 1.7862, abs=1e-3)


def test_wilson_as_published():
    # Newcombe 1998 (doi:10.1002/(SICI)1097-0258(19980430)17:8<857::AID-SIM777>3.0.CO;2-E), table I, method 3:
    # 81 of 263: .2553 to .3662; 15 of 148: .0624 to .1605; 0 of 20: 0 to .1611; 1 of 29: .0061 to .1718.
    for n, of, low, high in [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (1, 29, 0.0061, 0.1718)]:
        row = precision_recall(found(tp=n, fp=of - n, fn=0, tn=0), **ARGUMENTS).iloc[0]
        assert (round(row["low"], 4), round(row["high"], 4)) == (low, high)
    row = precision_recall(found(tp=0, fp=20, fn=0, tn=0), **ARGUMENTS).iloc[0]
    assert (row["low"], round(row["high"], 4)) == (0, 0.1611)


def test_precision_recall_undefined_and_empty():
    nothing = precision_recall(found(tp=0, fp=0, fn=0, tn=5), **ARGUMENTS)
    empty = precision_recall(found(tp=0, fp=0, fn=0, tn=0), **ARGUMENTS)
    full = precision_recall(found(tp=3, fp=0, fn=0, tn=1), **ARGUMENTS)
    for frame in (nothing, empty):
        assert frame["of"].tolist() == [0, 0, 0]
        assert frame[["value", "low", "high"]].isna().all(axis=None)
        assert frame.dtypes.equals(full.dtypes)
    assert full["high"].tolist() == [1, 1, 1]


def test_a_narrower_interval_for_less_confidence():
    frame = found(tp=8, fp=2, fn=4, tn=6)
    wide, narrow = (precision_recall(frame, **ARGUMENTS, confidence=level) for level in (0.95, 0.8))
    assert (narrow["low"] > wide["low"]).all() and (narrow["high"] < wide["high"]).all()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"coder": "who"},
            "codes: column who missing; needed are unit, who, code; there are unit, coder, code",
        ),
        ({"unit": ["policy_id", "unit"]}, "codes: column policy_id missing"),
    ],
)
def test_missing_columns_are_named(cohen, change, message):
    for measure in (cohen_kappa, fleiss_kappa):
        with pytest.raises(ValueError, match=message):
            measure(cohen, **{**COLUMNS, **change})


def test_errors_say_what_is_wrong(cohen, gaps):
    with pytest.raises(ValueError, match=r"more than one code for \('unit 0', 'coder 0'\)"):
        cohen_kappa(pd.concat([cohen, cohen.head(1)]), **COLUMNS)
    with pytest.raises(ValueError, match="column 'coder' holds 4 coders: coder 0, .*needs two"):
        cohen_kappa(gaps, **COLUMNS)
    with pytest.raises(ValueError, match=r"\('unit 0',\) has 3 and \('unit 1',\) has 4; krippendorff_alpha"):
        fleiss_kappa(gaps, **COLUMNS)
    with pytest.raises(ValueError, match="each unit has only one code"):
        fleiss_kappa(gaps.dropna().drop_duplicates("unit"), **COLUMNS)
    with pytest.raises(
        ValueError, match="level: must be one of nominal, ordinal, interval, ratio, not 'binary'"
    ):
        krippendorff_alpha(gaps, **COLUMNS, level="binary")
    with pytest.raises(ValueError, match="level: 'interval' needs numbers"):
        krippendorff_alpha(gaps.astype({"code": str}), **COLUMNS, level="interval")
    with pytest.raises(TypeError, match="level"):
        krippendorff_alpha(gaps, **COLUMNS)
    with pytest.raises(ValueError, match="column 'coder' is empty in 200 of 400 rows"):
        cohen_kappa(cohen.replace({"coder": {"coder 0": None}}), **COLUMNS)


def test_precision_recall_errors():
    frame = found(tp=1, fp=1, fn=1, tn=1)
    with pytest.raises(
        ValueError, match="judged: 'model' is not in column 'coder', which holds 'A', 'rules'"
    ):
        precision_recall(frame, **{**ARGUMENTS, "judged": "model"})
    with pytest.raises(ValueError, match="judged: 'A' is the reference too"):
        precision_recall(frame, **{**ARGUMENTS, "judged": "A"})
    with pytest.raises(ValueError, match="confidence: must be a number above 0 and below 1, not 95"):
        precision_recall(frame, **ARGUMENTS, confidence=95)


@pytest.mark.parametrize("column", ["code", "item", "coder"])
@pytest.mark.parametrize("measure", [cohen_kappa, fleiss_kappa, krippendorff_alpha])
def test_numbers_beside_texts_are_named(measure, column):
    # One coder's file was read as text.
    codes = pd.DataFrame({"item": [1, 2] * 2, "coder": [1] * 2 + [2] * 2, "code": [1, 0] * 2}, dtype="object")
    codes.loc[2:, column] = codes.loc[2:, column].astype("str")
    options = {"level": "nominal"} if measure is krippendorff_alpha else {}
    with pytest.raises(
        ValueError, match=rf"codes: column '{column}' holds numbers and texts.* \(int\) and '.' \(str\)"
    ):
        measure(codes, unit="item", coder="coder", value="code", **options)
    same = codes.astype({column: "int64"})
    assert measure(same, unit="item", coder="coder", value="code", **options) == 1


def test_the_positive_code_is_of_the_codes_type():
    codes = pd.DataFrame({"item": [1, 2] * 2, "coder": ["A"] * 2 + ["B"] * 2, "code": [1, 0] * 2})
    options = {"unit": "item", "coder": "coder", "value": "code", "reference": "A", "judged": "B"}
    with pytest.raises(ValueError, match=r"positive: with '1' the column 'code' holds numbers and texts"):
        precision_recall(codes, **options, positive="1")
    assert precision_recall(codes, **options, positive=True)["value"].tolist() == [1, 1, 1]
    assert precision_recall(codes.astype({"code": "str"}), **options, positive="1")["value"].tolist() == [
        1,
        1,
        1,
    ]
