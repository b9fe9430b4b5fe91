"""A page in Chromium, where there is one."""

import re
import shutil
import subprocess
import warnings

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
PROBE = (
    "<script>onload = () => parent.postMessage(`${innerWidth},${document.documentElement.scrollWidth}`, '*')</script>"
)


def widths(page, folder, width):
    """How wide the page was asked to be, and how wide it is."""
    if CHROMIUM is None:
        warnings.warn("no Chromium here: nobody looked whether pages scroll sideways", stacklevel=2)
        pytest.skip("no Chromium here: nobody looked whether pages scroll sideways")
    text = page.read_text(encoding="utf-8")
    (folder / "page.html").write_text(text.replace("</body>", f"{PROBE}</body>"), encoding="utf-8")
    frame = f"<iframe src='page.html' style='border: 0; width: {width}px; height: 800px'></iframe>"
    told = "<title></title><script>onmessage = message => document.title = message.data</script>"
    (folder / "frame.html").write_text(told + frame, encoding="utf-8")
    command = [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--window-size=1400,900",
               "--virtual-time-budget=20000", "--dump-dom", (folder / "frame.html").as_uri()]  # fmt: skip
    shown = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=300, check=True).stdout
    asked, needed = re.search(r"<title>(\d+),(\d+)</title>", shown).groups()
    assert int(asked) == width
    return width, int(needed)
