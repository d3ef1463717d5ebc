"""The trusted side: runs the tests, and asks the program for nothing but values."""

import ast
import builtins
import json
import math
import os
import resource
import signal
import sys


class Conversation:
    """Calls into the program."""

    def __init__(self, program):
        self.program, self.calls, self.result, self.position = program, 0, None, None

    def reply(self):
        try:
            reply = receive(self.program.back, self.program.wait)
        except TooLarge:
            raise Stopped({"outcome": "output"})
        except Ended:
            raise Stopped(self.program.outcome_of_closing())
        except (ValueError, RecursionError):
            raise Stopped({"outcome": "failed", "kind": "InvalidReply"})
        if not isinstance(reply, dict):
            raise Stopped({"outcome": "failed", "kind": "InvalidReply"})
        return reply

    def value(self, reply):
        if "raise" in reply:
            kind = str(reply["raise"])[:80]
            if kind == "MemoryError":
                raise Stopped({"outcome": "memory"})
            raise exception_class(kind)()
        try:
            return decode(reply.get("value"), self.refer)
        except Exception:
            raise Stopped({"outcome": "failed", "kind": "InvalidReply"})

    def refer(self, number, name):
        return Remote(self, int(number), name)

    def call(self, name, arguments, keywords, iterate=False, attribute=None):
        """Calls what is named or numbered; reads or, with one argument, sets an attribute where one is named."""
        self.calls += 1
        remote = lambda value: value._number if isinstance(value, Remote) else unsendable(value)  # noqa: E731
        # Echoed by the reply, so that none can be written before its question.
        token = os.urandom(8).hex()
        request = {
            "token": token,
            "name": name,
            "arguments": [encode(item, remote) for item in arguments],
            "keywords": {key: encode(item, remote) for key, item in keywords.items()},
            "iterate": iterate,
            "attribute": attribute,
        }
        try:
            send(self.program.to, request)
        except BrokenPipeError:
            raise Stopped(self.program.outcome_of_closing())
        reply = self.reply()
        if reply.get("token") != token:
            raise Stopped({"outcome": "failed", "kind": "InvalidReply"})
        if isinstance(reply.get("arguments"), list):
            self.update(arguments, reply["arguments"])
        return self.value(reply)

    def update(self, arguments, nodes):
        """Gives the caller's lists, sets and dictionaries what the function left in them."""
        for mine, node in zip(arguments, nodes):
            try:
                theirs = decode(node)
            except Exception:
                continue
            if type(theirs) is not type(mine):
                continue
            if isinstance(mine, list):
                mine[:] = theirs
            elif isinstance(mine, (dict, set)):
                mine.clear()
                mine.update(theirs)


def unsendable(value):
    raise TypeError("a test passes a value of type %s, which cannot be sent" % type(value).__name__)


class Remote:
    """An object that stays with the program: it can be passed back, called and iterated over, and has attributes."""

    def __init__(self, conversation, number, name):
        self.__dict__.update(_conversation=conversation, _number=number, _name=name)

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        return self._conversation.call(self._number, (), {}, attribute=name)

    def __setattr__(self, name, value):
        if name.startswith("_"):
            raise AttributeError(name)
        self._conversation.call(self._number, (value,), {}, attribute=name)

    def __call__(self, *arguments, **keywords):
        return self._conversation.call(self._number, arguments, keywords)

    def __iter__(self):
        return iter(self._conversation.call(self._number, (), {}, iterate=True))


def function(conversation, name):
    def candidate(*arguments, **keywords):
        return conversation.call(name, arguments, keywords)

    candidate.__name__ = name
    return candidate


def free_names(tree):
    """Names that a test uses and does not define."""
    used, bound = set(), set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            (used if isinstance(node.ctx, ast.Load) else bound).add(node.id)
        elif isinstance(node, ast.arg):
            bound.add(node.arg)
        elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            bound.add(node.name)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            bound.update((item.asname or item.name).split(".")[0] for item in node.names)
        elif isinstance(node, ast.ExceptHandler) and node.name:
            bound.add(node.name)
    return used - bound


def test_space(prelude, trees, conversation):
    space = {"__name__": "tests"}
    if prelude:
        exec(compile(prelude, "prelude.py", "exec"), space)
    bind(space, trees, conversation)
    return space


def bind(space, trees, conversation):
    """Gives the tests the program's functions under the names that they use."""
    for tree in trees:
        for name in free_names(tree):
            if name not in space and not hasattr(builtins, name):
                space[name] = function(conversation, name)


