/* 现场检查, the record: drawn from what this browser keeps, so that it prints without a network too. */
(async function () {
  "use strict";
  const store = window.anwenStore, make = store.make;
  const $ = id => document.getElementById(id);
  const WORDS = { good: "符合", bad: "不符合", absent: "不适用" };
  const said = text => { $("said").textContent = text; };
  let one, photos = [], known = new Map();

  function cited(rules) { return rules.map(rule => `《${rule.law}》${rule.article}`).join("、"); }
  function titled(sheet) { return sheet.endsWith("检查表") ? `${sheet.slice(0, -1)}记录` : `${sheet}记录`; }
  function line(name, value) {
    const row = make("div");
    row.append(make("dt", name), make("dd", value || "　"));
    return row;
  }
  function articles(rules) {
    const box = make("div", "", "quoted");
    for (const rule of rules) {
      const text = known.get(`${rule.law} ${rule.article}`);
      box.append(make("p", `《${rule.law}》${rule.article}`, "cite"));
      const parts = text && text.text ? text.text.split("\n") : ["（原文没有存到这台设备，请连网打开一次检查表后再打印）"];
      box.append(...parts.map(part => make("p", part)));
    }
    return box;
  }
  function part(list, name, value) {
    if (!value) return;
    const dd = make("dd");
    if (typeof value === "string") dd.textContent = value; else dd.append(value);
    list.append(make("dt", name), dd);
  }
  function fault(item, place, number) {
    const section = make("section", "", "fault"), list = make("dl"), held = one.results[place];
    section.append(make("h3", `${number}. ${item.item}`));
    part(list, "现场情况", held.note);
    part(list, "应当怎样", item.standard);
    part(list, "依据", articles(item.basis));
    part(list, "处罚", item.penalty.length ? articles(item.penalty) : "");
    part(list, "后果", item.consequence);
    section.append(list, gallery(item));
    return section;
  }
  function gallery(item) {
    const box = make("div", "", "gallery");
    photos.filter(photo => photo.item === item.item).forEach(photo => {
      const image = make("img");
      image.src = photo.data;
      image.alt = `${item.item}的现场照片`;
      box.append(image);
    });
    return box;
  }
  function others() {
    const table = make("table"), head = make("tr");
    ["项目", "结果", "现场情况", "依据"].forEach(name => { const cell = make("th", name); cell.scope = "col"; head.append(cell); });
    table.append(head);
    one.items.forEach((item, place) => {
      const held = one.results[place];
      if (!held || !held.result || held.result === "bad") return;
      const row = make("tr");
      row.append(make("td", item.item), make("td", WORDS[held.result]), make("td", held.note), make("td", cited(item.basis)));
      table.append(row);
      const pictures = gallery(item);
      if (pictures.childElementCount) { const wide = make("tr"), cell = make("td"); cell.colSpan = 4; cell.append(pictures); wide.append(cell); table.append(wide); }
    });
    return table.rows.length > 1 ? table : null;
  }
  function draw() {
    const count = store.counts(one), page = $("record"), head = make("dl", "", "head");
    page.replaceChildren(make("h1", titled(one.title)));
    head.append(line("被检查单位", one.unit), line("地址", one.address), line("检查人", one.inspector), line("检查日期", one.day));
    page.append(head, make("p", `共${count.total}项：符合${count.good}项，不符合${count.bad}项，不适用${count.absent}项，没有检查${count.total - count.done}项。`, "tally"));
    page.append(make("h2", count.bad ? `不符合的${count.bad}项` : "没有发现不符合的项"));
    let number = 0;
    one.items.forEach((item, place) => { if ((one.results[place] || {}).result === "bad") page.append(fault(item, place, number += 1)); });
    const rest = others();
    if (rest) { const box = make("div", "", "scroll"); box.append(rest); page.append(make("h2", "其余各项"), box); }
    const left = one.items.filter((_, place) => !(one.results[place] || {}).result).map(item => item.item);
    if (left.length) page.append(make("h2", `没有检查的${left.length}项`), make("p", left.join("；")));
    const signs = make("div", "", "signs");
    ["检查人员签字", "被检查单位意见", "被检查单位签字", "日期"].forEach(name => { const row = make("p"); row.append(make("span", name), make("i")); signs.append(row); });
    page.append(signs);
    document.title = `${one.unit || one.title}检查记录`;
  }

  /* -- Word ------------------------------------------------------------------------------------------ */

  function file(data) {
    const bytes = atob(data.slice(data.indexOf(",") + 1));
    return new Blob([Uint8Array.from(bytes, char => char.charCodeAt(0))], { type: "image/jpeg" });
  }
  async function word() {
    if (!navigator.onLine) { said("现在没有网，导出 Word 要连服务器。可以先打印，或者连网后再来。"); return; }
    const form = new FormData(), findings = [];
    one.items.forEach((item, place) => {
      const held = one.results[place] || { result: "", note: "" }, own = photos.filter(photo => photo.item === item.item).slice(0, 3);
      findings.push({ item: item.item, result: held.result, note: held.note, photos: own.length });
      own.forEach(photo => form.append("photos", file(photo.data), "photo.jpg"));
    });
    form.append("record", JSON.stringify({ sheet: one.sheet, title: one.title, unit: one.unit, address: one.address, inspector: one.inspector, day: one.day || store.today(), findings }));
    $("docx").disabled = true;
    said("正在做 Word 文件…");
    try {
      const response = await fetch("/inspect/export", { method: "POST", body: form });
      if (!response.ok) { said(await refusal(response)); return; }
      const name = decodeURIComponent((/filename\*=UTF-8''([^;]+)/.exec(response.headers.get("content-disposition") || "") || ["", "检查记录.docx"])[1]);
      const link = make("a"), address = URL.createObjectURL(await response.blob());
      link.href = address;
      link.download = name;
      link.click();
      setTimeout(() => URL.revokeObjectURL(address), 60_000);
      said(`已导出：${name}`);
    } catch { said("连不上服务器。记录还在这台设备上，可以先打印。"); }
    finally { $("docx").disabled = false; }
  }
  async function refusal(response) {
    if (response.status === 413) return "照片太多，超过15 MB。请删几张再导出，或者直接打印。";
    try { return (await response.json()).error.message; } catch { return "没有导出成功，请稍后再试。"; }
  }

  async function load() {
    const id = location.hash.slice(1);
    try {
      one = /^[0-9a-f]{16}$/.test(id) ? await store.get(id) : undefined;
      if (!one) { document.documentElement.dataset.ready = "1"; return; }
      photos = await store.photos(id);
      const held = await store.texts(one.sheet);
      known = new Map(held ? held.texts.map(text => [`${text.law} ${text.article}`, text]) : []);
    } catch { store.fail("这台设备上的记录读不出来（可能是无痕模式）。请换一个窗口再打开。"); return; }
    draw();
    $("none").hidden = true;
    $("deeds").hidden = false;
    $("on").href = `/inspect/${encodeURIComponent(one.sheet)}#${one.id}`;
    $("on").textContent = "回到检查";
    document.documentElement.dataset.ready = "1";
  }
  $("print").addEventListener("click", () => window.print());
  $("docx").addEventListener("click", word);
  window.addEventListener("hashchange", load);
  await load();
})();
