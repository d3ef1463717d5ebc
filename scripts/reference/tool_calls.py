"""Renders rows with tools and tool calls by transformers, as a reference for Assay's training rows.

    python tool_calls.py     writes Tests/Fixtures/training/tool-calls.json

Needs transformers and tokenizers. The tokenizer is only there because a chat template belongs to one.
"""

import json
import pathlib

from tokenizers import Tokenizer, models
from transformers import PreTrainedTokenizerFast

TEMPLATE = """{%- if tools %}[tools]
{%- for tool in tools %}
{{ tool | tojson }}
{%- endfor %}<end>
{% endif %}
{%- for m in messages %}[{{ m.role }}{% if m.name is defined %}:{{ m.name }}{% endif %}]
{%- if m.seen is defined %}{{ m.seen | tojson }}{% endif %}
{%- if m.reasoning_content %}<think>{{ m.reasoning_content }}</think>{% endif %}
{%- if m.tool_call_id %}to {{ m.tool_call_id }}: {% endif %}
{%- if m.content is not defined %}(undefined){% elif m.content is none %}(none){% else %}{{ m.content }}{% endif %}
{%- for call in m.tool_calls or [] %}<call>
{%- if call.function.arguments is string %}{{ call.function.name }} {{ call.function.arguments }}
{%- else %}{{ call.function | tojson }}{% endif %}</call>
{%- endfor %}<end>
{% endfor %}
{%- if add_generation_prompt %}[assistant]{% endif %}"""

WEATHER = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "Says what the weather is in a \"place\" <b>now</b> & é.",
        "parameters": {
            "type": "object",
            "properties": {"place": {"type": "string"}, "days": {"type": "integer", "minimum": 1, "maximum": 2.5}},
            "required": ["place"],
            "additionalProperties": False,
            "default": None,
        },
    },
}


def call(arguments):
    return {"id": "c1", "type": "function", "function": {"name": "get_weather", "arguments": arguments}}


USER = {"role": "user", "content": "Is it raining in Oslo?"}
ANSWER = {"role": "tool", "tool_call_id": "c1", "name": "get_weather", "content": "{\"rain\": true}"}
END = {"role": "assistant", "content": "It is."}

ROWS = [
    {"tools": [WEATHER], "messages": [USER, {"role": "assistant", "content": None, "tool_calls": [call({"place": "Oslo", "days": 1})]}, ANSWER, END]},
    {"tools": json.dumps([WEATHER]), "messages": [USER, {"role": "assistant", "tool_calls": [call("{\"place\": \"Oslo\"}")]}, ANSWER, END]},
    {"messages": [USER, {"role": "assistant", "content": "I look. ", "tool_calls": [call({"place": "Oslo"}), call({"days": 1.0, "a": [1, None, True]})]}]},
    {"messages": [USER, {"role": "assistant", "content": "Yes.", "reasoning_content": "Oslo, so yes", "tool_calls": None}]},
    {"messages": [{"role": "user", "name": "Bo", "content": "Hi"}, {"role": "assistant", "name": "Al", "content": "Hello"}]},
    {"messages": [USER, {"role": "assistant", "content": "Yes.", "thinking": "Rain"}]},
    {"messages": [USER, {"role": "assistant", "reasoning": "Rain", "content": "Yes.", "thinking": None, "seen": {"b": None, "a": 0, "c": [1e20, -7, 0.5]}}]},
    {"tools": [], "messages": [USER, END]},
]


def main():
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=Tokenizer(models.WordLevel({"a": 0}, unk_token="a")))
    cases = []
    for row in ROWS:
        tools = row.get("tools")
        tools = json.loads(tools) if isinstance(tools, str) else tools
        text = tokenizer.apply_chat_template(
            row["messages"], tools=tools, chat_template=TEMPLATE, tokenize=False, add_generation_prompt=False)
        cases.append({"row": json.dumps(row, ensure_ascii=False), "text": text})
    path = pathlib.Path(__file__).resolve().parents[2] / "Tests/Fixtures/training/tool-calls.json"
    path.write_text(json.dumps({"template": TEMPLATE, "cases": cases}, ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    main()
