"""Draws the pictures that browsers and other services ask for: favicon, touch icon, and the one shown beside links.

Run: python -m tools.draw_marks. Needs Debian's chromium; writes to src/messageapi/site/static.
"""

import asyncio
import io
from base64 import b64encode
from pathlib import Path

from PIL import Image
from playwright.async_api import Browser
from tools.screenshots import browser

SOURCE = Path(__file__).parents[1] / "src" / "messageapi"
STATIC = SOURCE / "site" / "static"
MARK = (STATIC / "mark.svg").read_text("utf-8")
FONT = b64encode((SOURCE / "panel" / "static" / "vendor" / "inter" / "inter.woff2").read_bytes()).decode()
SOCIAL = f"""<!doctype html><style>
@font-face {{ font-family: Inter; font-weight: 400 700; src: url(data:font/woff2;base64,{FONT}); }}
* {{ margin: 0; box-sizing: border-box; }}
body {{ width: 1200px; height: 630px; padding: 84px 88px; background: #0d1117; color: #e6edf3; font-family: Inter; }}
p {{ display: flex; align-items: center; gap: 20px; font-size: 38px; font-weight: 600; letter-spacing: -0.01em; }}
p svg {{ width: 60px; height: 60px; }}
h1 {{ margin-top: 72px; font-size: 76px; line-height: 86px; font-weight: 600; letter-spacing: -0.032em; }}
small {{ display: block; margin-top: 44px; color: #9aa7b4; font: 30px "DejaVu Sans Mono", monospace; }}
small b {{ color: #818cf8; font-weight: 400; }}
</style><p>{MARK}MessageAPI</p>
<h1>WhatsApp messages from<br>your own number, over HTTP</h1>
<small><b>POST</b> /api/v1/send &nbsp;<b>→</b>&nbsp; sent · delivered · read</small>"""
ICON = "<!doctype html><style>*{{margin:0}} svg{{display:block;width:{0}px;height:{0}px;{1}}}</style>" + MARK
SOLID = "padding:24px;box-sizing:border-box;background:#fff"
"""Phones show a touch icon on any ground."""


async def main() -> None:
    async with browser() as opened:
        social = await drawn(opened, SOCIAL, 1200, 630)
        touch = await drawn(opened, ICON.format(180, SOLID), 180, 180)
        small = await drawn(opened, ICON.format(64, ""), 64, 64)
    for name, picture in (("social", social), ("apple-touch-icon", touch)):
        Image.open(io.BytesIO(picture)).convert("RGB").quantize(128).save(STATIC / f"{name}.png", optimize=True)
    Image.open(io.BytesIO(small)).save(STATIC / "favicon.ico", sizes=[(16, 16), (32, 32), (48, 48)])


async def drawn(opened: Browser, html: str, width: int, height: int) -> bytes:
    page = await opened.new_page(viewport={"width": width, "height": height})
    await page.set_content(html)
    await page.evaluate("document.fonts.ready")
    picture = await page.screenshot(omit_background=True)
    await page.close()
    return picture


if __name__ == "__main__":
    asyncio.run(main())
