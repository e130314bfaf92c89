/* 查条文: recent searches, the visitor's region, copying, sharing, printing, jumping between changes. */
(function () {
  "use strict";
  const RECENT = "anwen.lookup.recent", REGION = "anwen.region", AUDIENCE = "anwen.audience", MOST = 8;
  const all = (selector, root) => Array.from((root || document).querySelectorAll(selector));
  const one = (selector) => document.querySelector(selector);

  function kept(key) { try { return localStorage.getItem(key) || ""; } catch { return ""; } }
  function keep(key, value) {
    try { if (value) localStorage.setItem(key, value); else localStorage.removeItem(key); } catch { /* not allowed: nothing is kept */ }
  }

  function searches() {
    try {
      const found = JSON.parse(kept(RECENT) || "[]");
      return Array.isArray(found) ? found.filter((q) => typeof q === "string" && q.trim()).slice(0, MOST) : [];
    } catch { return []; }
  }

  /* A region kept by another page: plain words only. */
  function region() {
    const name = kept(REGION).trim();
    return /^[\u3400-\u9fff]{2,30}$/.test(name) && name !== "全国" ? name : "";
  }

  function searchAddress(q) {
    const asked = new URLSearchParams({ q });
    if (region()) asked.set("region", region());
    return "/lookup?" + asked;
  }

  function showRecent() {
    const box = one("#recent");
    if (!box) return;
    const list = box.querySelector("ul"), asked = new URLSearchParams(location.search).get("q") || "";
    const found = searches().filter((q) => q !== asked.trim());
    list.replaceChildren(...found.map((q) => {
      const item = document.createElement("li"), link = document.createElement("a");
      link.href = searchAddress(q);
      link.textContent = q;
      item.append(link);
      return item;
    }));
    box.hidden = !found.length || (asked !== "" && location.pathname === "/lookup");
  }

  function setUpSearch() {
    const asked = new URLSearchParams(location.search);
    const q = (asked.get("q") || "").trim().slice(0, 300);
    if (location.pathname === "/lookup" && q) keep(RECENT, JSON.stringify([q, ...searches().filter((old) => old !== q)].slice(0, MOST)));
    showRecent();
    const clear = one("#recent button");
    if (clear) clear.addEventListener("click", () => {
      keep(RECENT, "");
      showRecent();
      const box = one("#q");
      if (box) box.focus();
    });
    all("a.lk-try").forEach((link) => { link.href = searchAddress(link.textContent.trim()); });
    const mine = all("[data-audience]").find((card) => card.dataset.audience === kept(AUDIENCE));
    if (mine) mine.classList.add("is-mine");
  }

  function setUpRegion() {
    const choice = one("select[data-region]");
    if (!choice) return;
    const name = region(), asked = new URLSearchParams(location.search);
    if (name && !asked.has("q") && !asked.has("region")) {
      if (!Array.from(choice.options).some((option) => option.value === name)) choice.add(new Option(name, name));
      choice.value = name;
    }
    choice.addEventListener("change", () => keep(REGION, choice.value));
  }

  /* Empty fields make long addresses: they are left out when a form is sent. */
  function setUpForms() {
    all('form[method="get"]').forEach((form) => form.addEventListener("formdata", (event) => {
      for (const [name, value] of Array.from(event.formData.entries())) if (value === "") event.formData.delete(name);
    }));
  }

  /* Filters stand open beside the results where there is room. */
  function setUpFilters() {
    const filters = one("#filters"), wide = matchMedia("(min-width: 861px)");
    if (!filters) return;
    const set = () => { filters.open = wide.matches; };
    wide.addEventListener("change", set);
    set();
  }

  function tell(text) { const line = one(".lk-told"); if (line) line.textContent = text; }

  async function copy(text) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch { /* no clipboard without https: the old way */ }
    const box = document.createElement("textarea");
    box.value = text;
    box.className = "vh";
    document.body.append(box);
    box.select();
    let done = false;
    try { done = document.execCommand("copy"); } catch { done = false; }
    box.remove();
    return done;
  }

  async function share(button) {
    const url = new URL(button.dataset.share, location.href).href, title = button.dataset.title;
    if (navigator.share) {
      try { await navigator.share({ title, url }); return; } catch (error) { if (error.name === "AbortError") return; }
    }
    tell(await copy(url) ? "链接已复制，可以粘贴给别人。" : "没有复制成功，请从地址栏复制链接。");
  }

  function setUpArticle() {
    all("[data-copy]").forEach((button) => {
      button.hidden = false;
      button.addEventListener("click", async () => {
        const done = await copy(button.dataset.copy);
        button.focus();
        tell(done ? "条文已复制，带出处和版本。" : "没有复制成功，请选中文字再复制。");
      });
    });
    all("[data-share]").forEach((button) => { button.hidden = false; button.addEventListener("click", () => share(button)); });
    all("[data-print]").forEach((button) => { button.hidden = false; button.addEventListener("click", () => window.print()); });
    const marked = one(".lk-text-of mark");
    if (marked && marked.getBoundingClientRect().top > innerHeight * 0.8) marked.scrollIntoView({ block: "center" });
    all(".lk-picture img").forEach((image) => image.addEventListener("error", () => { image.closest("details").hidden = true; }));
  }

  /* Local rules: those of the visitor's region first, the others folded away. */
  function setUpLocal() {
    const name = region();
    if (!name) return;
    all("[data-local]").forEach((section) => {
      const elsewhere = section.querySelector(".lk-elsewhere");
      const others = all("li[data-reach]", section).filter((item) => {
        const reached = item.dataset.reach.split(" ");
        return !reached.includes(name) && reached[0] !== name;
      });
      elsewhere.querySelector("ul").append(...others);
      elsewhere.hidden = !others.length;
      const here = section.querySelector("ul");
      here.hidden = !here.children.length;
    });
  }

  function setUpContents() {
    const button = one("[data-unfold]"), parts = all(".lk-part");
    if (!button || !parts.length) return;
    const say = () => { button.textContent = parts.every((part) => part.open) ? "全部收起" : "全部展开"; };
    button.hidden = false;
    button.addEventListener("click", () => {
      const open = !parts.every((part) => part.open);
      parts.forEach((part) => { part.open = open; });
      say();
    });
    parts.forEach((part) => part.addEventListener("toggle", say));
    say();
  }

  function setUpHop() {
    const bar = one(".lk-hop"), changes = all("[data-change]");
    if (!bar || changes.length < 2) return;
    const where = bar.querySelector("span");
    let at = -1;
    const say = () => { where.textContent = (at < 0 ? "共 " : at + 1 + " / ") + changes.length + (at < 0 ? " 处" : ""); };
    bar.hidden = false;
    say();
    all("button", bar).forEach((button) => button.addEventListener("click", () => {
      at = Math.min(changes.length - 1, Math.max(0, at + Number(button.dataset.hop)));
      changes[at].scrollIntoView({ block: "start" });
      changes[at].focus({ preventScroll: true });
      say();
    }));
  }

  setUpSearch();
  setUpRegion();
  setUpForms();
  setUpFilters();
  setUpArticle();
  setUpLocal();
  setUpContents();
  setUpHop();
})();
