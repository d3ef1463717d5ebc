"""SplitMix64: a generator whose numbers do not depend on the Python version."""

MASK = (1 << 64) - 1


class SplitMix:
    """Random numbers from a 64-bit seed (Steele, Lea and Flood, 2014)."""

    def __init__(self, seed):
        self.state = seed & MASK

    def word(self):
        """The next 64 random bits."""
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        return z ^ (z >> 31)

    def integer(self, low, high):
        """A whole number from low to high, both included."""
        return low + self.word() % (high - low + 1)

    def pick(self, items):
        return items[self.integer(0, len(items) - 1)]

    def shuffled(self, items):
        items = list(items)
        for last in range(len(items) - 1, 0, -1):
            other = self.integer(0, last)
            items[last], items[other] = items[other], items[last]
        return items

    def sample(self, items, count):
        return self.shuffled(items)[:count]
