"""Writes goldens: inputs and outputs of the twin, that the Swift networks are held against in Tests/DiffusionTests and Tests/TrainingTests.

python reference/goldens.py Tests/Fixtures/models/tiny Tests/Fixtures/goldens/tiny            every block, network and sampler
python reference/goldens.py Tests/Fixtures/models/tiny-extended Tests/Fixtures/goldens/tiny-extended --extended      the parts that the paper's lacks: MTD, its gradients, those of being asked who is where; a decoder that draws larger, and T-KLVAE's gradients
python reference/goldens.py models/cartoon Tests/Fixtures/goldens/cartoon --networks          one MTD forward and one VAE decode

Arrays are f32 and channels-last, as in Swift: [N, H, W, C].
"""

import argparse
import copy
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from torch import Tensor

from diffusion import DiffusionConfiguration, SamplingConfiguration, Schedule, sample, timesteps
from layers import norm_silu
from model import Model
from mtd import MTD, Inputs, visual_condition
from picture_loss import clip_loss, divergence
from train_mtd import taught
from whereabouts import Whereabouts

PROMPTS = ["Morning. Pim walks to the right.", "Lulu and Pim sit by the old tree", "Rok's night: a zebra 42!", ""]
SEGMENTS = {
    "global": {"depth": 0, "stride": 15, "frames": [0, 15, 30, 45], "parents": False, "seed": 42},
    "local": {"depth": 1, "stride": 5, "frames": [15, 20, 25, 30], "parents": True, "seed": 2**40 + 7},
}
# By frame, for heads on two scales: nobody, somebody between two cells, somebody outside of the picture, several.
FIGURES = [
    [],
    [{"name": "Pim", "x": 0.5, "y": 0.5, "facing": "right", "action": "walk"}],
    [
        {"name": "Bo", "x": 0.31, "y": 0.87, "facing": "left", "action": "stand"},
        {"name": "Lulu", "x": 0.93, "y": 0.8, "facing": "right", "action": "jump"},
        {"name": "Rok", "x": 0.44, "y": 0.9, "facing": "right", "action": "sit"},
    ],
    [
        {"name": "Rok", "x": -0.45, "y": 0.89, "facing": "left", "action": "wave"},
        {"name": "Pim", "x": 0.7, "y": 0.62, "facing": "left", "action": "sit"},
    ],
]
HEADS = {"0": "norm", "1": "conv", "3": "out"}  # layers of the heads, as Sources/Training/Whereabouts.swift names them


def last(x: Tensor) -> Tensor:
    """[..., C, H, W] -> [..., H, W, C]."""
    return x.movedim(-3, -1).contiguous()


def first(x: Tensor) -> Tensor:
    """[N, H, W, C] -> [N, C, H, W] in channels-last memory."""
    return x.permute(0, 3, 1, 2)


def numbers(prompts: list[str], batch: int) -> Tensor:
    """[B, F]: a number for each distinct prompt."""
    return torch.tensor([sorted(set(prompts)).index(p) for p in prompts]).reshape(batch, -1)


class Goldens(dict):
    def save(self, path: Path, **metadata):
        path.parent.mkdir(parents=True, exist_ok=True)
        tensors = {k: v.detach().float().contiguous() for k, v in self.items()}
        save_file(tensors, path, {k: json.dumps(v) for k, v in metadata.items()})
        path.chmod(0o644)  # safetensors makes them 600


# Philox4x32-10 and the normals of Sources/Diffusion/Noise.swift, written a second time.


def philox(counter: np.ndarray, key: tuple[int, int]) -> np.ndarray:
    """counter [n, 4] -> words [n, 4]; all values below 2**32 in uint64."""
    c, k, low = counter.astype(np.uint64), list(key), np.uint64(0xFFFFFFFF)
    for _ in range(10):
        a, b = c[:, 0] * np.uint64(0xD2511F53), c[:, 2] * np.uint64(0xCD9E8D57)
        c = np.stack([(b >> np.uint64(32)) ^ c[:, 1] ^ np.uint64(k[0]), b & low, (a >> np.uint64(32)) ^ c[:, 3] ^ np.uint64(k[1]), a & low], 1)
        k = [(k[0] + 0x9E3779B9) % 2**32, (k[1] + 0xBB67AE85) % 2**32]
    return c


