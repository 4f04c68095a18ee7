"""Trains T-KLVAE: first the spatial layers on single frames, then the decoder's temporal layers on clips; or, with the encoder as it is,
a decoder that draws larger than the encoder sees.

    python train_vae.py spatial  --corpus DIR --work DIR --minutes 30
    python train_vae.py temporal --corpus DIR --work DIR --minutes 6
    python train_vae.py decoder  --corpus DIR --work DIR --minutes 50 --start ../models/cartoon --upscale 2 --export MODEL

The encoder's temporal layers stay the identity they start as: a latent then does not depend on the stride at which its
segment was sampled, and a parent is the same latent at every depth.
"""

import argparse
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from corpus import Corpus
from model import Model
from picture_loss import clip_loss, divergence, reconstruction_loss
from tklvae import TKLVAE, TKLVAEConfiguration
from training import Run, sheet

STRIDES = [1, 1, 1, 15, 225]  # of the clips that the temporal layers see; mostly the finest, which is what films are made of


def pixels(frames: np.ndarray) -> Tensor:
    """[N, H, W, 3] uint8 -> [N, 3, H, W] in -1...1, channels-last memory."""
    return torch.from_numpy(np.ascontiguousarray(frames)).permute(0, 3, 1, 2).float() / 127.5 - 1


def entering(x: Tensor, upscale: int) -> Tensor:
    """What the encoder sees of pictures of the decoder's size."""
    return F.avg_pool2d(x, upscale) if upscale > 1 else x


