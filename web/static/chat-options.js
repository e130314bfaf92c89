/* Who asks, where, by the rules of which day; a question that came with the link; asking by voice. */
(function (anwen) {
  "use strict";
  var byId = anwen.byId, province = byId("aw-province"), place = byId("aw-place"), day = byId("aw-day");
  var link = new URLSearchParams(location.search);

  /* -- who */
  document.querySelectorAll("#aw-who input").forEach(function (input) {
    input.checked = input.value === anwen.terms.who;
    input.addEventListener("change", function () {
      anwen.remember("audience", input.value);
      anwen.change({ who: input.value });
    });
  });

  /* -- where and when */
  var table = null;
  function places(then) {
    if (table) { then(table); return; }
    fetch("/regions.json").then(function (reply) { return reply.json(); })
      .then(function (read) { table = read; then(table); })
      .catch(function () { anwen.toast("市、州的名单没有取到，可以先只选省。"); });
  }

  function fill(chosen) {
    var of = province.value;
    places(function (all) {
      var listed = all[of] || [];
      while (place.options.length > 1) place.remove(1);
      listed.forEach(function (name) { place.add(new Option(name, name)); });
      place.disabled = !listed.length;
      place.value = listed.indexOf(chosen) >= 0 ? chosen : "";
    });
  }

  function say() {
    var said = [anwen.terms.region, day.value ? day.value + " 的规定" : ""].filter(Boolean).join(" · ");
    byId("aw-more-said").textContent = said ? "：" + said : "";
  }

  function choose() {
    anwen.change({ region: place.value || province.value, day: day.validity.valid ? day.value : "" });
    anwen.remember("region", anwen.terms.region);
    say();
  }

  province.addEventListener("change", function () { place.value = ""; fill(""); choose(); });
  place.addEventListener("change", choose);
  day.addEventListener("change", choose);

  function restore(region) {
    if (!region) return;
    anwen.change({ region: region });
    province.value = region;
    if (province.value) return;
    places(function (all) { /* a city: its province is looked up */
      var around = Object.keys(all).find(function (name) { return all[name].indexOf(region) >= 0; });
      province.value = around || "";
      if (around) fill(region);
      else { anwen.change({ region: "" }); say(); }
    });
  }
  byId("aw-more").addEventListener("toggle", function () { if (byId("aw-more").open && province.value) fill(place.value); });

  /* -- a shared question: shown, and asked only when its reader says so */
  var question = (link.get("q") || "").trim().slice(0, 2000);
  restore(link.get("region") || anwen.recall("region"));
  if (/^\d{4}-\d\d-\d\d$/.test(link.get("date") || "")) { day.value = link.get("date"); anwen.change({ day: day.value }); }
  say();
  if (question) {
    var shared = byId("aw-shared");
    byId("aw-shared-question").textContent = question;
    shared.hidden = false;
    document.documentElement.classList.add("has-shared");
    shared.addEventListener("click", function (event) {
      if (event.target.tagName !== "BUTTON") return;
      shared.hidden = true;
      document.documentElement.classList.remove("has-shared");
      history.replaceState(null, "", "/");
      if (event.target.id === "aw-shared-ask") anwen.ask(question);
    });
  }

  /* -- voice */
  var Recogniser = window.SpeechRecognition || window.webkitSpeechRecognition, hearing = null;
  if (!Recogniser) return;
  var box = byId("aw-voice"), mic = document.createElement("button");
  mic.type = "button";
  mic.id = "aw-mic";
  mic.textContent = "说话";
  mic.title = document.querySelector(".voice .hint").textContent;
  mic.setAttribute("aria-pressed", "false");

  function stop() { hearing = null; mic.textContent = "说话"; mic.setAttribute("aria-pressed", "false"); }

  mic.addEventListener("click", function () {
    if (hearing) { hearing.stop(); return; }
    hearing = new Recogniser();
    hearing.lang = "zh-CN";
    hearing.onresult = function (event) {
      var field = anwen.field("aw-ask");
      if (field) anwen.type(field, (field.value + event.results[0][0].transcript).slice(0, 2000));
    };
    hearing.onerror = function (event) {
      anwen.toast(event.error === "not-allowed" ? "浏览器没有允许用话筒，请在地址栏旁打开权限后再试。" : "没有听清，请再说一次，或者直接打字。");
    };
    hearing.onend = stop;
    mic.textContent = "停";
    mic.setAttribute("aria-pressed", "true");
    hearing.start();
  });

  box.addEventListener("change", function () {
    var send = byId("aw-send");
    if (box.checked && send) send.parentNode.insertBefore(mic, send);
    else { if (hearing) hearing.stop(); mic.remove(); }
  });
})(window.anwen);