def normals(seed: int, depth: int, stream: int, step: int, frames: list[int], shape: tuple[int, int, int]) -> Tensor:
    """[1, F, c, h, w]: the numbers are dealt over h, w, c of each film frame."""
    c, h, w = shape
    blocks = np.arange((c * h * w + 3) // 4)
    rows = []
    for frame in frames:
        counter = np.stack([blocks, *(np.full_like(blocks, v) for v in (step, frame, stream << 16 | depth))], 1)
        u = philox(counter, (seed % 2**32, seed >> 32)).astype(np.float64)
        radius = np.sqrt(-2 * np.log((u[:, 0::2] + 0.5) * 2.0**-32))
        angle = 2 * np.pi * u[:, 1::2] * 2.0**-32
        rows.append(np.stack([radius * np.cos(angle), radius * np.sin(angle)], 2).reshape(-1)[: c * h * w].reshape(h, w, c))
    return torch.from_numpy(np.stack(rows)).float().movedim(-1, 1)[None]


def vae(model: Model, frames: int) -> Goldens:
    video, upscale = model.configuration.video, model.configuration.vae.upscale
    pixels = torch.rand(frames, 3, video.height // upscale, video.width // upscale) * 2 - 1
    z = torch.randn(frames, *model.configuration.latent_shape)
    g = Goldens({"pixels": last(pixels), "encoded": last(model.vae.encode(pixels, frames))})
    g |= {"log_variance": last(model.vae.posterior(pixels, frames)[1])}
    g |= {"latents": last(z), "decoded": last(model.vae.decode(z, frames))}
    return g


def decode(model: Model, frames: int) -> Goldens:
    z = torch.randn(frames, *model.configuration.latent_shape)
    return Goldens({"latents": last(z), "decoded": last(model.vae.decode(z, frames))})


def text(model: Model, prompts: list[str]) -> Goldens:
    ids, mask = model.text.tokenize(prompts)
    return Goldens({"ids": ids, "mask": mask, "vectors": model.text(ids, mask) * mask[..., None]})


def mtd(model: Model, name: str, prompts: list[str], t: int, stride: int, level: int, given: list[int]) -> Goldens:
    f = model.configuration.mtd.segment_frames
    shape = (1, f, *model.configuration.latent_shape)
    mask = torch.zeros(1, f)
    mask[:, given] = 1
    x, condition = torch.randn(shape), visual_condition(torch.randn(shape), mask, model.configuration.mtd.between)
    ids, seen = model.text.tokenize(prompts)
    inputs = torch.full((1, f), t), torch.tensor([stride]), torch.tensor([level]), model.text(ids, seen), seen, numbers(prompts, 1)
    y = model.mtd(x, *inputs, condition, mask)
    g = {"x": last(x), "condition": last(condition), "mask": mask, "t": inputs[0], "stride": inputs[1], "level": inputs[2]}
    return Goldens({f"{name}.{k}": v for k, v in {**g, "y": last(y)}.items()})


def without_crossfade(model: Model) -> Model:
    """The same model, but that MTD's condition is the paper's."""
    changed = copy.deepcopy(model)
    changed.configuration.mtd.between = "zero"
    weights = {k: v for k, v in model.mtd.state_dict().items() if not k.startswith("fade.")}
    weights["condition.convs.0.weight"] = weights["condition.convs.0.weight"][:, : model.configuration.mtd.latent_channels]
    changed.mtd = MTD(changed.configuration.mtd)
    changed.mtd.load_state_dict(weights)
    return changed


def layers(model: Model) -> Goldens:
    """Each kind of block once, with the weights that it has somewhere in the networks."""
    c, f = model.configuration, 4
    net, g = model.mtd, Goldens()

    def golden(name: str, module, x: Tensor, *more, spatial: bool = True, channels_last: bool = True):
        y = module(first(x) if spatial else x, *more)
        g[f"{name}.x"], g[f"{name}.y"] = x, last(y) if spatial and channels_last else y

    coarse = c.mtd.channels[-1]
    ids, seen = model.text.tokenize(PROMPTS)
    vectors = model.text(ids, seen)
    golden("norm_silu", lambda x: norm_silu(net.norm_out, x), torch.randn(f, 4, 4, c.mtd.channels[0]))
    golden("conv_stride_2", net.downs[0], torch.randn(f, 4, 4, c.mtd.channels[0]))
    golden("temporal_conv", net.middle.temporal, torch.randn(2 * f, 2, 3, coarse), f)
    golden("attention", net.middle.spatial_attention, torch.randn(f, 6, coarse), spatial=False)
    golden("prompt_attention", net.middle.prompt_attention, torch.randn(f, 6, coarse), vectors, seen, spatial=False)
    golden("temporal_attention", net.middle.temporal_attention, torch.randn(2 * f, 6, coarse), f, spatial=False)
    golden("feed_forward", net.middle.feed_forward, torch.randn(f, 6, coarse), spatial=False)
    golden("vae_conv", model.vae.decoder.conv_in, torch.randn(f, 4, 4, c.vae.latent_channels), f)
    golden("vae_block", model.vae.decoder.levels[-1][0], torch.randn(f, 8, 8, c.vae.channels[0]), f)
    golden("vae_middle", model.vae.encoder.middle, torch.randn(f, 4, 4, c.vae.channels[-1]), f)

    latent = torch.randn(f, 4, 4, c.mtd.condition_width)
    planes = torch.tensor([1.0, 0, 0, 1]).reshape(f, 1, 1, 1).expand(f, 4, 4, 1).contiguous()
    condition, mask = net.condition(first(latent)), net.mask(first(planes))
    g["cascade.x"], g["cascade.planes"] = latent, planes
    for scale, (a, b) in enumerate(zip(condition, mask)):
        g[f"cascade.condition.{scale}"], g[f"cascade.mask.{scale}"] = last(a), last(b)
    e = torch.randn(f, c.mtd.embedding)
    g["embedding"] = e
    inputs = Inputs(f, e, vectors, seen, condition, mask)
    golden("block_plain", net.down_blocks[0], torch.randn(f, 4, 4, c.mtd.channels[0]), inputs)
    golden("block_attention", net.down_blocks[1], torch.randn(f, 2, 2, c.mtd.channels[1]), inputs)
    golden("block_shortcut", net.up_blocks[1], torch.randn(f, 2, 2, 2 * c.mtd.channels[1]), inputs)
    return g


def segment(model: Model, c: SamplingConfiguration, depth: int, stride: int, frames: list[int], parents: bool, seed: int) -> Goldens:
    """A whole segment, as Sources/Diffusion/DenoiseIterator.swift samples it."""
    shape = model.configuration.latent_shape
    known = torch.randn(1, 2, *shape)
    mask = torch.zeros(1, len(frames))
    condition = torch.zeros(1, len(frames), *shape)
    level = c.condition_level if parents else 0
    if parents:
        ends = [0, len(frames) - 1]
        mask[:, ends] = 1
        fresh = normals(seed, depth, 1, 0, [frames[i] for i in ends], shape)
        condition[:, ends] = model.schedule.noised(known, fresh, torch.full((1, 2), level)) if level else known
    condition = visual_condition(condition, mask, model.configuration.mtd.between)
    guidance = c.guidance[min(depth, len(c.guidance) - 1)]

    def guided(x: Tensor, t: int) -> Tensor:
        def once(prompts: list[str]) -> Tensor:
            ids, seen = model.text.tokenize(prompts)
            times = torch.full((1, len(frames)), t)
            text = model.text(ids, seen), seen, numbers(prompts, 1)
            return model.mtd(x, times, torch.tensor([stride]), torch.tensor([level]), *text, condition, mask)

        without = once([""] * len(frames))
        return without + guidance * (once(PROMPTS) - without)

    steps = c.steps[min(depth, len(c.steps) - 1)]

    def noise(step: int) -> Tensor:
        return model.schedule.mixed(normals(seed, depth, 0, step, frames, shape), normals(seed, depth, 2, step, [0], shape))

    y = sample(model.schedule, c, steps, guided, noise)
    if parents:
        y[:, ends] = known
    return Goldens({"parents": last(known[0]), "noise": last(noise(0)[0]), "latents": last(y[0])})


def sample_of(x: Tensor, elements: int = 32) -> Tensor:
    """The norm of x and at least so many of its elements, evenly spaced: a whole network's gradients would be megabytes."""
    flat = x.detach().flatten()
    return torch.cat([flat.norm()[None], flat[:: max(1, len(flat) // elements)]])


def learnt(model: Model) -> dict[str, Tensor]:
    nets = {"mtd": model.mtd, "text": model.text}
    return {f"{part}.{name}": p for part, net in nets.items() for name, p in net.named_parameters()}


def training_cases(model: Model) -> dict:
    frames = model.configuration.mtd.segment_frames
    return {
        "clips": {"f": frames, "t": [812, 290], "stride": [225, 15], "level": [0, 120], "given": [[], [0, frames - 1]]},
        "stills": {"f": 1, "t": [930, 410], "stride": [225, 225], "level": [0, 0], "given": [[], []]},
    }


def training_loss(
    model: Model, f: int, t: list[int], stride: list[int], level: list[int], given: list[list[int]], known: list | None = None
) -> tuple[Tensor, dict[str, Tensor]]:
    """-> the loss of a batch, and the batch."""
    torch.manual_seed(23)
    shape = (len(t), f, *model.configuration.latent_shape)
    clean, noise, parents = torch.randn(shape), torch.randn(shape), torch.randn(shape)
    mask = torch.zeros(len(t), f)
    for row, places in enumerate(given):
        mask[row, places] = 1
    times = torch.tensor(t)[:, None].expand(len(t), f)
    prompts = (PROMPTS * model.configuration.mtd.segment_frames)[: len(t) * f]
    ids, seen = model.text.tokenize(prompts)
    condition = visual_condition(parents, mask, model.configuration.mtd.between)
    text = model.text(ids, seen), seen, numbers(prompts, len(t))
    inputs = times, torch.tensor(stride), torch.tensor(level), *text, condition, mask
    y = model.mtd(model.schedule.noised(clean, noise, times), *inputs, temporal=f > 1, known=known)
    error = (y - model.schedule.target(clean, noise, times)).square().mean(dim=(2, 3, 4))
    weight = 1 - 0.8 * mask
    return (error * weight).sum() / weight.sum(), {"clean": clean, "noise": noise, "parents": parents}


def training(model: Model) -> tuple[Goldens, dict]:
    """Two steps of Sources/Training on one batch: the loss and the gradients of the first, the weights after the second
    (`sample_of` each). And the loss and the gradients of a batch of single pictures."""
    model = copy.deepcopy(model).train()
    parameters, cases, g = learnt(model), training_cases(model), Goldens()
    optimiser = torch.optim.AdamW(parameters.values(), lr=1e-2, weight_decay=0.01, betas=(0.9, 0.99))
    for name, step in (("stills", 0), ("clips", 0), ("clips", 1)):
        optimiser.zero_grad(set_to_none=True)
        value, batch = training_loss(model, **cases[name])
        value.backward()
        if step == 0:
            g |= {f"{name}.{key}": last(x) for key, x in batch.items()}
            g[f"{name}.loss"] = value
            g |= {f"{name}.gradient.{key}": sample_of(p.grad) for key, p in parameters.items() if p.grad is not None}
        if name == "clips":
            torch.nn.utils.clip_grad_norm_(parameters.values(), 0.5)
            optimiser.step()
    g |= {f"after.{key}": sample_of(p) for key, p in parameters.items()}
    return g, cases


def figures(model: Model, share: float) -> Goldens:
    """One step on the clips of `training`, while narrow heads ask who is where: their weights; the loss, and their part of it; the
    gradients of all that learns, and the heads after the step (`sample_of` each)."""
    model = copy.deepcopy(model).train()
    c, g = model.configuration.mtd, Goldens()
    torch.manual_seed(29)
    heads = Whereabouts(c.channels[1], c.groups)
    for name, p in heads.named_parameters():
        torch.nn.init.normal_(p, 1.0 if name.endswith("0.weight") else 0.0, 0.2)
    own = {}
    for name, p in heads.named_parameters():
        list_, head, layer, kind = name.split(".")
        own[f"whereabouts.{list_}.{head}.{HEADS[layer]}.{kind}"] = p
    g |= {f"weights.{key}": p.detach().clone() for key, p in own.items()}
    parameters, known = learnt(model) | own, []
    loss, batch = training_loss(model, **training_cases(model)["clips"], known=known)
    frames = batch["clean"].shape[0] * batch["clean"].shape[1]
    part = share * heads(known, (FIGURES * frames)[:frames])
    optimiser = torch.optim.AdamW(parameters.values(), lr=1e-2, weight_decay=0.01, betas=(0.9, 0.99))
    (loss + part).backward()
    g |= {"loss": loss + part, "part": part}
    g |= {f"gradient.{key}": sample_of(p.grad, 4) for key, p in parameters.items() if p.grad is not None}
    torch.nn.utils.clip_grad_norm_(parameters.values(), 0.5)
    optimiser.step()
    return Goldens(g | {f"after.{key}": sample_of(p, 4) for key, p in own.items()})


LESSON = {"known": "both", "into": 2, "from": 6}


def distilled(model: Model) -> Goldens:
    """What a teacher would have a student predict at both of its timesteps, between ends that are known, with guidance."""
    torch.manual_seed(37)
    frames = model.configuration.mtd.segment_frames
    shape = (2, frames, *model.configuration.latent_shape)
    clean, noise, mask = torch.randn(shape), torch.randn(shape), torch.zeros(2, frames)
    mask[:, [0, -1]] = 1
    place = [0, 1]
    t = torch.tensor(timesteps(model.configuration.diffusion.steps, LESSON["into"]))[place][:, None].expand(2, frames)
    prompts = (PROMPTS * frames)[: 2 * frames]
    condition = visual_condition(clean, mask, model.configuration.mtd.between)
    noisy = model.schedule.noised(clean, noise, t)
    target = taught(model, LESSON, place, noisy, prompts, torch.tensor([15, 15]), torch.zeros(2, dtype=torch.long), mask, condition)
    return Goldens({"clean": last(clean), "noise": last(noise), "target": last(target)})


def autoencoder(model: Model, strength: float, weight: float) -> Goldens:
    """One step of the decoder on a clip, with noise of `strength` on its latents, and one of the whole T-KLVAE on single pictures, where the
    posterior's divergence has `weight`: the loss, the gradients, and the weights after the step (`sample_of` each)."""
    torch.manual_seed(31)
    video, c, g = model.configuration.video, model.configuration.vae, Goldens()
    for name, frames in (("decoder", 2), ("whole", 1)):
        net = copy.deepcopy(model.vae).train()
        entering = torch.randint(0, 256, (2, 3, video.height // c.upscale, video.width // c.upscale))
        leaving = torch.randint(0, 256, (2, 3, video.height, video.width))
        noise = torch.randn(2, *model.configuration.latent_shape)
        x, wanted = entering / 127.5 - 1, leaving / 127.5 - 1
        learnt = net.decoder if name == "decoder" else net
        mean, log_variance = net.posterior(x, None)
        if name == "decoder":
            z = mean.detach() + strength * net.statistics(mean)[1] * noise
        else:
            z = mean + torch.exp(0.5 * log_variance) * noise
        loss = clip_loss(net.decoder(z, frames), wanted, frames)
        if name == "whole":
            loss = loss + weight * divergence(mean, log_variance)
        loss.backward()
        parameters = {k: p for k, p in net.named_parameters() if p.grad is not None}
        g |= {f"{name}.entering": last(entering), f"{name}.leaving": last(leaving), f"{name}.noise": last(noise), f"{name}.loss": loss}
        g |= {f"{name}.gradient.{k}": sample_of(p.grad, 8) for k, p in parameters.items()}
        optimiser = torch.optim.AdamW(learnt.parameters(), lr=1e-2, weight_decay=0.01, betas=(0.9, 0.99))
        torch.nn.utils.clip_grad_norm_(learnt.parameters(), 0.5)
        optimiser.step()
        g |= {f"{name}.after.{k}": sample_of(p, 8) for k, p in parameters.items()}
    return g


def save_training(model: Model, out: Path):
    frames = model.configuration.mtd.segment_frames
    with torch.enable_grad():
        steps, cases = training(model)
    steps.save(out / "training.safetensors", prompts=(PROMPTS * frames)[: 2 * frames], cases=cases)


def samplers() -> Goldens:
    """The samplers alone, on a prediction that is a fixed function of x and t."""
    g, x = Goldens(), torch.randn(8, 64) * 2
    g["noise"] = x
    for sampler in ("ddim", "ddpm", "dpm-solver"):
        for objective in ("velocity", "epsilon"):
            for schedule in ("cosine", "linear"):
                c = SamplingConfiguration(sampler=sampler, clip=3.0)
                s = Schedule(DiffusionConfiguration(objective=objective, schedule=schedule))
                g[f"{sampler}.{objective}.{schedule}"] = sample(s, c, 7, lambda x, t: torch.sin(x + t / 100), lambda i: x[i])
    return g


@torch.no_grad()
def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("model", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--networks", action="store_true", help="one forward of each network, for models of full size")
    parser.add_argument("--extended", action="store_true", help="MTD and T-KLVAE, and their training")
    a = parser.parse_args()
    torch.manual_seed(17)
    model = Model.load(a.model)
    frames = model.configuration.mtd.segment_frames
    prompts = (PROMPTS * frames)[:frames]
    last_frame = frames - 1
    local = mtd(model, "local", prompts, 437, 15, 50, [0, last_frame])
    if a.extended:
        local.save(a.out / "mtd.safetensors", local=prompts)
        save_training(model, a.out)
        share = 0.7
        with torch.enable_grad():
            figures(model, share).save(a.out / "figures.safetensors", figures=FIGURES, share=share)
            autoencoder(model, strength=0.1, weight=0.02).save(a.out / "autoencoder.safetensors", strength=0.1, weight=0.02)
        distilled(model).save(a.out / "distilled.safetensors", prompts=(PROMPTS * frames)[: 2 * frames], **LESSON)
        vae(model, 2).save(a.out / "vae.safetensors")
        return
    text(model, PROMPTS).save(a.out / "text.safetensors", prompts=PROMPTS)
    if a.networks:
        decode(model, 2).save(a.out / "vae.safetensors")
        local.save(a.out / "mtd.safetensors", local=prompts)
        return
    vae(model, frames).save(a.out / "vae.safetensors")
    everywhere = mtd(model, "global", prompts, 999, 225, 0, [])
    same = [PROMPTS[0]] * frames
    continuation = mtd(model, "continuation", same, 3, 1, 0, [0])
    zero = mtd(without_crossfade(model), "zero", prompts, 437, 15, 0, [0, last_frame])
    cases = {"global": prompts, "local": prompts, "continuation": same, "zero": prompts}
    Goldens(everywhere | local | continuation | zero).save(a.out / "mtd.safetensors", **cases)
    layers(model).save(a.out / "layers.safetensors", prompts=PROMPTS)
    samplers().save(a.out / "samplers.safetensors")
    save_training(model, a.out)
    for sampler in ("ddim", "ddpm", "dpm-solver"):
        c = replace(model.configuration.sampling, sampler=sampler, steps=[4, 3])
        for name, facts in SEGMENTS.items():
            segment(model, c, **facts).save(a.out / f"{sampler}-{name}.safetensors", prompts=PROMPTS, steps=c.steps, **facts)


if __name__ == "__main__":
    main()
