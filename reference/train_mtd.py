"""Trains MTD and the text encoder on a cache of latents (`nuwa latents`), by the recipe that `nuwa train mtd` reads.

    python train_mtd.py --recipe ../etc/nuwa/training/mtd.toml --start ../models/cartoon --latents DIR --work DIR
    python train_mtd.py ... --export MODEL

Goes on where it was when it is started again. What it makes is the average of the weights.
"""

import argparse
import copy
import csv
import json
import math
import os
import time
import tomllib
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

import distillation
from diffusion import timesteps as visited
from latents import LatentCache
from model import Model
from mtd import visual_condition
from training import EMA
from whereabouts import Whereabouts

WIDE = 60  # from this stride on, the frames of a clip are as good as independent pictures


class Denoiser(nn.Module):
    """What is trained together."""

    def __init__(self, model: Model, recipe: dict):
        super().__init__()
        self.mtd, self.text = model.mtd, model.text
        c = model.configuration.mtd
        self.whereabouts = Whereabouts(c.channels[1], c.groups) if "figures" in recipe else None


class Batches:
    """Batches that are a function of the recipe's seed and the step's number, and of what the cache holds just then."""

    def __init__(self, cache: LatentCache, model: Model, recipe: dict):
        self.cache, self.model, self.recipe = cache, model, recipe
        self.mix = recipe["mix"]
        self.shares = np.array([m["share"] for m in self.mix])
        self.shares /= self.shares.sum()
        self.index()

    def index(self):
        """For each kind of the mix, the places [shard, clip] that belong to it."""
        self.cache.refresh()
        clips = self.cache.of_length(16)
        self.places = []
        for m in self.mix:
            low, high = m["strides"]
            if m["frames"] == [1, 1]:
                found = [(s, i) for s in self.cache.of_length(1) for i in range(len(s.stride))]
                found += [(s, i) for s in clips for i in np.flatnonzero(s.stride >= WIDE) for _ in range(16)]
            else:
                found = [(s, i) for s in clips for i in np.flatnonzero((s.stride >= low) & (s.stride <= high))]
            self.places.append(found)
        for m, found in zip(self.mix, self.places):
            if not found:
                raise SystemExit(f"the cache has no clips for frames = {m['frames']}, strides = {m['strides']}")

    def batch(self, step: int):
        g = np.random.default_rng((self.recipe["seed"], step))
        number = g.choice(len(self.mix), p=self.shares)
        kind, places = self.mix[number], self.places[number]
        still = kind["frames"] == [1, 1]
        # Half of the batches have clips of full length, the others shorter ones, as a plan may ask for.
        shortest, longest = kind["frames"]
        length = longest if g.random() < 0.5 else int(g.integers(shortest, longest + 1))
        count = self.recipe["batch"] * (16 if still else 1)
        x, prompts, strides, figures = [], [], [], []
        for _ in range(count):
            shard, i = places[g.integers(len(places))]
            d = shard.description[i]
            wording = [r["wordings"][g.integers(len(r["wordings"]))] for r in d["runs"]]
            first = g.integers(len(d["run"]) - length + 1)
            frames = range(first, first + length)
            dropped = g.random() < self.recipe["noise"]["prompt_drop"] and "into" not in kind
            x.append(shard.latents[i][list(frames)].astype(np.float32))
            prompts += ["" if dropped else wording[d["run"][f]] for f in frames]
            strides.append(225.0 if still else float(d["stride"]))
            if "figures" in self.recipe:
                if d.get("figures") is None:
                    raise SystemExit("the recipe asks for figures, and the cache has clips without: make it anew with `nuwa latents`")
                figures += [d["figures"][f] for f in frames]
        mask = np.zeros((count, x[0].shape[0]), np.float32)
        if kind["known"] == "both":
            mask[:, [0, -1]] = 1
        if kind["known"] == "start":
            mask[:, : int(g.integers(1, length // 2 + 1))] = 1
        noise = self.recipe["noise"]
        if "into" in kind:  # the student learns at the timesteps that it will be asked at, of parents as in a render
            total = self.model.configuration.diffusion.steps
            place = (np.arange(count) + g.integers(kind["into"])) % kind["into"]
            t, level = np.array(visited(total, kind["into"]))[place], np.full(count, self.model.configuration.sampling.condition_level)
        else:
            place = None
            t = self.timesteps(g, count, kind["known"] == "none")
            level = g.integers(1, noise["condition"], count) * (g.random(count) < noise["condition_share"])
        return torch.from_numpy(np.stack(x)), prompts, torch.tensor(strides), torch.from_numpy(mask), torch.from_numpy(t), torch.from_numpy(level), figures, kind, place

    def timesteps(self, g, count: int, free: bool) -> np.ndarray:
        """Stratified: one from each of `count` equal parts, in mixed order."""
        u = (g.permutation(count) + g.random(count)) / count
        steps = self.model.configuration.diffusion.steps
        upper = self.recipe["noise"]["upper"] if free else 0.0
        # The share `upper` of the draws lies in the upper 400 of 1000, the rest anywhere.
        density = np.where(u < upper, 0.6 + 0.4 * u / max(upper, 1e-9), (u - upper) / (1 - upper))
        return np.minimum((density * steps).astype(np.int64), steps - 1)

    def text(self, net: Denoiser, prompts: list[str], g: torch.Generator | None) -> tuple[Tensor, Tensor, Tensor]:
        """-> text [N, T, D], mask [N, T], which prompt [N]; each distinct prompt is encoded once."""
        distinct = sorted(set(prompts))
        row = {p: i for i, p in enumerate(distinct)}
        ids, mask = net.text.tokenize(distinct)
        length = int(mask.sum(1).max())
        ids, mask = ids[:, :length], mask[:, :length]
        if g is not None:
            unknown = (torch.rand(ids.shape, generator=g) < self.recipe["noise"]["word_drop"]) & (ids > 2)
            ids = torch.where(unknown, 2, ids)
        rows = torch.tensor([row[p] for p in prompts])
        return net.text(ids, mask)[rows], mask[rows], rows


def taught(teacher: Model, kind: dict, place, x: Tensor, prompts: list[str], stride: Tensor, level: Tensor, mask: Tensor, condition: Tensor) -> Tensor:
    """What the teacher would have the student predict from the noisy clips x."""
    b, f = x.shape[:2]
    efforts = [distillation.effort(teacher.configuration.sampling, kind["known"], int(s)) for s in stride]

    def once(prompts: list[str], x: Tensor, t: Tensor) -> Tensor:
        numbers = {p: i for i, p in enumerate(dict.fromkeys(prompts))}
        ids, seen = teacher.text.tokenize(prompts)
        text = teacher.text(ids, seen), seen, torch.tensor([numbers[p] for p in prompts]).reshape(b, f)
        return teacher.mtd(x, t[:, None].expand(b, f), stride, level, *text, condition, mask)

    numbers = {p: i for i, p in enumerate(dict.fromkeys(prompts))}
    share = distillation.guidance(efforts, torch.tensor([numbers[p] for p in prompts]).reshape(b, f), mask)

    def guided(x: Tensor, t: Tensor) -> Tensor:
        y = once(prompts, x, t)
        if bool((share == 1).all()):
            return y
        without = once([""] * len(prompts), x, t)
        return without + share[:, :, None, None, None] * (y - without)

    with torch.no_grad():
        clip = teacher.configuration.sampling.clip
        return distillation.target(teacher.schedule, clip, x, list(place), kind["into"], kind["from"], guided)


def loss_of(net: Denoiser, model: Model, batches: Batches, step: int, predict, teacher: Model | None) -> Tensor:
    x, prompts, stride, mask, t, level, figures, kind, place = batches.batch(step)
    b, f = x.shape[:2]
    g = torch.Generator().manual_seed(batches.recipe["seed"] * 1_000_003 + step)

    def normal(shape) -> Tensor:
        return torch.randn(shape, generator=g)

    t = t[:, None].expand(b, f)
    noise = model.schedule.mixed(normal(x.shape), normal((b, 1, *x.shape[2:])))
    text, text_mask, prompt = batches.text(net, prompts, None if "into" in kind else g)
    noised = model.schedule.noised(x, normal(x.shape), level[:, None].expand(b, f))
    known = torch.where(level[:, None, None, None, None] > 0, noised, x)
    condition = visual_condition(known, mask, model.configuration.mtd.between)
    known: list | None = None if net.whereabouts is None else []
    noisy = model.schedule.noised(x, noise, t)
    y = predict(noisy, t, stride, level, text, text_mask, prompt.reshape(b, f), condition, mask, f > 1, known)
    if "into" in kind:
        target = taught(teacher, kind, place, noisy, prompts, stride, level, mask, condition)
    else:
        target = model.schedule.target(x, noise, t)
    error = (y.float() - target).square().mean(dim=(2, 3, 4))
    weight = 1 - 0.8 * mask  # frames that are given teach little
    loss = (error * weight).sum() / weight.sum()
    return loss if known is None else loss + batches.recipe["figures"] * net.whereabouts(known, figures)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--recipe", type=Path, required=True)
    parser.add_argument("--start", type=Path, required=True, help="a model directory to go on from")
    parser.add_argument("--latents", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--validation", type=Path, help="a cache of the validation split, for held-out measures on the way")
    parser.add_argument("--export", type=Path, help="write the average as a model directory, and stop")
    parser.add_argument("--until", type=int, help="stop after this step")
    parser.add_argument("--compile", action="store_true")
    a = parser.parse_args()
    recipe = tomllib.loads(a.recipe.read_text())
    a.work.mkdir(parents=True, exist_ok=True)
    model = Model.load(a.start, recipe.get("network", {})).train()
    net = Denoiser(model, recipe)
    distilled = [m for m in recipe["mix"] if "into" in m]
    for m in distilled:
        distillation.check(m, model.configuration.diffusion.objective)
    teacher = copy.deepcopy(model).eval().requires_grad_(False) if distilled else None
    checkpoint = a.work / "mtd.pt"
    average = EMA(net, recipe["optimiser"]["average"])
    o = recipe["optimiser"]
    optimiser = torch.optim.AdamW(net.parameters(), lr=o["rate"], weight_decay=o["decay"], betas=(0.9, 0.99))
    step = 0
    if checkpoint.exists():
        state = torch.load(checkpoint, weights_only=False)
        net.load_state_dict(state["module"])
        optimiser.load_state_dict(state["optimiser"])
        average.weights, average.updates, step = state["ema"], state["updates"], state["step"]
        print(f"going on at step {step}", flush=True)
    if a.export:
        net.load_state_dict(average.weights)
        for m in distilled:
            distillation.replace(model.configuration.sampling, teacher.configuration.sampling, m)
        model.save(a.export)
        return
    batches = Batches(LatentCache(a.latents), model, recipe)
    predict = torch.compile(net.mtd) if a.compile else net.mtd
    losses, begun, saved, indexed = [], time.monotonic(), time.monotonic(), time.monotonic()
    last = min(recipe["steps"], a.until or recipe["steps"])
    while step < last:
        rate = o["rate"] * min(1.0, (step + 1) / o["warm_up"])
        rate *= o["final"] + (1 - o["final"]) * 0.5 * (1 + math.cos(math.pi * step / recipe["steps"]))
        for group in optimiser.param_groups:
            group["lr"] = rate
        optimiser.zero_grad(set_to_none=True)
        loss = loss_of(net, model, batches, step, predict, teacher)
        if not torch.isfinite(loss):
            raise SystemExit(f"step {step}: the loss is {loss.item()}; {checkpoint} keeps the last good state")
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), o["clip"])
        optimiser.step()
        average.update(net)
        step += 1
        losses.append(loss.item())
        now = time.monotonic()
        if step % 50 == 0:
            row = {"step": step, "seconds": round(now - begun, 1), "rate": round(rate, 7), "loss": round(float(np.mean(losses)), 5)}
            with (a.work / "mtd.csv").open("a") as file:
                csv.writer(file).writerow(row.values())
            print(row, flush=True)
            losses = []
        if now - indexed > 60:
            batches.index()
            indexed = now
        if now - saved > 120 or step == last:
            state = {"module": net.state_dict(), "optimiser": optimiser.state_dict(), "ema": average.weights}
            torch.save({**state, "updates": average.updates, "step": step}, checkpoint.with_suffix(".part"))
            os.replace(checkpoint.with_suffix(".part"), checkpoint)
            saved = now


if __name__ == "__main__":
    main()
