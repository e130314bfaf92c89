"""Character recognition of page images with the models that RapidOCR's package carries; no network."""

import logging
import math
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from statistics import fmean, median
from typing import Any

import numpy as np
from PIL import Image

from ingest.formats.paper import layout
from ingest.formats.paper.layout import Box
from ingest.sandbox import limits

_MODELS = {
    "Det": "PP-OCRv6_det_small.onnx",
    "Cls": "ch_ppocr_mobile_v2.0_cls_mobile.onnx",
    "Rec": "PP-OCRv6_rec_small.onnx",
}
_THREADS = 2
_SECONDS = 60  # granted for each page; 2 to 12 were measured on two busy cores
_MEMORY = 2_000_000_000  # bytes granted; 910 MB were measured
_LONGEST = 4_000  # pixels of a side; a larger image is made smaller
_LEAST, _LONGISH = 12, 40  # pixels of a side, and sides to each other, that can hold text
_MIN_SCORE = 0.5  # of a line; below it is noise
_SURE = 0.85  # mean over the lines; below it a page is to be checked with care


@dataclass(frozen=True, slots=True)
class Recognised:
    """The lines of an image in reading order, and how sure the model is of them (0 to 1)."""

    lines: tuple[str, ...]
    confidence: float

    @property
    def doubtful(self) -> bool:
        """Whether a person should look closely."""
        return self.confidence < _SURE


def available() -> bool:
    """Whether recognition is installed, with its models."""
    return find_spec("onnxruntime") is not None and _folder() is not None


def recognise(image: Image.Image) -> Recognised:
    """Return the text of an image of a page, upright or slightly turned.

    Args:
        image: RGB.

    Raises:
        RuntimeError: if recognition is not installed; ask `available` first.
    """
    limits.grant(_SECONDS, _MEMORY)
    image.thumbnail((_LONGEST, _LONGEST))
    if min(image.size) < _LEAST or max(image.size) > _LONGISH * min(image.size):
        return Recognised((), 0.0)  # a stripe, which RapidOCR stumbles over
    output = _engine()(np.asarray(image)[:, :, ::-1].copy())
    if output.boxes is None or output.txts is None:
        return Recognised((), 0.0)
    found = [
        (corners, text, float(score))
        for corners, text, score in zip(output.boxes, output.txts, output.scores, strict=True)
        if score >= _MIN_SCORE and text.strip()
    ]
    if not found:
        return Recognised((), 0.0)
    boxes = _upright([(np.asarray(corners, dtype=float), text) for corners, text, _ in found])
    weights = [len(text) for _, text, _ in found]
    sure = sum(score * weight for (_, _, score), weight in zip(found, weights, strict=True)) / sum(weights)
    return Recognised(tuple(layout.lines(boxes)), sure)


def _upright(found: list[tuple[np.ndarray[Any, Any], str]]) -> list[Box]:
    """Return the pieces turned by the slant of the page, so that lines are level."""
    slants = [
        math.atan2(corners[1][1] - corners[0][1], corners[1][0] - corners[0][0])
        for corners, _ in found
        if corners[1][0] - corners[0][0] > 3 * abs(corners[3][1] - corners[0][1])
    ]
    angle = -median(slants) if slants else 0.0
    turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    boxes = []
    for corners, text in found:
        xs, ys = turn @ corners.T
        left, right = fmean((xs[0], xs[3])), fmean((xs[1], xs[2]))
        boxes.append(Box(left, fmean((ys[0], ys[1])), right, fmean((ys[2], ys[3])), text))
    return boxes


def _folder() -> Path | None:
    """Return the folder of the packaged models, or None if one of them is not there."""
    spec = find_spec("rapidocr")
    if spec is None or spec.origin is None:
        return None
    folder = Path(spec.origin).parent / "models"
    return folder if all((folder / name).is_file() for name in _MODELS.values()) else None


@cache
def _engine() -> Any:  # noqa: ANN401  (RapidOCR has no types)
    """Return the recogniser; its models are named as files, so that it never looks for them elsewhere."""
    folder = _folder()
    if folder is None:
        raise RuntimeError("rapidocr is not installed")
    logging.getLogger("RapidOCR").setLevel(logging.ERROR)
    from rapidocr import RapidOCR  # with OpenCV and onnxruntime about a second

    return RapidOCR(
        params={
            "Global.log_level": "error",
            "EngineConfig.onnxruntime.intra_op_num_threads": _THREADS,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
            **{f"{stage}.model_path": str(folder / name) for stage, name in _MODELS.items()},
        }
    )
