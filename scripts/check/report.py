#!/usr/bin/env python3
"""Looks at a report in headless Chromium: pictures at three widths, light and dark, a PDF, and axe-core.

    report.py PAGE FOLDER

Fails on a console message, on a page wider than the screen, and on what axe-core calls serious or critical.
"""
import base64
import importlib.util
import pathlib
import sys

from selenium import webdriver

# The package carries axe-core, and is not run: it would want another driver.
axe = pathlib.Path(importlib.util.find_spec("axe_playwright_python").submodule_search_locations[0], "axe.min.js")

page, folder = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2])
folder.mkdir(parents=True, exist_ok=True)
problems = []

options = webdriver.ChromeOptions()
for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--force-device-scale-factor=1"):
    options.add_argument(argument)
options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
service = webdriver.ChromeService("/usr/bin/chromedriver")


def look(driver, width, scheme):
    driver.execute_cdp_cmd(
        "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]})
    driver.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600})
    driver.get(page.as_uri())
    name = f"{width}-{scheme}"
    wide = driver.execute_script("return document.documentElement.scrollWidth")
    if wide > width:
        problems.append(f"{name}: the page is {wide} pixels wide")
    height = driver.execute_script("return document.documentElement.scrollHeight")
    shot = driver.execute_cdp_cmd(
        "Page.captureScreenshot",
        {"captureBeyondViewport": True, "clip": {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}})
    (folder / f"{name}.png").write_bytes(base64.b64decode(shot["data"]))
    driver.execute_script(axe.read_text())
    for finding in driver.execute_async_script("axe.run().then(arguments[0])")["violations"]:
        places = "; ".join(node["target"][0] for node in finding["nodes"][:3])
        line = f"{name}: {finding['impact']}: {finding['help']} ({len(finding['nodes'])}: {places})"
        if finding["impact"] in ("serious", "critical"):
            problems.append(line)
        else:
            print(f"check-report: {line}")


driver = webdriver.Chrome(options=options, service=service)
try:
    for width in (390, 768, 1440):
        for scheme in ("light", "dark"):
            look(driver, width, scheme)
    driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    printed = driver.execute_cdp_cmd("Page.printToPDF", {"printBackground": False, "paperWidth": 8.27, "paperHeight": 11.69})
    (folder / "print.pdf").write_bytes(base64.b64decode(printed["data"]))
    problems += [f"console: {entry['message']}" for entry in driver.get_log("browser")]
finally:
    driver.quit()

for problem in problems:
    print(f"check-report: {problem}", file=sys.stderr)
print(f"check-report: {page.name}: {len(problems)} problems; pictures in {folder}")
sys.exit(1 if problems else 0)
