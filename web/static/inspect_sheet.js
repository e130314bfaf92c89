/* 现场检查, one sheet: answers, notes and photos go into this browser as they are given; the articles are kept too. */
(async function () {
  "use strict";
  const store = window.anwenStore, make = store.make;
  const sheet = JSON.parse(document.getElementById("data").textContent);
  const rows = Array.from(document.querySelectorAll(".check"));
  const $ = id => document.getElementById(id);
  const WORDS = { good: "符合", bad: "不符合", absent: "不适用" };
  const EDGE = 1280, MOST = 3, HEAVY = 400_000;  /* pixels, photos an item, characters of a data URL */
  const FIELDS = ["unit", "address", "inspector", "day"];
  const isPlain = text => typeof text === "string";
  let at = 0, mode = recall("mode", "one"), one = null, saving = Promise.resolve(), isStored = false;

  function recall(name, otherwise) { try { return localStorage.getItem(`anwen.inspect.${name}`) || otherwise; } catch { return otherwise; } }
  function remember(name, value) { try { localStorage.setItem(`anwen.inspect.${name}`, value); } catch { /* barred */ } }

  /* -- the inspection ------------------------------------------------------------------------------ */

  function begin() {
    return {
      id: store.fresh(), sheet: sheet.id, title: sheet.title, unit: "", address: "", inspector: recall("inspector", ""), day: store.today(),
      items: sheet.items.map(({ item, standard, basis, penalty, consequence }) => ({ item, standard, basis, penalty, consequence })), results: {}, changed: 0,
    };
  }
  async function load() {
    const id = location.hash.slice(1);
    let kept;
    try { kept = /^[0-9a-f]{16}$/.test(id) ? await store.get(id) : undefined; }
    catch { store.fail("浏览器不让保存检查记录（可能是无痕模式）。请换一个窗口或浏览器再查。"); }
    isStored = Boolean(kept && kept.sheet === sheet.id);
    one = isStored ? kept : begin();
    const now = new Map(sheet.items.map((check, place) => [check.item, place]));
    if (isStored && one.items.some((item, place) => now.get(item.item) !== place)) fit(now);
  }
  function fit(now) {  /* the sheet was renewed: answers follow their items */
    const moved = {};
    one.items.forEach((item, place) => { if (one.results[place] && now.has(item.item)) moved[now.get(item.item)] = one.results[place]; });
    one.results = moved;
    one.items = begin().items;
  }
  function keep() {
    one.changed = Date.now();
    const copy = structuredClone(one);
    if (!isStored) {
      isStored = true;
      history.replaceState(null, "", `#${one.id}`);
      if (navigator.storage && navigator.storage.persist) navigator.storage.persist().catch(() => undefined);
    }
    saving = saving.then(() => store.put(copy)).catch(() => store.fail("没有存下来：这台设备的空间可能满了。请删掉旧的检查再继续。"));
    return saving;
  }
  function found(place) { return one.results[place] || (one.results[place] = { result: "", note: "" }); }

  /* -- what is shown --------------------------------------------------------------------------------- */

  function draw(place) {
    const row = rows[place], held = one.results[place] || { result: "", note: "" };
    row.dataset.result = held.result;
    row.querySelectorAll(".answer input").forEach(input => { input.checked = input.value === held.result; });
    const note = row.querySelector(".note");
    if (document.activeElement !== note) note.value = held.note;
    const parts = [held.note.slice(0, 20), row.querySelector(".photos").childElementCount && `照片${row.querySelector(".photos").childElementCount}张`];
    row.querySelector(".has").textContent = parts.filter(Boolean).join(" · ");
    const button = $("map").querySelectorAll("button")[place];
    button.dataset.result = held.result;
    button.setAttribute("aria-label", `第${place + 1}项 ${sheet.items[place].item}，${WORDS[held.result] || "没查"}`);
  }
  function sum() {
    const count = store.counts(one), left = count.total - count.done;
    $("count").textContent = count.done;
    $("bar").value = count.done;
    $("bad").hidden = !count.bad;
    $("bad").textContent = `不符合${count.bad}`;
    $("left").textContent = left ? `剩${left}项` : "全部查过";
    $("finish-said").textContent = `符合${count.good}项，不符合${count.bad}项，不适用${count.absent}项` + (left ? `，还有${left}项没查。` : "。");
    $("finish-name").textContent = left ? "还没查完" : "查完了";
    $("to-left").hidden = !left;
    $("to-record").href = `/inspect/record#${one.id}`;
    const who = [one.unit, one.address, one.inspector, one.day].filter(Boolean).join(" · ");
    $("who-said").textContent = one.unit ? who : "填写单位、地址、检查人、日期";
  }
  function show(focus) {
    const isOne = mode === "one";
    $("checks").classList.toggle("one", isOne);
    rows.forEach((row, place) => row.classList.toggle("now", place === at));
    const isEnd = at >= rows.length;
    $("finish").hidden = isOne && !isEnd;
    $("steps").hidden = !isOne;
    $("prev").disabled = at === 0;
    $("next").hidden = isEnd;
    $("next").textContent = at === rows.length - 1 ? "查完了" : "下一项";
    document.querySelectorAll("[data-mode]").forEach(button => button.setAttribute("aria-pressed", String(button.dataset.mode === mode)));
    $("map").querySelectorAll("button").forEach((button, place) => { if (place === at && isOne) button.setAttribute("aria-current", "step"); else button.removeAttribute("aria-current"); });
    if (focus) settle(isEnd ? $("finish-name") : rows[at].querySelector("h2"));
  }
  function settle(heading) {
    heading.focus({ preventScroll: true });
    const top = heading.getBoundingClientRect().top - $("meter").getBoundingClientRect().bottom;
    if (top < 30 || top > 200 || mode === "list") scrollBy({ top: top - 46, behavior: "instant" });
  }
  function reveal(element) { scrollBy({ top: element.getBoundingClientRect().top - $("meter").getBoundingClientRect().bottom - 12, behavior: "smooth" }); }
  function go(place) { at = Math.max(0, Math.min(rows.length, place)); show(true); }

  /* -- answers, notes, photos ------------------------------------------------------------------------- */

  function answer(place, result) {
    found(place).result = result;
    keep(); draw(place); sum();
    const row = rows[place], isBad = result === "bad";
    row.querySelector(".penalty").open = isBad;
    row.querySelector(".more").open = isBad || row.querySelector(".more").open && Boolean(found(place).note);
    if (isBad) reveal(row.querySelector(".answer"));
    if (!isBad && mode === "one") setTimeout(() => { if (at === place && found(place).result === result) go(place + 1); }, 350);
  }
  async function shrink(file) {
    const bitmap = await createImageBitmap(file);
    const ratio = Math.min(1, EDGE / Math.max(bitmap.width, bitmap.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(bitmap.width * ratio));
    canvas.height = Math.max(1, Math.round(bitmap.height * ratio));
    canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    bitmap.close();
    const fine = canvas.toDataURL("image/jpeg", 0.8);
    return fine.length > HEAVY ? canvas.toDataURL("image/jpeg", 0.6) : fine;
  }
  async function snap(place, input) {
    const file = input.files[0], row = rows[place], said = row.querySelector(".fault");
    input.value = "";
    if (!file) return;
    said.textContent = "";
    if (row.querySelector(".photos").childElementCount >= MOST) { said.textContent = `一项最多${MOST}张，先删一张再拍。`; return; }
    let data;
    try { data = await shrink(file); }
    catch { said.textContent = "这张照片打不开，请重新拍，或换成 JPEG、PNG 格式。"; return; }
    const photo = { inspection: one.id, item: sheet.items[place].item, data };
    try { photo.id = await store.addPhoto(photo); }
    catch { said.textContent = "照片没有存下来：这台设备的空间可能满了。"; return; }
    await keep();
    hang(place, photo);
    draw(place);
  }
  function hang(place, photo) {
    const figure = make("figure"), image = make("img"), remove = make("button", "删除照片");
    image.src = photo.data;
    image.alt = `${sheet.items[place].item}的现场照片`;
    remove.type = "button";
    remove.addEventListener("click", async () => { await store.removePhoto(photo.id); figure.remove(); draw(place); });
    figure.append(image, remove);
    rows[place].querySelector(".photos").append(figure);
  }

  /* -- the articles ------------------------------------------------------------------------------------ */

  async function articles() {
    let held;
    if (navigator.onLine) {
      try {
        const response = await fetch(`/inspect/${encodeURIComponent(sheet.id)}/texts`);
        if (response.ok) { held = await response.json(); await store.putTexts(held); }
      } catch { /* no network after all: the kept ones */ }
    }
    held ||= await store.texts(sheet.id).catch(() => undefined);
    const known = new Map(held ? held.texts.map(text => [`${text.law} ${text.article}`, text]) : []);
    document.querySelectorAll(".rule").forEach(rule => fill(rule, known.get(`${rule.dataset.law} ${rule.dataset.article}`), Boolean(held)));
  }
  function fill(rule, text, isRead) {
    const place = rule.querySelector(".text");
    if (text && text.text) place.replaceChildren(...text.text.split("\n").map(line => make("p", line)));
    else place.replaceChildren(make("p", isRead ? "知识库里没有收录这一条的原文。" : "原文还没有存到这台设备，连网后打开一次就有。", "quiet"));
    if (text && text.status && text.status !== "现行") rule.querySelector(".cite").append(make("span", text.status, "badge is-amended"));
  }

  /* -- begin --------------------------------------------------------------------------------------------- */

  await load();
  if (![one.unit, one.day].every(isPlain)) one = begin();
  rows.forEach((row, place) => {
    row.querySelector(".answer").hidden = row.querySelector(".more").hidden = false;
    row.querySelectorAll(".answer input").forEach(input => input.addEventListener("change", () => answer(place, input.value)));
    row.querySelector(".note").addEventListener("input", event => { found(place).note = event.target.value; keep(); draw(place); });
    row.querySelector(".snap input").addEventListener("change", event => snap(place, event.target));
    const entry = make("li"), button = make("button", String(place + 1));
    button.type = "button";
    button.addEventListener("click", () => { go(place); });
    entry.append(button);
    $("map").querySelector("ol").append(entry);
  });
  FIELDS.forEach(name => {
    $(name).value = one[name];
    $(name).addEventListener("input", () => { one[name] = $(name).value; if (name === "inspector") remember(name, one.inspector); keep(); sum(); });
  });
  document.querySelectorAll("[data-mode]").forEach(button => button.addEventListener("click", () => { mode = button.dataset.mode; remember("mode", mode); at = Math.min(at, rows.length - 1); show(); }));
  $("prev").addEventListener("click", () => go(at - 1));
  $("next").addEventListener("click", () => go(at + 1));
  $("to-left").addEventListener("click", () => go(rows.findIndex((_, place) => !(one.results[place] || {}).result)));
  $("paper").addEventListener("click", () => window.print());
  ["who", "meter", "map", "paper"].forEach(id => { $(id).hidden = false; });
  document.body.classList.add("can-answer");
  if (isStored) {
    const place = new Map(sheet.items.map((check, number) => [check.item, number]));
    (await store.photos(one.id)).forEach(photo => { if (place.has(photo.item)) hang(place.get(photo.item), photo); });
    const open = rows.findIndex((_, number) => !(one.results[number] || {}).result);
    at = open < 0 ? rows.length : open;
  }
  rows.forEach((_, place) => draw(place));
  sum();
  show();
  let used = [];
  try { used = JSON.parse(recall("recent", "[]")); } catch { /* broken */ }
  remember("recent", JSON.stringify([sheet.id, ...(Array.isArray(used) ? used : []).filter(id => id !== sheet.id)].slice(0, 6)));
  document.documentElement.dataset.ready = "1";
  await articles();
  document.documentElement.dataset.texts = "1";
})();
