// 科普课堂: finding while typing, printing, reading aloud, sharing; a family's contacts kept in this browser.
(() => {
  "use strict";
  const FAMILY = "anwen.family";
  const PAUSE = 250; // milliseconds after the last key
  const $ = (selector, within = document) => within.querySelector(selector);
  const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];
  const tell = (text) => { const told = $("#told"); if (told) told.textContent = text; };
  const act = (name, run) => $$(`[data-act=${name}]`).forEach((button) => { button.hidden = false; button.addEventListener("click", run); });

  // -- finding: the same page is asked for, and its list put in place of ours
  const finder = $("form[data-live]");
  if (finder) {
    let timer = 0, running = null;
    const find = async () => {
      const asked = new URLSearchParams([...new FormData(finder)].filter(([, value]) => value));
      const address = asked.size ? `${finder.action}?${asked}` : finder.action;
      if (running) running.abort();
      running = new AbortController();
      const old = document.getElementById(finder.dataset.live);
      old.classList.add("is-loading");
      try {
        const reply = await fetch(address, { signal: running.signal });
        if (!reply.ok) throw new Error(String(reply.status));
        const fresh = new DOMParser().parseFromString(await reply.text(), "text/html").getElementById(finder.dataset.live);
        old.replaceChildren(...[...fresh.childNodes].map((node) => document.adoptNode(node)));
        history.replaceState(null, "", address);
        old.classList.remove("is-loading");
      } catch (error) {
        if (error.name !== "AbortError") { old.classList.remove("is-loading"); finder.submit(); }
      }
    };
    finder.addEventListener("submit", (event) => { event.preventDefault(); clearTimeout(timer); find(); });
    finder.addEventListener("change", (event) => { if (event.target.type === "radio") find(); });
    finder.addEventListener("input", (event) => {
      if (event.target.type !== "search" || event.isComposing) return;
      clearTimeout(timer);
      timer = setTimeout(find, PAUSE);
    });
    finder.addEventListener("compositionend", () => { clearTimeout(timer); timer = setTimeout(find, PAUSE); });
  }
  $$("form[data-submit]").forEach((form) => {
    $$("[data-plain]", form).forEach((button) => { button.hidden = true; });
    form.addEventListener("change", () => form.submit());
  });
  const here = $(".tiles [aria-current]");
  if (here) here.closest("ul").scrollLeft = here.offsetLeft - 60;

  // -- printing, sharing, reading aloud
  act("print", () => window.print());
  const guide = $(".guide");
  if (guide && (navigator.share || navigator.clipboard)) {
    act("share", async () => {
      const what = { title: guide.dataset.title, url: location.href.split("#")[0] };
      try {
        if (navigator.share) { await navigator.share(what); return; }
        await navigator.clipboard.writeText(`${what.title} ${what.url}`);
        tell("链接已复制，可以粘贴给别人。");
      } catch (error) {
        if (error.name !== "AbortError") tell(`没有复制成功，请复制这个网址：${what.url}`);
      }
    });
  }
  if (guide && "speechSynthesis" in window) {
    const steps = $$("#steps li");
    const button = $("[data-act=read]");
    const stop = () => { speechSynthesis.cancel(); button.textContent = "读给我听"; steps.forEach((step) => step.classList.remove("is-read")); };
    const line = (text, element) => {
      const said = new SpeechSynthesisUtterance(text);
      said.lang = "zh-CN";
      said.rate = 0.95;
      said.onstart = () => steps.forEach((step) => step.classList.toggle("is-read", step === element));
      return said;
    };
    act("read", () => {
      if (button.textContent === "停下") { stop(); return; }
      stop();
      button.textContent = "停下";
      const lines = [line(guide.dataset.title), ...steps.map((step, n) => line(`第${n + 1}步，${step.textContent}`, step)),
        line("不要做"), ...$$(".dont li").map((one) => line(one.textContent))];
      lines.at(-1).onend = stop;
      lines.forEach((one) => speechSynthesis.speak(one));
    });
    addEventListener("pagehide", () => speechSynthesis.cancel());
  }

  // -- the family's own lines: in this browser, and only when asked to
  const mine = $("#mine");
  if (mine) {
    const blanks = $$("input[type=text]", mine), remember = $("#remember");
    const read = () => { try { return JSON.parse(localStorage.getItem(FAMILY)) || []; } catch { return []; } };
    const write = () => {
      try {
        if (remember.checked) localStorage.setItem(FAMILY, JSON.stringify(blanks.map((blank) => blank.value)));
        else localStorage.removeItem(FAMILY);
      } catch { remember.checked = false; }
    };
    $("#keep").hidden = false;
    const kept = read();
    if (Array.isArray(kept) && kept.length) {
      remember.checked = true;
      blanks.forEach((blank, n) => { blank.value = String(kept[n] || "").slice(0, 60); });
    }
    mine.addEventListener("input", write);
    act("forget", () => { blanks.forEach((blank) => { blank.value = ""; }); remember.checked = false; write(); });
  }
})();