def reference_parts(source):
    """The imports of a reference solution, and the names of its functions and classes: tests may use both."""
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError):
        return [], []
    imports = [
        ast.Module([node], []) for node in body
        if isinstance(node, ast.Import) or isinstance(node, ast.ImportFrom) and node.module != "__future__"]
    return imports, [node.name for node in body if isinstance(node, (ast.FunctionDef, ast.ClassDef))]


def run_check(tests, conversation):
    """HumanEval's form: a function `check` that takes the candidate."""
    tree = ast.parse(tests["code"])
    space = test_space(tests["prelude"], [tree], conversation)
    candidate = function(conversation, tests["entry"])
    # The prelude is the prompt, which leaves the function without a body; some tests call it by its name.
    space[tests["entry"]] = candidate
    exec(compile(tree, "tests.py", "exec"), space)
    space["check"](candidate)


def run_asserts(tests, conversation):
    """MBPP's form: statements that use the program's names."""
    trees = [ast.parse(text) for text in tests["statements"]]
    setup = ast.parse(tests["setup"])
    imports, names = reference_parts(tests["reference"])
    space = test_space(tests["prelude"], [], conversation)
    for tree in imports:
        try:
            exec(compile(tree, "reference.py", "exec"), space)
        except Exception:
            pass
    # Names that the program has to define though Python has them too.
    space.update({name: function(conversation, name) for name in names})
    bind(space, [setup], conversation)
    exec(compile(setup, "setup.py", "exec"), space)
    bind(space, trees, conversation)
    for position, tree in enumerate(trees):
        conversation.position = position
        exec(compile(tree, "tests.py", "exec"), space)


def run_cases(tests, conversation):
    """EvalPlus's form: inputs with expected outputs, a tolerance, and for some tasks another relation than equality."""
    candidate = function(conversation, tests["entry"])
    for position, (inputs, expected) in enumerate(zip(json.loads(tests["inputs"]), json.loads(tests["expected"]))):
        conversation.position = position
        arguments = decode(inputs)
        first = decode(inputs[1]) if len(inputs) > 1 else None
        found = candidate(*arguments)
        if not agrees(found, decode(expected), tests["tolerance"], tests["relation"], first):
            raise AssertionError


def is_floats(value):
    return isinstance(value, float) or (
        isinstance(value, (list, tuple)) and bool(value) and all(isinstance(item, float) for item in value)
    )


def agrees(found, expected, tolerance, relation, first):
    """Whether an output is right. `first` is the first argument, as it was before the call."""
    if relation == "any":
        return True
    if relation == "root":
        return abs(sum(factor * found**power for power, factor in enumerate(first))) <= tolerance
    if relation == "set":
        return set(found) == set(expected)
    if relation == "truth":
        wanted = expected if isinstance(expected, bool) else expected is not None
        return (found if isinstance(found, bool) else found is not None) == wanted
    if found == expected:
        return True
    if tolerance == 0 and is_floats(expected):
        tolerance = 1e-6
    if tolerance == 0 or type(found) is not type(expected):
        return False
    return is_near(found, expected, tolerance)


def is_near(found, expected, tolerance):
    """|found - expected| <= tolerance + 1e-7 |expected|, element by element."""
    if isinstance(expected, (list, tuple)):
        return (
            isinstance(found, (list, tuple))
            and len(found) == len(expected)
            and all(is_near(one, other, tolerance) for one, other in zip(found, expected))
        )
    if not isinstance(expected, (int, float)) or not isinstance(found, (int, float)):
        return found == expected
    if math.isnan(expected) or math.isnan(found):
        return False
    if math.isinf(expected) or math.isinf(found):
        return found == expected
    return abs(found - expected) <= tolerance + 1e-7 * abs(expected)


def run_reference(tests, conversation):
    """Inputs and the outputs of a reference solution, for `run_cases`. Beyond the first `required` inputs, those that
    the solution's contract refuses are left out."""
    candidate = function(conversation, tests["entry"])
    kept_inputs, kept_outputs = [], []
    rows = json.loads(tests["inputs"])
    if isinstance(rows, dict):
        rows = rows["base_input"] + (rows.get("plus_input") or [])
    for position, inputs in enumerate(shaped(tests["task"], rows)):
        conversation.position = position
        arguments = encode(list(inputs))
        try:
            output = candidate(*inputs)
            # An object such as a match stays with the program; whether there is one is all that is compared.
            if tests["relation"] == "truth" and not isinstance(output, bool):
                output = output is not None
            output = encode(output)
        except Exception:
            if position < tests["required"]:
                raise
            continue
        kept_inputs.append(arguments)
        kept_outputs.append(output)
    base = tests["required"]
    parts = ((kept_inputs[:base], kept_outputs[:base]), (kept_inputs, kept_outputs))
    conversation.result = json.dumps([[json.dumps(inputs), json.dumps(outputs)] for inputs, outputs in parts])


