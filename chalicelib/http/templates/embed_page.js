"use strict";
/* The page works without this script, which updates the preview on each change and copies the code. */
(() => {
  const form = document.querySelector(".builder");
  const result = document.getElementById("result");
  const said = document.getElementById("said");
  const ready = () => { result.querySelector(".copy").hidden = !navigator.clipboard; };
  form.querySelector("button").hidden = true;
  ready();
  let turn = 0;
  form.addEventListener("change", async () => {
    const mine = ++turn;
    result.inert = true;
    said.textContent = said.dataset.updating;
    const url = `${form.action}?${new URLSearchParams(new FormData(form))}`;
    try {
      const got = await fetch(url);
      if (!got.ok) throw new Error(got.status);
      const page = new DOMParser().parseFromString(await got.text(), "text/html");
      if (mine !== turn) return;
      result.replaceChildren(...page.getElementById("result").childNodes);
      result.inert = false;
      history.replaceState(null, "", url);
      ready();
      said.textContent = said.dataset.updated;
    } catch {
      said.textContent = said.dataset.failed;
    }
  });
  result.addEventListener("click", async event => {
    if (!event.target.matches(".copy")) return;
    const code = document.getElementById("snippet");
    try {
      await navigator.clipboard.writeText(code.value);
      said.textContent = said.dataset.copied;
    } catch {
      code.select();
      said.textContent = said.dataset.blocked;
    }
  });
})();
