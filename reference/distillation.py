"""Fewer evaluations a segment: a student that takes one step for several of its teacher's, with the guidance baked in (progressive
distillation, Salimans and Ho 2022, arXiv 2202.00512, in one round, as Sources/Training/Distillation.swift does it)."""

import math
from typing import Callable

import torch
from torch import Tensor

from diffusion import SamplingConfiguration, Schedule, timesteps


def check(kind: dict, objective: str):
    """Refuses what cannot be taught, as `nuwa train distill` does."""
    if kind["from"] % kind["into"] or kind["known"] not in ("none", "both") or objective != "velocity":
        raise SystemExit(f"{kind}: `from` is a multiple of `into`, nothing or both ends are known, and the model predicts velocity")


def effort(c: SamplingConfiguration, known: str, stride: int) -> dict:
    """What a segment is worth to the teacher."""
    depth = 0 if known == "none" else 1
    of_depth = {"known": known, "stride": 1, "steps": c.steps[min(depth, len(c.steps) - 1)]}
    given = next((e for e in c.efforts or [] if e["known"] == known and stride >= e["stride"]), of_depth)
    return {"guidance": c.guidance[min(depth, len(c.guidance) - 1)]} | given


def replace(c: SamplingConfiguration, teacher: SamplingConfiguration, kind: dict):
    """The student's effort in the place of the teacher's for segments of a kind; beyond its strides the teacher's as it was."""
    known, (low, high) = kind["known"], kind["strides"]
    own = {"known": known, "stride": low, "steps": kind["into"], "sampler": "ddim", "guidance": 1.0}
    kept = [e for e in c.efforts or [] if e["known"] != known or not low <= e["stride"] <= high]
    if not any(e["known"] == known and e["stride"] == high + 1 for e in kept):
        kept.append(effort(teacher, known, high + 1) | {"stride": high + 1})
    c.efforts = sorted([*kept, own], key=lambda e: (e["known"] != "none", -e["stride"]))


def guidance(efforts: list[dict], prompt: Tensor, mask: Tensor) -> Tensor:
    """One effort a clip; prompt [B, F], a number for each distinct prompt -> the guidance of each frame [B, F]: more where neither end has
    its prompt."""
    orphan = (prompt != prompt[:, :1]) & (prompt != prompt[:, -1:]) & (mask[:, :1] > 0)
    usual = torch.tensor([[float(e["guidance"])] for e in efforts])
    more = torch.tensor([[float(e.get("orphan_guidance") or e["guidance"])] for e in efforts])
    return torch.where(orphan, more, usual)


def target(
    schedule: Schedule, clip: float, x: Tensor, place: list[int], into: int, steps: int, predict: Callable[[Tensor, Tensor], Tensor]
) -> Tensor:
    """What the student is to predict from x [B, F, c, h, w] at timestep place[b] of its `into`, so that one step of DDIM takes it where
    DPM-Solver++ of so many `steps` in all takes the teacher. predict(x, t [B]) is the teacher's, guided."""
    ts, each = timesteps(len(schedule.alpha_bar), steps), steps // into
    bars = [schedule.alpha_bar[t].item() for t in ts] + [1.0]
    start, last, gaps = x, [None] * len(x), [0.0] * len(x)
    for i in range(each):
        at = [j * each + i for j in place]
        y = predict(x, torch.tensor([ts[k] for k in at]))
        rows = []
        for b, k in enumerate(at):
            a, following = bars[k], bars[k + 1]
            x0, _ = schedule.clean_and_noise(x[b], y[b], ts[k], clip)
            if following == 1.0:
                rows.append(x0)
                continue
            h = (math.log(following / (1 - following)) - math.log(a / (1 - a))) / 2
            ahead = x0 if last[b] is None else x0 + h / (2 * gaps[b]) * (x0 - last[b])
            rows.append(math.sqrt((1 - following) / (1 - a)) * x[b] - math.sqrt(following) * math.expm1(-h) * ahead)
            last[b], gaps[b] = x0, h
        x = torch.stack(rows)
    wanted = []
    for b, j in enumerate(place):
        a, following = bars[j * each], bars[(j + 1) * each]
        s, n = math.sqrt(a), math.sqrt(1 - a)
        # Where one step of DDIM goes is x's share and the clean latent's: so the clean one follows from where it should go.
        share = math.sqrt(1 - following) / n
        clean = (x[b] - share * start[b]) / (math.sqrt(following) - s * share)
        wanted.append((s * start[b] - clean) / n if schedule.objective == "velocity" else (start[b] - s * clean) / n)
    return torch.stack(wanted)