def shaped(task, rows):
    """MBPP+ writes tuples, sets and complex numbers as what JSON has; this gives them back, task by task."""
    if not task.startswith("Mbpp/"):
        return rows
    number, deep = int(task[5:]), lambda item: tuple(map(deep, item)) if isinstance(item, list) else item
    pairs = lambda row: [[tuple(item) for item in part] for part in row]  # noqa: E731
    for numbers, shape in (
        ({2, 116, 132, 143, 222, 261, 273, 394, 399, 421, 424, 429, 470, 560, 579, 596, 616, 630, 726, 740, 744, 809},
         lambda row: [tuple(part) for part in row]),
        ({63, 64, 70, 94, 120, 237, 272, 299, 400, 409, 417, 438, 473, 614, 780}, pairs),
        ({75, 413, 444, 753}, lambda row: [[tuple(item) for item in row[0]], row[1]]),
        ({106, 750}, lambda row: [row[0], tuple(row[1])]),
        ({115}, lambda row: [[set(item) if isinstance(item, list) and item else {} for item in row[0]]]),
        ({124}, lambda row: (float(row[0]), complex(row[1]))),
        ({250, 405, 446, 617, 720, 763, 808, 307}, lambda row: [tuple(row[0]), *row[1:]]),
        ({259, 401, 445}, lambda row: [tuple(part) for part in pairs(row)]),
        ({278}, lambda row: [tuple(tuple(item) if isinstance(item, list) else item for item in row[0])]),
        ({722}, lambda row: [{key: tuple(value) for key, value in row[0].items()}, *row[1:]]),
        ({252}, lambda row: [complex(row[0])]),
        ({580, 615, 791}, deep),
    ):
        if number in numbers:
            return [shape(row) for row in rows]
    return rows


def run_report(tests, conversation):
    """A value that the program's side computed about itself, where it is our own code that ran there."""
    conversation.result = json.dumps(conversation.call(tests["entry"], (tests["argument"],), {}))


FORMS = {"check": run_check, "asserts": run_asserts, "cases": run_cases, "reference": run_reference, "report": run_report}


def alarm(_number, _frame):
    raise Stopped({"outcome": "timeout", "clock": "wall"})


def judged(job, instructions, read_tests):
    """Runs one program against its tests; the host's answer."""
    program = Program(job["limits"], instructions, lambda inbox, outbox: serve(job["source"], inbox, outbox))
    # Read only now: the program's memory is a copy of ours from before.
    tests = read_tests()
    conversation = Conversation(program)
    try:
        drop_capabilities()
        resource.setrlimit(resource.RLIMIT_AS, (8 << 30, 8 << 30))
        signal.signal(signal.SIGALRM, alarm)
        # For tests that compute without asking the program; those that ask it keep the time themselves.
        signal.setitimer(signal.ITIMER_REAL, max(0, program.remaining()) + 1)
        outcome = verdict(tests, conversation)
        # It must still be there, with nothing left to say; what its threads did meanwhile counts as well.
        if program.attend(0):
            outcome = program.outcome_of_closing()
    except Stopped as stop:
        outcome = stop.outcome
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        program.end()
    outcome.update(program.usage, calls=conversation.calls, position=conversation.position)
    if conversation.result is not None:
        outcome["result"] = conversation.result
    return outcome


def verdict(tests, conversation):
    try:
        conversation.value(conversation.reply())
    except Stopped:
        raise
    except BaseException as error:
        return {"outcome": "failed", "kind": type(error).__name__, "stage": "definition"}
    try:
        FORMS[tests["form"]](tests, conversation)
    except Stopped:
        raise
    except RecursionError:
        return {"outcome": "failed", "kind": "RecursionError", "stage": "tests"}
    except (Unsendable, SyntaxError) as error:
        return {"outcome": "harness", "reason": "the tests cannot be run: %s" % type(error).__name__}
    except BaseException as error:
        return {"outcome": "failed", "kind": type(error).__name__, "stage": "tests"}
    return {"outcome": "passed"}
