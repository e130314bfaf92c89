/* The conversation: what the buttons inside rendered answers do, what a screen reader is told, where the page
   scrolls. Speaks to Gradio only through its own fields and buttons. The other chat-*.js build on window.anwen. */
window.anwen = (function () {
  "use strict";
  var root = document.documentElement, picks = 0, opener = null, waiting = [], listeners = [];
  var terms = { who: root.dataset.who, region: "", day: "" };

  function byId(id) { return document.getElementById(id); }
  function field(id) { return document.querySelector("#" + id + " textarea, #" + id + " input"); }

  function recall(name) { try { return localStorage.getItem("anwen." + name) || ""; } catch (error) { return ""; } }
  function remember(name, value) {
    try {
      if (value) localStorage.setItem("anwen." + name, value);
      else localStorage.removeItem("anwen." + name);
    } catch (error) { return false; } /* storage full or switched off */
    return true;
  }

  /* Sets a Gradio text field the way typing does, so that its value reaches the server. */
  function type(element, value) {
    var proto = element.tagName === "TEXTAREA" ? HTMLTextAreaElement : HTMLInputElement;
    Object.getOwnPropertyDescriptor(proto.prototype, "value").set.call(element, value);
    element.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /* Tells the server's hidden field for whom, where and by the rules of which day is asked. */
  function tell() {
    var told = field("aw-told"), value = [terms.who, terms.region, terms.day].join(";");
    if (told && told.value !== value) type(told, value);
  }

  function change(more) {
    Object.assign(terms, more);
    root.dataset.who = terms.who;
    tell();
  }

  function toast(message) {
    var line = byId("aw-toast");
    line.textContent = message;
    line.hidden = false;
    clearTimeout(toast.timer);
    toast.timer = setTimeout(function () { line.hidden = true; }, 3500);
  }

  /* Asks as soon as Gradio stands: an example may be tapped before. */
  function ask(question) {
    var box = field("aw-ask"), send = byId("aw-send");
    if (!box || !send) { waiting = [question]; toast("正在打开，马上就问。"); return; }
    tell();
    type(box, question);
    setTimeout(function () { send.click(); }, 60);
  }

  function pick(button) {
    var name = Array.prototype.find.call(button.classList, function (c) { return /^cite-\d+-\d+$/.test(c); });
    var target = field("aw-pick");
    if (!name || !target) return;
    picks += 1;
    opener = button;
    document.querySelectorAll(".chip.is-open").forEach(function (c) { c.classList.remove("is-open"); });
    document.querySelectorAll(".chip." + name).forEach(function (c) { c.classList.add("is-open"); });
    type(target, name + "@" + picks);
  }

  function fresh() {
    var clear = byId("aw-clear");
    if (!clear) return;
    clear.click();
    window.scrollTo(0, 0);
    var box = field("aw-ask");
    if (box) box.focus({ preventScroll: true });
  }

  document.addEventListener("click", function (event) {
    var call = event.target.closest('a[href^="tel:"]');
    if (call) { call.removeAttribute("target"); return; }
    var button = event.target.closest("button");
    if (!button) return;
    if (button.matches(".ref, .chip")) pick(button);
    else if (button.matches(".say")) ask(button.textContent.trim());
    else if (button.id === "aw-new") fresh();
    else if (button.matches(".tool")) listeners.forEach(function (l) { if (l.press) l.press(button); });
  }, true);

  document.addEventListener("keydown", function (event) {
    var close = byId("aw-close");
    if (event.key === "Escape" && close && !document.querySelector("dialog[open]")) close.click();
  });

  function show(id) {
    var turn = document.querySelector("#aw-now #" + id);
    if (turn) turn.scrollIntoView({ block: "start" });
  }

  function text(parent, selector) {
    var found = parent.querySelector(selector);
    return found ? found.textContent.trim() : "";
  }

  function questionOf(turn) {
    return Array.prototype.map.call(turn.querySelectorAll(".asked p"), function (p) { return p.textContent; }).join("\n");
  }

  /* Fills a live region; the same words again would wake the observer below for ever. */
  function tellReader(id, said) { if (byId(id).textContent !== said) byId(id).textContent = said; }

  /* A streamed answer is redrawn many times: the reader hears the danger at once and the answer once, whole. */
  var alerted = "", told = "";
  function announce(turn) {
    var danger = turn.querySelector(".danger");
    if (danger && alerted !== turn.id) {
      alerted = turn.id;
      var steps = Array.prototype.map.call(danger.querySelectorAll("li"), function (li) { return li.textContent; });
      tellReader("aw-alert", text(danger, "h3") + "。请拨打" + text(danger, ".call b") + "。" + steps.join("；"));
    }
    var isWhole = turn.querySelector(".said") && !turn.querySelector(".progress");
    if (isWhole && told !== turn.id) {
      told = turn.id;
      var count = turn.querySelectorAll(".chip").length;
      tellReader("aw-polite", "回答：" + text(turn, ".words").slice(0, 400) + (count ? "。有" + count + "条依据。" : ""));
    } else if (!isWhole && told !== turn.id) {
      tellReader("aw-polite", text(turn, ".progress"));
    }
  }

  /* Gradio's own words for a lost connection, in English, become ours; everything else it shows is ours already. */
  var LOST = "和服务器的连接断了，正在重新连。遇险请直接拨打：火警119，急救120，报警110，交通事故122。";
  function translate() {
    document.querySelectorAll(".toast-body").forEach(function (toast) {
      toast.querySelectorAll(".toast-title, .toast-message-text").forEach(function (part) {
        if (part.children.length) return;
        if (/^\s*Error\s*$/.test(part.textContent)) part.textContent = "没有成功";
        else if (/^\s*Connection [^\u4e00-\u9fff]*$/.test(part.textContent)) part.textContent = LOST;
      });
    });
  }

  /* Brings a new turn into view once, and moves the reader into the source panel when it opens. */
  var seen = "", panelWasOpen = false;
  function look() {
    var turn = document.querySelector("#aw-now .turn[id]");
    var id = turn ? turn.id : "";
    if (id && id !== seen) {
      show(id);
      setTimeout(show, 150, id); /* again: earlier turns may still grow */
      var question = questionOf(turn);
      listeners.forEach(function (l) { if (l.asked) l.asked(question, terms.who); });
    }
    if (!id) alerted = told = "";
    seen = id;
    if (turn) announce(turn);
    translate();
    root.classList.toggle("has-turns", Boolean(document.querySelector(".turn")));
    var close = byId("aw-close");
    if (close && !panelWasOpen) close.focus({ preventScroll: true });
    if (!close && panelWasOpen) {
      document.querySelectorAll(".chip.is-open").forEach(function (c) { c.classList.remove("is-open"); });
      if (opener && opener.isConnected) opener.focus({ preventScroll: true });
    }
    panelWasOpen = Boolean(close);
    root.classList.toggle("has-panel", panelWasOpen);
    if (field("aw-told")) {
      tell();
      if (waiting.length && byId("aw-send")) ask(waiting.pop());
    }
  }
  new MutationObserver(look).observe(document.body || root, { childList: true, subtree: true });

  return {
    byId: byId, field: field, type: type, terms: terms, change: change, recall: recall, remember: remember,
    toast: toast, ask: ask, text: text, questionOf: questionOf,
    listen: function (listener) { listeners.push(listener); }
  };
})();
