#!/usr/bin/env python3
"""Writes Tests/Fixtures/tokenization/written: the tokenizer files of a folder of transformers that a GGUF vocabulary
becomes, made here once more from the same vocabulary, and the ids that transformers gives with them.

  tiny/, sentencepiece/   the files of fixtures/models/tiny.gguf and of Tests/Fixtures/tokenization/tiny_bpe.model, and
                          cases.json: texts, a rendered chat among them, with the ids of AutoTokenizer
  kinds.json              the expressions of every kind of pre-tokenizer that byte_level.json has no ids for, and the ids
                          of its vocabulary under them

    python3 scripts/reference/written_tokenizers.py

Written with transformers 5.24, tokenizers 0.23.3 and gguf 0.19.
"""

import json
import pathlib
import re
import shutil
import struct

from gguf import GGUFReader
from tokenizers import Tokenizer
from transformers import AutoTokenizer, GenerationConfig

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
TOKENIZATION = ROOT / "Tests" / "Fixtures" / "tokenization"
OUT = TOKENIZATION / "written"
CONTROL, USER_DEFINED, NORMAL, UNKNOWN = 3, 4, 1, 2
ENDINGS = {"</s>", "<|endoftext|>", "<|im_end|>"}

TEXTS = [
    "", " ", "  \n", "Hello, world!", " leading and trailing ", "tab\tand\r\nnew\n\nlines", "1234567 12 \u0663\u0664 \u00bd",
    "don't WE'LL it's", "e\u0301 \u00e9 \ufb01 \u1112\u1161\u11ab", "\U0001f468\u200d\U0001f469\u200d\U0001f467 \U0001f999", "\u6f22\u5b57\u304b\u306a abc",
    "<|im_start|>user\nHi<|im_end|>\n", "<s> ka to</s> mi", "a<s>  b<unk>c", "ka<sep>to <sep> mi", "[INST] x [/INST]",
    "\u2581 \u2581\u2581a", "<0x0A> <0xE2>", "\x00\x01\x7f", "...!?;:--__==", "x  y   z    w", "a" * 40, "\u00a0\u2003 ",
]

CONTRACTION = "(?i:'s|'t|'re|'ve|'m|'ll|'d)"
SPACES = r"|\s+(?!\S)|\s+"
LINES = r"|\s*[\r\n]+" + SPACES
LEAD = r"[^\r\n\p{L}\p{N}]?"
GPT2 = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+" + SPACES
THREE = r"\p{N}{1,3}"
IDEOGRAPHS = "[\u4e00-\u9fa5\u3040-\u309f\u30a0-\u30ff]+"
DEEPSEEK3 = (r"[!-/:-@\[-`{-~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*" + LINES)
BLOOM = " ?[^(\\s|.,!?\u2026\u3002\uff0c\u3001\u0964\u06d4\u060c)]+"


def llama(number):
    return CONTRACTION + "|" + LEAD + r"\p{L}+|" + number + r"| ?[^\s\p{L}\p{N}]+[\r\n]*" + LINES


def cased(number, contraction=CONTRACTION + "?", end=r"[\r\n/]*", less=""):
    upper, lower = r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}" + less + "]", r"[\p{Ll}\p{Lm}\p{Lo}\p{M}" + less + "]"
    words = f"{LEAD}{upper}*{lower}+{contraction}|{LEAD}{upper}+{lower}*{contraction}"
    return words + "|" + number + r"| ?[^\s\p{L}\p{N}]+" + end + LINES


def deepseek_letters():
    source = (ROOT / "Sources/Tokenization/PreTokenization/DeepSeekLetters.swift").read_text()
    ranges = re.findall(r"0x([0-9A-F]+)\.\.\.0x([0-9A-F]+)", source.split("ranges: [Closed")[1])
    return "".join(f"\\x{{{int(low, 16):x}}}-\\x{{{int(high, 16):x}}}" for low, high in ranges)


