/* Keeps 现场检查 and the emergency page usable without a network. The server puts KEPT = {version, pages, assets}
   before this text. Pages: network first, the kept copy when there is none. Answers and 知识库管理 are never kept. */
"use strict";
const CACHE = "anwen-" + KEPT.version;
const PATIENCE = 5000; /* milliseconds a page may take before the kept copy is shown */

self.addEventListener("install", event => event.waitUntil(install()));
self.addEventListener("activate", event => event.waitUntil(activate()));
self.addEventListener("fetch", event => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin) return;
  if (url.pathname.startsWith("/anwen/")) event.respondWith(asset(event.request, url));
  else if (isKept(url.pathname)) event.respondWith(page(event.request, url));
  else if (event.request.mode === "navigate") event.respondWith(elsewhere(event.request));
});

function isKept(path) { return path === "/emergency" || path === "/inspect" || path.startsWith("/inspect/"); }

async function install() {
  const cache = await caches.open(CACHE);
  await cache.addAll(KEPT.assets);
  await Promise.all(KEPT.pages.map(path => take(cache, path)));
  await self.skipWaiting();
}

/* Keeps a page and the files of ours it names. */
async function take(cache, path) {
  const response = await fetch(path, { cache: "no-cache" });
  if (!response.ok) return;
  const text = await response.clone().text();
  await cache.put(path, response);
  const named = new Set(Array.from(text.matchAll(/["'](\/anwen\/[^"'#\s]+)/g), found => found[1].replaceAll("&amp;", "&")));
  await Promise.all(Array.from(named, name => cache.add(name).catch(() => undefined)));
}

async function activate() {
  const cache = await caches.open(CACHE);
  for (const name of await caches.keys()) {
    if (!name.startsWith("anwen-") || name === CACHE) continue;
    const old = await caches.open(name); /* sheets opened before stay readable under the new version */
    for (const request of await old.keys()) {
      const { pathname } = new URL(request.url);
      if (pathname.startsWith("/inspect/") && !(await cache.match(request))) await cache.put(request, await old.match(request));
    }
    await caches.delete(name);
  }
  await self.clients.claim();
}

async function asset(request, url) {
  const cache = await caches.open(CACHE), isFixed = url.searchParams.has("v");
  const held = await cache.match(request);
  if (held && isFixed) return held;
  try {
    const response = await fetch(request);
    if (response.ok && isFixed) await cache.put(request, response.clone());
    return response;
  } catch (error) {
    const near = held || await cache.match(request, { ignoreSearch: true });
    if (near) return near;
    throw error;
  }
}

async function page(request, url) {
  const cache = await caches.open(CACHE);
  const fetched = fetch(request).then(async response => {
    if (response.ok && response.type === "basic" && !response.redirected && !url.search) await cache.put(url.pathname, response.clone());
    return response;
  });
  fetched.catch(() => undefined);
  const held = await cache.match(url.pathname);
  if (!held) return fetched.catch(() => absent(request));
  return Promise.race([fetched, later(held)]).catch(() => held);
}

function later(held) { return new Promise(resolve => setTimeout(resolve, PATIENCE, held)); }

/* A sheet that was never opened here: the list of sheets; for data, an answer that says so. */
async function absent(request) {
  const cache = await caches.open(CACHE);
  const list = request.mode === "navigate" && await cache.match("/inspect");
  return list || new Response('{"error":{"code":"offline","message":"没有网，这台设备上也没有存过。"}}', { status: 503, headers: { "content-type": "application/json" } });
}

/* Another page without a network: the telephone numbers rather than the browser's own error. */
async function elsewhere(request) {
  try { return await fetch(request); }
  catch (error) {
    const cache = await caches.open(CACHE), numbers = await cache.match("/emergency");
    if (numbers) return numbers;
    throw error;
  }
}
