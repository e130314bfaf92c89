"""Photos from a phone: opened, checked, turned upright, made small and written anew; place and time are gone."""

import io
import warnings

from kb.errors import IngestError

_FORMATS = ("JPEG", "PNG", "WEBP")
_MOST_BYTES = 20 * 1024 * 1024
_MOST_PIXELS = 50_000_000
_EDGE = 1_600  # pixels of the longer side in the file
_QUALITY = 82


def jpeg(photo: bytes) -> bytes:
    """Return a photo as a fresh JPEG of at most 1,600 pixels a side, without any metadata.

    Raises:
        IngestError: if it is no JPEG, PNG or WebP, is broken, or has too many bytes or pixels.
    """
    from PIL import Image, ImageOps, UnidentifiedImageError

    if len(photo) > _MOST_BYTES:
        raise IngestError("照片太大（超过20 MB）。请用手机的“压缩”或截图后再传。")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(photo), formats=_FORMATS) as opened:
                if opened.width * opened.height > _MOST_PIXELS:
                    raise IngestError(
                        f"照片有{opened.width}×{opened.height}个像素，太大了。请缩小到5000万像素以内再传。"
                    )
                opened.draft("RGB", (_EDGE, _EDGE))
                upright = ImageOps.exif_transpose(opened).convert("RGB")
    except (UnidentifiedImageError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise IngestError("这不是能用的照片。请传 JPEG、PNG 或 WebP 格式的照片。") from error
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError) as error:
        raise IngestError(
            f"照片打不开（{type(error).__name__}），可能没传完整。请重新拍照或重新上传。"
        ) from error
    upright.thumbnail((_EDGE, _EDGE))
    out = io.BytesIO()
    upright.save(out, "JPEG", quality=_QUALITY, optimize=True)
    return out.getvalue()
