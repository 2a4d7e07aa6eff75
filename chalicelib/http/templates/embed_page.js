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
    const url = `${form.action}?${new URLSearchParams(new FormData(form))}`;
    try {
      const got = await fetch(url);
      if (!got.ok) throw new Error(got.status);
      const page = new DOMParser().parseFromString(await got.text(), "text/html");
      if (mine !== turn) return;
      result.replaceChildren(...page.getElementById("result").childNodes);
      history.replaceState(null, "", url);
      ready();
      said.textContent = "Preview and code updated.";
    } catch {
      said.textContent = "The preview could not be updated. Try again.";
    }
  });
  result.addEventListener("click", async event => {
    if (!event.target.matches(".copy")) return;
    const code = document.getElementById("snippet");
    try {
      await navigator.clipboard.writeText(code.value);
      said.textContent = "Code copied.";
    } catch {
      code.select();
      said.textContent = "Your browser blocked copying. The code is selected: copy it yourself.";
    }
  });
})();
