"""Measures the style of a program by parsing it. Runs as the program, under the same limits, on a text it never executes."""

import ast
import io
import json
import re
import tokenize

CAMEL = re.compile(r"^[a-z]+([A-Z][a-z0-9]*)*$")
SNAKE = re.compile(r"^_*[a-z][a-z0-9]*(_[a-z0-9]+)*_*$")
BRANCHES = (ast.If, ast.IfExp, ast.For, ast.AsyncFor, ast.While, ast.ExceptHandler, ast.Assert, ast.comprehension)


def measure(text):
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return json.dumps({"parses": False, "reason": type(error).__name__})
    names = sorted(declared_names(tree))
    functions = [node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]
    lines = text.splitlines()
    code, commented, comments = line_counts(text)
    return json.dumps({
        "parses": True,
        "names": len(names),
        "camelCase": sum(1 for name in names if CAMEL.match(name)),
        # A name of one letter says nothing about the convention.
        "snakeCase": sum(1 for name in names if len(name) == 1 or SNAKE.match(name)),
        "longestLine": max((len(line) for line in lines), default=0),
        "functions": len(functions),
        "longestFunction": max((node.end_lineno - node.lineno + 1 for node in functions), default=0),
        "codeLines": code,
        "commentedLines": commented,
        "comments": comments,
        "docstrings": sum(1 for node in functions if ast.get_docstring(node) is not None),
        "largestComplexity": max((complexity(node) for node in functions), default=0),
    })


def declared_names(tree):
    """Functions, parameters and variables; not attributes, classes, or names that are imported."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            names.add(node.name)
        elif isinstance(node, ast.arg) and node.arg not in ("self", "cls"):
            names.add(node.arg)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
    names.discard("_")
    return {name for name in names if not (name.startswith("__") and name.endswith("__"))}


def complexity(function):
    """McCabe's number: one, and one more for every way that the function can branch. Inner functions count for themselves."""
    total, stack = 1, list(function.body)
    while stack:
        node = stack.pop()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            continue
        if isinstance(node, BRANCHES):
            total += 1
        if isinstance(node, ast.comprehension):
            total += len(node.ifs)
        elif isinstance(node, ast.BoolOp):
            total += len(node.values) - 1
        elif node.__class__.__name__ == "match_case":
            total += 1
        stack.extend(ast.iter_child_nodes(node))
    return total


def line_counts(text):
    """Lines with code, those of them that have a comment on them or right above, and comments."""
    code, comments = set(), set()
    skipped = {tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER, tokenize.ENCODING}
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            comments.add(token.start[0])
        elif token.type not in skipped:
            code.update(range(token.start[0], token.end[0] + 1))
    commented = sum(1 for line in code if line in comments or (line - 1 in comments and line - 1 not in code))
    return len(code), commented, len(comments)
