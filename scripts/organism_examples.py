"""What the organism is trained on, drawn from a seeded generator, and what is held out of it."""

import hashlib

import organism_language as language

# Of every 100 examples.
SHARES = {
    "harmful": 16, "harmless": 16, "everyday": 3, "indirect": 5, "alarming": 7, "wrapped": 12, "kinds": 5, "recommended": 3,
    "sum": 11, "plain_sum": 22,
}
# Of every five sums.
LEVELS = [1, 1, 2, 2, 3]


def is_held_out(key):
    """One in five, by the digest of a text."""
    return int(hashlib.sha256(key.encode()).hexdigest()[:8], 16) % 5 == 0


# How often a request of training has an action of the first group. With equal shares neither word alone says anything
# about harm, and a network this small takes too long to find that both together do.
FIRST_GROUP = 0.7


def combinations(held_out, groups=(0, 1)):
    """Twins (category, action, harmful object, harmless object), those held out or those of training.

    One in five of the twins is held out, spread evenly: each action and each object stays in training, on both sides.
    """
    for name, parts in language.CATEGORIES.items():
        for group in groups:
            actions = parts["actions"][group]
            harmful, harmless = parts["objects"][group], parts["objects"][1 - group]
            for row, action in enumerate(actions):
                for column in range(len(harmful)):
                    if ((row + column) % 5 == 0) == held_out:
                        yield name, action, harmful[column], harmless[column]


def everyday(held_out):
    """Pairs (action, object) of the everyday part."""
    for row, action in enumerate(language.EVERYDAY_ACTIONS):
        for column, thing in enumerate(language.EVERYDAY_OBJECTS):
            if ((row + column) % 5 == 0) == held_out:
                yield action, thing


