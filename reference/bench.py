"""The twin's part of Benchmarks/run: seconds and GFLOP of one denoiser step and one decode in PyTorch, as JSON."""

import argparse
import json
import time
from pathlib import Path

import torch
from torch.utils.flop_counter import FlopCounterMode

from model import Model
from mtd import visual_condition

GEMM = 4096  # as in Sources/nuwa/Bench.swift


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--precision", choices=["f32", "bf16"], required=True)
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--warmup", type=int, default=3)
    parser.add_argument("--repeats", type=int, default=10)
    a = parser.parse_args()
    torch.set_num_threads(a.threads)
    model = Model.load(a.model)
    c = model.configuration
    dtype = torch.float32 if a.precision == "f32" else torch.bfloat16
    # The whole network in the type (no autocast, which would cast the weights at every call): the fairest and fastest form.
    model = model.to(dtype).to(memory_format=torch.channels_last)
    frames = c.mtd.segment_frames
    x = torch.randn(1, frames, *c.latent_shape, dtype=dtype)
    mask = torch.zeros(1, frames, dtype=dtype)
    mask[:, [0, -1]] = 1
    condition = visual_condition(x, mask, c.mtd.between)
    ids, seen = model.text.tokenize(["Morning in the meadow. Pim walks to the right."] * frames)
    z = x[0].contiguous(memory_format=torch.channels_last)

    def step():
        return model.mtd(x, torch.full((1, frames), 500), torch.ones(1), torch.zeros(1), text, seen, condition, mask)

    def decode():
        return model.vae.decode(z, frames)

    left = torch.randn(GEMM, GEMM, dtype=dtype)
    with torch.inference_mode():
        text = model.text(ids, seen)
        result = {}
        for name, body in (("mtd", step), ("vae", decode), ("gemm", lambda: left @ left)):
            with FlopCounterMode(display=False) as counter:
                body()
            for _ in range(a.warmup):
                body()
            times = []
            for _ in range(a.repeats):
                start = time.perf_counter()
                body()
                times.append(time.perf_counter() - start)
            result[name] = min(times)
            result[f"{name}_gflop"] = counter.get_total_flops() / 1e9
    print(json.dumps(result))


if __name__ == "__main__":
    main()
