"""How far pictures are from what they should be, and latents from the normal distribution: what T-KLVAE learns by, as in
Sources/Training/PictureLoss.swift and AutoencoderLoss.swift."""

import torch
from torch import Tensor


def edges(x: Tensor) -> tuple[Tensor, Tensor]:
    return x[..., 1:] - x[..., :-1], x[..., 1:, :] - x[..., :-1, :]


def reconstruction_loss(y: Tensor, x: Tensor) -> Tensor:
    d = y - x
    return d.abs().mean() + 2 * d.square().mean() + 0.5 * sum(e.abs().mean() for e in edges(d))


def clip_loss(y: Tensor, x: Tensor, frames: int) -> Tensor:
    """Of clips one after the other: what neighbours differ by counts as well."""
    loss = reconstruction_loss(y, x)
    if frames == 1:
        return loss
    d = (y - x).reshape(-1, frames, *x.shape[1:])
    return loss + 0.5 * (d[:, 1:] - d[:, :-1]).abs().mean()


def divergence(mean: Tensor, log_variance: Tensor) -> Tensor:
    """Kullback and Leibler's, of the posterior from the normal distribution; a mean over latents."""
    return 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance).float().mean()
