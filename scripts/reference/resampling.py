"""Reference values for repeated sampling under an imperfect verifier, written to Tests/Fixtures/resampling.

    python3 scripts/reference/resampling.py        (needs nothing beyond the standard library)

Everything is computed with exact rationals, from definitions and by enumeration, not by the formulas under test.

attempts.json   tasks with their four counts; accuracy, false positives, draws and false-positive shares by stop
                position, from the distribution of the first accepted sample; rewards and the best K.
two_type.json   the two-type model: rewards with both reach factors, the best K by search over 800 tries, for two
                printed parameter sets and several cost ratios.
corrected.json  (n, c, k, Se, Sp) with the corrected pass@k, best-of-k and majority, as means over all k-subsets.
fits.json       straight lines with R^2, and two-sided p by numerical integration.
"""

import json
import math
import random
from fractions import Fraction
from itertools import combinations
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "Tests" / "Fixtures" / "resampling"


def stop_distribution(n, accepted):
    """P(first accepted sample at position j), j = 1..n, in a random order."""
    shares, reached = [], Fraction(1)
    for position in range(1, n + 1):
        hit = Fraction(accepted, n - position + 1)
        hit = min(hit, Fraction(1))
        shares.append(reached * hit)
        reached *= 1 - hit
    return shares


def attempts():
    generator = random.Random(11)
    tasks = []
    for _ in range(14):
        n = generator.choice([8, 12, 20])
        p = generator.choice([0, 0.05, 0.3, 0.7, 1])
        tp = sum(generator.random() < p for _ in range(n))
        fp = sum(generator.random() < 0.25 for _ in range(n - tp))
        fn = min(n - tp - fp, generator.choice([0, 0, 0, 1]))
        tasks.append((tp, fp, fn, n - tp - fp - fn))
    budget = min(sum(t) for t in tasks)
    right = [Fraction(0)] * (budget + 1)
    wrong = [Fraction(0)] * (budget + 1)
    draws = [Fraction(0)] * (budget + 1)
    stops = [[Fraction(0), Fraction(0)] for _ in range(budget + 1)]
    for tp, fp, fn, tn in tasks:
        n, b = tp + fp + fn + tn, tp + fp
        shares = stop_distribution(n, b) if b else [Fraction(0)] * n
        for k in range(1, budget + 1):
            hit = sum(shares[:k])
            expected = sum(Fraction(j) * shares[j - 1] for j in range(1, k + 1)) + k * (1 - hit)
            draws[k] += expected / len(tasks)
            if b:
                right[k] += hit * Fraction(tp, b) / len(tasks)
                wrong[k] += hit * Fraction(fp, b) / len(tasks)
                stops[k][0] += shares[k - 1]
                stops[k][1] += shares[k - 1] * Fraction(fp, b)
    rewards = []
    for cost, sample, abstention in [(0, 0, 0), (1, 0, 0), (4, 0, 0), (1, Fraction(1, 100), 0), (2, 0, Fraction(1, 5))]:
        row = [
            right[k] - cost * wrong[k] - sample * draws[k] + abstention * (1 - right[k] - wrong[k])
            for k in range(budget + 1)
        ]
        best = max(range(budget + 1), key=lambda k: (row[k], -k))
        rewards.append(
            {
                "false_positive": float(cost),
                "sample": float(sample),
                "abstention": float(abstention),
                "rewards": [float(x) for x in row],
                "best": best,
            }
        )
    buckets, low = [], 1
    while low <= budget:
        high = min(2 * low - 1, budget)
        total = sum(stops[k][0] for k in range(low, high + 1))
        bad = sum(stops[k][1] for k in range(low, high + 1))
        buckets.append({"low": low, "high": high, "share": float(bad / total) if total else None})
        low *= 2
    conditional = [Fraction(tp, tp + fp) for tp, fp, _, _ in tasks if tp + fp]
    return {
        "tasks": [list(t) for t in tasks],
        "single": float(sum(Fraction(t[0] + t[2], sum(t)) for t in tasks) / len(tasks)),
        "conditional": float(sum(conditional) / len(conditional)),
        "ceiling": float(sum(conditional) / len(tasks)),
        "true_positive": [float(x) for x in right],
        "false_positive": [float(x) for x in wrong],
        "draws": [float(x) for x in draws],
        "rewards": rewards,
        "buckets": buckets,
    }


SETS = {
    "stylised": ((Fraction(87, 100), Fraction(13, 100)), Fraction(75, 100), (Fraction(58, 100), Fraction(42, 100))),
    # r, s and the rounded shares as printed; s follows from beta = s (1 - r).
    "fitted": ((0.87382, 0.13824), None, (Fraction(58, 100), Fraction(42, 100))),
}
FITTED_BETA, FITTED_FLUKE = (0.09483, 0.64770), (0.03134, 0.21406)


def two_type(name, ratio, limit=800):
    accuracies, soundness, shares = SETS[name]
    if name == "stylised":
        beta = [float(soundness * (1 - r)) for r in accuracies]
        fluke = [float((1 - soundness) * (1 - r)) for r in accuracies]
    else:
        beta, fluke = FITTED_BETA, FITTED_FLUKE
    right = [float(r) for r in accuracies]
    p = [float(x) for x in shares]
    out = {"set": name, "ratio": ratio}
    for reach in ["prior", "posterior"]:
        total, rewards = 0.0, [0.0]
        for k in range(1, limit + 1):
            weights = [b ** (k - 1) * q for b, q in zip(beta, p)]
            belief = [w / sum(weights) for w in weights]
            value = sum(b * (r - ratio * f) for b, r, f in zip(belief, right, fluke))
            base = p if reach == "prior" else belief
            total += value * sum(b ** (k - 1) * q for b, q in zip(beta, base))
            rewards.append(total)
        best = max(range(limit + 1), key=lambda k: (rewards[k], -k))
        out[reach] = {"best": best, "reward": rewards[best], "first": rewards[1]}
    return out


