/* Before anything is painted: who asks (from ?who=, else as remembered here), and what this browser can do. */
(function () {
  "use strict";
  var root = document.documentElement, known = ["citizen", "manager", "inspector"];
  var who = new URLSearchParams(location.search).get("who");
  if (known.indexOf(who) < 0) {
    try { who = localStorage.getItem("anwen.audience"); } catch (error) { who = ""; } /* storage switched off */
  }
  root.dataset.who = known.indexOf(who) < 0 ? "citizen" : who;
  root.classList.add("js");
  root.classList.toggle("can-speak", "speechSynthesis" in window);
  root.classList.toggle("can-listen", "SpeechRecognition" in window || "webkitSpeechRecognition" in window);
})();
