customElements.get("laurel-badge") || (() => {
  const base = BASE_URL, css = new CSSStyleSheet();
  css.replaceSync(STYLE);
  const add = (parent, name, attributes, text) => {
    const node = parent.appendChild(document.createElementNS(`http://www.w3.org/${/svg|path/.test(name) ? "2000/svg" : "1999/xhtml"}`, name));
    for (const key in attributes) node.setAttribute(key, attributes[key]);
    node.append(text || "");
    return node;
  };
  const near = new IntersectionObserver(entries => {
    for (const { target, isIntersecting } of entries) if (isIntersecting) { near.unobserve(target); target.load(); }
  }, { rootMargin: "300px" });
  customElements.define("laurel-badge", class extends HTMLElement {
    static observedAttributes = ["credential", "size", "theme", "lang"];
    constructor() {
      super();
      this.attachShadow({ mode: "open" }).adoptedStyleSheets = [css];
      add(this.shadowRoot, "slot");
    }
    connectedCallback() { near.unobserve(this); near.observe(this); }
    attributeChangedCallback() { if (this.isConnected) this.connectedCallback(); }
    async load() {
      const [id, size, theme] = ["credential", "size", "theme"].map(name => this.getAttribute(name) || ""), turn = this.turn = {};
      try {
        const got = await fetch(`${base}/embed/${id.split("/").pop()}?${new URLSearchParams({ format: "json", lang: this.closest("[lang]")?.lang })}`, { credentials: "omit" });
        const shown = got.ok && await got.json();
        if (!shown || turn != this.turn) return;
        const link = add(new DocumentFragment(), "a", { class: `l ${size} ${theme}`, href: shown.url, target: "_blank", lang: shown.lang, dir: shown.dir });
        for (const name in shown.colours) link.style.setProperty(`--${name}`, shown.colours[name]);
        add(link, "span", { class: "k" });
        const icon = add(link, "svg", { viewBox: "0 0 48 48", "aria-hidden": true });
        for (const type in shown.icon) add(icon, "path", { class: type, d: shown.icon[type] });
        for (const type in shown.texts) add(link, "span", { class: type, dir: "auto" }, shown.texts[type]);
        if (shown.image) {
          const image = add(link, "img", { alt: "" });
          image.onerror = () => image.remove();
          image.src = shown.image;
        }
        this.shadowRoot.replaceChildren(link);
      } catch {}
    }
  });
})();
