"""A model directory: model.json, vae.safetensors, mtd.safetensors, text.safetensors."""

import hashlib
import json
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import torch
from safetensors.torch import load_file, save
from torch import nn

from diffusion import DiffusionConfiguration, SamplingConfiguration, Schedule
from mtd import MTD, MTDConfiguration
from text_encoder import TextConfiguration, TextEncoder
from tklvae import TKLVAE, TKLVAEConfiguration

FORMAT = 1


@dataclass
class VideoConfiguration:
    """The frames of films; the encoder takes smaller ones where `vae.upscale` is more than 1."""

    width: int = 160
    height: int = 96


@dataclass
class ModelConfiguration:
    name: str = "cartoon"
    video: VideoConfiguration = field(default_factory=VideoConfiguration)
    vae: TKLVAEConfiguration = field(default_factory=TKLVAEConfiguration)
    mtd: MTDConfiguration = field(default_factory=MTDConfiguration)
    text: TextConfiguration = field(default_factory=TextConfiguration)
    diffusion: DiffusionConfiguration = field(default_factory=DiffusionConfiguration)
    sampling: SamplingConfiguration = field(default_factory=SamplingConfiguration)
    judge: dict | None = None  # who looks at keyframes in a render; see ModelConfiguration.swift

    @staticmethod
    def from_json(d: dict) -> "ModelConfiguration":
        return ModelConfiguration(
            d["name"],
            VideoConfiguration(**d["video"]),
            TKLVAEConfiguration(**d["vae"]),
            MTDConfiguration(**d["mtd"]),
            TextConfiguration(**d["text"]),
            DiffusionConfiguration(**d["diffusion"]),
            SamplingConfiguration(**d["sampling"]),
            d.get("judge"),
        )

    @property
    def latent_shape(self) -> tuple[int, int, int]:
        f = self.vae.factor * self.vae.upscale
        return self.vae.latent_channels, self.video.height // f, self.video.width // f


class Model(nn.Module):
    def __init__(self, c: ModelConfiguration):
        super().__init__()
        self.configuration = c
        self.vae = TKLVAE(c.vae)
        self.mtd = MTD(c.mtd)
        self.text = TextEncoder(c.text)
        self.schedule = Schedule(c.diffusion)
        self.judge: bytes | None = None  # its file, which is only handed on
        self.encoder: str | None = c.vae.encoder  # as in TKLVAEConfiguration, or of the file it was loaded from

    def enlarge(self, by: int):
        """From now on pictures leave the decoder at `by` times the size; it has to learn to make something of that."""
        c, video = self.configuration, self.configuration.video
        self.vae = self.vae.upscaled(by)
        c.vae = self.vae.configuration = replace(self.vae.configuration, encoder=self.encoder)
        c.video = VideoConfiguration(by * video.width, by * video.height)

    def save(self, directory: Path, dtype: torch.dtype = torch.float16):
        directory.mkdir(parents=True, exist_ok=True)
        files = {}
        for name in ("vae", "mtd", "text"):
            path = directory / f"{name}.safetensors"
            state = getattr(self, name).state_dict()
            data = save({k: v.detach().cpu().to(dtype).contiguous() for k, v in state.items()})
            path.write_bytes(data)
            files[path.name] = hashlib.sha256(data).hexdigest()
        if self.judge is not None:
            (directory / "judge.safetensors").write_bytes(self.judge)
            files["judge.safetensors"] = hashlib.sha256(self.judge).hexdigest()
        document = {"format": FORMAT, **asdict(self.configuration), "files": files}
        if self.judge is None:
            del document["judge"]
        (directory / "model.json").write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n")

    @staticmethod
    def load(directory: Path, more: dict = {}) -> "Model":
        """`more`: parts of MTD that the directory's network lacks, by their keys in model.json, which have no effect at first; and
        `shared_noise`, what the frames' noise has in common from then on."""
        document = json.loads((directory / "model.json").read_text())
        if document.pop("format") != FORMAT:
            raise ValueError(f"{directory}/model.json: not format {FORMAT}")
        files = document.pop("files")
        more = dict(more)
        document["diffusion"]["shared_noise"] = more.pop("shared_noise", document["diffusion"]["shared_noise"])
        document["mtd"] |= more
        model = Model(ModelConfiguration.from_json(document))
        if model.configuration.judge is not None:
            model.judge = (directory / "judge.safetensors").read_bytes()
        model.encoder = model.encoder or files["vae.safetensors"]
        for name in ("vae", "mtd", "text"):
            state = load_file(directory / f"{name}.safetensors")
            missing, unknown = getattr(model, name).load_state_dict({k: v.float() for k, v in state.items()}, strict=False)
            added = tuple(f"{part}." for part in more) if name == "mtd" else ()
            missing = [key for key in missing if not any(part in f"{key}." for part in added)]
            if missing or unknown:
                raise ValueError(f"{directory}/{name}.safetensors: lacks {missing}, has {unknown}")
        return model.eval()