KINDS = {
    "default": [r"[\p{P}$+<=>^~|]+", GPT2, r"\p{N}+", "[0-9][0-9][0-9]"],
    "glm4": [llama(THREE)],
    "deepseek-llm": [
        r"[\r\n]", rf"\s?[{deepseek_letters()}]+",
        "\\s?[!-/:-~\uff01-\uff0f\uff1a-\uff5e\u2018-\u201f\u3000-\u3002]+", r"\s+$",
        "[\u4e00-\u9fa5\u0800-\u4e00\uac00-\ud7ff]+", r"\p{N}+"],
    "granite-embed-multi-97m": [cased(THREE)],
    "bloom": [BLOOM],
    "viking": [BLOOM, r"\p{N}"],
    "jais-2": [
        CONTRACTION + "|" + LEAD + r"\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+"
        + "".join(rf"|\s{{{2 ** power}}}(?!\S)" for power in range(9, 1, -1)) + r"|\s{1,2}(?!\S)|\s{1}"],
    "spark2_5": [
        THREE, IDEOGRAPHS,
        r"[!-/:-@\[-`{-~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+|[\r\n]" + SPACES, r"\p{N}"],
    "youtu": [
        "[\uac00-\ud7a3\u3131-\u318e]+|[\uff01\u2026\u201c\u201d\u2018\u2019\u2014\uff1a\uff1b\uff0c\u3001-\u303f\ufe30-\ufe4f]+"
        "|[\u3105-\u312f]+|" + IDEOGRAPHS, cased(r"\p{N}")],
    "chameleon": [
        "<sentinel:[0-9]+>", "(IMGIMG)((A|B|C|D|E|F|G|H|I){1,4})Z", r"([\t\n]|    |  )", r"\p{N}",
        r"[\p{P}!-/:-@\[-`{-~]", GPT2],
    "tiny_aya": [r"\d{1,3}(?=(?:\d{3})*\b)", cased(THREE)],
    "kimi-k2": [r"[\p{Han}]+|" + cased(THREE, end=r"[\r\n]*", less=r"&&[^\p{Han}]")],
    "superbpe": [r"\p{N}+", r"(?=(\d{3})+(?!\d))"],
    "bailingmoe": [
        r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]++[\r\n]*|\s*[\r\n]" + SPACES],
    "seed-coder": [CONTRACTION + "|" + LEAD + r"\p{L}+|\p{N}{1}| ?[^\s\p{L}\p{N}\r\n]+" + LINES],
    "ufakzeka": [LEAD + r"\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*" + LINES],
    "afmoe": [
        r"\p{N}{1,3}(?=(?:\p{N}{3})*(?!\p{N}))",
        "[\u4e00-\u9fff\u3400-\u4dbf\uf900-\ufaff\u3040-\u309f\u30a0-\u30ff\uff65-\uff9f\u2f00-\u2fdf\u0e40-\u0e7f\u0e80-\u0eff"
        "\u1780-\u17ff\u1000-\u109f\uaa60-\uaa7f\ua9e0-\ua9ff\uac00-\ud7af\u1100-\u11ff]+", DEEPSEEK3],
    "laguna": [r"[^\n]+|[\n]+", llama(r"\p{N}")],
    "exaone-moe": [
        CONTRACTION + "|" + LEAD + r"(?:\p{L}\p{M}*(?: \p{L}\p{M}*)*)+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]?|\s*[\r\n]" + SPACES],
    "minicpm5": [THREE, llama(r"\p{N}+")],
}
IGNORING_MERGES = {"glm4", "granite-embed-multi-97m", "youtu", "minicpm5"}
KIND_TEXTS = [
    "<sentinel:12> IMGIMGABCZ\t    x  y", "123 456789 0 12345678901", "a1b22c333 \u0661\u0662\u0663\u0664", "2024\u5e7412\u670831\u65e5 $1,234.56",
    "\n \n\r\n  \n\t\n", "`code` ~^|<>=+$", "ABCdef GHI'S it's WE'RE", "\ud55c\uad6d\uc5b4 \u3131\u3134 \u3105\u3106 \u4f60\u597d abc",
    "\u3000\u3001\u3002\uff01\u2026 \u201cq\u201d \u2018r\u2019 \u2014", " " * 21 + "x", "\u0e44\u0e17\u0e22 \u0ea5\u0eb2\u0ea7 \u1781\u17d2\u1798\u17c2\u179a", "x \u00bd\u2167 1\u00bd2", "e\u0301\u0301 x\u0301y",
    "/a//b\n/\n\r", "'tis 'LL 'Ve", "trailing \n", "\u65e5\u672c\u8a9e\u30ab\u30bf\u3072\u3089 \uff8a\uff9d", "shaka ren dunvel 12", "kato miren\nlosha!",
]


