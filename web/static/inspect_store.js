/* What 现场检查 keeps in this browser: inspections, photos, article texts (IndexedDB); the worker; the offline line. */
window.anwenStore = (function () {
  "use strict";
  let opened = null;

  function open() {
    opened ||= new Promise((resolve, reject) => {
      const request = indexedDB.open("anwen-inspect", 1);
      request.onupgradeneeded = () => {
        const base = request.result;
        base.createObjectStore("inspections", { keyPath: "id" });
        base.createObjectStore("photos", { keyPath: "id", autoIncrement: true }).createIndex("inspection", "inspection");
        base.createObjectStore("texts", { keyPath: "sheet" });
      };
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    return opened;
  }

  async function act(stores, mode, work) {
    const transaction = (await open()).transaction(stores, mode);
    const ended = new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
    });
    const request = work(transaction);
    await ended;
    return request && request.result;
  }

  const all = () => act(["inspections"], "readonly", t => t.objectStore("inspections").getAll());
  const get = id => act(["inspections"], "readonly", t => t.objectStore("inspections").get(id));
  const put = one => act(["inspections"], "readwrite", t => t.objectStore("inspections").put(one));
  const photos = id => act(["photos"], "readonly", t => t.objectStore("photos").index("inspection").getAll(id));
  const addPhoto = photo => act(["photos"], "readwrite", t => t.objectStore("photos").add(photo));
  const removePhoto = id => act(["photos"], "readwrite", t => { t.objectStore("photos").delete(id); });
  const texts = sheet => act(["texts"], "readonly", t => t.objectStore("texts").get(sheet));
  const putTexts = held => act(["texts"], "readwrite", t => t.objectStore("texts").put(held));
  const remove = id => act(["inspections", "photos"], "readwrite", t => {
    t.objectStore("inspections").delete(id);
    t.objectStore("photos").index("inspection").openKeyCursor(IDBKeyRange.only(id)).onsuccess = event => {
      const cursor = event.target.result;
      if (cursor) { t.objectStore("photos").delete(cursor.primaryKey); cursor.continue(); }
    };
  });

  function fresh() { return Array.from(crypto.getRandomValues(new Uint8Array(8)), b => b.toString(16).padStart(2, "0")).join(""); }
  function today() {
    const now = new Date(), two = number => String(number).padStart(2, "0");
    return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
  }
  function counts(one) {
    const said = Object.values(one.results).map(found => found.result).filter(Boolean);
    const of = name => said.filter(result => result === name).length;
    return { done: said.length, total: one.items.length, good: of("good"), bad: of("bad"), absent: of("absent") };
  }
  function make(tag, text, kind) {
    const element = document.createElement(tag);
    if (text) element.textContent = text;
    if (kind) element.className = kind;
    return element;
  }

  /* -- the line that says how things stand --------------------------------------------------------- */

  const line = document.getElementById("net");
  const hasWorker = "serviceWorker" in navigator;
  function stand() {
    const isOff = !navigator.onLine;
    line.hidden = !isOff && hasWorker;
    line.classList.toggle("is-off", isOff);
    line.textContent = isOff ? "已离线，记录保存在这台设备上" : "这个网址不是 https，断网后刷新会打不开页面；记录仍保存在这台设备上";
  }
  function fail(text) { line.hidden = false; line.classList.add("is-off"); line.textContent = text; }
  window.addEventListener("online", stand);
  window.addEventListener("offline", stand);
  stand();
  if (hasWorker && navigator.onLine) navigator.serviceWorker.register("/sw.js").catch(() => undefined);

  return { all, get, put, remove, photos, addPhoto, removePhoto, texts, putTexts, fresh, today, counts, make, fail };
})();
