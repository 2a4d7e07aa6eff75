"use strict";
/* Every page works without this script; it only saves steps. */

/* A button that copies the text of an element marked with data-copy, which is the button's label. Pages that are
   translated also give the sentences that follow, in data-copied and data-blocked. */
(() => {
  if (!navigator.clipboard) return;
  for (const source of document.querySelectorAll("[data-copy]")) {
    const button = document.createElement("button");
    const { copy, copied = "Copied.", blocked = "Your browser blocked copying. Select the text and copy it yourself." } =
      source.dataset;
    button.type = "button";
    button.className = "copy quiet";
    button.textContent = copy;
    const said = document.createElement("span");
    said.className = "copied small";
    said.setAttribute("role", "status");
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText("value" in source ? source.value : source.textContent);
        said.textContent = copied;
      } catch {
        said.textContent = blocked;
      }
      setTimeout(() => { said.textContent = ""; }, 5000);
    });
    const line = document.createElement("span");
    line.className = "copying";
    line.append(button, said);
    source.after(line);
  }
})();

/* The server rejects a form with a file that is too large, and the text in it is lost. So it is not sent. */
(() => {
  for (const input of document.querySelectorAll('input[type="file"][data-limit]')) {
    const limit = Number(input.dataset.limit);
    const warning = document.createElement("p");
    warning.className = "field-error";
    warning.setAttribute("role", "alert");
    const isTooLarge = () => {
      const over = [...input.files].some((file) => file.size > limit);
      warning.textContent = over ? `This file is too large. Choose one of up to ${Math.floor(limit / 1e5) / 10} MB.` : "";
      if (over) input.before(warning);
      else warning.remove();
      return over;
    };
    input.addEventListener("change", isTooLarge);
    input.form.addEventListener("submit", (event) => {
      if (!isTooLarge()) return;
      event.preventDefault();
      input.focus();
    });
  }
})();

/* Escape and a click elsewhere close an open menu. */
(() => {
  const menus = [...document.querySelectorAll("details.menu, details.actions")];
  document.addEventListener("click", (event) => {
    for (const menu of menus) if (menu.open && !menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of menus.filter((one) => one.open)) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
})();

/* Updates the achievement preview while the user types. Without this script, the Preview button does the same. */
(() => {
  const form = document.querySelector("form[data-previewed]");
  const preview = document.querySelector(".preview");
  if (!form || !preview) return;

  const typed = (name) => {
    const field = form.elements[name];
    if (!field) return "";
    return (field.selectedOptions ? field.selectedOptions[0].text : field.value).trim();
  };

  const show = () => {
    for (const place of preview.querySelectorAll("[data-shows]")) {
      place.textContent = typed(place.dataset.shows) || place.dataset.else;
    }
    for (const part of preview.querySelectorAll("[data-has]")) part.hidden = !typed(part.dataset.has);
    const skills = preview.querySelector("[data-skills]");
    const names = [...form.elements].filter((field) => /^skill_name_\d+$/.test(field.name));
    const items = names.map((field) => field.value.trim()).filter(Boolean);
    skills.replaceChildren(...items.map((name) => {
      const item = document.createElement("li");
      item.textContent = name;
      return item;
    }));
    preview.querySelector("[data-has-skills]").hidden = items.length === 0;
    draw();
  };

  /* The initials of the drawn badge, chosen as in default_badge.py. */
  const initials = (name) => {
    const words = name.replaceAll("-", " ").split(/\s+/).filter((word) => /^[\p{L}\p{N}]/u.test(word));
    const significant = words.filter((word) => [...word].length > 2 || /^[\p{Lu}\p{N}]/u.test(word));
    const letters = (significant.length ? significant : words).slice(0, 3).map((word) => [...word][0]);
    return [...letters.join("").toUpperCase()].slice(0, 3);
  };

  const draw = () => {
    const shown = preview.querySelector("img");
    if (!shown.dataset.drawings) return;
    const letters = initials(typed("name"));
    const drawing = JSON.parse(shown.dataset.drawings)[letters.length].replace(/\?+/, () => letters.join(""));
    shown.src = `data:image/svg+xml,${encodeURIComponent(drawing)}`;
  };

  const picture = () => {
    const [file] = form.elements.picture.files;
    if (!file || !file.type.startsWith("image/")) return;
    const shown = preview.querySelector("img");
    const before = shown.src;
    shown.src = URL.createObjectURL(file);
    if (before.startsWith("blob:")) URL.revokeObjectURL(before);
    delete shown.dataset.drawings;
  };

  form.addEventListener("input", show);
  form.elements.picture.addEventListener("change", picture);
  form.querySelector("[value=preview]").hidden = true;
  show();
})();

/* Updates the branding preview when the form changes. Each update uses a new frame, so that previews add no history entries. */
(() => {
  const button = document.querySelector("[formtarget=branding]");
  if (!button) return;
  const { form } = button;
  const said = document.getElementById("previewed");
  let frame = document.querySelector("iframe[name=branding]");
  let turn = 0;
  let timer;
  const refresh = () => {
    const next = frame.cloneNode();
    next.name = `branding-${++turn}`;
    next.hidden = true;
    frame.after(next);
    next.addEventListener("load", () => {
      if (next.contentDocument) return;
      if (next.name !== `branding-${turn}`) {
        next.remove();
        return;
      }
      frame.remove();
      frame = next;
      frame.hidden = false;
      said.textContent = "The result is shown below."; /* perhaps an error, which this page cannot read */
    });
    said.textContent = "Updating the preview …";
    button.formTarget = next.name;
    form.requestSubmit(button);
  };
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(refresh, 700);
  };
  form.addEventListener("input", later);
  document.getElementById("show").addEventListener("input", refresh);
  button.parentElement.hidden = true;
  refresh();
})();
