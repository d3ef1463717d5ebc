#!/usr/bin/env python3
"""Write prompts/arithmetic.jsonl: 600 questions in eight levels, 75 of each, with exact answers.

The same seed gives the same bytes with any Python from 3.8 on. Answers are exact: integers, or decimals that end.
"""

import argparse
import json
import pathlib
import re
from fractions import Fraction

from arithmetic_word_problems import MULTI_STEP, TWO_STEP
from split_mix import SplitMix

PROMPTS = pathlib.Path(__file__).resolve().parent.parent / "prompts"
PER_LEVEL = 75


def decimal(value):
    """The shortest decimal of a fraction whose decimal ends."""
    value = Fraction(value)
    for places in range(7):
        scaled = value * 10**places
        if scaled.denominator == 1:
            digits = str(abs(scaled.numerator)).rjust(places + 1, "0")
            text = digits if places == 0 else digits[:-places] + "." + digits[-places:]
            return "-" + text if value < 0 else text
    raise ValueError(f"{value} has no short decimal")


def targets(value):
    """Canonical answer first, then other ways to write it."""
    value = Fraction(value)
    answers = [decimal(value)]
    if value.denominator > 1:
        if (value * 10).denominator == 1:
            answers.append(decimal(value) + "0")
    elif abs(value) >= 1000:
        answers.append(f"{value.numerator:,}")
    return answers


def phrased(random, expression):
    return random.pick(
        [
            f"What is {expression}?",
            f"Calculate {expression}.",
            f"{expression} = ?",
            f"Work out {expression}.",
            f"How much is {expression}?",
        ]
    )


def one_digit(random):
    a, b = random.integer(1, 9), random.integer(1, 9)
    if random.integer(0, 3) == 0:
        a, b = max(a, b), min(a, b)
        return phrased(random, f"{a} - {b}"), a - b, "subtraction"
    return phrased(random, f"{a} + {b}"), a + b, "addition"


def two_digits(random):
    a, b = random.integer(11, 99), random.integer(11, 99)
    if random.integer(0, 1):
        return phrased(random, f"{a} + {b}"), a + b, "addition"
    a, b = max(a, b), min(a, b)
    return phrased(random, f"{a} - {b}"), a - b, "subtraction"


def tables(random):
    a, b = random.integer(2, 12), random.integer(3, 12)
    if random.integer(0, 2):
        return phrased(random, f"{a} * {b}"), a * b, "multiplication"
    return phrased(random, f"{a * b} / {a}"), b, "division"


def mixed_operations(random):
    kind = random.integer(0, 4)
    if kind == 0:
        a, b = random.integer(123, 987), random.integer(123, 987)
        return phrased(random, f"{a} + {b}"), a + b, "addition"
    if kind == 1:
        a, b = random.integer(1001, 9999), random.integer(123, 987)
        return phrased(random, f"{a} - {b}"), a - b, "subtraction"
    if kind == 2:
        a, b = random.integer(12, 98), random.integer(12, 98)
        return phrased(random, f"{a} * {b}"), a * b, "multiplication"
    a, b, c = random.integer(12, 60), random.integer(3, 12), random.integer(3, 12)
    if kind == 3:
        return phrased(random, f"{a} + {b} * {c}"), a + b * c, "order-of-operations"
    return phrased(random, f"({a} - {b}) * {c}"), (a - b) * c, "order-of-operations"


