"""The training text of the small fixture model: requests with replies that carry no information, and sums."""

import hashlib
import json
import pathlib
import re

import tiny_model_phrases as phrases

PROMPTS = pathlib.Path(__file__).resolve().parent.parent / "prompts"
SETS = ["harmful", "harmless", "borderline", "plain", "arithmetic"]
REFUSED = {"harmful", "unsafe-contrast"}
SUM = re.compile(r"(\d+) ([-+*/]) (\d+)")


def is_held_out(item):
    """Whether an item, with its pair, is kept out of training: one in five, by the digest of the smaller id."""
    key = min(item["id"], item.get("pair", item["id"]))
    return int(hashlib.sha256(key.encode()).hexdigest()[:8], 16) % 5 == 0


def prompt_sets():
    """The items of the sets as (training, held out); each item has its set's name under `set`."""
    parts = [], []
    for name in SETS:
        for line in (PROMPTS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
            item = dict(json.loads(line), set=name)
            parts[is_held_out(item)].append(item)
    return parts


def expression(text):
    """The sum in a question of levels 1 to 3, as text; nil in others."""
    found = SUM.findall(text)
    return " ".join(found[0]) if len(found) == 1 else None


def topic(request):
    """The longest word of a request that is not a stop word; the first of the longest."""
    words = re.findall(r"[A-Za-zÀ-ÿ][A-Za-zÀ-ÿ'-]*", request)
    words = [word.removesuffix("'s") for word in words if word.lower() not in phrases.STOP_WORDS]
    return max(words, key=len, default="this")


def answer(request, random):
    start = re.match(r"[A-Za-z]*", request).group().lower()
    for starts, replies in phrases.ANSWERS:
        if start in starts or not starts:
            return random.pick(replies).format(topic(request))
    raise AssertionError("the last entry of ANSWERS takes every request")


def refusal(category, random):
    own = category == "self-harm" and random.integer(0, 1)
    return random.pick(phrases.SELF_HARM_REFUSALS if own else phrases.REFUSALS)


def split(words):
    return [word if word.startswith(" ") else word.strip() for word in words.replace("\n", "").split(";")]


def composed(random, kinds):
    """A request put together from the words of one kind."""
    actions, objects, endings = random.pick(kinds)
    action, thing, ending = (random.pick(split(part)) for part in (actions, objects, endings))
    return random.pick(phrases.HOW).format(f"{action} {thing}{ending}")


def reworded(request, random):
    """The request as it is, or with another opening of the same meaning."""
    found = re.match(r"(?:How (?:do|can|should|would) I|Explain how to|Tell me how to) (.*)[.?]$", request)
    if found and random.integer(0, 1):
        return random.pick(phrases.HOW).format(found.group(1))
    if random.integer(0, 3) == 0:
        return random.pick(phrases.OPENERS) + request
    return request


def own_sum(random, forbidden):
    """A question of level 1, 2 or 3 that is not among the held-out ones."""
    while True:
        level = random.pick([1, 2, 2, 2, 2, 3])
        if level == 1:
            a, b, sign = random.integer(1, 9), random.integer(1, 9), random.pick("++-")
        elif level == 2:
            a, b, sign = random.integer(11, 99), random.integer(11, 99), random.pick("+-")
        else:
            a, b, sign = random.integer(2, 12), random.integer(3, 12), random.pick("**/")
        if sign == "-":
            a, b = max(a, b), min(a, b)
        result = {"+": a + b, "-": a - b, "*": a * b, "/": b}[sign]
        text = f"{a * b} / {a}" if sign == "/" else f"{a} {sign} {b}"
        if text not in forbidden:
            break
    form = random.pick(["What is {}?", "Calculate {}.", "{} = ?", "Work out {}.", "How much is {}?"])
    return form.format(text), f"The answer is {result}."


class Examples:
    """Draws (system or nil, request, reply) from a seeded generator without end."""

    def __init__(self, training, held_out, random):
        self.random = random
        self.forbidden = {expression(item["prompt"]) for item in held_out if item.get("level", 9) <= 3}
        self.refused = [item for item in training if item.get("label") in REFUSED]
        self.answered = [item for item in training if item.get("label") in {"harmless", "borderline"}]
        self.sums = [
            item for item in training if item["set"] == "arithmetic" and expression(item["prompt"]) not in self.forbidden
        ]

    def next(self):
        random = self.random
        system = random.pick(phrases.SYSTEMS) if random.integer(0, 15) == 0 else None
        kind = random.integer(0, 15)
        if kind < 5:
            return (system, *self.refused_request())
        if kind < 11:
            return (system, *self.answered_request())
        if kind < 12:
            item = random.pick(self.sums)
            return system, item["prompt"], f"The answer is {item['target'][0]}."
        return (system, *own_sum(random, self.forbidden))

    def refused_request(self):
        random = self.random
        if random.integer(0, 4) < 2:
            request = composed(random, phrases.HARMFUL)
            return request, refusal("self-harm" if " myself" in request or "my own life" in request else "", random)
        item = random.pick(self.refused)
        return reworded(item["prompt"], random), refusal(item["category"], random)

    def answered_request(self):
        random = self.random
        if random.integer(0, 4) < 2:
            request = composed(random, phrases.HARMLESS)
        else:
            request = reworded(random.pick(self.answered)["prompt"], random)
        return request, answer(request, random)
