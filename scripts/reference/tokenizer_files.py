#!/usr/bin/env python3
"""Writes Tests/Fixtures/tokenization/files: small tokenizer.json files of every kind, with what `tokenizers` makes of
difficult texts. Nothing of it is anybody else's: the vocabularies are trained on synthetic text with a fixed seed.

  tokenizer_files.py OUT                     the fixtures
  tokenizer_files.py OUT --fuzz N            also N random texts a kind, for a longer comparison
  tokenizer_files.py OUT --decoded           instead: decoded.json beside each tokenizer.json in OUT, random lists of ids and
                                             their texts
  tokenizer_files.py OUT --vocabularies DIR  instead: tokenizer.json out of llama.cpp's ggml-vocab-*.gguf in DIR

Needs tokenizers 0.23.3 (gguf 0.19 for --vocabularies, transformers 5.24 for --decoded).
"""

import argparse
import json
import pathlib
import random

import sentencepiece
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

from tokenizer_cases import PARTS, corpus, texts, words, LLAMA3, GPT2

CONTROL = ["<|start|>", "<|end|>", "[CLS]", "[SEP]", "[UNK]", "[MASK]", "<s>", "</s>", "<unk>"]
HARD = [
    "", " ", "  ", "\n\n\n", " " * 70, "\u00a0\u2003 ", "a" * 80, "<|start|>", " <|start|> x", "x<|end|><|end|>", "<|sta",
    "<|start|", "[CLS] hi [SEP]", "[MASK]", " [MASK] , [MASK]", "<s>a</s>", "yes no yesno no_yes", " yes", "YES", "r2d2",
    "\ufeffbom", "\u200e\u202ertl \u05e9\u05dc\u05d5\u05dd", "\u0645\u0631\u062d\u0628\u0627 123", "\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "\U0001f1e9\U0001f1ea\U0001f1eb", "e\u0301\u0327 \u1e9b\u0323 \ufb01 \u00bd \u2460 \uff21", "\u0130\u0131\u00df\u1e9e\u03a3\u03c2", "\u1112\u1161\u11ab \ud55c",
    "\u0915\u094d\u0937\u093f", "\x00\x01\x7f\x80\x9f", "\ufffd\ufffe\U0010ffff", "\u2581 \u2581\u2581a", "<0x0A> <0xE2>", "\u30b9\u30fc\u30d1\u30fc \u6f22\u5b57\u304b\u306a abc",
    "tab\tand\rreturn\r\nnew", "don't WE'LL it\u2019s 'tis '", "1234567 12 1 \u0663\u0664\u0665 \u2167", "...!?;:--__==", "https://ex.am/p?a=1&b=%20#x",
    "\u00e9\u00e8 ka to mi", "KATOMI Ka", "ka,to.mi", "'\u017f 'S 'LL", "\u212aelvin", "\u0e04\u0e33\u0e40\u0e01\u0e23",
]

# Scalars of younger versions of Unicode than the reference's tables are, each of which cuts at another place where it is
# known; and marks that change places behind an added token.
RARE = [
    "\U00011f47anm\u0438\u0440 a\U00011f47", "\U000324a7qu qu\U000324a7", "\u1aeadon't a\u1aea", "a\u2e43b a\u166db a\U000111c9b", "x\U00010d6ey",
    "e\u1abf e\u07fd e\u1734 e\u1885 e\ua9bd e\u1cf2 e\U0001171e", "a\u08e2b a\U000110cdb a\U00013430b", "a\U00010d40b 1\u0ce5", "\u1c89a \ua7cea", "yes\u0347\u035a\u033a\u0312e YES\u0317\u0325\u0313\u0345",
]


def fuzz(seed, count):
    generator = random.Random(seed)
    pieces = PARTS + HARD + CONTROL + words(generator, 60)
    ranges = [(0, 0x7F), (0, 0x7F), (0x80, 0x24F), (0x300, 0x36F), (0x370, 0x1FFF), (0x2000, 0x2BFF), (0x3000, 0x9FFF),
              (0xAC00, 0xD7A3), (0xF900, 0xFFFD), (0x10000, 0x10FFFF)]
    made = []
    while len(made) < count:
        parts = []
        for _ in range(generator.randint(1, 10)):
            if generator.random() < 0.6:
                parts.append(generator.choice(pieces))
            else:
                low, high = generator.choice(ranges)
                parts.append("".join(chr(generator.randint(low, high)) for _ in range(generator.randint(1, 4))))
        made.append("".join(c for c in "".join(parts) if not 0xD800 <= ord(c) < 0xE000))
    return made


def special(*names):
    return [AddedToken(name, special=True, normalized=False) for name in names]


def train(tokenizer, trainer):
    tokenizer.train_from_iterator(corpus(11) + texts(12, 300), trainer)
    return tokenizer


