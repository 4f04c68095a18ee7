"""Trains MTD and the text encoder on the latents of a trained T-KLVAE: spatial layers on single frames, then all layers on
clips of every depth (NUWA-XL section 3.3: sparse frames of long films, one network for all depths).

    python train_mtd.py spatial  --corpus DIR --work DIR --minutes 15
    python train_mtd.py temporal --corpus DIR --work DIR --minutes 60
    python train_mtd.py export   --corpus DIR --work DIR --model DIR

`--start MODEL` goes on from a finished model instead of from the earlier stages in the work folder.
"""

import argparse
import copy
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from corpus import Corpus
from diffusion import Schedule, sample
from model import Model, ModelConfiguration
from mtd import visual_condition
from text_encoder import SPECIAL
from train_vae import pixels
from training import Run, sheet

PROMPT_DROP = 0.1  # share of the clips that learn the empty prompt, for guidance
WORD_DROP = 0.02  # share of the words that are read as <unknown>
CONDITION_NOISE = 250  # largest timestep of the noise on the parents
GRID = 45  # clips of stride 1 start at its multiples, all others use multiples of 15: less than half of the frames need encoding
DEPTHS = {  # stride: (weight, share with both parents known); 225 stands for 60 ... 225
    1: (0.25, 0.8),
    15: (0.45, 0.35),
    225: (0.3, 0.1),
}


class Denoiser(nn.Module):
    """What the stages train together."""

    def __init__(self, model: Model):
        super().__init__()
        self.mtd, self.text = model.mtd, model.text


def encoded(frames: int) -> np.ndarray:
    """The frames of a film that training uses."""
    numbers = np.arange(frames)
    return numbers[(numbers % GRID < 16) | (numbers % 15 == 0)]