def added_tokens(tokens, types):
    flags = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False}
    return [
        {"id": index, "content": token, **flags, "special": kind != USER_DEFINED}
        for index, (token, kind) in enumerate(zip(tokens, types)) if kind in (UNKNOWN, CONTROL, USER_DEFINED) and token]


def post_processor(tokens, first):
    def text(name, kind):
        start = [{"SpecialToken": {"id": tokens[first], "type_id": kind}}] if first is not None else []
        return start + [{"Sequence": {"id": name, "type_id": kind}}]

    named = {} if first is None else {tokens[first]: {"id": tokens[first], "ids": [first], "tokens": [tokens[first]]}}
    return {"type": "TemplateProcessing", "single": text("A", 0), "pair": text("A", 0) + text("B", 1), "special_tokens": named}


def model(tokens, merges, unknown=None, fallback=False, ignores=False):
    return {
        "type": "BPE", "dropout": None, "unk_token": unknown, "continuing_subword_prefix": None, "end_of_word_suffix": None,
        "fuse_unk": fallback, "byte_fallback": fallback, "ignore_merges": ignores,
        "vocab": {token: index for index, token in enumerate(tokens)}, "merges": merges}


def tokenizer_file(tokens, types, first, normalizer, pre_tokenizer, decoder, model):
    return {
        "version": "1.0", "truncation": None, "padding": None, "added_tokens": added_tokens(tokens, types),
        "normalizer": normalizer, "pre_tokenizer": pre_tokenizer, "post_processor": post_processor(tokens, first),
        "decoder": decoder, "model": model}


def byte_level(tokens, types, merges, expressions, ignores):
    spelling = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": False}
    splits = [
        {"type": "Split", "pattern": {"Regex": expression}, "behavior": "Isolated", "invert": False}
        for expression in expressions]
    return tokenizer_file(
        tokens, types, None, None, {"type": "Sequence", "pretokenizers": splits + [spelling]}, spelling,
        model(tokens, [merge.split(" ") for merge in merges], ignores=ignores))


def sentencepiece(tokens, types, scores, first):
    """Merges by score, as transformers' converter finds them; of one token's the one with the longest left half first."""
    normal = {token for token, kind in zip(tokens, types) if kind == NORMAL}
    merges = [
        (-scores[index], -len(token[:cut].encode()), [token[:cut], token[cut:]])
        for index, token in enumerate(tokens) if types[index] == NORMAL
        for cut in range(1, len(token)) if token[:cut] in normal and token[cut:] in normal]
    mark = "\u2581"
    normalizers = [
        {"type": "Prepend", "prepend": mark}, {"type": "Replace", "pattern": {"String": " "}, "content": mark}]
    decoders = [
        {"type": "Replace", "pattern": {"String": mark}, "content": " "}, {"type": "ByteFallback"}, {"type": "Fuse"},
        {"type": "Strip", "content": " ", "start": 1, "stop": 0}]
    return tokenizer_file(
        tokens, types, first, {"type": "Sequence", "normalizers": normalizers}, None,
        {"type": "Sequence", "decoders": decoders},
        model(tokens, [merge[2] for merge in sorted(merges)], unknown=tokens[types.index(UNKNOWN)], fallback=True))


def configuration(tokens, roles, adds_first, length):
    named = {f"{role}_token": tokens[index] for role, index in roles.items() if index is not None}
    return {
        "add_bos_token": adds_first, "add_eos_token": False, **named, "clean_up_tokenization_spaces": False,
        "model_max_length": length, "tokenizer_class": "PreTrainedTokenizerFast"}


