"""Screenshots for the README: suppliers imported from a file, a brief typed through the guide, and its ranking.

Run by `make screenshots`. Needs Chromium (path in CHROMIUM), and uses a temporary folder.
"""

import datetime as dt
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from benchmarks.servers import serve

ROOT = Path(__file__).parent.parent
DEVSET = ROOT / "tests" / "data" / "devset"
BRIEF = "d03"
OWNER, CURATOR = "company", "ingrid@fjellfoten.example"
# Answers that the guide requires and the data set's brief lacks.
TYPED = {
    "goal": "Syltetøyet skal se ut som det det er, og stå i tre butikker innen sommeren.",
    "current_state": "Vi skriver ut etikettene hjemme. De løsner i kulda, og innholdet står med for små bokstaver.",
    "deliverables": "Logo og farger\nEtiketter til syltetøy og saft\nBilder av glassene",
    "date_reason": "Før bærsesongen",
    "decision_by": "Daglig leder",
    "finish_by": (dt.date.today() + dt.timedelta(days=150)).isoformat(),  # noqa: DTZ011 because the browser knows no zone
    "audience_text": "Kunder i butikken som ser etter lokalmat.",
}
CHOSEN = ("success_metric=more_orders", "audience=local", "budget_band=b50_100", "presence=remote")  # fmt: skip


def main() -> int:
    """Take the screenshots. Return the exit status."""
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if not chromium:
        sys.stderr.write("No Chromium found: install one, or name it in CHROMIUM.\n")
        return 1
    with tempfile.TemporaryDirectory() as folder:
        os.environ["INSTANCE_PATH"] = folder
        for words in (
            ["demo"],
            ["import", "suppliers", str(DEVSET / "suppliers.jsonl"), "--commit", "--approve-by", CURATOR],
        ):
            subprocess.run([sys.executable, "-m", "marketplace.cli", *words], check=True)  # noqa: S603 because the words are our own
        with serve("marketplace.app:create_app()", {}) as port, sync_playwright() as playwright:
            flags = [] if os.geteuid() else ["--no-sandbox"]
            browser = playwright.chromium.launch(executable_path=chromium, args=flags)
            page = browser.new_page(
                viewport={"width": 1280, "height": 1000}, base_url=f"http://127.0.0.1:{port}"
            )
            take(page)
            browser.close()
    return 0


def take(page: Page) -> None:
    """Go through the company's workflow and take the screenshots."""
    lines = (DEVSET / "briefs.jsonl").read_text(encoding="utf-8").splitlines()
    brief = next(row for row in map(json.loads, lines) if row["id"] == BRIEF)
    page.goto("/sign-in")
    page.locator(f"button[name=person][value={OWNER}]").click()
    page.goto("/briefs/new")
    page.fill("textarea", f"{brief['title']}. {brief['text']}")
    page.locator("button.ds-button[value=begin]").click()
    for _step in range(12):
        page.wait_for_load_state()
        if page.url.endswith("/check"):
            break
        fill(page, brief)
        here = page.url
        page.locator("button.ds-button[value=next]").first.click()
        page.wait_for_url(lambda url, here=here: url != here)
    page.wait_for_url("**/check")
    page.locator("input[name=confirmed]").first.check()
    page.locator("form[action$='/publish'] button").first.click()
    page.wait_for_url("**/ranking")
    save_screenshot(page, "ranking.png", 1500)
    page.goto("/?q=selge ost på nett og bli funnet av turister")
    save_screenshot(page, "front.png", 1000)


def fill(page: Page, brief: dict[str, object]) -> None:  # noqa: C901 because it meets every kind of question
    """Answer the questions of one topic."""
    problem = (
        f"{brief['text']} Det koster oss salg hver uke, og butikkene spør etter varer som ser ordentlige ut."
    )
    for name, text in (TYPED | {"title": str(brief["title"]), "problem": problem}).items():
        box = page.locator(f"[name={name}]:is(input, textarea)").first
        if box.count() and box.is_visible():
            box.fill(text)
    for index, line in enumerate(TYPED["deliverables"].split("\n")):
        box = page.locator(":is(input, textarea)[name=deliverables]")
        if box.count() > index:
            box.nth(index).fill(line)
    page.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true })")
    for code in brief["confirmed_services"]:  # type: ignore[attr-defined]  # because the file says a list
        tick = page.locator(f"input[name=services][value='{code}']").first
        if tick.count() and not tick.is_checked():
            page.locator(f"label[for='{tick.get_attribute('id')}']").first.click()
    for choice in CHOSEN:
        name, value = choice.split("=")
        option = page.locator(f"input[name={name}][value={value}]").first
        if option.count():
            option.check()
    groups = page.evaluate(
        "() => [...new Set([...document.querySelectorAll('main form input[type=radio]')].map(one => one.name))]"
    )
    for name in groups:
        if not page.locator(f"input[name='{name}']:checked").count():
            page.locator(f"input[name='{name}']").first.check()


def save_screenshot(page: Page, name: str, height: int) -> None:
    """Save a screenshot of the top of a page."""
    path = ROOT / "docs" / name
    path.parent.mkdir(exist_ok=True)
    page.set_viewport_size({"width": 1280, "height": height})
    page.screenshot(path=path)


if __name__ == "__main__":
    sys.exit(main())