class Latents:
    """The normalised latents of the frames that training uses, and every caption as a row of one table of distinct prompts."""

    def __init__(self, corpus: Corpus, vae: nn.Module, cache: Path):
        self.prompts = sorted({caption for captions in corpus.captions for caption in captions})
        row = {prompt: i for i, prompt in enumerate(self.prompts)}
        self.rows = [np.array([row[c] for c in captions]) for captions in corpus.captions]
        self.films = []
        cache.mkdir(parents=True, exist_ok=True)
        for film, frames in zip(corpus.films, corpus.pixels):
            path = cache / f"{film.stem}.npy"
            if not path.exists():
                used = encoded(len(frames))
                with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16):
                    z = torch.cat([vae.posterior(pixels(frames[part]), None)[0].float() for part in np.array_split(used, len(used) // 32)])
                whole = np.zeros((len(frames), *z.shape[1:]), np.float16)
                whole[used] = z.numpy()
                np.save(path, whole)
                print(f"latents of {film.name}", flush=True)
            self.films.append(np.load(path))
        sample_of = np.concatenate([film[::15] for film in self.films]).astype(np.float32)
        self.mean, self.std = sample_of.mean(axis=(0, 2, 3)), sample_of.std(axis=(0, 2, 3))

    def take(self, film: int, frames: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        z = (self.films[film][frames].astype(np.float32) - self.mean[:, None, None]) / self.std[:, None, None]
        return z, self.rows[film][frames]


def clip_frames(generator: np.random.Generator, length: int, count: int, stride: int) -> tuple[np.ndarray, float]:
    """Frame numbers of one clip, and its stride. Wide strides vary, and their frames are jittered: at 60 frames and more,
    neighbours share no motion, and one film would give a single clip of stride 225."""
    if stride < 60:
        grid = GRID if stride == 1 else 15
        start = grid * generator.integers((length - stride * (count - 1) - 1) // grid + 1)
        return start + stride * np.arange(count), stride
    wide = np.exp(generator.uniform(np.log(60), np.log(225)))
    start = generator.uniform(0, length - 1 - wide * (count - 1))
    frames = start + wide * (np.arange(count) + generator.uniform(-0.3, 0.3, count))
    return (frames.clip(0, length - 1) / 15).astype(int) * 15, wide


class Batches:
    def __init__(self, latents: Latents, model: Model, seed: int):
        self.latents, self.generator = latents, np.random.default_rng(seed)
        self.ids, self.masks = model.text.tokenize([*latents.prompts, ""])
        self.empty = len(latents.prompts)
        self.frames = model.configuration.mtd.segment_frames

    def text(self, model: Denoiser, rows: np.ndarray) -> tuple[Tensor, Tensor]:
        """rows [N] -> text [N, T, D], mask [N, T]; each distinct prompt is encoded once."""
        distinct, inverse = np.unique(rows, return_inverse=True)
        ids, mask = self.ids[distinct], self.masks[distinct]
        unknown = (torch.rand(ids.shape) < WORD_DROP) & (ids > 2)
        return model.text(torch.where(unknown, 2, ids), mask)[inverse], mask[inverse]

    def images(self, batch: int):
        films = self.generator.integers(len(self.latents.films), size=batch)
        taken = [self.latents.take(f, self.generator.choice(encoded(len(self.latents.films[f])), size=1)) for f in films]
        rows = np.concatenate([r for _, r in taken])
        rows[self.generator.random(batch) < PROMPT_DROP] = self.empty
        stride, mask = np.full(batch, 225.0), np.zeros((batch, 1))
        return torch.from_numpy(np.stack([z for z, _ in taken])), rows, torch.from_numpy(stride), torch.from_numpy(mask).float()

    def clips(self, batch: int):
        z, rows, strides, masks = [], [], [], []
        weights = np.array([w for w, _ in DEPTHS.values()])
        for _ in range(batch):
            stride = int(self.generator.choice(list(DEPTHS), p=weights))
            film = self.generator.integers(len(self.latents.films))
            frames, actual = clip_frames(self.generator, len(self.latents.films[film]), self.frames, stride)
            clip, row = self.latents.take(film, frames)
            mask = np.zeros(self.frames)
            if self.generator.random() < DEPTHS[stride][1]:
                mask[[0, -1]] = 1
            z.append(clip)
            rows.append(np.full_like(row, self.empty) if self.generator.random() < PROMPT_DROP else row)
            strides.append(actual)
            masks.append(mask)
        return torch.from_numpy(np.stack(z)), np.concatenate(rows), torch.tensor(strides), torch.from_numpy(np.stack(masks)).float()


def condition_on(x: Tensor, mask: Tensor, level: Tensor, schedule: Schedule, between: str) -> Tensor:
    """x0^c, its known frames noised at timestep `level` [B] (level 0: as they are)."""
    noised = schedule.noised(x, torch.randn_like(x), level[:, None].expand(x.shape[:2]))
    return visual_condition(torch.where(level[:, None, None, None, None] > 0, noised, x), mask, between)


def train(stage: str, model: Model, latents: Latents, a: argparse.Namespace):
    net = Denoiser(model)
    temporal = stage == "temporal"
    if temporal and not a.start and not (a.work / "mtd-temporal.pt").exists():
        net.load_state_dict(torch.load(a.work / "mtd-spatial.pt", weights_only=False)["ema"])
    run = Run(f"mtd-{stage}", a.work, net, net.parameters(), a.minutes, a.rate, decay=0.999 if temporal else 0.998)
    seed = a.seed + 7919 * run.step  # what comes after an interruption is not what was before it
    torch.manual_seed(seed)
    batches = Batches(latents, model, seed)
    predict = torch.compile(net.mtd) if a.compile else net.mtd
    while run.running:
        x, rows, stride, mask = batches.clips(a.batch) if temporal else batches.images(a.batch)
        b, f = x.shape[:2]
        t = torch.randint(model.configuration.diffusion.steps, (b, 1)).expand(b, f)
        level = (torch.randint(1, CONDITION_NOISE, (b,)) * (torch.rand(b) < 0.7)).long()
        noise = model.schedule.mixed(torch.randn_like(x), torch.randn_like(x[:, :1]))
        with torch.autocast("cpu", torch.bfloat16):
            text, text_mask = batches.text(net, rows)
            condition = condition_on(x, mask, level, model.schedule, model.configuration.mtd.between)
            y = predict(model.schedule.noised(x, noise, t), t, stride, level, text, text_mask, condition, mask, temporal)
        error = (y.float() - model.schedule.target(x, noise, t)).square().mean(dim=(2, 3, 4))
        # Frames that are given teach little.
        weight = 1 - 0.8 * mask
        run.update((error * weight).sum() / weight.sum(), known=float(mask.mean()))
        if run.step % a.sheet_every == 0 or not run.running:
            average = copy.deepcopy(net).eval()
            average.load_state_dict(run.ema.weights)
            samples(average, model, latents, stage, a)


@torch.no_grad()
def samples(net: Denoiser, model: Model, latents: Latents, stage: str, a: argparse.Namespace):
    """A sheet of what the weights make: single frames, or a global clip of the first film and a local one inside it."""
    c = model.configuration
    generator = torch.Generator().manual_seed(5)
    temporal = stage == "temporal"

    def make(x: Tensor, rows: np.ndarray, stride: float, known: bool, steps: int, guidance: float) -> Tensor:
        b, f = x.shape[:2]
        mask = torch.zeros(b, f)
        if known:
            mask[:, [0, -1]] = 1
        ids, seen = model.text.tokenize([*(latents.prompts[r] for r in rows), *[""] * len(rows)])
        text = net.text(ids, seen)
        level = torch.zeros(2 * b, dtype=torch.long)
        doubled = visual_condition(x, mask, c.mtd.between).repeat(2, 1, 1, 1, 1)

        def predict(y: Tensor, t: int) -> Tensor:
            times = torch.full((2 * b, f), t)
            both = net.mtd(y.repeat(2, 1, 1, 1, 1), times, torch.full((2 * b,), stride), level, text, seen, doubled, mask.repeat(2, 1), temporal)
            with_prompt, without = both.float().chunk(2)
            return without + guidance * (with_prompt - without)

        def noise(_: int) -> Tensor:
            return model.schedule.mixed(torch.randn(x.shape, generator=generator), torch.randn(x[:, :1].shape, generator=generator))

        return sample(model.schedule, c.sampling, steps, predict, noise)

    def decode(z: Tensor) -> Tensor:
        return model.vae.decode(z.flatten(0, 1), z.shape[1] if temporal else None).float()

    with torch.autocast("cpu", torch.bfloat16):
        if not temporal:
            taken = [latents.take(i % len(latents.films), np.array([150 + 195 * i])) for i in range(16)]
            x, rows = torch.from_numpy(np.stack([z for z, _ in taken])), np.concatenate([r for _, r in taken])
            made = make(x, rows, 225, False, 30, 3.0)
            truth, y = decode(x), decode(made)
            sheet([truth[:8], y[:8], truth[8:], y[8:]], a.work / "mtd-spatial.png")
            names = [latents.prompts[r] for r in rows]
        else:
            lines, names = [], []
            for film, start, stride, known in [(0, 0, 225, False), (1, 210, 15, False), (1, 210, 15, True), (2, 495, 1, True), (3, 900, 1, True)]:
                z, rows = latents.take(film, start + stride * np.arange(16))
                x = torch.from_numpy(z)[None]
                made = make(x, rows, float(stride), known, 30 if not known else 15, 3.0 if not known else 1.5)
                lines += [decode(x), decode(made)]
                names += [latents.prompts[r] for r in rows[::5]]
            sheet(lines, a.work / "mtd-temporal.png")
    (a.work / f"mtd-{stage}.txt").write_text("\n".join(names) + "\n")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("stage", choices=["spatial", "temporal", "export"])
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--model", type=Path, help="export: the model directory to write")
    parser.add_argument("--start", type=Path, help="a model directory to go on from")
    parser.add_argument("--minutes", type=float, default=15)
    parser.add_argument("--batch", type=int, default=None)
    parser.add_argument("--rate", type=float, default=None)
    parser.add_argument("--sheet-every", type=int, default=500)
    parser.add_argument("--compile", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    a = parser.parse_args()
    a.batch = a.batch or (8 if a.stage == "temporal" else 64)
    a.rate = a.rate or (6e-4 if a.stage == "temporal" else 1e-3)
    torch.manual_seed(a.seed)
    checkpoint = a.work / f"mtd-{a.stage}.pt"
    if a.start and checkpoint.exists():
        raise SystemExit(f"{checkpoint} is there already; to go on from {a.start}, give another --work")
    model = Model.load(a.start).train() if a.start else Model(ModelConfiguration())
    c = model.configuration
    corpus = Corpus(a.corpus, c.video.width, c.video.height, a.work / "frames")
    if not a.start:
        c.text.vocabulary = [*SPECIAL, *sorted(corpus.vocabulary)]
        model = Model(c)
        best = next(p for name in ("vae-temporal.pt", "vae-spatial.pt") if (p := a.work / name).exists())
        model.vae.load_state_dict(torch.load(best, weights_only=False)["ema"])
    latents = Latents(corpus, model.vae, a.work / "latents")
    if a.start:  # what its denoiser has learnt on
        latents.mean, latents.std = np.float32(c.vae.latent_mean), np.float32(c.vae.latent_std)
    c.vae.latent_mean, c.vae.latent_std = latents.mean.tolist(), latents.std.tolist()
    if a.stage != "export":
        train(a.stage, model, latents, a)
        return
    net = Denoiser(model)
    net.load_state_dict(torch.load(a.work / "mtd-temporal.pt", weights_only=False)["ema"])
    model.save(a.model)


if __name__ == "__main__":
    main()