def bpe(vocab, initial=(), **options):
    return trainers.BpeTrainer(vocab_size=vocab, show_progress=False, initial_alphabet=list(initial), limit_alphabet=300 if initial and vocab > 300 else 120, **options)


def byte_level():
    t = Tokenizer(models.BPE())
    t.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    t.decoder = decoders.ByteLevel()
    t.post_processor = processors.ByteLevel(trim_offsets=False)
    train(t, bpe(340, pre_tokenizers.ByteLevel.alphabet()))
    t.add_tokens(special("<|start|>", "<|end|>"))
    t.add_tokens([AddedToken("yes", single_word=True), AddedToken("no", lstrip=True), AddedToken("r2", rstrip=True)])
    return t


def byte_level_prefix():
    t = Tokenizer(models.BPE())
    t.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
    t.decoder = decoders.ByteLevel()
    train(t, bpe(300, pre_tokenizers.ByteLevel.alphabet()))
    t.add_special_tokens([AddedToken("<s>"), AddedToken("</s>"), AddedToken("[MASK]", lstrip=True)])
    t.post_processor = processors.RobertaProcessing(("</s>", t.token_to_id("</s>")), ("<s>", t.token_to_id("<s>")))
    return t


def llama3():
    t = Tokenizer(models.BPE(ignore_merges=True))
    t.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(LLAMA3.replace("{D}", "{1,3}")), "isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    t.decoder = decoders.ByteLevel()
    train(t, bpe(340, pre_tokenizers.ByteLevel.alphabet()))
    t.add_tokens(special("<|start|>", "<|end|>"))
    t.post_processor = processors.Sequence([
        processors.ByteLevel(trim_offsets=False),
        processors.TemplateProcessing(single="<|start|> $A", special_tokens=[("<|start|>", t.token_to_id("<|start|>"))])])
    return t


def byte_tokens(t):
    data = json.loads(t.to_str())
    vocab = data["model"]["vocab"]
    for byte in range(256):
        vocab.setdefault(f"<0x{byte:02X}>", len(vocab))
    data["model"]["byte_fallback"] = True
    return Tokenizer.from_str(json.dumps(data))


def llama2():
    t = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=True))
    t.normalizer = normalizers.Sequence([normalizers.Prepend("\u2581"), normalizers.Replace(" ", "\u2581")])
    t.pre_tokenizer = pre_tokenizers.Split("\u2581", "merged_with_next")
    train(t, bpe(200, special_tokens=["<unk>", "<s>", "</s>"]))
    t.pre_tokenizer = None
    t = byte_tokens(t)
    t.decoder = decoders.Sequence([
        decoders.Replace("\u2581", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)])
    t.post_processor = processors.TemplateProcessing(single="<s> $A", special_tokens=[("<s>", 1)])
    return t


def gemma():
    t = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=True))
    t.normalizer = normalizers.Replace(" ", "\u2581")
    t.pre_tokenizer = pre_tokenizers.Split(" ", "merged_with_previous")
    train(t, bpe(200, special_tokens=["<unk>", "<s>", "</s>"]))
    t = byte_tokens(t)
    t.decoder = decoders.Sequence([decoders.Replace("\u2581", " "), decoders.ByteFallback(), decoders.Fuse()])
    return t


def bpe_unknown():
    t = Tokenizer(models.BPE(unk_token="[UNK]", end_of_word_suffix="</w>", continuing_subword_prefix="##"))
    t.normalizer = normalizers.Sequence([normalizers.NFC(), normalizers.Lowercase(), normalizers.Strip()])
    t.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Punctuation("contiguous")])
    t.decoder = decoders.BPEDecoder()
    train(t, trainers.BpeTrainer(vocab_size=220, show_progress=False, special_tokens=["[UNK]"], end_of_word_suffix="</w>",
                                 continuing_subword_prefix="##", limit_alphabet=60))
    t.add_tokens([AddedToken("YES", normalized=True)])
    return t


def unigram(scheme="always", normalizer=None, split=True):
    t = Tokenizer(models.Unigram())
    t.normalizer = normalizer or normalizers.Sequence([
        normalizers.Nmt(), normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")])
    t.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme=scheme, split=True)
    train(t, trainers.UnigramTrainer(vocab_size=180, special_tokens=["<unk>", "<s>", "</s>"], unk_token="<unk>", show_progress=False))
    if not split:
        t.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme=scheme, split=False)
    t.decoder = decoders.Metaspace(prepend_scheme=scheme)
    t.post_processor = processors.TemplateProcessing(single="$A </s>", special_tokens=[("</s>", 2)])
    return t


