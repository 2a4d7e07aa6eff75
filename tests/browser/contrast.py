"""Contrast of every visible text of a page, computed from the colours that the browser shows (WCAG 2.2, 1.4.3, AA)."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

_MEASURE = """() => {
  const channels = colour => {
    const found = /^rgba?\\(([^)]*)\\)$/.exec(colour);
    if (!found) throw new Error(`unexpected colour ${colour}`);
    const [red, green, blue, alpha = 1] = found[1].split(/[ ,/]+/).map(Number);
    return [red, green, blue, alpha];
  };
  const over = ([r, g, b, a], below) => [r, g, b].map((value, at) => value * a + below[at] * (1 - a));
  const luminance = rgb => {
    const [r, g, b] = rgb.map(value => value / 255).map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
    return .2126 * r + .7152 * g + .0722 * b;
  };
  const background = element => {
    if (!element) return [255, 255, 255];
    const style = getComputedStyle(element), own = channels(style.backgroundColor);
    if (style.backgroundImage !== 'none') throw new Error('a background image: its contrast cannot be computed');
    return own[3] === 1 ? own.slice(0, 3) : over(own, background(element.parentElement));
  };
  const ratio = element => {
    const below = background(element), shown = over(channels(getComputedStyle(element).color), below);
    const [light, dark] = [luminance(below), luminance(shown)].sort((one, other) => other - one);
    return (light + .05) / (dark + .05);
  };
  const needed = ({fontSize, fontWeight}) => {
    const size = parseFloat(fontSize);
    return size >= 24 || (size >= 18.66 && Number(fontWeight) >= 700) ? 3 : 4.5;
  };
  const seen = element => element.checkVisibility({visibilityProperty: true, opacityProperty: true})
    && element.getClientRects().length > 0 && !element.closest(':disabled, script, style, title, noscript, option');
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), elements = new Set();
  while (texts.nextNode()) if (texts.currentNode.data.trim()) elements.add(texts.currentNode.parentElement);
  for (const field of document.querySelectorAll('input:not([type=hidden]), textarea, select')) elements.add(field);
  return [...elements].filter(seen).map(element => ({
    text: (element.textContent || element.name || element.tagName).trim().slice(0, 60),
    ratio: Math.round(ratio(element) * 100) / 100,
    needed: needed(getComputedStyle(element)),
  }));
}"""


def measure(page: Page) -> list[dict[str, Any]]:
    """Return the text, contrast ratio and required ratio of each visible element with text of its own."""
    found: list[dict[str, Any]] = page.evaluate(_MEASURE)
    assert found, "no text was measured"
    return found


def contrast_violations(page: Page) -> list[str]:
    """Return the texts with too little contrast, in light and in dark mode."""
    faults = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        faults += [
            f"contrast {one['ratio']} of {one['needed']} ({scheme}): {one['text']}"
            for one in measure(page)
            if one["ratio"] < one["needed"]
        ]
    page.emulate_media(color_scheme="null")
    return faults
