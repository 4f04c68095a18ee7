"""What every training stage needs: a time budget, an average of the weights, resumable checkpoints, a log, sample sheets."""

import csv
import math
import os
import time
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn


class EMA:
    """Exponential moving average of the weights, with the warm-up of the usual implementations."""

    def __init__(self, module: nn.Module, decay: float = 0.999):
        self.decay, self.updates = decay, 0
        self.weights = {k: v.detach().clone() for k, v in module.state_dict().items()}

    @torch.no_grad()
    def update(self, module: nn.Module):
        self.updates += 1
        decay = min(self.decay, (1 + self.updates) / (10 + self.updates))
        for k, v in module.state_dict().items():
            self.weights[k].lerp_(v.detach(), 1 - decay) if v.is_floating_point() else self.weights[k].copy_(v)


class Run:
    """One stage of a training: `minutes` of work, interrupted and continued as often as it needs. The learning rate follows
    the share of the budget that is spent: a short warm-up, then a cosine."""

    def __init__(self, name: str, folder: Path, module: nn.Module, parameters, minutes: float, rate: float, decay: float = 0.999):
        self.name, self.folder, self.module, self.rate = name, folder, module, rate
        self.budget, self.spent, self.step = minutes * 60, 0.0, 0
        self.parameters = [p for p in parameters if p.requires_grad]
        self.optimiser = torch.optim.AdamW(self.parameters, lr=rate, weight_decay=0.01, betas=(0.9, 0.99))
        self.ema = EMA(module, decay)
        folder.mkdir(parents=True, exist_ok=True)
        self.checkpoint = folder / f"{name}.pt"
        if self.checkpoint.exists():
            state = torch.load(self.checkpoint, weights_only=False)
            module.load_state_dict(state["module"])
            self.optimiser.load_state_dict(state["optimiser"])
            self.ema.weights, self.ema.updates = state["ema"], state["updates"]
            self.spent, self.step = state["spent"], state["step"]
            print(f"{name}: continuing at step {self.step}, {self.spent / 60:.1f} min", flush=True)
        self.last, self.saved, self.logged, self.losses = time.monotonic(), time.monotonic(), time.monotonic(), []
        self.log = folder / f"{name}.csv"

    @property
    def running(self) -> bool:
        return self.spent < self.budget

    def update(self, loss: Tensor, **more: float):
        share = min(self.spent / self.budget, 1.0)
        for group in self.optimiser.param_groups:
            group["lr"] = self.rate * min(1.0, (self.step + 1) / 100) * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * share)))
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.parameters, 1.0)
        self.optimiser.step()
        self.ema.update(self.module)
        self.step += 1
        now = time.monotonic()
        self.spent, self.last = self.spent + now - self.last, now
        self.losses.append(loss.item())
        if now - self.logged > 20:
            self.write({"step": self.step, "minutes": round(self.spent / 60, 2), "loss": round(float(np.mean(self.losses)), 5), **more})
            self.logged, self.losses = now, []
        if now - self.saved > 180 or not self.running:
            self.save()

    def write(self, row: dict):
        new = not self.log.exists()
        with self.log.open("a") as file:
            writer = csv.DictWriter(file, row)
            if new:
                writer.writeheader()
            writer.writerow(row)
        print(self.name, row, flush=True)

    def save(self):
        part = self.checkpoint.with_suffix(".part")
        state = {"module": self.module.state_dict(), "optimiser": self.optimiser.state_dict(), "ema": self.ema.weights}
        torch.save({**state, "updates": self.ema.updates, "spent": self.spent, "step": self.step}, part)
        os.replace(part, self.checkpoint)
        self.saved = time.monotonic()


def sheet(rows: list[Tensor], path: Path):
    """Rows of pictures [n, 3, H, W] in -1...1 as one PNG."""
    lines = [torch.cat(list(row.float().clamp(-1, 1)), dim=2) for row in rows]
    picture = torch.cat(lines, dim=1).add(1).mul(127.5).round().byte().permute(1, 2, 0)
    Image.fromarray(picture.cpu().numpy()).save(path)
