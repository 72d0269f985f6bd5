"""Pictures of every page: desktop and phone, light and dark, full, empty and in error, and one sheet of them all.

Run: python -m tools.screenshots [part of a name ...]. Needs Debian's chromium; writes to screenshots/, not tracked.
"""

import asyncio
import shutil
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal, NamedTuple

from PIL import Image, ImageDraw
from playwright.async_api import Browser, BrowserContext, Page, async_playwright
from tools.panel_stage import PASSWORD, Stage, stage

from messageapi import logs

FOLDER = Path(__file__).parents[1] / "screenshots"
SIZES = {"desktop": (1280, 800), "phone": (390, 844)}
THUMB = 320
Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")


class Shot(NamedTuple):
    """`who` is signed in; braces in `path` stand for something on the stage. `steps` is what happens on the page before
    the picture: "click x", "fill x=y", "press x".
    """

    name: str
    path: str
    who: str = "ada"
    steps: tuple[str, ...] = ()


TESS = ("fill #f-email=tess@example.com", f"fill #f-password={PASSWORD}")
SHOTS = (
    Shot("site-start", "/", ""),
    Shot("site-start-known", "/"),
    Shot("site-quickstart", "/docs/quickstart", ""),
    Shot("site-quickstart-known", "/docs/quickstart"),
    Shot("site-quickstart-key", "/docs/quickstart", "ada", ("click main button.main",)),
    Shot("site-docs", "/docs", ""),
    Shot("site-howto", "/docs/howto/simple-api", ""),
    Shot("site-errors", "/docs/errors", ""),
    Shot("site-api", "/docs/api", ""),
    Shot("login", "/login", ""),
    Shot("login-wrong", "/login", "", ("fill #f-email=ada@example.com", "fill #f-password=wrong one", "click .main")),
    Shot("sign-up", "/sign-up", ""),
    Shot(
        "sign-up-sent",
        "/sign-up",
        "",
        (
            "fill #f-name=Grace",
            "fill #f-email=grace@example.com",
            "fill #f-password=three random words",
            "click .main",
        ),
    ),
    Shot("verify-bad-link", "/verify?token=nothing", "", ("fill #f-password=x", "click .main")),
    Shot("forgot", "/forgot", ""),
    Shot("forgot-sent", "/forgot", "", ("fill #f-email=ada@example.com", "click .main")),
    Shot("second-step", "/login", "", (*TESS, "click .main")),
    Shot("second-step-recovery", "/login", "", (*TESS, "click .main", "click .aside a")),
    Shot("accounts", "/home", "ada", ("click .person", "click text=Switch account", "wait dialog[open]")),
    Shot("invitation", "INVITED", ""),
    Shot("confirm", "/confirm?next=/keys"),
    Shot("first-start", "FIRST", ""),
    Shot("home", "/home"),
    Shot("home-empty", "/home", "nora"),
    Shot("home-menu", "/home", "ada", ("click .person",)),
    Shot("shortcuts", "/home", "ada", ("press ?",)),
    Shot("numbers", "/numbers"),
    Shot("numbers-viewer", "/numbers", "bob"),
    Shot("numbers-empty", "/numbers", "nora"),
    Shot("numbers-new", "/numbers/new"),
    Shot("numbers-new-wrong", "/numbers/new", "ada", ("fill #f-name= ", "drop required", "click form .main")),
    Shot("numbers-one", "/numbers", "ada", ("click text=Shop",)),
    Shot("numbers-lost", "/numbers", "ada", ("click text=Night desk",)),
    Shot("numbers-link", "/numbers", "ada", ("click li:has-text('Try-out') .button",)),
    Shot("numbers-settings", "/numbers", "ada", ("click text=Shop", "click text=Change", "click text=Budgets")),
    Shot("numbers-delete", "/numbers", "ada", ("click text=Shop", "click .lines .bad", "wait dialog[open]")),
    Shot("phone", "/numbers/{number_id}/phone", "ada", ("click .chats a", "wait .bubble img")),
    Shot("phone-chats", "/numbers/{number_id}/phone?who=owner"),
    Shot("phone-new", "/numbers/{number_id}/phone?who=lin"),
    Shot("messages", "/messages"),
    Shot("messages-days", "/messages?since=2026-02-30"),
    Shot("messages-empty", "/messages", "nora"),
    Shot("messages-none", "/messages?to=%2B4915111111111"),
    Shot("messages-wrong", "/messages?to=somebody"),
    Shot("messages-one", "/messages?status=read", "ada", ("click tbody th a >> nth=0",)),
    Shot("messages-failed", "/messages?status=failed", "ada", ("click tbody th a >> nth=0",)),
    Shot("messages-received", "/messages?status=received", "ada", ("click tbody th a >> nth=0",)),
    Shot("messages-new", "/messages/new"),
    Shot("messages-new-wrong", "/messages/new", "ada", ("fill #f-to=x", "fill #f-text=Hello", "click form .main")),
    Shot("messages-new-file", "/messages/new", "ada", ("click text=Attach a file", "click text=Send later")),
    Shot("messages-new-empty", "/messages/new", "nora"),
    Shot("keys", "/keys"),
    Shot("keys-viewer", "/keys", "bob"),
    Shot("keys-ended", "/keys?show=ended"),
    Shot("keys-empty", "/keys", "nora"),
    Shot("keys-one", "/keys", "ada", ("click tbody th a >> nth=1",)),
    Shot("keys-rotate", "/keys", "ada", ("click tbody th a >> nth=1", "click text=Rotate", "wait dialog[open]")),
    Shot("keys-new", "/keys/new"),
    Shot("keys-new-more", "/keys/new", "ada", ("click summary >> text=More limits",)),
    Shot("keys-new-wrong", "/keys/new", "ada", ("fill #f-name= ", "drop required", "click .main")),
    Shot("keys-created", "/keys/new", "nora", ("fill #f-name=Web shop", "click .main >> nth=-1")),
    Shot("keys-revoke", "/keys", "ada", ("click td.end a >> nth=0", "wait dialog[open]")),
    Shot("toast", "/keys", "nora", ("click td.end a >> nth=0", "wait dialog[open]", "click dialog .bad.main")),
    Shot("webhooks", "/webhooks"),
    Shot("webhooks-viewer", "/webhooks", "bob"),
    Shot("webhooks-empty", "/webhooks", "nora"),
    Shot("webhooks-new", "/webhooks/new"),
    Shot("webhooks-new-some", "/webhooks/new", "ada", ("click text=Only these",)),
    Shot("webhooks-new-wrong", "/webhooks/new", "ada", ("fill #f-url=http://127.0.0.1/", "click .main >> nth=-1")),
    Shot("webhooks-secret", "/webhooks/new", "ada", ("fill #f-url=https://example.com/", "click .main >> nth=-1")),
    Shot("webhooks-one", "/webhooks", "ada", ("click tbody th a",)),
    Shot("webhooks-menu", "/webhooks", "ada", ("click tbody th a", "click summary.button")),
    Shot(
        "webhooks-delete",
        "/webhooks",
        "ada",
        ("click tbody th a", "click summary.button", "click .sheet .bad", "wait dialog[open]"),
    ),
    Shot("webhooks-delivery", "/webhooks", "ada", ("click tbody th a", "click tbody th a >> nth=1")),
    Shot("profile", "/profile"),
    Shot("profile-wrong", "/profile", "ada", ("fill #f-name= ", "drop required", "click .main >> nth=-1")),
    Shot(
        "profile-email",
        "/profile",
        "bob",
        ("fill #f-email=rob@example.com", f"fill #f-password={PASSWORD}", "click text=Change email"),
    ),
    Shot("profile-email-not", "/profile", "bob", ("click text=Cancel the change",)),
    Shot("security", "/security"),
    Shot("security-on", "/security", "tess"),
    Shot(
        "security-wrong",
        "/security",
        "ada",
        ("fill #f-old=wrong one", "fill #f-new=x", "drop minlength", "click text=Change password"),
    ),
    Shot("security-app", "/security", "ada", ("click text=Set up",)),
    Shot("security-codes", "/security", "tess", ("click text=Make new codes",)),
    Shot("members", "/members"),
    Shot("members-viewer", "/members", "bob"),
    Shot("members-alone", "/members", "nora"),
    Shot("members-invite", "/members/invite"),
    Shot("members-invite-wrong", "/members/invite", "ada", ("fill #f-email=bob@example.com", "click .main >> nth=-1")),
    Shot("members-change", "/members", "ada", ("click .lines a.button >> nth=1", "wait dialog[open]")),
    Shot("audit", "/audit"),
    Shot("audit-empty", "/audit?show=sessions", "nora"),
    Shot("contact", "/contact", ""),
    Shot("contact-wrong", "/contact", "nora", ("fill #f-subject= ", "drop required", "click .main")),
    Shot("contact-sent", "/contact", "nora", ("fill #f-subject=Help", f"fill #f-text={PASSWORD}", "click .main")),
    Shot("server", "/server", "olga"),
    Shot("server-accounts", "/server/accounts", "olga"),
    Shot("server-accounts-none", "/server/accounts?search=nobody", "olga"),
    Shot("server-account", "/server/accounts", "olga", ("click tbody th a >> nth=-1",)),
    Shot("server-numbers", "/server/numbers", "olga"),
    Shot("server-settings", "/server/settings", "olga"),
    Shot("server-ask", "/server/accounts?search=Nora", "olga", ("click tbody th a", "fill #f-reason=See the queue")),
    Shot(
        "access-asked",
        "/server/accounts?search=Nora",
        "olga",
        ("click tbody th a", "fill #f-reason=See why nothing leaves", "click form:has(#f-reason) button"),
    ),
    Shot("access", "/access", "nora"),
    Shot("access-granted", "/access", "nora", ("click text=Let them look",)),
    Shot("access-end", "/access", "nora", ("click form[action$=end] button",)),
    Shot("access-none", "/access"),
    Shot("questions", "/support", "olga"),
    Shot("questions-empty", "/support?show=closed", "olga"),
    Shot("question", "/support?show=answered", "olga", ("click th a",)),
    Shot("mail", "/mail", "olga"),
    Shot("mail-one", "/mail", "olga", ("click th a",)),
    Shot("not-allowed", "/keys/new", "bob"),
    Shot("not-found", "/nothing-here"),
    Shot("not-found-stranger", "/nothing-here", ""),
)