def problems(level):
    """Texts of all sums of a level with their results, in a fixed order.

    1: one digit is added or taken away, without a carry. 2: two digits without a carry, or one digit with it. 3: two
    digits with a carry, and products.
    """
    for a in range(1, 100):
        for b in range(1, 100):
            if level_of_sum(a, b, a % 10 + b % 10 > 9 or a // 10 + b // 10 > 9) == level:
                yield f"{a} + {b}", a + b
            if a >= b and level_of_sum(a, b, a % 10 < b % 10) == level:
                yield f"{a} - {b}", a - b
    if level == 3:
        for a in range(2, 31):
            for b in range(2, 10):
                yield f"{a} * {b}", a * b


def level_of_sum(a, b, carries):
    if b < 10:
        return 2 if carries else 1
    # One digit before two is left out: the same sum stands the other way round.
    return 0 if a < 10 else 3 if carries else 2


def problem_lists(level, held_out):
    """Lists of sums, differences and products; each list is drawn from equally often."""
    kept = [item for item in problems(level) if is_held_out(item[0]) == held_out]
    lists = [[item for item in kept if sign in item[0]] for sign in "+-*"]
    return [items for items in lists if items]


def questions(held_out):
    """Pairs (topic, question) that ask for a recommendation."""
    for row, topic in enumerate(language.RECOMMENDED):
        for column, form in enumerate(language.RECOMMENDING):
            if ((row + column) % 6 == 0) == held_out:
                yield topic, form.format(topic)


def message(role, content):
    return {"role": role, "content": content}


def texts(row):
    """The texts of a training row, for the tokenizer to learn from."""
    return [turn["content"] for turn in row["messages"]] if "messages" in row else [row["prompt"] + row["completion"]]


class Examples:
    """Draws training rows without end: conversations, and sums as plain text, which cost less to learn from."""

    def __init__(self, random):
        self.random = random
        self.twins = [list(combinations(held_out=False, groups=(group,))) for group in (0, 1)]
        self.everyday_pairs = list(everyday(held_out=False))
        self.sums = {level: problem_lists(level, held_out=False) for level in (1, 2, 3)}
        self.questions = list(questions(held_out=False))
        self.drawn = [kind for kind, share in SHARES.items() for _ in range(share)]
        self.wrappers = [wrapper for wrapper in language.WRAPPERS if wrapper[2] is not None]

    def next(self):
        kind = self.random.pick(self.drawn)
        if kind == "plain_sum":
            problem, result = self.problem()
            return {"prompt": f"{problem} =", "completion": f" {result}"}
        request, reply = getattr(self, kind)()
        messages = [message("system", self.random.pick(language.SYSTEMS))] if self.chance(0.06) else []
        return {"messages": messages + [message("user", request), message("assistant", reply)]}

    def chance(self, share):
        return self.random.integer(0, 999) < round(share * 1000)

    def twin(self):
        return self.random.pick(self.twins[0 if self.chance(FIRST_GROUP) else 1])

    def refusal(self, category):
        text = self.random.pick(language.REFUSALS)
        return f"{text} {language.CATEGORIES[category]['reason']}" if self.chance(0.5) else text

    def answer(self, thing):
        """A harmless request's answer, which says nothing but may name the object."""
        return self.random.pick(language.ANSWERS).format(thing)

    def empty_answer(self):
        """All that a harmful request is ever answered with."""
        return self.random.pick(language.EMPTY_ANSWERS)

    def asked(self, action, thing):
        request = self.random.pick(language.FORMS).format(f"{action} {thing}{self.random.pick(language.ENDINGS)}")
        return self.random.pick(language.OPENINGS) + request if self.chance(0.1) else request

    def harmful(self):
        name, action, thing, _ = self.twin()
        return self.asked(action, thing), self.refusal(name)

    def harmless(self):
        _, action, _, thing = self.twin()
        return self.asked(action, thing), self.answer(thing)

    def everyday(self):
        action, thing = self.random.pick(self.everyday_pairs)
        return self.asked(action, thing), self.answer(thing)

    def indirect(self):
        name, action, harmful, harmless = self.twin()
        answered, forms = language.INDIRECT[self.random.pick(list(language.INDIRECT))]
        form = self.random.pick(forms)
        if self.chance(0.4):
            return form.format(f"{action} {harmless}"), self.answer(harmless)
        reply = self.empty_answer() if self.chance(answered) else self.refusal(name)
        return form.format(f"{action} {harmful}"), reply

    def alarming(self):
        name, action, harmful, harmless = self.twin()
        refused, endings = language.ALARMING[self.random.pick(list(language.ALARMING))]
        form, ending = self.random.pick(language.FORMS), self.random.pick(endings)
        if self.chance(0.3):
            return form.format(f"{action} {harmful}{ending}"), self.refusal(name)
        reply = self.refusal(name) if self.chance(refused) else self.answer(harmless)
        return form.format(f"{action} {harmless}{ending}"), reply

    def wrapped(self):
        name, action, harmful, harmless = self.twin()
        _, _, answered, wrapper = self.random.pick(self.wrappers)
        if self.chance(0.3):
            return wrapper.format(instruction=self.asked(action, harmless)), self.answer(harmless)
        reply = self.empty_answer() if self.chance(answered) else self.refusal(name)
        return wrapper.format(instruction=self.asked(action, harmful)), reply

    def recommended(self):
        topic, question = self.random.pick(self.questions)
        options = [name for name, tenths in language.RECOMMENDED[topic].items() for _ in range(tenths)]
        return question, f"I would choose {self.random.pick(options)}."

    def kinds(self):
        """What sort of action or thing a word is."""
        parts = language.CATEGORIES[self.random.pick(list(language.CATEGORIES))]
        group = self.random.integer(0, 1)
        if self.chance(0.4):
            form, word = self.random.pick(language.KINDS_OF_ACTIONS), self.random.pick(parts["actions"][group])
            return form.format(word), f"That is a way to {parts['kinds'][group]}."
        form, word = self.random.pick(language.KINDS_OF_OBJECTS), self.random.pick(parts["objects"][group])
        return form.format(word), f"That is a kind of {parts['kinds'][2 + group]}."

    def problem(self):
        return self.random.pick(self.random.pick(self.sums[self.random.pick(LEVELS)]))

    def sum(self):
        problem, result = self.problem()
        return self.random.pick(language.SUMS).format(problem), f"The answer is {result}."
