"""A corpus is a folder of NAME.mp4 with NAME.jsonl beside it: one JSON object a frame, its "caption" the prompt."""

import json
from pathlib import Path

import av
import numpy as np


class Corpus:
    """Every frame of every film, decoded once into `cache` and mapped from there."""

    def __init__(self, folder: Path, width: int, height: int, cache: Path):
        self.films = sorted(folder.glob("*.mp4"))
        if not self.films:
            raise SystemExit(f"{folder}: no *.mp4 in it. `nuwa cartoon export --output {folder}` makes some.")
        cache.mkdir(parents=True, exist_ok=True)
        self.captions: list[list[str]] = []
        self.pixels: list[np.ndarray] = []  # [frames, height, width, 3] uint8, by film
        for film in self.films:
            lines = film.with_suffix(".jsonl").read_text().splitlines()
            captions = [json.loads(line)["caption"] for line in lines]
            pixels = self.decode(film, cache / f"{film.stem}-{width}x{height}.rgb", width, height)
            if len(captions) != len(pixels):
                raise SystemExit(f"{film}: {len(pixels)} frames but {len(captions)} captions in {film.with_suffix('.jsonl').name}")
            self.captions.append(captions)
            self.pixels.append(pixels)

    @staticmethod
    def decode(film: Path, raw: Path, width: int, height: int) -> np.ndarray:
        if not raw.exists():
            part = raw.with_suffix(".part")
            with av.open(film) as video, part.open("wb") as file:
                for frame in video.decode(video=0):
                    file.write(frame.to_ndarray(width=width, height=height, format="rgb24", interpolation="AREA").tobytes())
            part.rename(raw)
        return np.memmap(raw, np.uint8, "r").reshape(-1, height, width, 3)

    @property
    def vocabulary(self) -> set[str]:
        from text_encoder import words

        return {word for captions in self.captions for caption in set(captions) for word in words(caption)}