async def main(wanted: list[str]) -> None:
    shots = [shot for shot in SHOTS if not wanted or any(part in shot.name for part in wanted)]
    FOLDER.mkdir(exist_ok=True)
    logs.configure("warning")
    async with stage() as running, browser() as opened:
        for size in SIZES:
            for scheme in SCHEMES:
                async for path in taken(opened, running, shots, size, scheme):
                    print(path.name)
    sheet(sorted(FOLDER.glob("*-*.png")))


@asynccontextmanager
async def browser() -> AsyncIterator[Browser]:
    """Debian's chromium; playwright brings none of its own."""
    async with async_playwright() as playwright:
        path = shutil.which("chromium")
        if path is None:
            raise SystemExit("chromium is missing. Install it: apt-get install chromium")
        opened = await playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield opened
        await opened.close()


async def taken(opened: Browser, running: Stage, shots: list[Shot], size: str, scheme: Scheme) -> AsyncIterator[Path]:
    width, height = SIZES[size]
    for shot in shots:
        context = await opened.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, reduced_motion="reduce"
        )
        await sign_in(context, running, shot.who)
        page = await context.new_page()
        await page.goto(running.links.get(shot.path) or running.url + shot.path.format(**running.ids))
        for step in shot.steps:
            await take(page, step)
        if not shot.steps:  # the bar at the foot of a phone stays there
            tall = await page.evaluate("document.documentElement.scrollHeight")
            await page.set_viewport_size({"width": width, "height": max(height, tall)})
        await page.wait_for_load_state("networkidle")
        path = FOLDER / f"{shot.name}-{size}-{scheme}.png"
        await page.screenshot(path=path)
        await context.close()
        yield path


