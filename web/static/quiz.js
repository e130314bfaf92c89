// One question at a time: the choice is judged at once, the reason and its source shown, the score at the end.
(() => {
  "use strict";
  const form = document.querySelector("form.quiz");
  if (!form) return;
  const questions = [...form.querySelectorAll(".question")];
  const [yes, no] = document.getElementById("icons").content.children;
  const send = form.querySelector("[type=submit]");
  const made = (tag, className, text = "") => Object.assign(document.createElement(tag), { className, textContent: text });
  const missed = [];
  let right = 0;

  const bar = made("div", "bar-of");
  const filled = document.createElement("i");
  bar.setAttribute("role", "progressbar");
  bar.setAttribute("aria-label", "做了几题");
  bar.setAttribute("aria-valuemin", "0");
  bar.setAttribute("aria-valuemax", String(questions.length));
  bar.append(filled);
  form.prepend(bar);
  const progress = (done) => { filled.style.width = `${(100 * done) / questions.length}%`; bar.setAttribute("aria-valuenow", String(done)); };

  const show = (at) => {
    questions.forEach((question, n) => { question.hidden = n !== at; });
    progress(at);
    if (at) questions[at].querySelector("legend").focus();
  };

  const mark = (choice, icon, className, word) => {
    choice.classList.add(className);
    choice.querySelector(".mark").replaceChildren(icon.cloneNode(true), made("span", "", word));
  };

  const judge = (question, at, picked) => {
    const choices = [...question.querySelectorAll(".choice")], answer = Number(question.dataset.answer);
    const isRight = picked === answer;
    question.classList.add("is-done");
    choices.forEach((choice) => { choice.querySelector("input").disabled = true; });
    mark(choices[answer], yes, "is-right", "对");
    if (isRight) right += 1;
    else { mark(choices[picked], no, "is-wrong", "不对"); missed.push(question); }
    const why = question.querySelector(".why");
    why.setAttribute("role", "status");
    why.hidden = false;
    why.prepend(made("p", "verdict", isRight ? "答对了。" : `不对。应选${"ABCDEF"[answer]}。`));
    const next = made("button", "primary next", at + 1 < questions.length ? "下一题" : "看成绩");
    next.type = "button";
    next.addEventListener("click", () => (at + 1 < questions.length ? show(at + 1) : finish()));
    question.append(next);
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  };

  const finish = () => {
    questions.forEach((question) => { question.hidden = true; });
    progress(questions.length);
    const score = made("div", "score card"), big = made("p", "big");
    big.append(made("b", "", String(right)), ` / ${questions.length}`);
    score.append(big, made("p", "", missed.length ? `错了${missed.length}题，先看这些：` : "全对。"));
    if (missed.length) {
      const reads = made("ul", "reads"), seen = new Set();
      missed.forEach((question) => {
        const from = question.querySelector(".why .from");
        if (seen.has(from.textContent)) return;
        seen.add(from.textContent);
        const item = document.createElement("li");
        const links = [...from.querySelectorAll("a")];
        if (links.length) links.forEach((link) => item.append(link.cloneNode(true), " "));
        else item.textContent = from.textContent.replace("出处：", "");
        reads.append(item);
      });
      score.append(reads);
    }
    const row = made("p", "row"), another = made("a", "button primary", "换一套"), again = made("a", "button", "再做一遍");
    another.href = form.dataset.another;
    again.href = location.href;
    row.append(another, again);
    score.append(row);
    score.tabIndex = -1;
    form.append(score);
    score.focus();
  };

  send.closest("p").hidden = true;
  form.addEventListener("submit", (event) => event.preventDefault());
  // Arrow keys walk through the choices and select each in passing: only Enter or the space bar decides then.
  let walking = false;
  form.addEventListener("keydown", (event) => { walking = event.key.startsWith("Arrow"); });
  form.addEventListener("keyup", () => { walking = false; });
  questions.forEach((question, at) => {
    const decide = (input) => { if (!question.classList.contains("is-done")) judge(question, at, Number(input.value)); };
    question.addEventListener("change", (event) => { if (!walking) decide(event.target); });
    question.addEventListener("keydown", (event) => {
      if ((event.key === "Enter" || event.key === " ") && event.target.checked) { event.preventDefault(); decide(event.target); }
    });
  });
  show(0);
})();
