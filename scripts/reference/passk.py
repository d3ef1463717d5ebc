"""Reference values for pass@k and pass^k, written to Tests/Fixtures/passk.

    python3 scripts/reference/passk.py        (needs numpy)

cases.json      random (n, c, k) with both estimators, from exact rationals rounded once to float64.
bootstrap.json  counts of made-up tasks, their exact means, and percentile and BCa intervals from numpy with many
                resamples.
"""

import json
import math
import random
from fractions import Fraction
from pathlib import Path

import numpy
from statistics import NormalDist

FOLDER = Path(__file__).resolve().parents[2] / "Tests" / "Fixtures" / "passk"


def pass_at_k(n, c, k):
    """1 - C(n-c, k) / C(n, k), by the product over the wrong draws."""
    miss = Fraction(1)
    for draw in range(k):
        miss *= Fraction(max(n - c - draw, 0), n - draw)
        if miss == 0:
            break
    return 1 - miss


def pass_hat_k(n, c, k):
    """C(c, k) / C(n, k)."""
    every = Fraction(1)
    for draw in range(k):
        every *= Fraction(max(c - draw, 0), n - draw)
        if every == 0:
            break
    return every


def large(n, c, k):
    """The same two figures from binomial coefficients, for n where a product of fractions is slow."""
    total = math.comb(n, k)
    return 1 - Fraction(math.comb(n - c, k), total), Fraction(math.comb(c, k), total)


def cases():
    generator = random.Random(20250101)
    chosen = [(5, 2, 1), (5, 2, 3), (5, 0, 3), (200, 10, 1), (200, 10, 10), (200, 10, 100), (256, 3, 64), (10, 9, 2)]
    chosen += [(1, 0, 1), (1, 1, 1), (7, 7, 7), (7, 6, 7), (7, 1, 7), (1000, 999, 1000)]
    while len(chosen) < 460:
        n = generator.choice([2, 5, 10, 20, 64, 100, 200, 256, 500, 1000])
        chosen.append((n, generator.randint(0, n), generator.randint(1, n)))
    rows = [(n, c, k, pass_at_k(n, c, k), pass_hat_k(n, c, k)) for n, c, k in chosen]
    for n in [10_000, 100_000, 1_000_000]:
        for _ in range(14):
            c = generator.choice([1, 2, 17, n // 1000, n // 10, n // 2, n - 1, n - 3, generator.randint(0, n)])
            k = generator.choice([1, 2, 8, 100, 512])
            rows.append((n, c, k, *large(n, c, k)))
    return [
        {"n": n, "c": c, "k": k, "pass_at_k": float(at), "pass_hat_k": float(hat)} for n, c, k, at, hat in rows
    ]


def bca_levels(tail, values, means):
    mean = values.mean()
    share = numpy.mean(means < mean) + 0.5 * numpy.mean(means == mean)
    bias = NormalDist().inv_cdf(share)
    # Jackknife by leaving each task out.
    jackknife = (values.sum() - values) / (len(values) - 1)
    influence = jackknife.mean() - jackknife
    acceleration = (influence**3).sum() / (6 * (influence**2).sum() ** 1.5)

    def level(z):
        shifted = bias + z
        return NormalDist().cdf(bias + shifted / (1 - acceleration * shifted))

    z = NormalDist().inv_cdf(tail)
    return level(z), level(-z)


def bootstrap():
    generator = numpy.random.default_rng(7)
    tasks = []
    for index in range(60):
        n = int(generator.choice([16, 24, 40]))
        tasks.append((n, int(generator.binomial(n, generator.beta(0.4, 1.2)))))
    ks = [1, 2, 4, 8, 16]
    resamples = 400_000
    table = numpy.array([[float(pass_at_k(n, c, k)) for k in ks] for n, c in tasks])
    means = numpy.empty((resamples, len(ks)))
    for start in range(0, resamples, 10_000):
        draws = generator.integers(0, len(tasks), size=(10_000, len(tasks)))
        means[start : start + 10_000] = table[draws].mean(axis=1)
    points = []
    for column, k in enumerate(ks):
        exact = sum(pass_at_k(n, c, k) for n, c in tasks) / len(tasks)
        levels = bca_levels(0.025, table[:, column], means[:, column])
        points.append(
            {
                "k": k,
                "estimate": float(exact),
                "standard_error": float(table[:, column].std(ddof=1) / math.sqrt(len(tasks))),
                "percentile": [float(x) for x in numpy.quantile(means[:, column], [0.025, 0.975])],
                "bca": [float(x) for x in numpy.quantile(means[:, column], levels)],
            }
        )
    return {"resamples": resamples, "tasks": [{"n": n, "c": c} for n, c in tasks], "points": points}


def write(name, value):
    FOLDER.mkdir(parents=True, exist_ok=True)
    text = json.dumps(value, indent=None, separators=(",", ":"))
    (FOLDER / name).write_text(text.replace("},{", "},\n{") + "\n")


if __name__ == "__main__":
    write("cases.json", cases())
    write("bootstrap.json", bootstrap())
