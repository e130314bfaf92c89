/* The page in a frame: asks /api/ask, shows the growing answer. Every word of an answer is set as text. */
(function () {
  "use strict";
  var talk = document.getElementById("talk"), form = document.getElementById("ask"), box = document.getElementById("question");
  var button = form.querySelector("button"), asked = [];
  var BROKEN = "没有连上服务器。遇险请直接拨打：火警119，急救120，报警110，交通事故122。";
  var CARDS = ["职责清单", "罚则清单", "预警与分级", "术语", "检查表"];
  var NOTES = { NO_MATCH: "知识库里没有找到可靠依据", UNAVAILABLE: "法规库暂时不可用" };

  function make(tag, name, text) {
    var element = document.createElement(tag);
    if (name) element.className = name;
    if (text) element.textContent = text;
    return element;
  }

  /* Puts a line of Markdown into an element: bold, and [1] as a raised number. */
  function inline(element, line) {
    line.split(/(\*\*[^*]+\*\*|\[\d{1,2}\])/).forEach(function (part) {
      if (/^\*\*[^*]+\*\*$/.test(part)) element.append(make("strong", "", part.slice(2, -2)));
      else if (/^\[\d{1,2}\]$/.test(part)) element.append(make("sup", "", part));
      else if (part) element.append(part);
    });
    return element;
  }

  /* Draws the small part of Markdown that answers are written in; anything else stays plain text. */
  function draw(into, text) {
    var list = null, kind = "", quote = null;
    text.split("\n").forEach(function (raw) {
      var line = raw.trim(), found;
      if (line[0] === ">") { /* lines that follow each other are one quotation */
        list = null;
        if (!quote) { quote = make("blockquote"); into.append(quote); }
        var quoted = line.replace(/^>\s?/, "");
        if (quoted) quote.append(inline(make("p"), quoted));
        return;
      }
      quote = null;
      if (!line) { list = null; return; }
      if ((found = /^(?:([-*•])|(\d{1,3})[.、])\s+(.*)$/.exec(line))) {
        var tag = found[1] ? "ul" : "ol";
        if (!list || kind !== tag) {
          list = make(tag);
          if (found[2]) list.start = Number(found[2]);
          kind = tag;
          into.append(list);
        }
        list.append(inline(make("li"), found[3]));
        return;
      }
      list = null;
      if ((found = /^#{1,6}\s+(.*)$/.exec(line))) into.append(inline(make("h3"), found[1]));
      else into.append(inline(make("p"), line));
    });
  }

  function call(number, label) {
    if (!/^\d{3,12}$/.test(number)) return make("p", "", label);
    var link = make("a", "call");
    link.href = "tel:" + number;
    link.append(make("b", "", number), make("span", "", label));
    return link;
  }

  function danger(emergency) {
    var card = make("section", "danger"), steps = make("ol");
    emergency.steps.forEach(function (step) { steps.append(make("li", "", step)); });
    card.append(make("h2", "", emergency.hazard + " · 先保命，再细看"), call(emergency.number, "点这里拨打"), steps);
    return card;
  }

  /* The page with the whole text; the cards that explain the law have none of their own. */
  function address(row) {
    if (row.version.level === "科普") return "/learn/guides/" + encodeURIComponent(row.version.doc_id);
    if (CARDS.indexOf(row.version.level) >= 0) return "";
    var law = row.version.status === "现行" ? row.law : row.version.doc_id;
    return "/lookup/" + encodeURIComponent(law) + "/" + encodeURIComponent(row.article);
  }

  function cites(citations) {
    var list = make("ul", "cites");
    citations.forEach(function (row) {
      var found = address(row), item = make("li");
      var link = make(found ? "a" : "span", "", "[" + row.number + "] " + row.law + " " + row.article + " ");
      if (found) {
        link.href = found;
        link.target = "_blank";
        link.rel = "noopener";
      }
      link.append(make("small", "", row.version.status));
      item.append(link);
      list.append(item);
    });
    return list;
  }

  function show(turn, answer, isLast) {
    var parts = [turn.firstChild];
    if (answer.emergency) parts.push(danger(answer.emergency));
    if (answer.text || isLast) {
      var said = make("div", "said");
      if (NOTES[answer.state]) said.append(make("p", "note", NOTES[answer.state]));
      draw(said, answer.text);
      if (answer.citations.length) said.append(cites(answer.citations));
      parts.push(said);
    }
    if (!isLast) parts.push(make("p", "progress", answer.text ? "正在整理…" : "正在查找依据…"));
    turn.replaceChildren.apply(turn, parts);
    var alert = document.getElementById("alert");
    if (answer.emergency && alert.dataset.turn !== turn.id) {
      alert.dataset.turn = turn.id;
      alert.textContent = answer.emergency.hazard + "，请拨打" + answer.emergency.number + "。" + answer.emergency.steps.join("；");
    }
    if (isLast) document.getElementById("polite").textContent = "回答：" + answer.text.slice(0, 400);
  }

  function fail(turn, message) {
    turn.replaceChildren(turn.firstChild);
    var said = make("div", "said");
    said.append(make("p", "note", message));
    turn.append(said);
  }

  /* Reads server-sent events: every event holds the whole answer so far. */
  function follow(reply, turn) {
    var reader = reply.body.getReader(), decoder = new TextDecoder(), held = "", done = false;
    function step(part) {
      held += decoder.decode(part.value || new Uint8Array(), { stream: !part.done });
      var events = held.split("\n\n");
      held = events.pop();
      events.forEach(function (event) {
        var kind = /^event: (\w+)$/m.exec(event), data = /^data: (.*)$/m.exec(event);
        if (!kind || !data) return;
        done = kind[1] === "answer";
        show(turn, JSON.parse(data[1]), done);
      });
      if (part.done) { if (!done) throw new Error("回答中途断开了，请再问一次。"); return null; }
      return reader.read().then(step);
    }
    return reader.read().then(step);
  }

  function ask(question) {
    var turn = make("section");
    turn.id = "turn-" + asked.length;
    turn.append(make("p", "asked", question), make("p", "progress", "正在查找依据…"));
    var hint = document.getElementById("hint");
    if (hint) hint.remove();
    talk.append(turn);
    turn.scrollIntoView({ block: "start" });
    button.disabled = true;
    fetch("/api/ask", {
      method: "POST", headers: { "content-type": "application/json", accept: "text/event-stream" },
      body: JSON.stringify({ question: question, history: asked.slice(-6) })
    }).then(function (reply) {
      if (reply.ok) { asked.push(question); return follow(reply, turn); }
      return reply.json().then(function (body) { fail(turn, body.error ? body.error.message : body.detail || BROKEN); });
    }).catch(function (error) { fail(turn, error instanceof TypeError ? BROKEN : error.message); })
      .finally(function () { button.disabled = false; box.focus({ preventScroll: true }); });
  }

  form.addEventListener("submit", function (event) {
    event.preventDefault();
    var question = box.value.trim();
    if (!question || button.disabled) return;
    box.value = "";
    ask(question);
  });
  box.addEventListener("keydown", function (event) {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); form.requestSubmit(); }
  });
  document.addEventListener("keydown", function (event) {
    if (event.key === "Escape" && window.parent !== window) window.parent.postMessage("anwen:close", "*");
  });
})();
