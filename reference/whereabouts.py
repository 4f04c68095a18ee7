"""Asks the denoiser, in training, who is where: heads on what it knows at its second scale, and the loss of what they tell.

They are thrown away afterwards. The cartoon's truth comes with the cache of latents (`figures` of each clip).
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

CHARACTERS = ["Pim", "Lulu", "Rok", "Bo"]
ACTIONS = ["walk", "jump", "wave", "sit", "stand"]
PER_CHARACTER = 2 + len(ACTIONS)  # heat, facing, action
WIDTH = 128  # channels inside a head
COLD = -4.0  # added to the heat's logit, so that untrained maps are cold
SPREAD, NEAR = 0.8, 1.1  # in cells, as MapLoss.swift has them
ATTRIBUTE = 0.3  # weight of facing and of action beside the heat's


class Whereabouts(nn.Module):
    """One head for what is known on the way down, one for the way up."""

    def __init__(self, channels: int, groups: int):
        super().__init__()
        self.heads = nn.ModuleList(
            nn.Sequential(
                nn.GroupNorm(groups, channels),
                nn.Conv2d(channels, WIDTH, 3, padding=1),
                nn.SiLU(),
                nn.Conv2d(WIDTH, 4 * PER_CHARACTER * len(CHARACTERS), 1),
                nn.PixelShuffle(2),  # to the cells of the latents
            )
            for _ in range(2)
        )

    def forward(self, known: list[Tensor], figures: list[list[dict]]) -> Tensor:
        """known: two of [N, c, h, w]; figures by frame, as in the cache -> the loss, a mean over frames."""
        height, width = (2 * side for side in known[0].shape[2:])
        truth = targets(figures, height, width)
        return sum(loss(head(y), *truth) for head, y in zip(self.heads, known))


def targets(figures: list[list[dict]], height: int, width: int) -> tuple[Tensor, ...]:
    """-> warmth, peak, near [N, 4, h, w]; facing, action, present [N, 4]."""
    shape = len(figures), len(CHARACTERS)
    warmth, peak, near = (torch.zeros(*shape, height, width) for _ in range(3))
    facing, present = torch.zeros(shape), torch.zeros(shape)
    action = torch.zeros(shape, dtype=torch.long)
    rows, columns = torch.meshgrid(torch.arange(float(height)), torch.arange(float(width)), indexing="ij")
    for n, frame in enumerate(figures):
        for figure in frame:
            c = CHARACTERS.index(figure["name"])
            x, y = figure["x"] * width - 0.5, figure["y"] * height - 0.5
            distance = (columns - x) ** 2 + (rows - y) ** 2
            warmth[n, c] = torch.exp(-distance / (2 * SPREAD**2))
            near[n, c] = warmth[n, c] * (distance < NEAR**2)
            peak[n, c, min(height - 1, max(0, round(y))), min(width - 1, max(0, round(x)))] = 1
            facing[n, c], present[n, c] = float(figure["facing"] == "right"), 1
            action[n, c] = ACTIONS.index(figure["action"])
    return warmth, peak, near / near.sum((2, 3), keepdim=True).clamp(min=1e-6), facing, action, present


def loss(maps: Tensor, warmth: Tensor, peak: Tensor, near: Tensor, facing: Tensor, action: Tensor, present: Tensor) -> Tensor:
    """CenterNet's focal loss on the heat (Zhou et al. 2019), and cross-entropies of facing and action at each figure."""
    n, c = present.shape
    maps = maps.float().reshape(n, c, PER_CHARACTER, *maps.shape[2:])
    figures = present.sum(1).clamp(min=1)
    heat = maps[:, :, 0] + COLD
    p = torch.sigmoid(heat)
    hit = -((1 - p) ** 2) * F.logsigmoid(heat) * peak
    miss = -((1 - warmth) ** 4) * p**2 * F.logsigmoid(-heat) * (1 - peak)
    told = (maps * near[:, :, None]).sum((3, 4))  # [N, 4, channels]
    looks = F.binary_cross_entropy_with_logits(told[:, :, 1], facing, reduction="none")
    does = F.cross_entropy(told[:, :, 2:].flatten(0, 1), action.flatten(), reduction="none").reshape(n, c)
    attributes = ((looks + does) * present).sum(1)
    return (((hit + miss).sum((1, 2, 3)) + ATTRIBUTE * attributes) / figures).mean()
