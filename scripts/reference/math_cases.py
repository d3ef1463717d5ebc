"""Writes Tests/Fixtures/verification/math-cases.json: pairs of answers with the verdict of the math-verify package.

    pip install math-verify==0.9.0
    pip download --no-deps --no-binary :all: math-verify==0.9.0 && tar xzf math_verify-0.9.0.tar.gz
    python scripts/reference/math_cases.py math_verify-0.9.0/tests

The pairs are those of the package's own parametrised tests with default settings. Pairs longer than 600 characters, pairs
whose verdict by the installed package is not the one that the test expects, and those on `disputed` are left out.
"""

import ast
import json
import pathlib
import sys

from math_verify import parse, verify

LONGEST = 600
FILES = ["test_all.py", "test_numina_cases.py", "test_open_thoughts.py", "test_yujianll.py"]


def pairs(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.FunctionDef):
            continue
        for mark in node.decorator_list:
            if not (isinstance(mark, ast.Call) and getattr(mark.func, "attr", "") == "parametrize"):
                continue
            names = ast.literal_eval(mark.args[0])
            names = [name.strip() for name in names.split(",")] if isinstance(names, str) else list(names)
            if names[:2] != ["gold", "pred"] or len(names) != 3:
                continue
            try:
                rows = ast.literal_eval(mark.args[1])
            except ValueError:
                continue
            for row in rows:
                yield node.name, row[0], row[1], int(bool(row[2]))


def main():
    cases, seen = [], set()
    for name in FILES:
        for source, gold, pred, expected in pairs(pathlib.Path(sys.argv[1]) / name):
            if len(gold) + len(pred) > LONGEST or (gold, pred) in seen:
                continue
            seen.add((gold, pred))
            try:
                found = int(bool(verify(parse(gold), parse(pred))))
            except Exception:
                continue
            cases.append({"source": source, "gold": gold, "pred": pred, "expected": expected, "package": found})
    place = pathlib.Path("Tests/Fixtures/verification")
    place.mkdir(parents=True, exist_ok=True)
    kept = [case for case in cases if case["expected"] == case["package"]]
    text = json.dumps(kept, indent=0, ensure_ascii=True)
    (place / "math-cases.json").write_text(text + "\n")
    print(len(cases), "pairs,", len(kept), "kept")


if __name__ == "__main__":
    main()
