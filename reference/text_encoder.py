"""The text encoder of the default model: words to vectors by a small transformer, trained with the denoiser."""

import re
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from layers import Attention
from mtd import FeedForward

SPECIAL = ["<pad>", "<start>", "<unknown>"]


@dataclass
class TextConfiguration:
    vocabulary: list[str] = field(default_factory=lambda: list(SPECIAL))
    width: int = 128
    layers: int = 2
    heads: int = 4
    feed_forward: int = 4
    max_tokens: int = 32


def words(text: str) -> list[str]:
    """Lower case; runs of a-z, 0-9 and the apostrophe. Everything else separates."""
    return re.findall(r"[a-z0-9']+", text.lower())


class TextEncoder(nn.Module):
    def __init__(self, c: TextConfiguration):
        super().__init__()
        self.configuration = c
        self.index = {word: i for i, word in enumerate(c.vocabulary)}
        self.token = nn.Embedding(len(c.vocabulary), c.width)
        self.position = nn.Embedding(c.max_tokens, c.width)
        self.attention = nn.ModuleList(Attention(c.width, c.heads) for _ in range(c.layers))
        self.feed_forward = nn.ModuleList(FeedForward(c.width, c.feed_forward) for _ in range(c.layers))
        self.norm_out = nn.LayerNorm(c.width)

    def tokenize(self, prompts: list[str]) -> tuple[Tensor, Tensor]:
        """-> ids [P, T] and mask [P, T]. The empty prompt is <start> alone: what classifier-free guidance drops to."""
        t = self.configuration.max_tokens
        ids = torch.zeros(len(prompts), t, dtype=torch.long)
        mask = torch.zeros(len(prompts), t, dtype=torch.bool)
        for row, prompt in enumerate(prompts):
            sequence = [1, *(self.index.get(word, 2) for word in words(prompt))][:t]
            ids[row, : len(sequence)] = torch.tensor(sequence)
            mask[row, : len(sequence)] = True
        return ids, mask

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """[P, T] -> [P, T, D]."""
        x = self.token(ids) + self.position.weight[: ids.shape[1]]
        for attention, feed_forward in zip(self.attention, self.feed_forward):
            x = feed_forward(attention(x, mask=mask))
        return self.norm_out(x)
