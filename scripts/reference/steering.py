#!/usr/bin/env python3
"""Write Tests/Fixtures/steering/reference.json: directions, probes and rank statistics from numpy and scikit-learn.

Made with numpy 2.4.6, scikit-learn 1.9.0, scipy 1.18.0. Seeded; the same versions give the same bytes.
"""

import json
import pathlib

import numpy as np
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, roc_auc_score
from sklearn.preprocessing import StandardScaler

OUT = pathlib.Path(__file__).resolve().parents[2] / "Tests/Fixtures/steering/reference.json"


def numbers(values):
    return np.asarray(values, dtype=np.float64).tolist()


def samples(random):
    width, count = 7, 24
    mixing = random.normal(size=(width, width))
    shift = random.normal(size=width)
    negatives = random.normal(size=(count, width)) @ mixing + 3
    positives = negatives + shift + 0.7 * random.normal(size=(count, width))
    return positives, negatives


def pair_component(positives, negatives):
    differences = positives - negatives
    component = np.linalg.svd(differences, full_matrices=False)[2][0]
    return component if (differences @ component > 0).sum() * 2 >= len(differences) else -component


def discriminant(positives, negatives, shrinkage):
    def scatter(rows):
        centred = rows - rows.mean(0)
        return centred.T @ centred / len(rows)

    m, n = len(positives), len(negatives)
    covariance = (m * scatter(positives) + n * scatter(negatives)) / (m + n)
    covariance += shrinkage * np.trace(covariance) / len(covariance) * np.eye(len(covariance))
    return np.linalg.solve(covariance, positives.mean(0) - negatives.mean(0))


def probe(positives, negatives, c):
    rows = np.concatenate([positives, negatives])
    labels = np.r_[np.ones(len(positives)), np.zeros(len(negatives))]
    scaler = StandardScaler().fit(rows)
    model = LogisticRegression(C=c, tol=1e-12, max_iter=100_000).fit(scaler.transform(rows), labels)
    return model.coef_[0] / scaler.scale_, float(model.intercept_[0])


def delong(positives, negatives):
    """Area and its standard error by DeLong, from the definition."""
    wins = (positives[:, None] > negatives[None]) + 0.5 * (positives[:, None] == negatives[None])
    v10, v01 = wins.mean(1), wins.mean(0)
    error = np.sqrt(v10.var(ddof=1) / len(positives) + v01.var(ddof=1) / len(negatives))
    return float(wins.mean()), float(error)


def main():
    random = np.random.default_rng(20)
    positives, negatives = samples(random)
    weights, intercept = probe(positives, negatives, 0.05)
    matrix = np.cov(np.concatenate([positives, negatives]).T, bias=True)
    scores = np.round(random.normal(size=40) + np.r_[np.ones(18), np.zeros(22)], 1)
    labels = np.r_[np.ones(18), np.zeros(22)].astype(int)
    area, error = delong(scores[:18], scores[18:])
    isotonic = IsotonicRegression(out_of_bounds="clip").fit(
        scores, labels, sample_weight=np.where(labels == 1, 0.5 / 18, 0.5 / 22)
    )
    json.dump(
        {
            "positives": numbers(positives),
            "negatives": numbers(negatives),
            "meanDifference": numbers(positives.mean(0) - negatives.mean(0)),
            "pairComponent": numbers(pair_component(positives, negatives)),
            "discriminant": numbers(discriminant(positives, negatives, 0.1)),
            "probe": numbers(weights),
            "probeIntercept": intercept,
            "eigenvalues": numbers(np.linalg.eigvalsh(matrix)[::-1]),
            "matrix": numbers(matrix),
            "scores": numbers(scores),
            "labels": labels.tolist(),
            "auroc": float(roc_auc_score(labels, scores)),
            "delongArea": area,
            "delongError": error,
            "auprc": float(average_precision_score(labels, scores)),
            "isotonic": numbers(isotonic.predict(scores)),
        },
        OUT.open("w"),
        indent=1,
    )


main()
