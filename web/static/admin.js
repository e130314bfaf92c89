/* 知识库管理: files dropped and sent with their progress, jobs watched. Every form works without it. */
(function () {
  "use strict";
  var MOST_EACH = 50e6, MOST_ALL = 200e6;

  function size(bytes) { return bytes < 1e6 ? Math.ceil(bytes / 1e3) + " KB" : (bytes / 1e6).toFixed(1) + " MB"; }

  /* Sends a form as the browser would, telling how much has gone; goes where the server says. */
  function send(form, box) {
    var bar = box.querySelector("progress"), said = box.querySelector("p"), buttons = form.querySelectorAll("button");
    var request = new XMLHttpRequest();
    function over(text) {
      said.textContent = text;
      buttons.forEach(function (button) { button.disabled = false; });
    }
    request.open("POST", form.action);
    request.setRequestHeader("Accept", "application/json");
    request.upload.addEventListener("progress", function (event) {
      if (!event.lengthComputable) return;
      bar.value = Math.round(100 * event.loaded / event.total);
      said.textContent = "已上传 " + size(event.loaded) + " / " + size(event.total);
    });
    request.upload.addEventListener("load", function () { bar.removeAttribute("value"); said.textContent = "已传完，正在检查"; });
    request.addEventListener("error", function () { over("上传中断。请检查网络后重试，已选的文件还在。"); });
    request.addEventListener("load", function () {
      var answer = null;
      try { answer = JSON.parse(request.responseText); } catch (error) { answer = null; }
      if (request.status < 300 && answer && answer.go) { location.assign(answer.go); return; }
      bar.value = 0;
      over((answer && (answer.error || answer.detail)) || "没有传成功，请重试。");
    });
    buttons.forEach(function (button) { button.disabled = true; });
    box.hidden = false;
    box.querySelector("p").textContent = "正在上传";
    request.send(new FormData(form));
  }

  function chosen(input, list) {
    var total = 0, fits = true;
    list.textContent = "";
    Array.prototype.forEach.call(input.files, function (file) {
      var line = document.createElement("li");
      total += file.size;
      line.textContent = file.name + "（" + size(file.size) + "）";
      if (file.size > MOST_EACH) { line.className = "bad"; line.textContent += "超过 50 MB，请拆分"; fits = false; }
      list.append(line);
    });
    if (total > MOST_ALL) {
      var line = document.createElement("li");
      line.className = "bad";
      line.textContent = "合计 " + size(total) + "，超过 200 MB，请分几次上传";
      list.append(line);
      fits = false;
    }
    input.form.querySelector("button").disabled = !fits;
  }

  var upload = document.getElementById("adm-upload");
  if (upload) {
    var input = upload.querySelector("input[type=file]"), drop = document.getElementById("adm-drop");
    var list = document.getElementById("adm-chosen");
    input.addEventListener("change", function () { chosen(input, list); });
    ["dragenter", "dragover"].forEach(function (kind) {
      drop.addEventListener(kind, function (event) { event.preventDefault(); drop.classList.add("is-over"); });
    });
    ["dragleave", "drop"].forEach(function (kind) {
      drop.addEventListener(kind, function (event) { event.preventDefault(); drop.classList.remove("is-over"); });
    });
    drop.addEventListener("drop", function (event) {
      if (!event.dataTransfer.files.length) return;
      input.files = event.dataTransfer.files;
      chosen(input, list);
    });
    upload.addEventListener("submit", function (event) { event.preventDefault(); send(upload, document.getElementById("adm-progress")); });
  }
  var restore = document.getElementById("adm-restore");
  if (restore) {
    restore.addEventListener("submit", function (event) { event.preventDefault(); send(restore, restore.querySelector(".adm-progress")); });
  }

  /* A plot wider than the screen shows its newest days first. */
  document.querySelectorAll(".adm-plot").forEach(function (plot) { plot.parentNode.scrollLeft = plot.parentNode.scrollWidth; });

  /* Asks how far a job is until it is over, more and more seldom. */
  document.querySelectorAll("[data-job]").forEach(function (box) {
    var bar = box.querySelector("progress"), said = box.querySelector("[aria-live]"), badge = box.querySelector(".badge");
    var pause = 400;
    function ask() {
      fetch(box.dataset.job, { headers: { Accept: "application/json" } }).then(function (response) {
        if (response.status === 401) { location.assign("/admin"); return null; }
        return response.json();
      }).then(function (job) {
        if (!job) return;
        if (job.over) { location.assign(job.link); return; }
        if (badge) badge.textContent = job.state;
        if (job.total) { bar.max = job.total; bar.value = job.done; }
        var told = (job.total ? job.done + " / " + job.total + "  " : "") + job.now;
        if (said && said.textContent !== told) said.textContent = told;
        pause = Math.min(2000, pause * 1.3);
        setTimeout(ask, pause);
      }).catch(function () { setTimeout(ask, 3000); });
    }
    ask();
  });
})();
