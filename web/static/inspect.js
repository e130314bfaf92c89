/* 现场检查: the inspections kept in this browser, the sheets used last, and a sieve over the list. */
(async function () {
  "use strict";
  const store = window.anwenStore, make = store.make;

  function recent() {
    let ids = [];
    try { ids = JSON.parse(localStorage.getItem("anwen.inspect.recent")) || []; } catch { /* barred or broken */ }
    const chips = document.querySelector("#recent .chips");
    for (const id of Array.isArray(ids) ? ids.slice(0, 6) : []) {
      const link = document.querySelector(`.sheets li[data-id="${CSS.escape(String(id))}"] a`);
      if (!link) continue;
      const chip = make("a", link.querySelector("b").textContent, "button");
      chip.href = link.getAttribute("href");
      chips.append(chip);
    }
    document.getElementById("recent").hidden = !chips.childElementCount;
  }

  function sieve() {
    const box = document.getElementById("q"), none = document.getElementById("none");
    const rows = Array.from(document.querySelectorAll(".sheets li"), row => ({ row, words: row.textContent.toLowerCase() }));
    if (box.value) return;  /* the server has sieved already */
    box.addEventListener("input", () => {
      const wanted = box.value.trim().toLowerCase().split(/\s+/);
      let shown = 0;
      rows.forEach(({ row, words }) => { row.hidden = !wanted.every(word => words.includes(word)); shown += !row.hidden; });
      none.hidden = shown > 0;
    });
  }

  async function mine() {
    const kept = (await store.all()).sort((a, b) => b.changed - a.changed);
    const list = document.querySelector("#mine ul");
    list.replaceChildren(...kept.map(entry));
    document.getElementById("mine").hidden = !kept.length;
  }

  function entry(one) {
    const row = make("li"), count = store.counts(one), link = make("a"), deeds = make("div", "", "row");
    link.href = `/inspect/${encodeURIComponent(one.sheet)}#${one.id}`;
    link.append(make("b", one.unit || "没有写单位名称"), make("span", `${one.title} · ${one.day}`));
    const said = make("span", `已查${count.done}/${count.total}项`);
    if (count.bad) said.append(make("em", `不符合${count.bad}项`));
    link.append(said);
    const record = make("a", "看记录", "button"), remove = make("button", "删除");
    record.href = `/inspect/record#${one.id}`;
    remove.type = "button";
    remove.setAttribute("aria-label", `删除${one.unit || one.title}的检查`);
    remove.addEventListener("click", async () => {
      if (remove.dataset.sure) { await store.remove(one.id); await mine(); return; }
      remove.dataset.sure = "1"; remove.textContent = "确认删除"; remove.className = "danger";
    });
    deeds.append(record, remove);
    row.append(link, deeds);
    return row;
  }

  recent();
  sieve();
  try { await mine(); }
  catch { store.fail("浏览器不让保存检查记录（可能是无痕模式）。请换一个窗口或浏览器再查。"); }
})();
