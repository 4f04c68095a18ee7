"""Figures of a model on latents that training never sees, without sampling: the error of its prediction, how much the right prompt
helps, and how often it beats one with a swapped name, by timestep, stride and what is known.

    python held_out.py --model ../models/cartoon --latents DIR --clips 48
"""

import argparse
import json
from pathlib import Path

import numpy as np
import torch

from latents import LatentCache
from model import Model
from mtd import visual_condition

NAMES = {"Pim": ["boy", "red"], "Lulu": ["girl", "yellow"], "Rok": ["dinosaur", "green"], "Bo": ["robot"]}
ROWS = [  # frames, strides, both ends known, timesteps
    (1, (1, 3375), False, (600, 850, 930, 980)),
    (16, (60, 225), False, (600, 850, 930)),
    (16, (4, 30), False, (850, 930)),
    (16, (4, 30), True, (600, 850, 930)),
    (16, (1, 3), True, (850,)),
]


def swapped(prompt: str, generator: np.random.Generator) -> str | None:
    """The prompt with one of its names in another's place; nil where an epithet would betray it."""
    present = [n for n in NAMES if n in prompt]
    absent = [n for n in NAMES if n not in prompt]
    plain = [n for n in present if not any(word in prompt for word in NAMES[n])]
    if not plain or not absent:
        return None
    return prompt.replace(plain[generator.integers(len(plain))], absent[generator.integers(len(absent))])


@torch.no_grad()
def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--weights", type=Path, help="a training's checkpoint: its average is measured instead of the model's weights")
    parser.add_argument("--network", default="{}", help="with --weights: the parts that the recipe added, as JSON")
    parser.add_argument("--latents", type=Path, required=True)
    parser.add_argument("--clips", type=int, default=48)
    a = parser.parse_args()
    model = Model.load(a.model, json.loads(a.network))
    if a.weights:
        state = torch.load(a.weights, weights_only=False)
        for name in ("mtd", "text"):
            prefix = name + "."
            getattr(model, name).load_state_dict({k[len(prefix):]: v for k, v in state["ema"].items() if k.startswith(prefix)})
        print(f"average at step {state['step']}")
    cache = LatentCache(a.latents)
    print("frames strides known    t   error  null-right  wins     n")
    for frames, (low, high), known, times in ROWS:
        g = np.random.default_rng(5)
        clips = [(s, i) for s in cache.of_length(frames) for i in range(len(s.stride)) if low <= s.stride[i] <= high]
        clips = [clips[k] for k in g.permutation(len(clips))[: a.clips * (8 if frames == 1 else 1)]]
        for time in times:
            errors, gains, wins = [], [], []
            for chunk in range(0, len(clips), 4 if frames > 1 else 64):
                part = clips[chunk : chunk + (4 if frames > 1 else 64)]
                g = np.random.default_rng(1000 + chunk)
                x = torch.from_numpy(np.stack([s.latents[i].astype(np.float32) for s, i in part]))
                right, wrong, counted = [], [], []
                for s, i in part:
                    d = s.description[i]
                    words = []
                    for r in d["runs"]:
                        pairs = [(w, swapped(w, g)) for w in r["wordings"]]
                        words.append(next((p for p in pairs if p[1]), (r["wordings"][0], None)))
                    right += [words[r][0] for r in d["run"]]
                    wrong += [words[r][1] or words[r][0] for r in d["run"]]
                    counted += [words[r][1] is not None for r in d["run"]]
                b, f = x.shape[:2]
                mask = torch.zeros(b, f)
                if known:
                    mask[:, [0, -1]] = 1
                tg = torch.Generator().manual_seed(7 + chunk)
                noise = model.schedule.mixed(torch.randn(x.shape, generator=tg), torch.randn((b, 1, *x.shape[2:]), generator=tg))
                t = torch.full((b, f), time)
                stride = torch.tensor([225.0 if f == 1 else float(s.stride[i]) for s, i in part])
                condition = visual_condition(x, mask, model.configuration.mtd.between)
                noised, target = model.schedule.noised(x, noise, t), model.schedule.target(x, noise, t)

                def error(prompts):
                    ids, seen = model.text.tokenize(prompts)
                    n = int(seen.sum(1).max())
                    text = model.text(ids[:, :n], seen[:, :n])
                    number = {p: k for k, p in enumerate(prompts)}
                    which = torch.tensor([number[p] for p in prompts]).reshape(b, f)
                    y = model.mtd(noised, t, stride, torch.zeros(b, dtype=torch.long), text, seen[:, :n], which, condition, mask, f > 1)
                    return (y - target).square().mean(dim=(2, 3, 4)).flatten()

                e, w, n = error(right), error(wrong), error([""] * len(right))
                free = (mask.flatten() == 0) & torch.tensor(counted)
                errors += e[mask.flatten() == 0].tolist()
                gains += (n - e)[mask.flatten() == 0].tolist()
                wins += (w > e)[free].tolist()
            print(
                f"{frames:6d} {low:3d}-{high:<4d} {'both' if known else 'none':5s} {time:4d}  {np.mean(errors):.3f}  {np.mean(gains):9.3f}  {100 * np.mean(wins):4.0f} %  {len(wins)}",
                flush=True,
            )


if __name__ == "__main__":
    main()
