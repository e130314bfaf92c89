/* Lets the buttons inside rendered answers act: they press the page's own controls, nothing else. */
(function () {
  "use strict";
  var picks = 0, opener = null;

  function field(id) { return document.querySelector("#" + id + " textarea, #" + id + " input"); }

  /* Sets a Gradio text field the way typing does, so that its value reaches the server. */
  function type(element, value) {
    var proto = element.tagName === "TEXTAREA" ? HTMLTextAreaElement : HTMLInputElement;
    Object.getOwnPropertyDescriptor(proto.prototype, "value").set.call(element, value);
    element.dispatchEvent(new Event("input", { bubbles: true }));
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

  function show(id) {
    var turn = document.querySelector("#aw-now #" + id);
    if (turn) turn.scrollIntoView({ block: "start" });
  }

  function say(button) {
    var box = field("aw-ask"), send = document.getElementById("aw-send");
    if (!box || !send) return;
    type(box, button.textContent.trim());
    setTimeout(function () { send.click(); }, 60);
  }

  document.addEventListener("click", function (event) {
    var call = event.target.closest('a[href^="tel:"]');
    if (call) { call.removeAttribute("target"); return; }
    var button = event.target.closest("button");
    if (!button) return;
    if (button.matches(".ref, .chip")) pick(button);
    else if (button.matches(".say")) say(button);
  }, true);

  document.addEventListener("keydown", function (event) {
    var close = document.getElementById("aw-close");
    if (event.key === "Escape" && close) close.click();
  });

  /* Brings a new turn into view once, and moves the reader into the source panel when it opens. */
  var seen = "", panelWasOpen = false;
  new MutationObserver(function () {
    var turn = document.querySelector("#aw-now .turn[id]");
    var id = turn ? turn.id : "";
    if (id && id !== seen) { show(id); setTimeout(show, 150, id); } /* again: earlier turns may still grow */
    seen = id;
    var close = document.getElementById("aw-close");
    if (close && !panelWasOpen) close.focus({ preventScroll: true });
    if (!close && panelWasOpen) {
      document.querySelectorAll(".chip.is-open").forEach(function (c) { c.classList.remove("is-open"); });
      if (opener && opener.isConnected) opener.focus({ preventScroll: true });
    }
    panelWasOpen = Boolean(close);
    document.documentElement.classList.toggle("has-panel", panelWasOpen);
  }).observe(document.documentElement, { childList: true, subtree: true });
})();
