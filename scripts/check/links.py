"""Follows every internal link and picture of a DocC site: python3 links.py SITE [--base PATH]

DocC pages are JSON below data/; each lists what it refers to. A page that is referred to must have its JSON, a picture
its file. Links to other hosts are counted, not followed.
"""

import argparse
import json
import pathlib
import sys
import urllib.parse

arguments = argparse.ArgumentParser()
arguments.add_argument("site", type=pathlib.Path)
arguments.add_argument("--base", default="")
options = arguments.parse_args()

pages = sorted((options.site / "data" / "documentation").rglob("*.json"))
problems, followed, foreign = set(), set(), set()
for page in pages:
    name = page.relative_to(options.site / "data").with_suffix("")
    for identifier, reference in json.loads(page.read_text()).get("references", {}).items():
        if reference.get("type") == "unresolvable":
            # What a type conforms to in the standard library is named, not linked.
            if not reference.get("title", "").startswith(("Swift.", "Foundation")):
                problems.add(f"{name}: {identifier} leads nowhere")
        elif reference.get("type") == "link":
            url = urllib.parse.urlparse(reference["url"])
            (foreign if url.scheme else problems).add(reference["url"])
        elif reference.get("type") in ("image", "download"):
            for variant in reference.get("variants", []):
                file = options.site / variant["url"].removeprefix(options.base).lstrip("/")
                followed.add(file)
                if not file.is_file():
                    problems.add(f"{name}: the picture {variant['url']} is missing")
        elif "url" in reference:
            url = reference["url"].removeprefix(options.base).split("#")[0].lstrip("/")
            file = options.site / "data" / f"{url}.json"
            followed.add(file)
            if not file.is_file():
                problems.add(f"{name}: the page {reference['url']} is missing")

for problem in sorted(problems):
    print(problem, file=sys.stderr)
print(f"check-links: {len(pages)} pages, {len(followed)} targets, {len(foreign)} links to other hosts (not followed)")
sys.exit(1 if problems or not pages else 0)
