"""The noise schedule, the objectives and the samplers (NUWA-XL eq. 3-5 and 16; DDIM: Song et al. 2021, arXiv 2010.02502;
DPM-Solver++(2M): Lu et al. 2022, arXiv 2211.01095)."""

import math
from dataclasses import dataclass, field
from typing import Callable

import torch
from torch import Tensor


@dataclass
class DiffusionConfiguration:
    objective: str = "velocity"  # or "epsilon", the paper's eq. 5
    steps: int = 1000
    schedule: str = "cosine"  # or "linear"
    shared_noise: float = 0.5  # share of the noise's variance that the frames of a segment have in common (PYoCo, arXiv 2305.10474)


@dataclass
class SamplingConfiguration:
    sampler: str = "ddpm"  # or "ddim" or "dpm-solver"
    steps: list[int] = field(default_factory=lambda: [200, 40])  # by depth; the last value holds for all deeper ones
    guidance: list[float] = field(default_factory=lambda: [3.0, 1.5, 1.0])  # by depth, likewise; 1 = no guidance
    condition_level: int = 0  # timestep of the noise that is put on the parents
    clip: float = 4.0  # bound of a predicted clean latent
    efforts: list[dict] | None = None  # steps, sampler and guidance by stride and by what is known, where it matters; see ModelConfiguration.swift


class Schedule:
    """alpha_bar[t] for t in 0 ..< steps."""

    def __init__(self, c: DiffusionConfiguration):
        if c.schedule == "linear":  # Ho et al. 2020
            betas = torch.linspace(1e-4, 0.02, c.steps, dtype=torch.float64)
        else:  # Nichol and Dhariwal 2021, eq. 17
            f = [math.cos((i / c.steps + 0.008) / 1.008 * math.pi / 2) ** 2 for i in range(c.steps + 1)]
            betas = torch.tensor([min(1 - b / a, 0.999) for a, b in zip(f, f[1:])], dtype=torch.float64)
        self.objective, self.shared_noise = c.objective, c.shared_noise
        self.alpha_bar = torch.cumprod(1 - betas, 0)

    def coefficients(self, t: Tensor) -> tuple[Tensor, Tensor]:
        """sqrt(alpha_bar), sqrt(1 - alpha_bar) at t, in t's shape."""
        a = self.alpha_bar.to(t.device)[t]
        return a.sqrt().float(), (1 - a).sqrt().float()

    def mixed(self, own: Tensor, shared: Tensor) -> Tensor:
        """Noise [B, F, c, h, w] of each frame's own and of a shared part [B, 1, c, h, w], both of variance 1."""
        return math.sqrt(1 - self.shared_noise) * own + math.sqrt(self.shared_noise) * shared

    def noised(self, x0: Tensor, noise: Tensor, t: Tensor) -> Tensor:
        """x0, noise [B, F, c, h, w], t [B, F] (eq. 4)."""
        s, n = (v[..., None, None, None] for v in self.coefficients(t))
        return s * x0 + n * noise

    def target(self, x0: Tensor, noise: Tensor, t: Tensor) -> Tensor:
        if self.objective == "epsilon":
            return noise
        s, n = (v[..., None, None, None] for v in self.coefficients(t))
        return s * noise - n * x0  # Salimans and Ho 2022

    def clean_and_noise(self, x: Tensor, prediction: Tensor, t: int, clip: float) -> tuple[Tensor, Tensor]:
        """The clean latent and the noise that a prediction at timestep t stands for."""
        a = self.alpha_bar[t].item()
        s, n = math.sqrt(a), math.sqrt(1 - a)
        x0 = (x - n * prediction) / s if self.objective == "epsilon" else s * x - n * prediction
        x0 = x0.clamp(-clip, clip)
        return x0, (x - s * x0) / n


def timesteps(total: int, count: int) -> list[int]:
    """`count` timesteps from total - 1 down, evenly spaced from the noisy end."""
    return [(total * (count - i) + count // 2) // count - 1 for i in range(count)]


def sample(
    schedule: Schedule,
    c: SamplingConfiguration,
    steps: int,
    predict: Callable[[Tensor, int], Tensor],
    noise: Callable[[int], Tensor],
) -> Tensor:
    """predict(x, t) is guided already; noise(0) is the start, noise(i) what DDPM adds after step i."""
    x, last, gap = noise(0), None, 0.0
    ts = timesteps(len(schedule.alpha_bar), steps)
    for i, t in enumerate(ts):
        x0, eps = schedule.clean_and_noise(x, predict(x, t), t, c.clip)
        a = schedule.alpha_bar[t].item()
        previous = schedule.alpha_bar[ts[i + 1]].item() if i + 1 < steps else 1.0
        if c.sampler == "ddim" or previous == 1.0:
            x = math.sqrt(previous) * x0 + math.sqrt(1 - previous) * eps
        elif c.sampler == "dpm-solver":  # of second order: how the clean latents change is told by the last step's
            h = (math.log(previous / (1 - previous)) - math.log(a / (1 - a))) / 2
            ahead = x0 if last is None else x0 + h / (2 * gap) * (x0 - last)
            x = math.sqrt((1 - previous) / (1 - a)) * x - math.sqrt(previous) * math.expm1(-h) * ahead
            last, gap = x0, h
        else:  # eq. 16, with the square root that its last coefficient lacks in print
            alpha = a / previous
            mean = (x - (1 - alpha) / math.sqrt(1 - a) * eps) / math.sqrt(alpha)
            x = mean + math.sqrt((1 - previous) / (1 - a) * (1 - alpha)) * noise(i + 1)
    return x
