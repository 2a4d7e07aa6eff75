"""Words of a page that are broken in the middle, because their column is too narrow."""

from __future__ import annotations

from playwright.sync_api import Page

LONGEST = 14
"""Letters. Longer words, such as addresses and identifiers, may break."""
_FIND = r"""longest => {
  const clipped = element => element
    && (getComputedStyle(element).clipPath !== 'none' || clipped(element.parentElement));
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = [];
  while (texts.nextNode()) {
    const text = texts.currentNode, parent = text.parentElement;
    if (!parent.checkVisibility({visibilityProperty: true})) continue;
    if (clipped(parent) || parent.closest('code, pre, .url, textarea')) continue;
    for (const {index, 0: word} of text.data.matchAll(/(?<![^\s(“])\p{L}{2,}(?=[\s.,:;)”]|$)/gu)) {
      if (word.length > longest) continue;
      const range = document.createRange();
      range.setStart(text, index);
      range.setEnd(text, index + word.length);
      const lines = new Set([...range.getClientRects()].map(line => Math.round(line.top)));
      if (lines.size > 1) found.push(word);
    }
  }
  return found;
}"""


def broken_words(page: Page) -> list[str]:
    """Return the visible words of at most `LONGEST` letters that continue on the next line."""
    found: list[str] = page.evaluate(_FIND, LONGEST)
    return found
