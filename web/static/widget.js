/* For other sites: <script src="https://安问的地址/anwen/widget.js" async></script>
   Puts a button at the corner of the page; pressed, it opens a frame in which 安问 answers. Attributes of the
   script tag: data-label (words on the button), data-side ("left" or "right"). */
(function () {
  "use strict";
  var tag = document.currentScript, site = new URL(tag.src).origin, frame = null;
  var side = tag.dataset.side === "left" ? "left" : "right";
  var button = document.createElement("button"), box = document.createElement("div"), close = document.createElement("button");

  function set(element, rules) { Object.keys(rules).forEach(function (name) { element.style[name] = rules[name]; }); }

  var font = '600 17px/1.4 "PingFang SC", "Microsoft YaHei", system-ui, sans-serif';
  button.type = close.type = "button";
  button.textContent = tag.dataset.label || "安全问答";
  button.setAttribute("aria-expanded", "false");
  set(button, { position: "fixed", bottom: "20px", zIndex: "2147483000", minHeight: "52px", padding: "0 22px", border: "0", borderRadius: "26px", background: "#11507c", color: "#fff", font: font, cursor: "pointer", boxShadow: "0 4px 18px rgba(0,0,0,.25)" });
  button.style[side] = "20px";
  set(box, { display: "none", position: "fixed", bottom: "20px", zIndex: "2147483001", width: "min(400px, calc(100vw - 24px))", height: "min(640px, calc(100vh - 40px))", borderRadius: "16px", overflow: "hidden", background: "#fff", boxShadow: "0 8px 40px rgba(0,0,0,.3)" });
  box.style[side] = "12px";
  close.textContent = "×";
  close.setAttribute("aria-label", "关闭安全问答");
  set(close, { position: "absolute", top: "6px", right: "6px", width: "44px", height: "44px", border: "0", borderRadius: "22px", background: "transparent", color: "#7a8794", font: "400 26px/1 sans-serif", cursor: "pointer" });

  function toggle(open) {
    if (open && !frame) {
      frame = document.createElement("iframe");
      frame.src = site + "/widget";
      frame.title = "安全问答";
      frame.referrerPolicy = "no-referrer";
      set(frame, { width: "100%", height: "100%", border: "0" });
      box.prepend(frame);
    }
    box.style.display = open ? "block" : "none";
    button.style.display = open ? "none" : "block";
    button.setAttribute("aria-expanded", String(open));
    (open ? frame : button).focus();
  }

  button.addEventListener("click", function () { toggle(true); });
  close.addEventListener("click", function () { toggle(false); });
  window.addEventListener("message", function (event) {
    if (frame && event.origin === site && event.source === frame.contentWindow && event.data === "anwen:close") toggle(false);
  });
  box.append(close);
  document.body.append(button, box);
})();
