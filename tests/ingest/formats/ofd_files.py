"""OFD files built by hand for tests."""

import io
import zipfile

from ingest.formats.ofd.document import read

NEW = "http://www.ofdspec.org/2016"


OLD = "http://www.ofdspec.org"


FIRST = "第一条　值班员应当每天早晚各巡查一次配电房，发现异响、异味"


SECOND = "或者温度升高的，立即报告带班领导并做好记录。"


def text(content: str, x: float = 20, y: float = 30, size: float = 5, more: str = "", code: str = "") -> str:
    """One text object whose foot stands at (x, y), letters set solid."""
    steps = code or f'DeltaX="g {max(len(content) - 1, 1)} {size}"'
    return (
        f'<ofd:TextObject ID="9" Boundary="{x} {y - size} 170 {size + 1}" Font="3" Size="{size}" {more}>'
        f'<ofd:TextCode X="0" Y="{size}" {steps}>{content}</ofd:TextCode></ofd:TextObject>'
    )


def page(*objects: str, head: str = "", namespace: str = NEW) -> str:
    return (
        f'<ofd:Page xmlns:ofd="{namespace}">{head}<ofd:Content><ofd:Layer ID="1">'
        f"{''.join(objects)}</ofd:Layer></ofd:Content></ofd:Page>"
    )


def document(locations: list[str], common: str = "", namespace: str = NEW, after: str = "") -> str:
    pages = "".join(f'<ofd:Page ID="{n}" BaseLoc="{place}"/>' for n, place in enumerate(locations, 1))
    return (
        f'<ofd:Document xmlns:ofd="{namespace}"><ofd:CommonData>{common}</ofd:CommonData>'
        f"<ofd:Pages>{pages}</ofd:Pages>{after}</ofd:Document>"
    )


def root(*bodies: str, namespace: str = NEW) -> str:
    return f'<ofd:OFD xmlns:ofd="{namespace}" Version="1.0">{"".join(bodies)}</ofd:OFD>'


def body(place: str = "Doc_0/Document.xml", info: str = "") -> str:
    return f"<ofd:DocBody><ofd:DocInfo>{info}</ofd:DocInfo><ofd:DocRoot>{place}</ofd:DocRoot></ofd:DocBody>"


def package(parts: dict[str, str | bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, content in parts.items():
            bundle.writestr(name, content)
    return buffer.getvalue()


def paper(
    *pages: str, namespace: str = NEW, info: str = "", extra: dict[str, str | bytes] | None = None
) -> bytes:
    """A whole OFD file with these pages."""
    places = [f"Pages/Page_{n}/Content.xml" for n in range(len(pages))]
    parts: dict[str, str | bytes] = {
        "OFD.xml": root(body(info=info), namespace=namespace),
        "Doc_0/Document.xml": document(places, namespace=namespace),
        **{f"Doc_0/{place}": content for place, content in zip(places, pages, strict=True)},
    }
    return package(parts | (extra or {}))


def lines(data: bytes) -> list[str]:
    return read(data, "甲.ofd").text.splitlines()


PICTURE = '<ofd:ImageObject ID="5" Boundary="0 0 210 297" ResourceID="4"/>'
