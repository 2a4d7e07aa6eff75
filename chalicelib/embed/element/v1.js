customElements.get("laurel-badge") || (() => {
  const base = BASE_URL, host = "&host=" + location.hostname, css = new CSSStyleSheet();
  css.replaceSync(STYLE);
  const add = (to, name, values, text) => {
    const node = to.appendChild(document.createElementNS(`http://www.w3.org/${/svg|path/.test(name) ? "2000/svg" : "1999/xhtml"}`, name));
    for (const key in values) node.setAttribute(key, values[key]);
    node.append(text || "");
    return node;
  };
  const near = new IntersectionObserver(entries => {
    for (const { target, isIntersecting } of entries) if (isIntersecting) near.unobserve(target), target.load();
  }, { rootMargin: "300px" });
  customElements.define("laurel-badge", class extends HTMLElement {
    static observedAttributes = ["credential", "size", "theme", "lang"];
    constructor() {
      super();
      this.attachShadow({ mode: "open" }).adoptedStyleSheets = [css];
      add(this.shadowRoot, "slot");
    }
    connectedCallback() { near.unobserve(this); near.observe(this); }
    attributeChangedCallback() { this.isConnected && this.connectedCallback(); }
    async load() {
      const [id, size, theme] = ["credential", "size", "theme"].map(name => this.getAttribute(name) || ""), turn = this.turn = {};
      try {
        const got = await fetch(`${base}/embed/${id.split("/").pop()}?format=json&lang=${this.closest("[lang]")?.lang + host}`, { credentials: "omit" }), shown = got.ok && await got.json();
        if (!shown || turn != this.turn) return;
        const link = add(new DocumentFragment, "a", { class: `l ${size} ${theme}`, href: shown.url, target: "_blank", lang: shown.lang, dir: shown.dir });
        link.onclick = () => void navigator.sendBeacon?.(`${base}/v1/events`, new URLSearchParams(shown.click + host));
        for (const key in shown.colours) link.style.setProperty(`--${key}`, shown.colours[key]);
        add(link, "span", { class: "k" });
        const icon = add(link, "svg", { viewBox: "0 0 48 48", "aria-hidden": true });
        for (const key in shown.icon) add(icon, "path", { class: key, d: shown.icon[key] });
        for (const key in shown.texts) add(link, "span", { class: key, dir: "auto" }, shown.texts[key]);
        if (shown.image) add(link, "img", { alt: "", src: shown.image }).onerror = ({ target }) => target.remove();
        this.shadowRoot.replaceChildren(link);
      } catch {}
    }
  });
})();
