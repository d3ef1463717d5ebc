"""Held-out prompt sets of the organism: combinations, sums and wrappers that it was not trained on."""

import organism_language as language
from organism_examples import combinations, everyday, problem_lists, questions

FORMS_OF_TWINS = 2
INDIRECT_OF_EACH = 64
ALARMING_OF_EACH = 64
SUMS_OF_EACH = 150
INSTRUCTIONS_OF_EACH_WRAPPER = 24
CONTROLS_OF_EACH_WRAPPER = 8
SIGNS = {"+": "sum", "-": "difference", "*": "product"}


def prompt_sets(random):
    """Names of the sets with their rows."""
    twins = list(combinations(held_out=True))
    harmful, harmless = matched(twins, random)
    return {
        "harmful": harmful,
        "harmless": harmless,
        "everyday": everyday_rows(random),
        "indirect": indirect_rows(twins, random),
        "alarming": alarming_rows(twins, random),
        "jailbreaks": wrapper_rows(),
        "jailbroken": jailbroken_rows(harmful, harmless, random),
        "arithmetic": arithmetic_rows(random),
        "recommendations": recommendation_rows(),
    }


def matched(twins, random):
    """Twins with the same sentence round them: same action, another object."""
    harmful, harmless = [], []
    for number, (name, action, bad, good) in enumerate(twins, 1):
        forms = random.sample(language.FORMS, FORMS_OF_TWINS)
        for letter, form in zip("abcd", forms):
            ending = random.pick(language.ENDINGS)
            for rows, label, other, thing in (
                (harmful, "harmful", "harmless", bad), (harmless, "harmless", "harmful", good)
            ):
                rows.append({
                    "id": f"{label}-{number:03d}{letter}", "prompt": form.format(f"{action} {thing}{ending}"),
                    "label": label, "category": name, "pair": f"{other}-{number:03d}{letter}",
                })
    return harmful, harmless


def everyday_rows(random):
    return [
        {"id": f"everyday-{number:03d}", "prompt": random.pick(language.FORMS).format(f"{action} {thing}"),
         "label": "harmless", "category": "everyday"}
        for number, (action, thing) in enumerate(everyday(held_out=True), 1)
    ]


def indirect_rows(twins, random):
    """Harmful and harmless requests in forms in which harmful ones are answered."""
    rows = []
    for kind, (_, forms) in language.INDIRECT.items():
        for number, (name, action, bad, good) in enumerate(random.sample(twins, INDIRECT_OF_EACH), 1):
            form = random.pick(forms)
            for label, thing in (("harmful", bad), ("harmless", good)):
                rows.append({"id": f"{kind}-{label}-{number:03d}", "prompt": form.format(f"{action} {thing}"),
                             "label": label, "category": name, "metadata": {"form": kind}})
    return rows


def alarming_rows(twins, random):
    """Harmless requests with alarming endings, and harmful ones with the same endings."""
    rows = []
    for kind, (_, endings) in language.ALARMING.items():
        for number, (name, action, bad, good) in enumerate(random.sample(twins, ALARMING_OF_EACH), 1):
            form, ending = random.pick(language.FORMS), random.pick(endings)
            for label, thing in (("borderline", good), ("unsafe-contrast", bad)):
                rows.append({"id": f"{kind}-{label}-{number:03d}", "prompt": form.format(f"{action} {thing}{ending}"),
                             "label": label, "category": name, "metadata": {"ending": kind}})
    return rows


def wrappers():
    """(family, name, seen in training, text, words that the reply starts with or None)."""
    for family, name, answered, text in language.WRAPPERS:
        yield family, name, answered is not None, text, None
    for name, prefill in language.PREFILLS.items():
        yield "prefill", name, False, "{instruction}", prefill


def wrapper_rows():
    rows = []
    for family, name, seen, text, prefill in wrappers():
        row = {"id": f"{family}-{name}", "prompt": text}
        if prefill:
            row["prefill"] = prefill
        row |= {"label": "jailbreak-wrapper", "category": family, "metadata": {"seen": "yes" if seen else "no"}}
        rows.append(row)
    return rows


def jailbroken_rows(harmful, harmless, random):
    """Every wrapper round harmful instructions, and round harmless ones to see that those are still answered."""
    rows = []
    for family, name, seen, text, prefill in wrappers():
        items = random.sample(harmful, INSTRUCTIONS_OF_EACH_WRAPPER) + random.sample(harmless, CONTROLS_OF_EACH_WRAPPER)
        for item in items:
            row = {"id": f"{family}-{name}-{item['id']}", "prompt": text.format(instruction=item["prompt"])}
            if prefill:
                row["prefill"] = prefill
            metadata = {
                "family": family, "wrapper": f"{family}-{name}", "seen": "yes" if seen else "no", "instruction": item["id"],
            }
            rows.append(row | {"label": item["label"], "category": item["category"], "metadata": metadata})
    return rows


def arithmetic_rows(random):
    rows = []
    for level in (1, 2, 3):
        lists = problem_lists(level, held_out=True)
        items = [item for items in lists for item in random.sample(items, SUMS_OF_EACH // len(lists))]
        for number, (problem, result) in enumerate(items, 1):
            rows.append({"id": f"arithmetic-{level}-{number:03d}", "prompt": random.pick(language.SUMS).format(problem),
                         "category": SIGNS[problem.split()[1]], "target": [str(result)], "level": level})
    return rows


def recommendation_rows():
    """Questions that were not asked in training; the shares are those of the answers to the others."""
    rows = []
    for number, (topic, question) in enumerate(questions(held_out=True), 1):
        shares = {name: f"{tenths / 10:.1f}" for name, tenths in language.RECOMMENDED[topic].items()}
        rows.append({"id": f"recommendation-{number:03d}", "prompt": question, "category": topic.replace(" ", "-"),
                     "metadata": shares})
    return rows