def field(message, wanted):
    """The last value of a field of bytes in a protocol buffers message."""
    offset, found = 0, b""

    def number():
        nonlocal offset
        value = shift = 0
        while True:
            byte = message[offset]
            offset += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    while offset < len(message):
        tag = number()
        if tag & 7 == 2:
            length = number()
            if tag >> 3 == wanted:
                found = message[offset:offset + length]
            offset += length
        elif tag & 7 == 0:
            number()
        else:
            offset += 4 if tag & 7 == 5 else 8
    return found


def precompiled():
    import io
    buffer = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(corpus(5)), model_writer=buffer, minloglevel=2, num_threads=1, model_type="unigram", vocab_size=100,
        normalization_rule_tsv=str(pathlib.Path(__file__).with_name("precompiled_rules.tsv")))
    table = field(field(buffer.getvalue(), 3), 2)
    t = unigram("first", normalizers.Sequence([
        normalizers.Precompiled(table), normalizers.Replace(Regex(" {2,}"), "\u2581")]), False)
    data = json.loads(t.to_str())
    data["model"]["byte_fallback"] = True
    data["model"]["vocab"] += [[f"<0x{byte:02X}>", -20.0] for byte in range(256)]
    return Tokenizer.from_str(json.dumps(data))


def word_piece():
    t = Tokenizer(models.WordPiece(unk_token="[UNK]", max_input_chars_per_word=40))
    t.normalizer = normalizers.BertNormalizer()
    t.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    t.decoder = decoders.WordPiece()
    train(t, trainers.WordPieceTrainer(vocab_size=220, show_progress=False, special_tokens=["[UNK]", "[CLS]", "[SEP]", "[MASK]"]))
    t.post_processor = processors.BertProcessing(("[SEP]", 2), ("[CLS]", 1))
    return t


def word_level():
    t = Tokenizer(models.WordLevel(unk_token="[UNK]"))
    t.normalizer = normalizers.Sequence([normalizers.NFD(), normalizers.StripAccents(), normalizers.Lowercase()])
    t.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Whitespace(), pre_tokenizers.Digits(individual_digits=True)])
    train(t, trainers.WordLevelTrainer(vocab_size=200, show_progress=False, special_tokens=["[UNK]", "[CLS]"]))
    return t


def pieces(name, normalizer, pre_tokenizer):
    """Shows the pieces themselves: every character is a token, and so is every pair within a piece."""
    t = Tokenizer(models.BPE(unk_token="[UNK]"))
    if normalizer:
        t.normalizer = normalizer
    t.pre_tokenizer = pre_tokenizer
    return train(t, bpe(180, special_tokens=["[UNK]"]))


def kinds():
    split = pre_tokenizers.Split
    return {
        "byte-level": byte_level, "byte-level-prefix": byte_level_prefix, "llama3": llama3, "llama2": llama2, "gemma": gemma,
        "bpe-unknown": bpe_unknown, "unigram": unigram, "precompiled": precompiled, "word-piece": word_piece,
        "word-level": word_level,
        "scripts": lambda: pieces("scripts", normalizers.NFKD(), pre_tokenizers.Sequence([
            pre_tokenizers.UnicodeScripts(), pre_tokenizers.Digits(), pre_tokenizers.Punctuation("merged_with_previous")])),
        "splits": lambda: pieces("splits", None, pre_tokenizers.Sequence([
            split(Regex(r"(?<=\w)'(?=\w)|\p{Lu}++"), "merged_with_next"), split(Regex(r"[\p{L}&&[^aeiou]]{2,}?|\d{1,3}(?=(?:\d{3})*\b)"), "contiguous"),
            split("a", "removed"), pre_tokenizers.CharDelimiterSplit("t"), pre_tokenizers.FixedLength(7)])),
    }


def cases(t, made):
    rows = []
    for text in made:
        everywhere = t.encode(text, add_special_tokens=False).ids
        rows.append({"text": text, "ids": everywhere, "decoded": t.decode(everywhere, skip_special_tokens=False) if everywhere else ""})
        skipped = t.decode(everywhere, skip_special_tokens=True) if everywhere else ""
        if skipped != rows[-1]["decoded"]:
            rows[-1]["skipped"] = skipped
    return rows


