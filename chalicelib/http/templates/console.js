"use strict";
/* The preview beside the form of an achievement follows what is typed. Without this, its button shows the same. */
(() => {
  const form = document.querySelector("form[data-previewed]");
  const preview = document.querySelector(".preview");
  if (!form || !preview) return;

  const typed = (name) => (form.elements[name] ? form.elements[name].value.trim() : "");

  const show = () => {
    for (const place of preview.querySelectorAll("[data-shows]")) {
      place.textContent = typed(place.dataset.shows) || place.dataset.else;
    }
    const skills = preview.querySelector("[data-skills]");
    const names = [...form.elements].filter((field) => /^skill_name_\d+$/.test(field.name));
    const items = names.map((field) => field.value.trim()).filter(Boolean);
    skills.replaceChildren(...items.map((name) => {
      const item = document.createElement("li");
      item.textContent = name;
      return item;
    }));
    preview.querySelector("[data-has-skills]").hidden = items.length === 0;
  };

  const picture = () => {
    const [file] = form.elements.picture.files;
    if (!file || file.type !== "image/png") return;
    const shown = preview.querySelector("img");
    const before = shown.src;
    shown.src = URL.createObjectURL(file);
    if (before.startsWith("blob:")) URL.revokeObjectURL(before);
    shown.hidden = false;
    preview.querySelector("svg").setAttribute("hidden", "");
  };

  form.addEventListener("input", show);
  form.elements.picture.addEventListener("change", picture);
  form.querySelector("[value=preview]").hidden = true;
  show();
})();
