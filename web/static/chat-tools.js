/* What can be done with a finished answer: copied, shared, saved, read out, judged. */
(function (anwen) {
  "use strict";
  var byId = anwen.byId, speaking = null;

  /* The question and the terms an answer was given on, from the row below it. */
  function given(turn) {
    var row = turn.querySelector(".tools"), found = { question: anwen.text(row, ".whole") };
    row.classList.forEach(function (name) {
      var part = /^(by|at|on)-(.+)$/.exec(name);
      if (part) found[{ by: "audience", at: "region", on: "date" }[part[1]]] = part[2];
    });
    return found;
  }

  /* The answer as plain text, its reference marks as [1]. */
  function words(turn) {
    var copy = turn.querySelector(".words").cloneNode(true);
    copy.querySelectorAll(".ref").forEach(function (mark) { mark.textContent = "[" + mark.textContent.replace(/\D/g, "") + "]"; });
    var lines = [];
    copy.querySelectorAll("p, li, h3, tr").forEach(function (block) {
      if (block.parentNode.closest("p, li, tr") && block.tagName === "P") return;
      lines.push((block.tagName === "LI" ? "· " : "") + block.textContent.trim());
    });
    return lines.length ? lines.join("\n") : copy.textContent.trim();
  }

  function whole(turn) {
    var parts = ["问：" + anwen.questionOf(turn)], danger = turn.querySelector(".danger");
    if (danger) {
      parts.push(anwen.text(danger, "h3") + "：请拨打" + anwen.text(danger, ".call b"));
      danger.querySelectorAll("li").forEach(function (li, at) { parts.push(at + 1 + ". " + li.textContent); });
    }
    if (turn.querySelector(".terms")) parts.push(anwen.text(turn, ".terms"));
    parts.push(words(turn));
    var chips = turn.querySelectorAll(".chip");
    if (chips.length) parts.push("依据：");
    chips.forEach(function (chip) {
      parts.push("[" + anwen.text(chip, "b") + "] " + anwen.text(chip, "span") + "（" + anwen.text(chip, ".badge") + "）");
    });
    var extent = anwen.text(document, "#aw-head .extent");
    return parts.concat("", "来自安问（" + extent + "）。以主管部门的解释为准。").join("\n");
  }

  function copy(text, done) {
    function byHand() { /* without https there is no clipboard API */
      var area = document.createElement("textarea");
      area.value = text;
      area.className = "vh";
      document.body.append(area);
      area.select();
      var worked = document.execCommand("copy");
      area.remove();
      anwen.toast(worked ? done : "浏览器不让复制，请选中文字后自己复制。");
    }
    if (!navigator.clipboard) { byHand(); return; }
    navigator.clipboard.writeText(text).then(function () { anwen.toast(done); }, byHand);
  }

  function share(turn) {
    var asked = given(turn), link = new URL("/", location.origin);
    link.searchParams.set("q", asked.question);
    link.searchParams.set("who", asked.audience);
    if (asked.region) link.searchParams.set("region", asked.region);
    if (asked.date) link.searchParams.set("date", asked.date);
    if (navigator.share && matchMedia("(pointer: coarse)").matches) {
      navigator.share({ title: "安问", text: asked.question, url: link.href })
        .catch(function (error) { if (error.name !== "AbortError") copy(link.href, "链接已复制。"); });
      return;
    }
    copy(link.href, "链接已复制，对方打开后点一下就会重新查。");
  }

  /* What the server says about a refusal, else a sentence of our own. */
  function refused(reply, fallback) {
    return reply.json().then(function (body) { return body.error.message; }).catch(function () { return fallback; })
      .then(function (message) { throw new Error(message); });
  }

  function send(path, body, fallback) {
    return fetch(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) })
      .then(function (reply) { return reply.ok ? reply : refused(reply, fallback); }, function () { throw new Error("连不上服务器，请检查网络后再试。"); });
  }

  function save(turn, format, button) {
    button.disabled = true;
    anwen.toast("正在重新查一遍并做成文件…");
    send("/export/answer", Object.assign(given(turn), { format: format }), "文件没有做成，请过一会儿再试。")
      .then(function (reply) { return reply.blob(); })
      .then(function (blob) {
        var anchor = document.createElement("a");
        anchor.href = URL.createObjectURL(blob);
        anchor.download = "安问-" + new Date().toISOString().slice(0, 10) + "." + format;
        anchor.click();
        setTimeout(URL.revokeObjectURL, 10000, anchor.href);
        anwen.toast("文件已保存到下载里。");
      })
      .catch(function (error) { anwen.toast(error.message); })
      .finally(function () { button.disabled = false; });
  }

  function judge(turn, verdict) {
    var text = words(turn).slice(0, 4000), question = anwen.questionOf(turn).slice(0, 2000);
    function post(comment) {
      send("/api/feedback", { verdict: verdict, question: question, answer: text, comment: comment }, "评价没有收下，请过一会儿再试。")
        .then(function () { anwen.toast("收到，谢谢。"); }, function (error) { anwen.toast(error.message); });
    }
    if (verdict === "有帮助") { post(""); return; }
    var dialog = byId("aw-comment"), box = byId("aw-comment-text");
    byId("aw-comment-title").textContent = verdict;
    box.value = "";
    dialog.returnValue = "cancel";
    dialog.onclose = function () { if (dialog.returnValue === "send") post(box.value.trim()); };
    dialog.showModal();
  }

  function hush() {
    speechSynthesis.cancel();
    if (speaking) speaking.textContent = "朗读";
    speaking = null;
  }

  function read(turn, button) {
    var isSame = speaking === button;
    hush();
    if (isSame) return;
    var said = new SpeechSynthesisUtterance(words(turn).replace(/\[\d+\]/g, "").replace(/[☐☑·]/g, ""));
    var voices = speechSynthesis.getVoices().filter(function (v) { return /^zh/i.test(v.lang); });
    said.lang = "zh-CN";
    said.voice = voices.find(function (v) { return v.localService; }) || null; /* a voice of this device first */
    said.onend = said.onerror = hush;
    speaking = button;
    button.textContent = "停止朗读";
    speechSynthesis.speak(said);
  }

  anwen.listen({
    press: function (button) {
      var turn = button.closest(".turn"), acts = button.classList;
      if (acts.contains("do-copy")) copy(whole(turn), "已复制，带出处。");
      else if (acts.contains("do-share")) share(turn);
      else if (acts.contains("do-docx")) save(turn, "docx", button);
      else if (acts.contains("do-pdf")) save(turn, "pdf", button);
      else if (acts.contains("do-read")) read(turn, button);
      else judge(turn, button.textContent.trim());
    },
    asked: function () { if ("speechSynthesis" in window) hush(); }
  });
})(window.anwen);