def test_frames(film: np.ndarray, stage: str) -> np.ndarray:
    """32 frames of a film, or all of a shorter one: evenly spaced ones, or two clips of 16 neighbours."""
    if stage != "temporal" or len(film) < 32:
        return film[:: max(1, len(film) // 32)][:32]
    return np.concatenate([film[start : start + 16] for start in (len(film) // 3, 2 * len(film) // 3)])


def psnr(vae: TKLVAE, x: Tensor, frames: int | None = None) -> tuple[float, float, Tensor]:
    """-> the mean over pictures, the same at the size at which pictures enter, and what came of x."""
    upscale = vae.configuration.upscale
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
        parts = [vae.decode(vae.encode(entering(part, upscale), frames), frames).float() for part in x.split(16)]
    y = torch.cat(parts).clamp(-1, 1)
    own, small = ((d.square().mean(dim=(1, 2, 3)) / 4).log10().mean() * -10 for d in (y - x, entering(y - x, upscale)))
    return float(own), float(small), y


class Stage:
    """A network, what of it learns, and the loss of a step."""

    def __init__(self, a: argparse.Namespace, corpus: Corpus):
        self.a, self.corpus = a, corpus
        self.generator = np.random.default_rng(a.seed)
        self.frames: int | None = None  # of a clip, where the temporal layers are in use
        self.vae = TKLVAE(TKLVAEConfiguration()).to(memory_format=torch.channels_last)

    def continue_at(self, step: int):
        self.generator = np.random.default_rng(self.a.seed + 7919 * step)

    def clip(self, frames: int, stride: int) -> np.ndarray:
        film = self.corpus.pixels[self.generator.integers(len(self.corpus.pixels))]
        start = self.generator.integers(len(film) - stride * (frames - 1))
        return film[start : start + stride * (frames - 1) + 1 : stride]

    def stills(self, count: int) -> np.ndarray:
        return np.concatenate([self.clip(1, 1) for _ in range(count)])


class Spatial(Stage):
    def loss(self) -> Tensor:
        x = pixels(self.stills(self.a.batch))
        with torch.autocast("cpu", torch.bfloat16):
            mean, log_variance = self.vae.posterior(x, None)
            z = mean + torch.exp(0.5 * log_variance) * torch.randn_like(mean)
            y = self.vae.decode(z, None).float()
        return reconstruction_loss(y, x) + 1e-4 * divergence(mean, log_variance)


class Temporal(Stage):
    def __init__(self, a: argparse.Namespace, corpus: Corpus):
        super().__init__(a, corpus)
        self.vae.load_state_dict(torch.load(a.work / "vae-spatial.pt", weights_only=False)["ema"])
        self.vae.encoder.requires_grad_(False)
        self.frames = 16

    def loss(self) -> Tensor:
        x = pixels(self.clip(self.frames, int(self.generator.choice(STRIDES))))
        with torch.autocast("cpu", torch.bfloat16):
            mean, _ = self.vae.posterior(x, None)
            y = self.vae.decode(mean + 0.05 * torch.randn_like(mean), self.frames).float()  # as in a render: see Decoder
        return clip_loss(y, x, self.frames)


class Decoder(Stage):
    """Half of the steps on pictures, half on clips of neighbours; of a corpus drawn at the decoder's size."""

    def __init__(self, a: argparse.Namespace, corpus: Corpus):
        super().__init__(a, corpus)
        self.model = Model.load(a.start)
        self.model.enlarge(a.upscale)
        self.vae = self.model.vae.train()
        self.vae.encoder.requires_grad_(False)
        self.frames = 16

    def loss(self) -> Tensor:
        frames = int(self.generator.choice([1, self.a.batch]))
        x = pixels(self.stills(self.a.batch) if frames == 1 else self.clip(frames, 1))
        with torch.autocast("cpu", torch.bfloat16):
            with torch.no_grad():
                z = self.vae.encode(entering(x, self.vae.configuration.upscale), None)
            # As in a render: latents that the denoiser made are not exact.
            noise = self.generator.uniform(0, 0.2) if self.generator.random() < 0.25 else 0.05
            y = self.vae.decode(z + noise * torch.randn_like(z), frames).float()
        return clip_loss(y, x, frames)


STAGES = {"spatial": Spatial, "temporal": Temporal, "decoder": Decoder}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("stage", choices=STAGES)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--held-out", type=Path)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--minutes", type=float, required=True)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--rate", type=float, default=1.2e-3)
    parser.add_argument("--size", type=int, nargs=2, default=[160, 96], help="of the pictures that the encoder sees")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--start", type=Path, help="decoder: the model whose decoder is made to draw larger")
    parser.add_argument("--upscale", type=int, default=1, help="decoder: how many times as large as it draws")
    parser.add_argument("--export", type=Path, help="decoder: write the model with the averaged weights there")
    a = parser.parse_args()
    torch.manual_seed(a.seed)
    size = [side * a.upscale for side in a.size]
    corpus = Corpus(a.corpus, *size, a.work / "frames")
    held_out = Corpus(a.held_out, *size, a.work / "frames-held-out") if a.held_out else corpus
    test = pixels(np.concatenate([test_frames(film, a.stage) for film in held_out.pixels]))
    stage = STAGES[a.stage](a, corpus)
    vae = stage.vae

    def measure(when: str, name: str):
        own, small, y = psnr(vae, test, stage.frames)
        sheet([test[:8], y[:8], test[32:40], y[32:40]], a.work / f"{name}.png")
        print(f"held-out PSNR {own:.2f} dB, {small:.2f} dB at the encoder's size, {when}", flush=True)

    run = Run(f"vae-{a.stage}", a.work, vae, vae.parameters(), a.minutes, a.rate, decay=0.998)
    stage.continue_at(run.step)
    if a.stage == "decoder" and run.step == 0:
        measure("at the start", "vae-decoder-start")
    while run.running:
        run.update(stage.loss())
        if run.step % 400 == 0 or not run.running:
            live = {k: v.clone() for k, v in vae.state_dict().items()}
            vae.load_state_dict(run.ema.weights)
            measure(f"at step {run.step}, {run.spent / 60:.1f} min", f"vae-{a.stage}")
            vae.load_state_dict(live)
    if a.export:
        vae.load_state_dict(run.ema.weights)
        stage.model.save(a.export)


if __name__ == "__main__":
    main()
