"use strict";
/* The page works without this script, which updates the preview on each change and copies the code. */
(() => {
  const form = document.querySelector(".builder");
  const result = document.getElementById("result");
  const said = document.getElementById("said");
  let leaving;
  const say = (where, words, stays) => {
    clearTimeout(leaving);
    where.textContent = words;
    where.scrollIntoView({ block: "nearest" });
    if (!stays) leaving = setTimeout(() => { where.textContent = ""; }, 5000);
  };
  const ready = () => { for (const one of result.querySelectorAll(".copy")) one.hidden = !navigator.clipboard; };
  form.querySelector("button").hidden = true;
  ready();
  addEventListener("message", event => {
    const frame = result.querySelector("iframe");
    if (frame && frame.contentWindow === event.source && event.data?.laurel === "badge") frame.height = Number(event.data.height);
  });
  let turn = 0;
  form.addEventListener("change", async () => {
    const mine = ++turn;
    result.inert = true;
    say(said, said.dataset.updating, true);
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
      say(said, said.dataset.updated);
    } catch {
      say(said, said.dataset.failed, true);
    }
  });
  result.addEventListener("click", async event => {
    if (!event.target.matches(".copy")) return;
    const code = document.getElementById(event.target.dataset.code ?? "snippet"), copied = document.getElementById("copied");
    said.textContent = "";
    try {
      await navigator.clipboard.writeText(code.value);
      say(copied, copied.dataset.copied);
    } catch {
      code.select();
      say(copied, copied.dataset.blocked, true);
    }
  });
})();