def generation(tokens, types, roles):
    ends = sorted({index for index, token in enumerate(tokens) if token in ENDINGS and types[index] == CONTROL} | {roles["eos"]})
    others = {f"{role}_token_id": roles[role] for role in ("bos", "pad") if roles[role] is not None}
    return {**others, "eos_token_id": ends[0] if len(ends) == 1 else ends}


def write(name, file, configuration, generation, template=None):
    folder = OUT / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    files = {"tokenizer.json": file, "tokenizer_config.json": configuration, "generation_config.json": generation}
    for path, value in files.items():
        (folder / path).write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n")
    if template is not None: (folder / "chat_template.jinja").write_text(template)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    texts = TEXTS
    if template is not None:
        messages = [{"role": "system", "content": "Be  brief."}, {"role": "user", "content": "What is\n12 + 34?"}]
        texts = texts + [tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)]
    first = [tokenizer.bos_token_id] if configuration["add_bos_token"] else []
    cases = [{"text": text, "ids": tokenizer(text, add_special_tokens=False)["input_ids"]} for text in texts]
    for case in cases: assert tokenizer(case["text"])["input_ids"] == first + case["ids"], case
    assert GenerationConfig.from_pretrained(folder).eos_token_id == generation["eos_token_id"]
    (folder / "cases.json").write_text(json.dumps(cases, ensure_ascii=False) + "\n")


def write_tiny():
    reader = GGUFReader(ROOT / "fixtures" / "models" / "tiny.gguf")
    def value(key): return reader.fields[key].contents()
    tokens, types = value("tokenizer.ggml.tokens"), value("tokenizer.ggml.token_type")
    names = {"bos": "bos", "eos": "eos", "pad": "padding", "unk": "unknown"}
    roles = {role: value(f"tokenizer.ggml.{name}_token_id") for role, name in names.items()}
    write(
        "tiny", byte_level(tokens, types, value("tokenizer.ggml.merges"), [GPT2], False),
        configuration(tokens, roles, False, value("llama.context_length")), generation(tokens, types, roles),
        value("tokenizer.chat_template"))


def fields(data):
    """Numbers and contents of the fields of a protocol buffer."""
    offset = 0
    def number():
        nonlocal offset
        value = shift = 0
        while True:
            byte = data[offset]
            offset, value, shift = offset + 1, value | (byte & 127) << shift, shift + 7
            if byte < 128: return value
    while offset < len(data):
        key = number()
        if key & 7 == 0: yield key >> 3, number()
        else:
            length = {1: 8, 5: 4}.get(key & 7) or number()
            yield key >> 3, data[offset:offset + length]
            offset += length


def write_sentencepiece():
    pieces = [dict(fields(piece)) for field, piece in fields((TOKENIZATION / "tiny_bpe.model").read_bytes()) if field == 1]
    tokens, types = [piece[1].decode() for piece in pieces], [piece.get(3, NORMAL) for piece in pieces]
    scores = [struct.unpack("<f", piece.get(2, bytes(4)))[0] for piece in pieces]
    roles = {"bos": tokens.index("<s>"), "eos": tokens.index("</s>"), "pad": None, "unk": tokens.index("<unk>")}
    write(
        "sentencepiece", sentencepiece(tokens, types, scores, roles["bos"]), configuration(tokens, roles, True, 64),
        generation(tokens, types, roles))


def write_kinds():
    fixture = json.loads((TOKENIZATION / "byte_level.json").read_text())
    tokens, ids = fixture["tokens"], {}
    for kind, expressions in KINDS.items():
        file = byte_level(tokens, [NORMAL] * len(tokens), fixture["merges"], expressions, kind in IGNORING_MERGES)
        tokenizer = Tokenizer.from_str(json.dumps(file))
        ids[kind] = [tokenizer.encode(text).ids for text in KIND_TEXTS]
    kinds = {"texts": KIND_TEXTS, "expressions": KINDS, "ids": ids}
    (OUT / "kinds.json").write_text(json.dumps(kinds, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    write_tiny()
    write_sentencepiece()
    write_kinds()
