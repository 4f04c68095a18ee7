"""Trains T-KLVAE: first the spatial layers on single frames, then the decoder's temporal layers on clips.

    python train_vae.py spatial  --corpus DIR --work DIR --minutes 30
    python train_vae.py temporal --corpus DIR --work DIR --minutes 6

The encoder's temporal layers stay the identity they start as: a latent then does not depend on the stride at which its
segment was sampled, and a parent is the same latent at every depth.
"""

import argparse
import math
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from corpus import Corpus
from tklvae import TKLVAE, TKLVAEConfiguration
from training import Run, sheet

STRIDES = [1, 1, 1, 15, 225]  # of the clips that the temporal layers see; mostly the finest, which is what films are made of


def pixels(frames: np.ndarray) -> Tensor:
    """[N, H, W, 3] uint8 -> [N, 3, H, W] in -1...1, channels-last memory."""
    return torch.from_numpy(np.ascontiguousarray(frames)).permute(0, 3, 1, 2).float() / 127.5 - 1


def edges(x: Tensor) -> tuple[Tensor, Tensor]:
    return x[..., 1:] - x[..., :-1], x[..., 1:, :] - x[..., :-1, :]


def reconstruction_loss(y: Tensor, x: Tensor) -> Tensor:
    d = y - x
    return d.abs().mean() + 2 * d.square().mean() + 0.5 * sum(e.abs().mean() for e in edges(d))


def test_frames(film: np.ndarray, stage: str) -> np.ndarray:
    """32 frames of a film: evenly spaced ones, or two clips of 16 neighbours."""
    if stage == "spatial":
        return film[:: len(film) // 32][:32]
    return np.concatenate([film[start : start + 16] for start in (len(film) // 3, 2 * len(film) // 3)])


def psnr(vae: TKLVAE, x: Tensor, frames: int | None = None) -> tuple[float, Tensor]:
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
        y = torch.cat([vae.decode(vae.encode(part, frames), frames).float() for part in x.split(16)]).clamp(-1, 1)
    errors = (y - x).square().mean(dim=(1, 2, 3)) / 4
    return float((-10 * errors.log10()).mean()), y


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("stage", choices=["spatial", "temporal"])
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--held-out", type=Path)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--minutes", type=float, required=True)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--rate", type=float, default=1.2e-3)
    parser.add_argument("--size", type=int, nargs=2, default=[160, 96])
    parser.add_argument("--seed", type=int, default=1)
    a = parser.parse_args()
    torch.manual_seed(a.seed)
    corpus = Corpus(a.corpus, *a.size, a.work / "frames")
    held_out = Corpus(a.held_out, *a.size, a.work / "frames") if a.held_out else corpus
    test = pixels(np.concatenate([test_frames(film, a.stage) for film in held_out.pixels]))
    vae = TKLVAE(TKLVAEConfiguration()).to(memory_format=torch.channels_last)
    frames: int | None = None
    if a.stage == "temporal":
        vae.load_state_dict(torch.load(a.work / "vae-spatial.pt", weights_only=False)["ema"])
        vae.encoder.requires_grad_(False)
        frames = 16
    run = Run(f"vae-{a.stage}", a.work, vae, vae.parameters(), a.minutes, a.rate, decay=0.998)
    generator = np.random.default_rng(a.seed + 7919 * run.step)
    while run.running:
        film = corpus.pixels[generator.integers(len(corpus.pixels))]
        if frames is None:
            films = generator.integers(len(corpus.pixels), size=a.batch)
            x = pixels(np.stack([corpus.pixels[i][generator.integers(len(corpus.pixels[i]))] for i in films]))
        else:
            stride = int(generator.choice(STRIDES))
            start = generator.integers(len(film) - stride * (frames - 1))
            x = pixels(film[start : start + stride * (frames - 1) + 1 : stride])
        with torch.autocast("cpu", torch.bfloat16):
            mean, log_variance = vae.posterior(x, None)
            if frames is None:
                z = mean + torch.exp(0.5 * log_variance) * torch.randn_like(mean)
                kl = 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance).float().mean()
            else:  # as in a render: latents that the denoiser made are not exact
                z, kl = mean + 0.05 * torch.randn_like(mean), torch.zeros(())
            y = vae.decode(z, frames).float()
        if frames is None:
            loss = reconstruction_loss(y, x) + 1e-4 * kl
        else:
            dy, dx = y[1:] - y[:-1], x[1:] - x[:-1]
            loss = reconstruction_loss(y, x) + 0.5 * (dy - dx).abs().mean()
        run.update(loss)
        if run.step % 400 == 0 or not run.running:
            live = {k: v.clone() for k, v in vae.state_dict().items()}
            vae.load_state_dict(run.ema.weights)
            quality, y = psnr(vae, test, frames)
            sheet([test[:8], y[:8], test[32:40], y[32:40]], a.work / f"vae-{a.stage}.png")
            print(f"held-out PSNR {quality:.2f} dB at step {run.step}, {run.spent / 60:.1f} min", flush=True)
            vae.load_state_dict(live)


if __name__ == "__main__":
    main()
