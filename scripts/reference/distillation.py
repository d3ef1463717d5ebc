"""Divergences of a student from the most probable tokens of a teacher, by torch's autograd in float64.

    python3 scripts/reference/distillation.py    writes Tests/Fixtures/training/distillation.json

All tokens that are not named are one outcome. Written with the version that the file names.
"""

import json
import pathlib

import torch

PATH = pathlib.Path(__file__).resolve().parents[2] / "Tests" / "Fixtures" / "training" / "distillation.json"
VOCABULARY = 12
WEIGHTS = [0.5, 1.5, 2.5]
SCALE = 0.5
SHARE = 0.3


def outcomes(logits, ids, temperature):
    """Log-probabilities of the named tokens, then of all others together where there are some."""
    logs = torch.log_softmax(logits / temperature, -1)
    rest = torch.ones(VOCABULARY, dtype=torch.bool)
    rest[ids] = False
    return torch.cat([logs[ids], torch.logsumexp(logs[rest], 0, keepdim=True)] if rest.any() else [logs[ids]])


def divergence(p, q, kind):
    """Of the student's log-probabilities p from the teacher's q."""
    if kind == "forward":
        return (q.exp() * (q - p)).sum()
    if kind == "reverse":
        return (p.exp() * (p - q)).sum()
    mix = torch.log(SHARE * q.exp() + (1 - SHARE) * p.exp())
    return SHARE * (q.exp() * (q - mix)).sum() + (1 - SHARE) * (p.exp() * (p - mix)).sum()


def case(students, teachers, kind, top, temperature):
    rows, losses, gradients = [], [], []
    for student, teacher, weight in zip(students, teachers, WEIGHTS):
        ids = torch.argsort(teacher, descending=True, stable=True)[:top]
        q = outcomes(teacher, ids, temperature)
        logits = student.clone().requires_grad_()
        loss = SCALE * weight * temperature**2 * divergence(outcomes(logits, ids, temperature), q, kind)
        loss.backward()
        rows.append({
            "ids": ids.tolist(), "logProbabilities": q[:top].tolist(),
            "tail": q[top].exp().item() if top < VOCABULARY else 0.0})
        losses.append(loss.item())
        gradients.append(logits.grad.tolist())
    return {"divergence": kind, "temperature": temperature, "teacher": rows, "losses": losses, "gradients": gradients}


def main():
    torch.manual_seed(3)
    students = (2 * torch.randn(3, VOCABULARY)).float().double()
    teachers = (2 * torch.randn(3, VOCABULARY)).float().double()
    # A student that is as good as sure of what the teacher names: what it leaves is far below the rounding of 1.
    students[2, torch.argsort(teachers[2], descending=True)[:3]] += 40
    students, teachers = students.float().double(), teachers.float().double()
    cases = [
        case(students, teachers, kind, top, temperature)
        for kind in ("forward", "reverse", "jensen-shannon") for top in (3, VOCABULARY) for temperature in (1.0, 2.0)]
    PATH.write_text(json.dumps({
        "versions": {"torch": torch.__version__}, "weights": WEIGHTS, "scale": SCALE, "share": SHARE,
        "student": students.tolist(), "teacherLogits": teachers.tolist(), "cases": cases}) + "\n")


main()