def id_lists(t, generator):
    """Any ids, those of texts, and runs of byte tokens that are characters, or none, or stop in the middle of one."""
    size = t.get_vocab_size()
    lists = [[generator.randrange(size) for _ in range(generator.randint(1, 12))] for _ in range(16)]
    lists += [t.encode(text, add_special_tokens=False).ids for text in fuzz(generator.randrange(1000), 8)]
    byte = [t.token_to_id(f"<0x{value:02X}>") for value in range(256)]
    if byte[0] is not None:
        for text in ("a", "\u00e9", "\u2603\n", "\U0001f999x"):
            encoded = [byte[value] for value in text.encode()]
            for run in (encoded, encoded[:-1], encoded[:1], encoded + [byte[0xFF]], encoded[1:]):
                lists.append([generator.randrange(size)] + run + [generator.randrange(size) for _ in range(2)])
                lists.append(run)
    spaces = [t.token_to_id(token) for token in ("\u2581", "\u0120", " ") if t.token_to_id(token) is not None]
    if spaces:
        lists += [[spaces[0]] * count + [generator.randrange(size)] for count in (1, 2, 3)]
    return [ids for ids in lists if ids]


def behind(t, ids):
    """The text of ids behind a text; none where the two do not make one of both."""
    words = next(i for i in range(10, t.get_vocab_size()) if t.decode([i], skip_special_tokens=False).isalpha())
    first, both = (t.decode(part, skip_special_tokens=False) for part in ([words], [words] + ids))
    return both[len(first):] if both.startswith(first) else None


def decoded(folder):
    import transformers

    path = folder / "tokenizer.json"
    t = Tokenizer.from_file(str(path))
    cleaning = transformers.PreTrainedTokenizerFast(tokenizer_file=str(path), clean_up_tokenization_spaces=True)
    rows = []
    for ids in id_lists(t, random.Random(folder.name)):
        rows.append({
            "ids": ids, "text": t.decode(ids, skip_special_tokens=False), "skipped": t.decode(ids, skip_special_tokens=True),
            "cleaned": cleaning.decode(ids, skip_special_tokens=False), "behind": behind(t, ids)})
    save(folder / "decoded.json", rows)


def save(path, value):
    path.write_text(json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")


def write(out, name, t, made):
    folder = out / name
    folder.mkdir(parents=True, exist_ok=True)
    save(folder / "tokenizer.json", json.loads(t.to_str()))
    save(folder / "cases.json", cases(t, made))


def vocabularies(out, folder, made):
    from gguf import GGUFReader

    for name in ("gpt-2", "llama-bpe", "qwen2", "phi-3"):
        fields = GGUFReader(folder / f"ggml-vocab-{name}.gguf").fields
        get = lambda key: fields[f"tokenizer.ggml.{key}"].contents()
        tokens, types = get("tokens"), get("token_type")
        if name == "phi-3":
            vocab = {token: index for index, token in enumerate(tokens)}
            scores = get("scores")
            merges = []
            for index, token in enumerate(tokens):
                if types[index] in (1,) and len(token) > 1:
                    local = [(token[:i], token[i:]) for i in range(1, len(token)) if token[:i] in vocab and token[i:] in vocab]
                    merges += [(scores[index], vocab[a], vocab[b], a, b) for a, b in local]
            merges.sort(key=lambda m: (-m[0], m[1], m[2]))
            t = Tokenizer(models.BPE(vocab=vocab, merges=[(a, b) for _, _, _, a, b in merges], unk_token="<unk>", fuse_unk=True, byte_fallback=True))
            t.normalizer = normalizers.Sequence([normalizers.Prepend("\u2581"), normalizers.Replace(" ", "\u2581")])
            t.decoder = decoders.Sequence([decoders.Replace("\u2581", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)])
        else:
            merges = [tuple(merge.split(" ")) for merge in get("merges")]
            t = Tokenizer(models.BPE(vocab={token: index for index, token in enumerate(tokens)}, merges=merges, ignore_merges=name == "llama-bpe"))
            pattern = {"gpt-2": GPT2, "llama-bpe": LLAMA3.replace("{D}", "{1,3}"), "qwen2": LLAMA3.replace("{D}", "")}[name]
            t.pre_tokenizer = pre_tokenizers.Sequence([
                pre_tokenizers.Split(Regex(pattern), "isolated"), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
            t.decoder = decoders.ByteLevel()
        t.add_tokens(special(*[token for token, kind in zip(tokens, types) if kind == 3]))
        write(out, name, t, made)
        print(name, t.get_vocab_size())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--fuzz", type=int, default=0)
    parser.add_argument("--decoded", action="store_true")
    parser.add_argument("--vocabularies", type=pathlib.Path)
    arguments = parser.parse_args()
    if arguments.decoded:
        for path in sorted(arguments.out.glob("*/tokenizer.json")):
            decoded(path.parent)
        return
    if arguments.vocabularies:
        vocabularies(arguments.out, arguments.vocabularies, HARD + texts(13, 100) + fuzz(14, max(arguments.fuzz, 100)))
        return
    for name, make in kinds().items():
        made = HARD + texts(13, 15) + fuzz(14, 12)
        write(arguments.out, name, make(), made + RARE + fuzz(15, arguments.fuzz))


if __name__ == "__main__":
    main()
