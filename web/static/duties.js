/* 企业职责: remembers the answers, ticks, notes and dates of each unit in this browser; nothing is sent but exports. */
(function () {
  "use strict";
  const UNITS = "anwen.duties.units", LAST = "anwen.duties.last", EDITING = "anwen.duties.editing", REGION = "anwen.region";
  const script = document.currentScript, form = document.getElementById("unit");
  const query = script.dataset.query || "";
  const today = script.dataset.today || day(new Date());

  /* -- what the browser keeps ------------------------------------------------------------------- */

  function read(key, otherwise) {
    try { const found = JSON.parse(localStorage.getItem(key)); return found === null ? otherwise : found; }
    catch { return otherwise; }
  }
  function write(key, value) {
    try { localStorage.setItem(key, JSON.stringify(value)); return true; }
    catch { return false; }
  }
  function units() {
    const found = read(UNITS, []);
    return Array.isArray(found) ? found.filter(u => u && typeof u.query === "string" && u.items) : [];
  }
  function day(date) { return [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join("-"); }
  function two(number) { return String(number).padStart(2, "0"); }
  function said(iso) { const [y, m, d] = iso.split("-").map(Number); return `${y}年${m}月${d}日`; }
  function described(search) {
    const asked = new URLSearchParams(search);
    return [asked.get("trade"), `${asked.get("headcount")}人`, asked.get("region") || "全国", ...asked.getAll("features")].join(" · ");
  }
  function make(tag, text, kind) {
    const element = document.createElement(tag);
    if (text) element.textContent = text;
    if (kind) element.className = kind;
    return element;
  }

  /* -- the five questions ------------------------------------------------------------------------ */

  function prefill() {
    if (query || form.trade.value || form.headcount.value) return;
    const last = new URLSearchParams(read(LAST, ""));
    for (const name of ["trade", "headcount", "area_m2", "region"]) if (last.get(name)) form[name].value = last.get(name);
    const ticked = new Set(last.getAll("features"));
    form.querySelectorAll("[name=features]").forEach(box => { box.checked = ticked.has(box.value); });
    if (!form.region.value) form.region.value = plainRegion();
  }
  function plainRegion() {  /* other pages keep it as bare text */
    let kept = "";
    try { kept = localStorage.getItem(REGION) || ""; } catch { /* barred */ }
    const bare = kept.startsWith('"') ? read(REGION, "") : kept;
    return bare === "全国" ? "" : bare;
  }
  form.addEventListener("submit", () => {
    if (form.region.value) { try { localStorage.setItem(REGION, form.region.value); } catch { /* full or barred */ } }
    if (unit) sessionStorage.setItem(EDITING, unit.id); else sessionStorage.removeItem(EDITING);
  });

  /* -- units -------------------------------------------------------------------------------------- */

  let unit = null;
  const room = document.getElementById("units");

  function find() {
    const all = units(), editing = sessionStorage.getItem(EDITING);
    sessionStorage.removeItem(EDITING);
    const edited = editing && all.find(u => u.id === editing);
    if (edited && edited.query !== query) { edited.query = query; write(UNITS, all); }
    return edited || all.find(u => u.query === query) || { id: fresh(), name: "", query, items: {} };
  }
  function fresh() { return Array.from(crypto.getRandomValues(new Uint8Array(8)), b => b.toString(16).padStart(2, "0")).join(""); }
  function keep() {
    const rest = units().filter(u => u.id !== unit.id);
    const kept = write(UNITS, [unit, ...rest].slice(0, 30));
    if (!kept) tell("浏览器不让保存（可能是无痕模式或空间满了）。请先导出 Excel 带走。");
    listUnits();
    return kept;
  }
  function listUnits() {
    const all = units(), list = room.querySelector("ul");
    list.replaceChildren(...all.map(entry));
    room.hidden = !all.length;
  }
  function entry(one) {
    const row = make("li"), link = make("a", one.name || "没有起名的单位"), remove = make("button", "删除");
    link.href = "/duties?" + one.query;
    const marks = Object.values(one.items).filter(m => m.done).length;
    link.append(make("small", `${described(one.query)} · 已做${marks}项`));
    if (unit && one.id === unit.id) link.setAttribute("aria-current", "true");
    remove.type = "button";
    remove.setAttribute("aria-label", `删除${one.name || "没有起名的单位"}`);
    remove.addEventListener("click", () => {
      if (remove.dataset.sure) { write(UNITS, units().filter(u => u.id !== one.id)); listUnits(); return; }
      remove.dataset.sure = "1"; remove.textContent = "确认删除"; remove.className = "danger";
    });
    row.append(link, remove);
    return row;
  }
  function tell(text) { const line = document.getElementById("kept"); if (line) line.textContent = text; }

  prefill();
  if (!query) { listUnits(); return; }

  /* -- the list ----------------------------------------------------------------------------------- */

  write(LAST, query);
  unit = find();
  const duties = Array.from(document.querySelectorAll(".duty"), row => ({
    row, id: row.dataset.id, due: row.dataset.due || "", days: Number(row.dataset.days || 0), months: Number(row.dataset.months || 0),
    words: row.textContent.toLowerCase(), tick: row.querySelector(".tick input"), note: row.querySelector(".note"), date: row.querySelector(".due"),
  }));

  function mark(duty) { return unit.items[duty.id] || {}; }
  function dueOf(duty) { return mark(duty).due || duty.due; }
  function isLate(duty) { const due = dueOf(duty); return Boolean(due) && due < today; }
  function isDone(duty) { return Boolean(mark(duty).done) && !isLate(duty); }
  function next(duty) {  /* the day after one interval from today */
    const [y, m, d] = today.split("-").map(Number);
    if (duty.days) return day(new Date(y, m - 1, d + duty.days));
    if (!duty.months) return "";
    const last = new Date(y, m + duty.months, 0).getDate();
    return day(new Date(y, m - 1 + duty.months, Math.min(d, last)));
  }
  function change(duty, values) {
    const merged = { ...mark(duty), ...values };
    Object.keys(merged).forEach(key => { if (!merged[key]) delete merged[key]; });
    if (Object.keys(merged).length) unit.items[duty.id] = merged; else delete unit.items[duty.id];
    keep(); draw(duty); sum();
  }
  function draw(duty) {
    const kept = mark(duty), due = dueOf(duty);
    duty.tick.checked = isDone(duty);
    duty.row.classList.toggle("is-done", isDone(duty));
    duty.row.classList.toggle("is-late", isLate(duty));
    duty.row.querySelector(".next").textContent = due ? (isLate(duty) ? `已过期 ${said(due)}` : `下次 ${said(due)}`) : "";
    if (document.activeElement !== duty.note) duty.note.value = kept.note || "";
    if (document.activeElement !== duty.date) duty.date.value = kept.due || duty.due;
    const parts = [kept.done && `${said(kept.done)}已做`, kept.note].filter(Boolean);
    duty.row.querySelector(".has").textContent = parts.length ? parts.join("；").slice(0, 40) : "";
    duty.row.querySelector(".said").textContent = parts.join("；");
  }
  function sum() {
    const done = duties.filter(isDone).length, late = duties.filter(isLate).length;
    document.getElementById("done").textContent = done;
    document.getElementById("all").value = done;
    document.getElementById("due-soon").textContent = late ? `${late}项已过期` : "";
    document.querySelectorAll(".group").forEach(group => {
      const mine = duties.filter(duty => group.contains(duty.row)), finished = mine.filter(isDone).length;
      group.querySelector("progress").value = finished;
      group.querySelector(".count").textContent = `${finished} / ${mine.length} 项已做`;
      const link = document.querySelector(`.groups a[href="#${group.id}"]`);
      link.querySelector(".n").textContent = finished ? `${finished}/${mine.length}` : mine.length;
      link.classList.toggle("is-done", finished === mine.length);
    });
  }

  duties.forEach(duty => {
    duty.row.querySelector(".tick").hidden = duty.row.querySelector(".mine").hidden = false;
    duty.tick.addEventListener("change", () => {
      change(duty, duty.tick.checked ? { done: today, due: duty.due ? next(duty) || duty.due : "" } : { done: "" });
    });
    duty.note.addEventListener("input", () => change(duty, { note: duty.note.value.slice(0, 500) }));
    duty.date.addEventListener("change", () => change(duty, { due: duty.date.value === duty.due ? "" : duty.date.value }));
    draw(duty);
  });
  document.querySelectorAll(".overall, .sieve, #save, #print, .bar progress").forEach(e => { e.hidden = false; });
  sum();
  listUnits();

  /* -- sieve --------------------------------------------------------------------------------------- */

  let only = "";
  const within = document.getElementById("within"), buttons = document.querySelectorAll("[data-only]");
  const fits = {
    "": () => true, open: duty => !isDone(duty), penalty: duty => "penalty" in duty.row.dataset,
    month: duty => { const due = dueOf(duty); return Boolean(due) && due.slice(0, 7) <= today.slice(0, 7); },
    always: duty => duty.row.classList.contains("is-always"),
  };
  const NOTHING = {
    open: "都做完了。", month: "这个月没有到期的事，也没有过期的。", penalty: "没有带罚则的项。", always: "没有平时就要做的项。",
  };
  function sieve() {
    const wanted = within.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    duties.forEach(duty => {
      const words = `${duty.words} ${(mark(duty).note || "").toLowerCase()}`;
      duty.row.hidden = !(fits[only](duty) && wanted.every(word => words.includes(word)));
      shown += !duty.row.hidden;
    });
    document.querySelectorAll(".group").forEach(group => { group.hidden = !group.querySelector(".duty:not([hidden])"); });
    const none = document.getElementById("none");
    none.hidden = shown > 0;
    none.textContent = wanted.length ? "清单里没有含这些字的项，换个说法试试。" : NOTHING[only] || "";
    document.getElementById("found").textContent = shown < duties.length && shown ? `显示${shown}项，共${duties.length}项` : "";
  }
  within.addEventListener("input", sieve);
  buttons.forEach(button => button.addEventListener("click", () => {
    only = button.dataset.only;
    buttons.forEach(other => other.setAttribute("aria-pressed", String(other === button)));
    sieve();
  }));
  document.querySelectorAll('.first .jump, .groups a').forEach(link => link.addEventListener("click", () => {
    if (only || within.value) { within.value = ""; buttons[0].click(); }
  }));

  /* -- name, export, print ------------------------------------------------------------------------- */

  const out = document.getElementById("export"), called = document.getElementById("called");
  function title() { if (unit.name) called.textContent = unit.name; }
  out.elements.name.value = unit.name;
  title();
  document.getElementById("save").addEventListener("click", () => {
    unit.name = out.elements.name.value.trim();
    if (!unit.name) { tell("先写单位名称，再保存。"); out.elements.name.focus(); return; }
    if (keep()) tell("已保存在这台设备上，在页面底部“我的单位”里。");
    title();
  });
  out.addEventListener("submit", () => { out.elements.marks.value = JSON.stringify(unit.items); });
  document.getElementById("print").addEventListener("click", () => window.print());
  window.addEventListener("beforeprint", () => document.querySelectorAll(".risk").forEach(e => { e.open = true; }));
})();
