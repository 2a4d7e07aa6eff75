"use strict";
/* The page works without this script, which copies the link, opens the device's share dialog and reports the channel. */
(() => {
  const said = document.getElementById("shared");
  const copy = document.getElementById("copy");
  const device = document.getElementById("device");
  copy.hidden = !navigator.clipboard;
  device.hidden = !navigator.share;
  const links = document.getElementById("share");
  links.addEventListener("click", ({ target }) => {
    const { channel } = target.dataset;
    const { credential, events } = links.dataset;
    if (channel) navigator.sendBeacon?.(events, new URLSearchParams({ kind: "shared", credential, channel }));
  });
  copy.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(copy.value);
      said.textContent = said.dataset.copied;
    } catch {
      said.textContent = said.dataset.blocked;
    }
  });
  device.addEventListener("click", () => navigator.share({ title: device.dataset.title, url: device.value }).catch(() => {}));
})();