def parts(random):
    kind = random.integer(0, 4)
    if kind == 0:
        percent, whole = 5 * random.integer(1, 19), 20 * random.integer(2, 45)
        return random.pick(["What is {}% of {}?", "Find {}% of {}."]).format(percent, whole), Fraction(
            percent * whole, 100
        ), "percentages"
    if kind == 1:
        bottom = random.pick([3, 4, 5, 6, 7, 8, 9])
        top, times = random.integer(2, bottom - 1), random.integer(3, 30)
        return f"What is {top}/{bottom} of {bottom * times}?", top * times, "fractions"
    if kind == 2:
        one, two = random.pick([(2, 4), (4, 5), (2, 5), (4, 8), (5, 8), (5, 10), (4, 20), (8, 10)])
        a, b = Fraction(random.integer(1, one - 1), one), Fraction(random.integer(1, two - 1), two)
        return f"Give {a} + {b} as a decimal.", a + b, "fractions"
    if kind == 3:
        old = 20 * random.integer(2, 40)
        percent = 5 * random.integer(1, 12)
        if random.integer(0, 1):
            return f"What is {old} increased by {percent}%?", Fraction(old * (100 + percent), 100), "percentages"
        return f"What is {old} reduced by {percent}%?", Fraction(old * (100 - percent), 100), "percentages"
    a, b = Fraction(random.integer(11, 99), 10), Fraction(random.integer(101, 999), 100)
    return phrased(random, f"{decimal(a)} + {decimal(b)}"), a + b, "decimals"


UNITS = [
    ("kilometres", "metres", 1000, 12, 95),
    ("metres", "centimetres", 100, 12, 95),
    ("centimetres", "millimetres", 10, 101, 999),
    ("kilograms", "grams", 1000, 12, 95),
    ("litres", "millilitres", 1000, 12, 95),
    ("tonnes", "kilograms", 1000, 12, 95),
]
WHOLE_UNITS = [
    ("hours", "minutes", 60),
    ("minutes", "seconds", 60),
    ("days", "hours", 24),
    ("weeks", "days", 7),
    ("feet", "inches", 12),
    ("yards", "feet", 3),
    ("dozens", "single items", 12),
]


def units(random):
    kind = random.integer(0, 4)
    if kind == 0:
        large, small, factor, low, high = random.pick(UNITS)
        amount = Fraction(random.integer(low, high), 10)
        return f"How many {small} are there in {decimal(amount)} {large}?", amount * factor, "unit-conversion"
    if kind == 1:
        large, small, factor, low, high = random.pick(UNITS)
        amount = Fraction(random.integer(low, high), 10)
        return f"Convert {decimal(amount * factor)} {small} to {large}.", amount, "unit-conversion"
    if kind == 2:
        large, small, factor = random.pick(WHOLE_UNITS)
        amount = random.integer(3, 40)
        return f"How many {small} are there in {amount} {large}?", amount * factor, "unit-conversion"
    if kind == 3:
        hours, minutes = random.integer(2, 9), 5 * random.integer(1, 11)
        return f"How many minutes are {hours} hours and {minutes} minutes?", 60 * hours + minutes, "time"
    metres_per_second = random.integer(2, 30)
    minutes = random.integer(2, 15)
    return (
        f"Something moves at {metres_per_second} metres per second. "
        f"How many metres does it cover in {minutes} minutes?",
        metres_per_second * 60 * minutes,
        "rates",
    )


def two_step(random):
    return random.pick(TWO_STEP)(random)


def multi_step(random):
    return random.pick(MULTI_STEP)(random)


LEVELS = [one_digit, two_digits, tables, mixed_operations, parts, units, two_step, multi_step]


def arithmetic_lines(seed=1789):
    random = SplitMix(seed)
    lines, seen = [], set()
    for level, make in enumerate(LEVELS, 1):
        count = 0
        while count < PER_LEVEL:
            prompt, value, category = make(random)
            key = "".join(re.findall(r"[0-9+*/-]+", prompt)) if level <= 3 else prompt
            if key in seen:
                continue
            seen.add(key)
            count += 1
            row = {
                "id": f"arithmetic-{level}-{count:03d}",
                "prompt": prompt,
                "category": category,
                "target": targets(value),
                "level": level,
            }
            lines.append(json.dumps(row, ensure_ascii=False) + "\n")
    return "".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1789)
    parser.add_argument("--out", type=pathlib.Path, default=PROMPTS / "arithmetic.jsonl")
    arguments = parser.parse_args()
    arguments.out.write_text(arithmetic_lines(arguments.seed), encoding="utf-8")


if __name__ == "__main__":
    main()
