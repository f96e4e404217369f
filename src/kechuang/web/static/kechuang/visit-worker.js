/* 服务日志页的离线副本：只存这一页和它的样式、脚本；不碰别的页面，不存任何记录。 */
'use strict';
var CACHE = 'kc-visit-1', PAGE = '/visit/';

self.addEventListener('install', function () { self.skipWaiting(); });

self.addEventListener('activate', function (event) {
  event.waitUntil(caches.keys().then(function (names) {
    return Promise.all(names.filter(function (name) { return name.indexOf('kc-visit-') === 0 && name !== CACHE; }).map(function (name) { return caches.delete(name); }));
  }).then(function () { return self.clients.claim(); }));
});

/* 页面告诉要存哪些：它自己和它引用的静态文件；旧的删去。 */
self.addEventListener('message', function (event) {
  if (!event.data || event.data.do !== 'keep') return;
  event.waitUntil(caches.open(CACHE).then(function (cache) {
    var wanted = event.data.files.map(function (file) { return new URL(file, self.location.origin).href; });
    return cache.keys().then(function (held) {
      var have = held.map(function (one) { return one.url; });
      held.forEach(function (one) { if (one.url.indexOf('/static/') > 0 && wanted.indexOf(one.url) < 0) cache.delete(one); });
      return Promise.all(wanted.filter(function (url) { return have.indexOf(url) < 0; }).map(function (url) { return cache.add(url); }));
    }).then(function () { return fetch(PAGE, { credentials: 'same-origin' }); }).then(function (answer) { return good(answer) ? cache.put(PAGE, answer) : null; });
  }).then(function () { if (event.source) event.source.postMessage({ did: 'kept' }); }, function () { /* 没有信号：下次再存 */ }));
});

function good(answer) { return answer.ok && !answer.redirected && answer.type === 'basic'; }

self.addEventListener('fetch', function (event) {
  var request = event.request, url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== self.location.origin) return;
  if (request.mode === 'navigate' && url.pathname === PAGE) {
    event.respondWith(fetch(request).catch(function (fault) {
      return caches.open(CACHE).then(function (cache) { return cache.match(PAGE); }).then(function (kept) { if (kept) return kept; throw fault; });
    }));
  } else if (url.pathname.indexOf('/static/kechuang/') === 0) {
    event.respondWith(caches.open(CACHE).then(function (cache) { return cache.match(request); }).then(function (kept) { return kept || fetch(request); }));
  }
});
