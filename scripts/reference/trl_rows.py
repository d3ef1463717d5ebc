"""Rows of all shapes of training data, and what TRL makes of them.

    python3 scripts/reference/trl_rows.py

writes Tests/Fixtures/training/trl.json: of every row the whole text of each of its sequences and what of it counts, as
TRL's own functions give them (extract_prompt, maybe_extract_prompt, maybe_apply_chat_template, unpair_preference_dataset),
with the end of a plain text as its trainers add it. Of a completion of several messages TRL counts all turns; kept here is
what the assistant says, and the end of its turns. Needs datasets, tokenizers, transformers and trl.
"""

import json
import pathlib

import tokenizers
import transformers
import trl
from trl.data_utils import _unpair_row, is_conversational, maybe_apply_chat_template, maybe_extract_prompt

OUT = pathlib.Path(__file__).resolve().parents[2] / "Tests" / "Fixtures" / "training" / "trl.json"
END = "<end>"
TEMPLATE = (
    "{% for m in messages %}[{{ m.role }}]{{ m.content }}<end>{% endfor %}"
    "{% if add_generation_prompt %}[assistant]{% endif %}")


def user(text):
    return {"role": "user", "content": text}


def assistant(text):
    return {"role": "assistant", "content": text}


SYSTEM = {"role": "system", "content": "Be short."}
ASKED = user("What colour is the sky?")
PAIRS = [
    # Texts whose prompt is what they begin with alike.
    {"chosen": "The sky is blue.", "rejected": "The sky is green."},
    {"chosen": "The sky is blue.", "rejected": "The sky is black."},
    {"chosen": "two  spaces", "rejected": "two  stops"},
    {"chosen": "2 + 2 = 4", "rejected": "2 + 2 = 5"},
    {"chosen": "a  b", "rejected": "a  c"},
    {"chosen": "yes", "rejected": "no"},
    {"chosen": "It is", "rejected": "It is so"},
    {"chosen": "It is so", "rejected": "It is"},
    {"chosen": "same", "rejected": "same"},
    {"chosen": "line\n one", "rejected": "line\n two"},
    {"chosen": "ae\u0301x", "rejected": "ae\u0300x"},
    # Texts with a prompt.
    {"prompt": "The sky is", "chosen": " blue.", "rejected": " green."},
    # Conversations whose prompt is what they begin with alike.
    {"chosen": [ASKED, assistant("Blue.")], "rejected": [ASKED, assistant("Green.")]},
    {"chosen": [SYSTEM, ASKED, assistant("Blue.")], "rejected": [SYSTEM, ASKED, assistant("Green.")]},
    {"chosen": [ASKED, assistant("Blue."), user("Sure?"), assistant("Yes.")],
     "rejected": [ASKED, assistant("Blue."), user("Sure?"), assistant("No.")]},
    {"chosen": [ASKED, assistant("Blue."), user("Thanks"), assistant("Welcome.")],
     "rejected": [ASKED, assistant("Green."), user("Really?"), assistant("Yes.")]},
    {"chosen": [ASKED, assistant("Blue."), user("Sure?"), assistant("Yes.")], "rejected": [ASKED, assistant("Green.")]},
    {"chosen": [ASKED, assistant("Blue."), user("Sure?"), assistant("Yes.")], "rejected": [ASKED, assistant("Blue.")]},
    {"chosen": [ASKED, assistant("Blue.")], "rejected": [ASKED, assistant("Blue.")]},
    # A prompt as a text beside whole conversations.
    {"prompt": ASKED["content"], "chosen": [ASKED, assistant("Blue.")], "rejected": [ASKED, assistant("Green.")]},
    # A conversation as the prompt.
    {"prompt": [ASKED], "chosen": [assistant("Blue.")], "rejected": [assistant("Green.")]},
    {"prompt": [SYSTEM, ASKED, assistant("Blue."), user("Sure?")], "chosen": [assistant("Yes.")],
     "rejected": [assistant("No."), user("Why?"), assistant("Night.")]},
]
SUPERVISED = [
    {"messages": [ASKED, assistant("Blue.")]},
    {"messages": [SYSTEM, ASKED, assistant("Blue."), user("Sure?"), assistant("Yes.")]},
    {"text": "The sky is blue."},
    {"prompt": "The sky is", "completion": " blue."},
    {"prompt": [ASKED], "completion": [assistant("Blue.")]},
    {"prompt": [SYSTEM, ASKED], "completion": [assistant("Blue."), user("Sure?"), assistant("Yes.")]},
]


def said(messages):
    return "".join(m["content"] + END for m in messages if m["role"] == "assistant")


def sequence(example, key, rendered):
    """The whole text of one side, and what of it counts."""
    if not is_conversational({key: example[key]}):
        return {"text": example.get("prompt", "") + example[key] + END, "learned": example[key] + END}
    learned = said(example[key])
    if len(example[key]) == 1:
        assert rendered[key] == learned, (rendered, learned)
    return {"text": rendered["prompt"] + rendered[key], "learned": learned}


def preference(row, tokenizer):
    example = maybe_extract_prompt(row)
    rendered = maybe_apply_chat_template(example, tokenizer)
    return [sequence(example, key, rendered) for key in ("chosen", "rejected")]


def supervised(row, tokenizer):
    if row.get("label") is False:
        return []
    rendered = maybe_apply_chat_template(row, tokenizer)
    if "messages" in row:
        return [{"text": rendered["text"], "learned": said(row["messages"])}]
    return [sequence(row, "completion" if "completion" in row else "text", rendered)]


def unpaired():
    """Both sides of pairs as rows with a label: what unpair_preference_dataset maps."""
    for row in PAIRS:
        if "prompt" in row and isinstance(row["prompt"], type(row["chosen"])):
            rows = _unpair_row({key: [value] for key, value in row.items()})
            yield from (dict(zip(rows, values)) for values in zip(*rows.values()))


def case(shape, row, sequences):
    return {"shape": shape, "row": json.dumps(row), "sequences": sequences}


def main():
    inner = tokenizers.Tokenizer(tokenizers.models.WordLevel({"[UNK]": 0}, unk_token="[UNK]"))
    tokenizer = transformers.PreTrainedTokenizerFast(tokenizer_object=inner, chat_template=TEMPLATE, eos_token=END)
    cases = [case("preference", row, preference(row, tokenizer)) for row in PAIRS]
    cases += [case("supervised", row, supervised(row, tokenizer)) for row in SUPERVISED + list(unpaired())]
    found = {"template": TEMPLATE, "trl": trl.__version__, "cases": cases}
    OUT.write_text(json.dumps(found, indent=1, sort_keys=True) + "\n")
    print(len(cases), "rows; trl", trl.__version__, "transformers", transformers.__version__)


main()
