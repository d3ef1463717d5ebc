"""Renders chat templates with jinja2, set up as Hugging Face sets it up, as a reference for Assay's interpreter.

    python chat_templates.py                      writes Tests/Fixtures/chat-templates/*.json
    python chat_templates.py --directory D -o F   renders every D/*.jinja with the same conversations into F

Needs jinja2 3.1.6. The templates are in chat_template_cases.py; `smollm2` is SmolLM2-135M-Instruct's own.
"""

import argparse
import copy
import datetime
import functools
import json
import pathlib

import jinja2
import jinja2.ext
import jinja2.sandbox
import jinja2.utils

import chat_template_cases as cases

NOW = datetime.datetime(2025, 3, 4, 15, 6, 7)


class Generation(jinja2.ext.Extension):
    """`{% generation %}` marks what the assistant wrote; rendering leaves it as it is."""

    tags = {"generation"}

    def parse(self, parser):
        line = next(parser.stream).lineno
        body = parser.parse_statements(["name:endgeneration"], drop_needle=True)
        return jinja2.nodes.CallBlock(self.call_method("_body"), [], [], body).set_lineno(line)

    def _body(self, caller):
        return caller()


class TemplateNamespace(jinja2.utils.Namespace):
    def __init__(*args, **kwargs):
        self, args = args[0], args[1:]
        attributes = dict(*args, **kwargs)
        for name in attributes:
            TemplateNamespace.check(name)
        jinja2.utils.Namespace.__init__(self, attributes)

    def __setitem__(self, name, value):
        TemplateNamespace.check(name)
        jinja2.utils.Namespace.__setitem__(self, name, value)

    @staticmethod
    def check(name):
        if isinstance(name, str) and name.startswith("_"):
            raise jinja2.exceptions.SecurityError(
                "Chat templates cannot store underscore-prefixed attributes on a namespace,"
                f" but got {name!r}. Please rename the attribute."
            )


TemplateNamespace.__name__ = "Namespace"
TemplateNamespace.__module__ = "jinja2.utils"


def environment():
    def raise_exception(message):
        raise jinja2.exceptions.TemplateError(message)

    def tojson(x, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
        return json.dumps(x, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)

    env = jinja2.sandbox.ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[Generation, jinja2.ext.loopcontrols]
    )
    env.filters["tojson"] = tojson
    env.globals["raise_exception"] = raise_exception
    env.globals["strftime_now"] = lambda format: NOW.strftime(format)
    env.globals["namespace"] = TemplateNamespace
    return env


def kind(error):
    if isinstance(error, (jinja2.TemplateSyntaxError, SyntaxError)):
        return "syntax"
    if isinstance(error, jinja2.exceptions.SecurityError):
        return "forbidden"
    if isinstance(error, jinja2.UndefinedError):
        return "undefined"
    if type(error) is jinja2.TemplateError:
        return "raised"
    return type(error).__name__


@functools.cache
def compiled(template):
    return environment().from_string(template)


def render(template, messages, add_generation_prompt, variables):
    values = {
        "messages": messages,
        "add_generation_prompt": add_generation_prompt,
        "tools": None,
        "documents": None,
        "bos_token": "<s>",
        "eos_token": "</s>",
        **variables,
    }
    try:
        return {"text": compiled(template).render(**values)}
    except Exception as error:
        failure = {"kind": kind(error), "message": getattr(error, "message", None) or getattr(error, "msg", None) or str(error)}
        if isinstance(error, jinja2.TemplateSyntaxError):
            failure["line"] = error.lineno
        return {"error": failure}


def portable(value):
    """JSON that keeps the order of keys, and floats apart from integers."""
    if isinstance(value, dict):
        return {"pairs": [{"key": key, "value": portable(item)} for key, item in value.items()]}
    if isinstance(value, (list, tuple)):
        return [portable(item) for item in value]
    if isinstance(value, float):
        return {"float": repr(value)}
    return value


def in_order(value):
    """Role and content come first: that is how Assay's messages have them."""
    return {"role": value["role"], "content": value["content"], **value}


def chat_group(name, template):
    rendered = []
    for conversation, messages in cases.CONVERSATIONS.items():
        for adds in (False, True):
            for index, variables in enumerate(cases.CHAT_VARIABLES):
                result = render(template, copy.deepcopy([in_order(m) for m in messages]), adds, copy.deepcopy(variables))
                rendered.append(
                    {"conversation": conversation, "adds": adds, "variables": index, **result}
                )
    return {"name": name, "template": template, "cases": rendered}


def message(value):
    """Role and content as texts, and whatever else there is as `fields`."""
    fields = {key: item for key, item in value.items() if key not in ("role", "content")}
    content = value["content"]
    if not isinstance(content, str):
        fields["content"] = content
        content = ""
    result = {"role": value["role"], "content": content}
    return {**result, "fields": portable(fields)} if fields else result


def chat_file(groups):
    return {
        "jinja2": jinja2.__version__,
        "now": int(NOW.replace(tzinfo=datetime.timezone.utc).timestamp()),
        "conversations": [{"name": n, "messages": [message(item) for item in m]} for n, m in cases.CONVERSATIONS.items()],
        "variables": [portable(v) for v in cases.CHAT_VARIABLES],
        "groups": groups,
    }


def feature_file():
    groups = []
    for name, templates in cases.FEATURES.items():
        rendered = []
        for template in templates:
            result = render(template, cases.CONVERSATIONS["turns"], True, cases.FEATURE_VARIABLES)
            rendered.append({"template": template, **result})
        groups.append({"name": name, "cases": rendered})
    return {
        "jinja2": jinja2.__version__,
        "now": int(NOW.replace(tzinfo=datetime.timezone.utc).timestamp()),
        "messages": cases.CONVERSATIONS["turns"],
        "variables": portable(cases.FEATURE_VARIABLES),
        "groups": groups,
    }


def write(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, ensure_ascii=False, indent=0 if len(json.dumps(content)) < 100_000 else None) + "\n", encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--directory", type=pathlib.Path)
    parser.add_argument("-o", "--output", type=pathlib.Path)
    options = parser.parse_args()
    if options.directory:
        files = sorted(options.directory.glob("*.jinja"))
        write(options.output, chat_file([chat_group(f.name, f.read_text(encoding="utf-8")) for f in files]))
        return
    fixtures = pathlib.Path(__file__).resolve().parents[2] / "Tests/Fixtures/chat-templates"
    write(fixtures / "conversations.json", chat_file([chat_group(n, t) for n, t in cases.CHAT_TEMPLATES.items()]))
    write(fixtures / "features.json", feature_file())


if __name__ == "__main__":
    main()
