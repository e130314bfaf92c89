/* The questions asked on this device, kept in its browser only: the last thirty, erasable, with an off switch. */
(function (anwen) {
  "use strict";
  var MOST = 30, byId = anwen.byId, drawer = byId("aw-history"), list = byId("aw-history-list"), on = byId("aw-history-on");

  function read() {
    try {
      var kept = JSON.parse(anwen.recall("history") || "[]");
      return Array.isArray(kept) ? kept.filter(function (row) { return row && typeof row.q === "string"; }).slice(0, MOST) : [];
    } catch (error) { return []; }
  }

  function write(rows) { anwen.remember("history", rows.length ? JSON.stringify(rows.slice(0, MOST)) : ""); }

  function when(time) {
    var date = new Date(time), two = function (n) { return String(n).padStart(2, "0"); };
    return isNaN(date) ? "" : date.getMonth() + 1 + "月" + date.getDate() + "日 " + two(date.getHours()) + ":" + two(date.getMinutes());
  }

  function draw() {
    var rows = read();
    list.replaceChildren.apply(list, rows.map(function (row, at) {
      var item = document.createElement("li"), again = document.createElement("button"), drop = document.createElement("button");
      var question = document.createElement("span"), time = document.createElement("small");
      question.textContent = row.q;
      time.textContent = when(row.at);
      again.type = drop.type = "button";
      again.className = "again";
      again.append(question, time);
      drop.className = "drop";
      drop.textContent = "删除";
      drop.setAttribute("aria-label", "删除：" + row.q.slice(0, 30));
      again.addEventListener("click", function () { drawer.close(); anwen.ask(row.q); });
      drop.addEventListener("click", function () {
        write(read().filter(function (_, place) { return place !== at; }));
        draw();
        (list.querySelector(".drop") || byId("aw-history-close")).focus();
      });
      item.append(again, drop);
      return item;
    }));
    byId("aw-history-none").hidden = rows.length > 0;
    byId("aw-history-wipe").hidden = rows.length === 0;
  }

  on.checked = anwen.recall("history-off") !== "1";
  on.addEventListener("change", function () {
    anwen.remember("history-off", on.checked ? "" : "1");
    if (!on.checked) { write([]); draw(); }
  });
  byId("aw-history-open").addEventListener("click", function () { draw(); drawer.showModal(); });
  byId("aw-history-close").addEventListener("click", function () { drawer.close(); });
  byId("aw-history-wipe").addEventListener("click", function () { write([]); draw(); byId("aw-history-close").focus(); });
  drawer.addEventListener("click", function (event) { if (event.target === drawer) drawer.close(); });

  anwen.listen({
    asked: function (question, who) {
      if (!on.checked || !question) return;
      var others = read().filter(function (row) { return row.q !== question; });
      write([{ q: question, who: who, at: Date.now() }].concat(others));
    }
  });
})(window.anwen);
