"""Byte-level BPE in the form of GPT-2, trained on a list of texts: the vocabulary of the small fixture model."""

import collections

import regex

CONTROL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
END, TURN_START, TURN_END = range(3)
WORDS = regex.compile(r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+")


def byte_alphabet():
    """GPT-2's printable character for each byte."""
    shown = [*range(33, 127), *range(161, 173), *range(174, 256)]
    hidden = [byte for byte in range(256) if byte not in shown]
    return {byte: chr(byte) for byte in shown} | {byte: chr(256 + i) for i, byte in enumerate(hidden)}


ALPHABET = byte_alphabet()


def pieces(word):
    return [ALPHABET[byte] for byte in word.encode()]


def merged(parts, pair):
    result = []
    for part in parts:
        if result and (result[-1], part) == pair:
            result[-1] += part
            # "aaa" with the pair (a, a): the joined piece must not join again.
            result.append("")
        else:
            result.append(part)
    return [part for part in result if part]


def train(texts, count):
    """The `count` most frequent merges, greedily; equal counts by the pair's own order. Digits are never merged."""
    words = collections.Counter(word for text in texts for word in WORDS.findall(text))
    table = [(pieces(word), n) for word, n in sorted(words.items()) if not regex.search(r"\p{N}", word)]
    merges = []
    for _ in range(count):
        pairs = collections.Counter()
        for parts, n in table:
            for pair in zip(parts, parts[1:]):
                pairs[pair] += n
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        merges.append(best)
        table = [(merged(parts, best) if best[0] in parts else parts, n) for parts, n in table]
    return merges


class Tokens:
    def __init__(self, merges):
        self.merges = merges
        self.rank = {pair: i for i, pair in enumerate(merges)}
        self.texts = CONTROL + [ALPHABET[byte] for byte in range(256)] + [a + b for a, b in merges]
        self.ids = {text: i for i, text in enumerate(self.texts)}
        self.bytes = {char: byte for byte, char in ALPHABET.items()}
        self.known = {}

    def encode(self, text):
        return [i for word in WORDS.findall(text) for i in self.word(word)]

    def word(self, word):
        if word not in self.known:
            parts = pieces(word)
            while pairs := [pair for pair in zip(parts, parts[1:]) if pair in self.rank]:
                parts = merged(parts, min(pairs, key=self.rank.get))
            self.known[word] = [self.ids[part] for part in parts]
        return self.known[word]

    def decode(self, ids):
        shown = "".join(self.texts[i] for i in ids if i >= len(CONTROL))
        return bytes(self.bytes[char] for char in shown).decode(errors="replace")

    def turn(self, role, content):
        return [TURN_START, *self.encode(f"{role}\n{content}"), TURN_END, *self.encode("\n")]

    def chat(self, system, request):
        """The ids of a conversation up to where the reply starts."""
        ids = self.turn("system", system) if system else []
        return ids + self.turn("user", request) + [TURN_START, *self.encode("assistant\n")]