def signed_mean(n, c, k, se, sp, value):
    """The mean over all k-subsets of n samples, c of them accepted, of a function of the samples' signed weights."""
    youden = se + sp - 1
    weights = [(1 - (1 - sp)) / youden] * c + [(0 - (1 - sp)) / youden] * (n - c)
    subsets = list(combinations(weights, k))
    return sum(value(subset) for subset in subsets) / len(subsets)


def none_right(weights):
    product = Fraction(1)
    for weight in weights:
        product *= 1 - weight
    return 1 - product


def majority(weights):
    """Sum over all patterns of right and wrong with more than half right, ties one half."""
    total = Fraction(0)
    for pattern in range(2 ** len(weights)):
        term, right = Fraction(1), 0
        for index, weight in enumerate(weights):
            bit = pattern >> index & 1
            right += bit
            term *= weight if bit else 1 - weight
        if 2 * right > len(weights):
            total += term
        elif 2 * right == len(weights):
            total += term / 2
    return total


def best_of(n, c, k, se, sp):
    """Over all orders of k of n samples: the first accepted one counts with P(right | accepted), estimated from the
    other samples being what they are: Se p sum (1-q)^j with unbiased powers."""
    youden = se + sp - 1

    def power(j):
        """Unbiased for (1-q)^j."""
        return Fraction(math.comb(n - c, j), math.comb(n, j))

    def power_q(j):
        """Unbiased for q (1-q)^j."""
        return Fraction(math.comb(n - j - 1, c - 1), math.comb(n, c)) if c else Fraction(0)

    return sum(se / youden * (power_q(j) - (1 - sp) * power(j)) for j in range(k))


def corrected():
    generator = random.Random(5)
    rows = []
    for se, sp in [(Fraction(1), Fraction(1)), (Fraction(1), Fraction(4, 5)), (Fraction(9, 10), Fraction(7, 10))]:
        for n in [4, 7, 9]:
            for c in {0, 1, n // 2, n - 1, n}:
                k = generator.randint(1, min(n - 1, 5))
                rows.append(
                    {
                        "n": n, "c": c, "k": k, "se": float(se), "sp": float(sp),
                        "pass": float(signed_mean(n, c, k, se, sp, none_right)),
                        "best": float(best_of(n, c, k, se, sp)),
                        "majority": float(signed_mean(n, c, k, se, sp, majority)),
                    }
                )
    return rows


def student_two_sided(t, degrees, steps=200_000):
    """1 - 2 integral of the density over 0..|t|, Simpson."""
    norm = math.gamma((degrees + 1) / 2) / (math.sqrt(degrees * math.pi) * math.gamma(degrees / 2))
    width = abs(t) / steps
    total = 0.0
    for index in range(steps + 1):
        x = index * width
        weight = 1 if index in (0, steps) else 4 if index % 2 else 2
        total += weight * norm * (1 + x * x / degrees) ** (-(degrees + 1) / 2)
    return 1 - 2 * total * width / 3


def fits():
    published = [
        (.855, .929), (.781, .893), (.712, .870), (.608, .859), (.579, .856), (.550, .825), (.368, .842), (.339, .779),
        (.286, .765), (.230, .766), (.224, .774), (.215, .762), (.200, .759), (.179, .782), (.112, .789), (.092, .752),
        (.064, .715),
    ]
    noisy = [(0.1, 0.5), (0.2, 0.4), (0.35, 0.7), (0.5, 0.45), (0.9, 0.65)]
    rows = []
    for points in [published, noisy]:
        x = [Fraction(str(a)) for a, _ in points]
        y = [Fraction(str(b)) for _, b in points]
        n = len(points)
        mx, my = sum(x) / n, sum(y) / n
        xx = sum((a - mx) ** 2 for a in x)
        xy = sum((a - mx) * (b - my) for a, b in zip(x, y))
        yy = sum((b - my) ** 2 for b in y)
        slope = xy / xx
        residual = yy - xy * xy / xx
        t = float(slope) / math.sqrt(float(residual) / (n - 2) / float(xx))
        rows.append(
            {
                "x": [float(a) for a in x], "y": [float(b) for b in y], "slope": float(slope),
                "intercept": float(my - slope * mx), "r2": float(xy * xy / xx / yy), "t": t,
                "p": student_two_sided(t, n - 2),
            }
        )
    return rows


def write(name, value):
    FOLDER.mkdir(parents=True, exist_ok=True)
    text = json.dumps(value, separators=(",", ":"))
    (FOLDER / name).write_text(text.replace("},{", "},\n{") + "\n")


if __name__ == "__main__":
    write("attempts.json", attempts())
    ratios = [0.5, 0.6, 0.61, 0.7, 0.8, 1, 2, 4, 10]
    write("two_type.json", [two_type(name, ratio) for name in SETS for ratio in ratios])
    write("corrected.json", corrected())
    write("fits.json", fits())
