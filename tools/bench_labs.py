"""How long each lab takes from an input to its result, measured in the browser, at its most work.

One frame is 16 ms. A measurement starts with the reader's event and ends when the result stands on the page
and the browser has laid it out. Build the site first: ``make site``.
"""

import statistics
import sys
from pathlib import Path

from bench import figure
from browsing import NoBrowserError, browsing, serving, visiting

SITE = Path(__file__).resolve().parent.parent / "_build" / "site"
FRAME = 16  # milliseconds
LABS = {  # the page; where the lab starts; the input that moves; the values it takes in turn
    "cnn-output-size": ("padding-stride", "n=400&f=3&s=1", "[name=n]", (399, 400)),
    "cnn-layer-cost": ("arithmetic", "n=227", "[name=batch]", (16, 17)),
    "cnn-convolution": ("layers", "channels=3&p=2", ".lab-player input", (50, 51)),
    "cnn-architect": ("lenet-alexnet", "vgg", ".architect-fields input", (63, 64)),
    "cnn-gradients": ("vanishing-gradients", "depth=20", "[name=seed]", (1, 2)),
    "cnn-drill": ("drills", "level=3", "[name=topic]", ("network", "pooling")),
    "cnn-trainer": ("overfitting", "", "[name=seed]", (1, 2)),
    "cnn-lenet": ("lenet-alexnet", "", ".lenet-pick", ()),
}
MEASURE = """async ([name, selector, values]) => {
  const lab = document.getElementById(name);
  const times = [];
  for (let i = 0; i < 40; i += 1) {
    await new Promise((resume) => setTimeout(resume, 30));
    const inputs = lab.querySelectorAll(selector);
    const input = values.length ? inputs[0] : inputs[i % inputs.length];
    const started = performance.now();
    if (values.length) {
      input.value = values[i % values.length];
      input.dispatchEvent(new Event("input", { bubbles: true }));
    } else {
      input.click();
    }
    lab.getBoundingClientRect();
    times.push(performance.now() - started);
  }
  return times.slice(5);
}"""


def measure(page, address, name, start, selector, values):
    """The milliseconds of 35 inputs, the first few left out."""
    page.goto(f"{address}#{name}?{start}", wait_until="networkidle")
    lab = page.locator(name)
    lab.scroll_into_view_if_needed()
    if start == "vgg":
        lab.locator(".lab-presets button").last.click()
    lab.locator(selector).first.wait_for(state="attached")
    return page.evaluate(MEASURE, [name, selector, list(values)])


def main():
    if not SITE.is_dir():
        sys.exit("There is no site to measure. Run `make site` first.")
    print(f"{'':18} {'median':>9} {'slowest':>9}   one frame: {FRAME} ms")
    try:
        with serving(SITE) as server, browsing() as browser:
            for name, (chapter, *how) in LABS.items():
                with visiting(browser, server, viewport={"width": 1280, "height": 900}) as (page, _):
                    times = measure(page, f"{server}/de/book/{chapter}.html", name, *how)
                median, slowest = statistics.median(times), max(times)
                print(f"{name:18} {median:6.1f} ms {slowest:6.1f} ms", flush=True)
                figure(f"labs: {name}, ms", median=round(median, 2), slowest=round(slowest, 2), frame=FRAME)
    except NoBrowserError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
