"""Names and sentences of people who do not exist, always the same ones in the same order."""

import random

SEED = 2020
LINES = (
    "Amara Ben Chidi Dana Esi Farah Grace Hana Imran Joy Kofi Leila Mo Nia Omar Priya Ros Sade Tariq Zainab",
    "Okafor Patel Begum Clarke Mensah Ali Jones Kaur Osei Rahman Smith Taylor Ahmed Brown Nwosu Singh Khan",
    "I led a team of twelve through a change that nobody had asked for and listened first to those who would carry "
    "it out we agreed what had to stay then tried the new rota on one ward measured it for a month and kept what "
    "worked my manager now uses the same plan for two other teams and I learnt to say early when I was not sure",
)
FIRST, LAST, WORDS = (line.split() for line in LINES)


class Pen:
    """Invented words, always the same ones in the same order."""

    def __init__(self, seed: str = "") -> None:
        self.random = random.Random(f"{SEED}{seed}")
        self.pools: dict[tuple[int, int], list[str]] = {}

    def text(self, low: int, high: int) -> str:
        """One of three hundred texts of so many words."""
        if (low, high) not in self.pools:
            self.pools[low, high] = [self._words(low, high) for _ in range(300)]
        return self.random.choice(self.pools[low, high])

    def _words(self, low: int, high: int) -> str:
        start, length = self.random.randrange(len(WORDS)), self.random.randint(low, high)
        words = (WORDS * (2 + length // len(WORDS)))[start : start + length]
        return f"{' '.join(words).capitalize()}."

    def name(self) -> str:
        return f"{self.random.choice(FIRST)} {self.random.choice(LAST)}"
