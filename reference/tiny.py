"""Writes the tiny model that the tests use: every layer of a real one, random weights, nothing left at zero or identity.

python reference/tiny.py Tests/Fixtures/models/tiny
python reference/tiny.py Tests/Fixtures/models/tiny-extended --extending Tests/Fixtures/models/tiny      with the parts that the paper's lacks
"""

import argparse
from pathlib import Path

import torch
from torch import nn

from diffusion import DiffusionConfiguration, SamplingConfiguration
from layers import TemporalConv
from model import Model, ModelConfiguration, VideoConfiguration
from mtd import MTDConfiguration
from text_encoder import SPECIAL, TextConfiguration
from tklvae import TKLVAEConfiguration

WORDS = """
a across and at bo by cave comes day dinosaur down evening falls goes hill home house in jump jumps left lulu meadow meets
morning night noon of old pim pond rain right river rok runs sea sit sits sky sleeps stands sun the they to together tree
village walk walks wave waves winter
""".split()

CONFIGURATION = ModelConfiguration(
    name="tiny",
    video=VideoConfiguration(width=32, height=32),
    vae=TKLVAEConfiguration(
        latent_channels=4,
        channels=[16, 16, 24],
        heads=2,
        latent_mean=[0.1, -0.2, 0.05, 0.3],
        latent_std=[0.8, 1.1, 0.9, 1.2],
    ),
    mtd=MTDConfiguration(
        latent_channels=4,
        segment_frames=4,
        channels=[16, 24, 32],
        groups=8,
        heads=2,
        embedding=32,
        sinusoid=16,
        condition_channels=[8, 12, 16],
        mask_channels=[4, 4, 4],
        text_width=16,
    ),
    text=TextConfiguration(vocabulary=[*SPECIAL, *WORDS], width=16, heads=2, max_tokens=16),
    diffusion=DiffusionConfiguration(),
    sampling=SamplingConfiguration(sampler="ddim", steps=[4, 2, 2], guidance=[2.0, 1.5, 1.0], condition_level=50),
)


@torch.no_grad()
def randomise(model: nn.Module):
    for module in model.modules():
        if isinstance(module, TemporalConv):
            module.weight += torch.randn_like(module.weight) * 0.3 / module.weight.shape[0] ** 0.5
            module.bias.normal_(0, 0.05)
        elif isinstance(module, (nn.GroupNorm, nn.LayerNorm)):
            module.weight.normal_(1, 0.2)
            module.bias.normal_(0, 0.2)
        elif isinstance(module, (nn.Conv2d, nn.Linear)) and not module.weight.any():
            module.reset_parameters()
    model.mtd.position.normal_(0, 0.5)
    model.vae.decoder.conv_out.spatial.weight *= 2  # pictures with some contrast


PARTS = {"space_time_attention": [False, False, True], "deeper": [0, 1, 2], "runs": True, "run_mean": True}


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("out", type=Path)
    parser.add_argument("--extending", type=Path)
    a = parser.parse_args()
    torch.manual_seed(2303)
    if a.extending:
        model = Model.load(a.extending, PARTS)
        model.configuration.name = "tiny-extended"
        for module in model.modules():
            if isinstance(module, (nn.Conv2d, nn.Linear)) and not module.weight.any():
                module.reset_parameters()
        model.enlarge(2)
        model.configuration.sampling.efforts = [{"known": "both", "stride": 4, "steps": 6, "guidance": 1.5, "orphan_guidance": 3.0}]
        with torch.no_grad():
            for parameter in model.vae.decoder.conv_out.parameters():
                parameter += torch.randn_like(parameter) * 0.1
    else:
        model = Model(CONFIGURATION)
        randomise(model)
    model.save(a.out)
