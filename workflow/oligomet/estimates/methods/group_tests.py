"""Do groups differ in a characteristic? The tests of scipy and statsmodels, and a reason where they have no answer.

The libraries answer an empty group, a constant or two values with NaN, a warning or an exception of their own; here
each is `Undefined`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from oligomet.estimates.methods.inference import Undefined

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

SIMULATED = 99_999  # tables, for Fisher's test of more than two by two


@dataclass(frozen=True)
class GroupTest:
    """What a test found: its name, its statistic and what that is called, its two-sided p value, subjects tested."""

    name: str
    statistic: str
    estimate: float
    p_value: float
    n: int


def compare_counts(counts: ArrayLike) -> GroupTest:
    """Are the columns of a table of counts (levels, groups) distributed alike?

    Pearson's chi-square test without continuity correction (stats::chisq.test, correct = FALSE; what SPSS calls Pearson
    chi-square). Where more than a fifth of the expected counts are below 5, or one is below 1 (Cochran 1954, Biometrics
    10:417), Fisher's exact test (stats::fisher.test): of two by two exactly, of larger tables the test of Freeman and
    Halton with a p value from `SIMULATED` tables with the same margins, always the same ones.

    Raises
    ------
    Undefined
        If fewer than two groups, or fewer than two levels, have anybody.
    """
    from scipy.stats import MonteCarloMethod, chi2_contingency, fisher_exact
    from scipy.stats.contingency import expected_freq

    every = np.asarray(counts, int)
    table = every[every.sum(axis=1) > 0]
    if not (table.sum(axis=0) > 0).all():
        raise Undefined("a group without known values")
    if table.shape[1] < 2:
        raise Undefined("one group only")
    if len(table) < 2:
        raise Undefined("one level only")
    expected, n = expected_freq(table), table.sum()
    if (expected < 5).mean() <= 0.2 and expected.min() >= 1:
        found = chi2_contingency(table, correction=False)
        return GroupTest("Pearson's chi-square test", "chi_square", found.statistic, found.pvalue, n)
    if table.shape == (2, 2):
        p_value = fisher_exact(table).pvalue
        return GroupTest("Fisher's exact test", "p_value", p_value, p_value, n)
    simulation = MonteCarloMethod(n_resamples=SIMULATED, rng=np.random.default_rng(0))
    p_value = fisher_exact(table, method=simulation).pvalue
    return GroupTest(f"Fisher's exact test ({SIMULATED:,} simulated tables)", "p_value", p_value, p_value, n)


def fits_normal(values: ArrayLike) -> GroupTest:
    """Kolmogorov-Smirnov test that values are normal, mean and variance unknown: Lilliefors' correction, as in SPSS.

    The p value is interpolated in simulated critical values and lies between 0.001 and 0.99. Without the correction
    (stats::ks.test against the fitted distribution) hardly anything would ever be found not to be normal.

    Raises
    ------
    Undefined
        If there are fewer than four values, or they are all the same.
    """
    from statsmodels.stats.diagnostic import lilliefors

    values = np.asarray(values, float)
    if len(values) < 4:
        raise Undefined("fewer than four values")
    if np.ptp(values) == 0:
        raise Undefined("all values are the same")
    statistic, p_value = lilliefors(values, dist="norm", pvalmethod="table")
    name = "Kolmogorov-Smirnov test with Lilliefors' correction"
    return GroupTest(name, "kolmogorov_smirnov", statistic, p_value, len(values))


def compare_means(groups: Sequence[ArrayLike]) -> GroupTest:
    """Student's t test with pooled variance (stats::t.test, var.equal = TRUE); its extension to more than two groups.

    Raises
    ------
    Undefined
        As `compare_ranks`, and if the values do not vary within any group.
    """
    from scipy.stats import f_oneway, ttest_ind

    groups = _checked(groups)
    if not any(np.ptp(group) > 0 for group in groups):
        raise Undefined("no variance within the groups")
    n = sum(map(len, groups))
    if len(groups) == 2:
        found = ttest_ind(*groups)
        return GroupTest("Student's t test", "t", found.statistic, found.pvalue, n)
    found = f_oneway(*groups)
    return GroupTest("one-way analysis of variance", "f", found.statistic, found.pvalue, n)


def compare_ranks(groups: Sequence[ArrayLike]) -> GroupTest:
    """Mann-Whitney U test, normal approximation with ties and without continuity correction, as SPSS has it
    (stats::wilcox.test, exact = FALSE, correct = FALSE); of more than two groups the Kruskal-Wallis test.

    Raises
    ------
    Undefined
        If there are fewer than two groups, a group has fewer than three values, or all values are the same.
    """
    from scipy.stats import kruskal, mannwhitneyu

    groups = _checked(groups)
    n = sum(map(len, groups))
    if len(groups) == 2:
        found = mannwhitneyu(*groups, use_continuity=False, method="asymptotic")
        return GroupTest("Mann-Whitney U test", "u", found.statistic, found.pvalue, n)
    found = kruskal(*groups)
    return GroupTest("Kruskal-Wallis test", "h", found.statistic, found.pvalue, n)


def ratio_of(cells: ArrayLike, kind: str) -> tuple[float, float]:
    """The odds or risk ratio of the first group against the second, and the standard error of its logarithm.

    The first column counts those with the outcome. Of [[3, 30], [19, 47]] the odds ratio is 0.247, the
    risk ratio 0.316.
    """
    from statsmodels.stats.contingency_tables import Table2x2

    table = Table2x2(cells)
    if kind == "odds_ratio":
        return float(table.oddsratio), float(table.log_oddsratio_se)
    return float(table.riskratio), float(table.log_riskratio_se)


def _checked(groups: Sequence[ArrayLike]) -> list[np.ndarray]:
    checked = [np.asarray(group, float) for group in groups]
    if len(checked) < 2:
        raise Undefined("one group only")
    if min(map(len, checked)) < 3:
        raise Undefined("fewer than three values in a group")
    if np.ptp(np.concatenate(checked)) == 0:
        raise Undefined("all values are the same")
    return checked
