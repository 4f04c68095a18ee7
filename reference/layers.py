"""Layers that the autoencoder and the denoiser share.

Shapes: B batch, F frames of a segment, N = B*F, C channels, H W height and width, T text tokens, D width of a text embedding.
Activations are [N, C, H, W] in channels-last memory, so that the views of the temporal layers cost nothing.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


def norm_silu(norm: nn.GroupNorm, x: Tensor) -> Tensor:
    return F.silu(norm(x))


def zeroed(module: nn.Module) -> nn.Module:
    """A module whose output starts as zero."""
    for parameter in module.parameters():
        nn.init.zeros_(parameter)
    return module


def tokens(x: Tensor) -> Tensor:
    """[N, C, H, W] -> [N, H*W, C], free for channels-last memory."""
    n, c, h, w = x.shape
    return x.permute(0, 2, 3, 1).reshape(n, h * w, c)


def image(x: Tensor, height: int, width: int) -> Tensor:
    """[N, H*W, C] -> [N, C, H, W] in channels-last memory."""
    return x.reshape(x.shape[0], height, width, x.shape[2]).permute(0, 3, 1, 2)


class TemporalConv(nn.Module):
    """conv1d over the frames of each pixel, identity at first (NUWA-XL eq. 1): W = 0, W[i, i, (k-1)//2] = 1, bias 0."""

    def __init__(self, channels: int, kernel: int):
        super().__init__()
        self.kernel = kernel
        weight = torch.zeros(channels, channels, kernel)
        weight[range(channels), range(channels), (kernel - 1) // 2] = 1
        self.weight = nn.Parameter(weight)
        self.bias = nn.Parameter(torch.zeros(channels))

    def forward(self, x: Tensor, frames: int) -> Tensor:
        """x: [B*F, C, H, W]. A (k, 1) convolution on the view [B, C, F, H*W]."""
        n, c, h, w = x.shape
        y = x.permute(0, 2, 3, 1).reshape(n // frames, frames, h * w, c).permute(0, 3, 1, 2)
        y = F.conv2d(y, self.weight.unsqueeze(-1), self.bias, padding=((self.kernel - 1) // 2, 0))
        return y.permute(0, 2, 3, 1).reshape(n, h, w, c).permute(0, 3, 1, 2)


class Attention(nn.Module):
    """Multi-head attention with a LayerNorm before and a residual around it; keys and values from `context`, or from x itself."""

    def __init__(self, channels: int, heads: int, context: int | None = None, zero_out: bool = False):
        super().__init__()
        self.heads = heads
        self.norm = nn.LayerNorm(channels)
        self.q = nn.Linear(channels, channels, bias=False)
        self.k = nn.Linear(context or channels, channels, bias=False)
        self.v = nn.Linear(context or channels, channels, bias=False)
        self.out = nn.Linear(channels, channels)
        if zero_out:
            zeroed(self.out)

    @staticmethod
    def attend(q: Tensor, k: Tensor, v: Tensor, seen: Tensor | None) -> Tensor:
        """Written out for training on a CPU: there the backward pass of torch's fused attention takes 44 % of a step."""
        if q.device.type != "cpu" or not torch.is_grad_enabled():
            return F.scaled_dot_product_attention(q, k, v, attn_mask=seen)
        scores = (q * q.shape[-1] ** -0.5) @ k.transpose(-1, -2)
        if seen is not None:
            scores = scores.masked_fill(~seen, -1e4)
        return scores.softmax(-1).to(v.dtype) @ v

    def split(self, x: Tensor) -> Tensor:
        n, t, c = x.shape
        return x.reshape(n, t, self.heads, c // self.heads).transpose(1, 2)

    def forward(self, x: Tensor, context: Tensor | None = None, mask: Tensor | None = None) -> Tensor:
        """x: [N, P, C]; context: [N, T, D]; mask: [N, T], true where a token is to be seen."""
        y = self.norm(x)
        source = y if context is None else context
        seen = None if mask is None else mask[:, None, None, :]
        y = self.attend(self.split(self.q(y)), self.split(self.k(source)), self.split(self.v(source)), seen)
        return x + self.out(y.transpose(1, 2).reshape(x.shape))


class TemporalAttention(Attention):
    """Self-attention over the frames of each pixel; the output projection starts as zero (NUWA-XL eq. 2)."""

    def __init__(self, channels: int, heads: int):
        super().__init__(channels, heads, zero_out=True)

    def forward(self, x: Tensor, frames: int) -> Tensor:
        """x: [B*F, P, C]."""
        n, p, c = x.shape
        y = x.reshape(n // frames, frames, p, c).transpose(1, 2).reshape(-1, frames, c)
        y = super().forward(y)
        return y.reshape(n // frames, p, frames, c).transpose(1, 2).reshape(n, p, c)


class SpaceTimeAttention(Attention):
    """Self-attention over all pixels of all frames, so that what moves is found again where it went to; the output projection
    starts as zero."""

    def __init__(self, channels: int, heads: int):
        super().__init__(channels, heads, zero_out=True)

    def forward(self, x: Tensor, frames: int) -> Tensor:
        """x: [B*F, P, C]."""
        n, p, c = x.shape
        return super().forward(x.reshape(n // frames, frames * p, c)).reshape(n, p, c)


def sinusoids(values: Tensor, width: int, period: float = 10_000.0) -> Tensor:
    """[...] -> [..., width]: cosines, then sines, of geometrically spaced frequencies (Vaswani et al. 2017; the order is DDPM's)."""
    half = width // 2
    rates = torch.exp(-torch.log(torch.tensor(period)) * torch.arange(half, dtype=torch.float32) / half).to(values.device)
    angles = values.float().unsqueeze(-1) * rates
    return torch.cat([angles.cos(), angles.sin()], dim=-1)
