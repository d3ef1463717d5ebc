#!/usr/bin/env python3
"""Writes the tokenizer fixtures in Tests/Fixtures/tokenization.

  byte_level.json   a small byte-level BPE vocabulary, and what Hugging Face's tokenizers 0.23 makes of seeded texts
                    with it under each pre-tokenizer
  smollm2.json      200 seeded texts and their ids in SmolLM2-135M-Instruct's vocabulary (with --gguf)
  tiny_*.model      SentencePiece models trained on the same synthetic text
  tiny_*.json       seeded texts, their ids and decoded texts by Python's sentencepiece 0.2.3

  tokenizer_cases.py OUT [--gguf SmolLM2-135M-Instruct.Q4_1.gguf]
"""

import argparse
import contextlib
import io
import json
import pathlib
import random
import tempfile

import sentencepiece
from tokenizers import Regex, Tokenizer, models, pre_tokenizers, trainers

CONTRACTION = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)"
CASED = (
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+C"
    r"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*C"
    r"|\p{N}{D}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
LLAMA3 = (
    CONTRACTION + r"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{D}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
QWEN35 = (
    CONTRACTION + r"|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+"
)
DEEPSEEK3 = (
    "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\r\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+"
    "| ?[\\p{P}\\p{S}]+[\r\n]*|\\s*[\r\n]+|\\s+(?!\\S)|\\s+"
)
# The expressions that are applied one after another, by the name in tokenizer.ggml.pre. None is GPT-2's own.
EXPRESSIONS = {
    "gpt-2": [None],
    "smollm": [r"\p{N}", None],
    "llama-bpe": [LLAMA3.replace("{D}", "{1,3}")],
    "dbrx": [LLAMA3.replace("{D}", "{1,3}")],
    "qwen2": [LLAMA3.replace("{D}", "")],
    "qwen35": [QWEN35],
    "falcon": [r"[\p{P}$+<=>^~|`]+", None, "[0-9][0-9][0-9]"],
    "deepseek-coder": ["[\r\n]", r"\s?\p{L}+", r"\s?\p{P}+", "[\u0800-\u9fa5\uac00-\ud7ff]+", r"\p{N}"],
    "deepseek-v3": [r"\p{N}{1,3}", "[\u4e00-\u9fa5\u3040-\u30ff]+", DEEPSEEK3],
    "tekken": [CASED.replace("{D}", "").replace("+C", "+").replace("*C", "*")],
    "gpt-4o": [CASED.replace("{D}", "{1,3}").replace("C", CONTRACTION + "?")],
}
GPT2 = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
SYLLABLES = "ka to mi ren lo sha dun vel or ix an the ing er st qu ou pra él ñu ш мир 水 木 ة".split()
PARTS = [
    " ", "  ", "\n", "\r\n", "\n\n", "\t", "\u00a0", "\u3000", "\u2003", "\u0085", "'s", "'RE", "'ll", "'", "\u2019",
    "don't", "I'M", "1", "12", "123", "1234567", "\u0663\u0664", "\u00bd", "\u2167", "Hello", " world",
    "CamelCaseWord", "HTTPServer", "\u01c5abc", "\u00e9", "e\u0301", "\u4f60\u597d", "\u3053\u3093", "\ud55c\uae00",
    "\u0e04\u0e33", "\u0939\u093f\u0928\u094d\u0926\u0940", "\U0001f999", "\U0001f636\u200d\U0001f32b\ufe0f",
    "...", "!?", "/path/to", "//\n", "<|x|>", "a_b", "$5+3=8", "\u200b", "\x1c", "\u0301", "the ", "shaka", "ren ",
    "dunvel", "",
]


def words(generator, count):
    return ["".join(generator.choices(SYLLABLES, k=generator.randint(1, 4))) for _ in range(count)]


def corpus(seed):
    generator = random.Random(seed)
    stock = words(generator, 300)
    weights = [1 / (rank + 1) for rank in range(len(stock))]
    endings = [".", "!", " 12", ""]
    return [" ".join(generator.choices(stock, weights, k=12)) + generator.choice(endings) for _ in range(800)]


def texts(seed, count):
    generator = random.Random(seed)
    made = ["", " ", "\n", "a"]
    while len(made) < count:
        parts = generator.choices(PARTS + words(generator, 10), k=generator.randint(1, 14))
        made.append("".join(parts))
    return made


def pre_tokenizer(name):
    stages = [pre_tokenizers.Split(Regex(GPT2 if e is None else e), "isolated") for e in EXPRESSIONS[name]]
    return pre_tokenizers.Sequence(stages + [pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])


def byte_level(tokens, merges, name):
    tokenizer = Tokenizer(models.BPE(
        vocab={token: index for index, token in enumerate(tokens)},
        merges=[tuple(merge.split(" ")) for merge in merges],
        ignore_merges=name in ("llama-bpe", "tekken"),
    ))
    tokenizer.pre_tokenizer = pre_tokenizer(name)
    return tokenizer


def write_byte_level(out):
    trained = Tokenizer(models.BPE())
    trained.pre_tokenizer = pre_tokenizer("gpt-2")
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    trained.train_from_iterator(corpus(1) + texts(2, 400), trainers.BpeTrainer(
        vocab_size=700, initial_alphabet=alphabet, show_progress=False))
    model = json.loads(trained.to_str())["model"]
    tokens = sorted(model["vocab"], key=model["vocab"].get)
    merges = [merge if isinstance(merge, str) else " ".join(merge) for merge in model["merges"]]
    cases = texts(3, 80)
    expected = {}
    for name in EXPRESSIONS:
        tokenizer = byte_level(tokens, merges, name)
        expected[name] = [tokenizer.encode(text).ids for text in cases]
    save(out / "byte_level.json", {"tokens": tokens, "merges": merges, "texts": cases, "ids": expected})


def write_smollm2(out, path):
    from gguf import GGUFReader

    fields = GGUFReader(path).fields
    tokenizer = byte_level(
        fields["tokenizer.ggml.tokens"].contents(), fields["tokenizer.ggml.merges"].contents(), "smollm")
    cases = texts(4, 200)
    save(out / "smollm2.json", {"texts": cases, "ids": [tokenizer.encode(text).ids for text in cases]})


def write_sentencepiece(out, name, **options):
    buffer = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(corpus(5)), model_writer=buffer, minloglevel=2, num_threads=1, **options)
    (out / f"{name}.model").write_bytes(buffer.getvalue())
    processor = sentencepiece.SentencePieceProcessor(model_proto=buffer.getvalue())
    cases = []
    for text in texts(6, 120):
        ids = processor.encode(text)
        cases.append({"text": text, "ids": ids, "decoded": processor.decode(ids)})
    save(out / f"{name}.json", cases)


def save(path, value):
    path.write_text(json.dumps(value, ensure_ascii=True, separators=(",", ":")) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--gguf")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    write_byte_level(arguments.out)
    write_sentencepiece(
        arguments.out, "tiny_bpe", model_type="bpe", vocab_size=420, byte_fallback=True,
        normalization_rule_name="identity", remove_extra_whitespaces=False, split_digits=True,
        control_symbols=["[INST]"], user_defined_symbols=["<sep>"])
    out = arguments.out.resolve()
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        # Lines of "code points, tab, code points": a half, a digraph, a no-break space, an accent that is composed.
        pathlib.Path("rules.tsv").write_text("BD\t31 2F 32\n1C5\t44 17E\nA0\t20\n65 301\tE9\n")
        write_sentencepiece(
            out, "tiny_unigram", model_type="unigram", vocab_size=120, normalization_rule_tsv="rules.tsv",
            character_coverage=1.0)
    if arguments.gguf:
        write_smollm2(arguments.out, arguments.gguf)


if __name__ == "__main__":
    main()