async def sign_in(context: BrowserContext, running: Stage, who: str) -> None:
    if who:
        await context.add_cookies([{"name": "session", "value": running.sessions[who], "url": running.url}])


async def take(page: Page, step: str) -> None:
    """One step in words."""
    verb, _, rest = step.partition(" ")
    where, _, value = rest.partition("=") if verb == "fill" else (rest, "", "")
    if verb == "fill":
        await page.fill(where, value)
    elif verb == "press":
        await page.keyboard.press(rest)
    elif verb == "drop":
        await page.evaluate(
            "name => document.querySelectorAll(`[${name}]`).forEach(e => e.removeAttribute(name))", rest
        )
    elif verb == "wait":
        await page.wait_for_selector(rest)
    else:
        await page.click(rest)
        await page.wait_for_load_state("networkidle")


def sheet(paths: list[Path]) -> None:
    """One row for each page, its variants beside each other."""
    rows = dict[str, list[Path]]()
    for path in paths:
        rows.setdefault(path.stem.rsplit("-", 2)[0], []).append(path)
    lines = [[_thumb(path) for path in row] for row in rows.values()]
    heights = [max(image.height for image in line) + 28 for line in lines]
    whole = Image.new("RGB", (4 * (THUMB + 16) + 16, sum(heights) + 16), "#888888")
    for top, name, line in zip(_tops(heights), rows, lines, strict=True):
        ImageDraw.Draw(whole).text((16, top), name, "#ffffff")
        for column, image in enumerate(line):
            whole.paste(image, (16 + column * (THUMB + 16), top + 16))
    whole.save(FOLDER / "sheet.png")


def _thumb(path: Path) -> Image.Image:
    with Image.open(path) as image:
        small = image.convert("RGB")
        small.thumbnail((THUMB, 900))
        return small


def _tops(heights: list[int]) -> Iterator[int]:
    top = 8
    for height in heights:
        yield top
        top += height


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
