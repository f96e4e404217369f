/* 服务日志：先存在手机里，再逐条发送；同一条发几次也只记一次（token）。没有脚本时表单照常提交。 */
(function () {
  'use strict';
  var form = document.getElementById('visit'), box = document.getElementById('queue');
  if (!box || !window.indexedDB || !window.fetch) return;
  var words = box.dataset, account = words.account, busy = false, expired = false, said = '';

  /* -- 手机里的队列 */
  function store(mode, act) {
    return new Promise(function (done, fail) {
      var opening = indexedDB.open('kc-visits', 1);
      opening.onupgradeneeded = function () { opening.result.createObjectStore('queue', { keyPath: 'token' }); };
      opening.onerror = function () { fail(opening.error); };
      opening.onsuccess = function () {
        var db = opening.result, deal = db.transaction('queue', mode), asked = act(deal.objectStore('queue'));
        deal.oncomplete = function () { db.close(); done(asked && asked.result); };
        deal.onabort = deal.onerror = function () { db.close(); fail(deal.error); };
      };
    });
  }
  function all() { return store('readonly', function (queue) { return queue.getAll(); }).then(function (found) { return found.sort(function (a, b) { return a.at - b.at; }); }); }
  function put(item) { return store('readwrite', function (queue) { return queue.put(item); }); }
  function drop(token) { return store('readwrite', function (queue) { return queue.delete(token); }); }

  /* -- 状态 */
  function line(text, href, label) {
    var p = document.createElement('p');
    p.textContent = text;
    if (href) { var a = document.createElement('a'); a.href = href; a.textContent = label; p.append(' ', a); }
    box.append(p);
  }
  function show() {
    return all().then(function (items) {
      var mine = items.filter(function (one) { return one.account === account; });
      var waiting = mine.filter(function (one) { return !one.refused; });
      box.textContent = '';
      if (said) line(said);
      if (waiting.length) line(words.waiting.replace('§', waiting.length));
      if (expired && waiting.length) line(words.expired, '/login/?next=/visit/', words.login);
      if (items.length > mine.length) line(words.mine);
      mine.filter(function (one) { return one.refused; }).forEach(function (one) {
        line(words.refused + one.refused);
        [[words.open, function () { fill(one); }], [words.drop, function () { }]].forEach(function (way) {
          var button = document.createElement('button');
          button.type = 'button'; button.className = 'btn btn--2'; button.textContent = way[0];
          button.addEventListener('click', function () { way[1](); drop(one.token).then(show); });
          box.append(button);
        });
      });
      box.hidden = !box.childNodes.length;
      return waiting;
    });
  }
  function fill(item) {
    Object.keys(item.fields).forEach(function (name) {
      form.querySelectorAll('[name="' + name + '"]').forEach(function (input) {
        if (input.type === 'radio') input.checked = input.value === item.fields[name];
        else if (input.type !== 'hidden') input.value = item.fields[name];
      });
    });
    form.scrollIntoView();
  }

  /* -- 发送：一条接一条 */
  function cookie() { var found = /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie); return found ? decodeURIComponent(found[1]) : ''; }
  function send(item) {
    var body = new URLSearchParams(item.fields);
    body.set('slip', item.token);
    return fetch('/visit/?format=json', { method: 'POST', body: body, credentials: 'same-origin', redirect: 'manual', headers: { 'X-CSRFToken': cookie() } });
  }
  function told(content) {
    var found = (content.wrong || []).concat(content.asked || []), tongue = document.documentElement.lang.slice(0, 2);
    return found.map(function (one) { return one[tongue] || one.zh; }).join(' ');
  }
  function deliver(item) {
    return send(item).then(function (answer) {
      if (answer.status === 200) return answer.json().then(function (content) { words.state = content.state; return drop(item.token).then(function () { return 'sent'; }); });
      if (answer.status === 409 || answer.status === 422) return answer.json().then(function (content) {
        item.refused = told(content) || String(answer.status);
        return put(item).then(function () { return 'refused'; });
      });
      if (answer.status === 401 || answer.status === 403 || answer.type === 'opaqueredirect') { expired = true; return 'expired'; }
      return 'later';
    }, function () { return 'offline'; });
  }
  function empty() {
    if (busy) return Promise.resolve('');
    busy = true;
    var last = '';
    function next(items) {
      if (!items.length) return last;
      return deliver(items[0]).then(function (result) {
        last = result;
        return result === 'sent' || result === 'refused' ? next(items.slice(1)) : last;
      });
    }
    function run() {
      return all().then(function (items) { return next(items.filter(function (one) { return one.account === account && !one.refused; })); });
    }
    var turn = navigator.locks ? navigator.locks.request('kc-visits', run) : run();
    return turn.then(function (result) { busy = false; return show().then(function () { return result; }); }, function () { busy = false; return 'later'; });
  }

  /* -- 表单 */
  function fresh() { return window.crypto && crypto.randomUUID ? crypto.randomUUID() : '10000000-1000-4000-8000-100000000000'.replace(/[018]/g, function (c) { return (c ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (c / 4)))).toString(16); }); }
  if (form) {
    var day = form.querySelector('input[type="date"]'), now = new Date();
    var today = [now.getFullYear(), ('0' + (now.getMonth() + 1)).slice(-2), ('0' + now.getDate()).slice(-2)].join('-');
    if (day && today > day.max) { if (day.value === day.max) day.value = today; day.max = today; }  /* 存下的页面可能是前几天的 */
    /* 点了选项就不要手写的，手写了就不要点的 */
    form.addEventListener('input', function (event) {
      var name = event.target.name || '', other = form.elements[name + '-other'];
      if (event.target.type === 'radio' && other) other.value = '';
      if (/-other$/.test(name) && event.target.value) form.querySelectorAll('[name="' + name.slice(0, -6) + '"]').forEach(function (one) { one.checked = false; });
    });
    var sending = false;
    form.addEventListener('submit', function (event) {
      /* 更正和说明要看页面上的话，照常提交 */
      if (form.elements.correct || form.elements.explain) return;
      event.preventDefault();
      if (sending) return;
      sending = true;
      var button = form.querySelector('.btn--big'), fields = {};
      button.disabled = true;
      new FormData(form).forEach(function (value, name) { if (name !== 'csrfmiddlewaretoken' && name !== 'slip') fields[name] = value; });
      var item = { token: form.elements.slip.value, account: account, fields: fields, at: Date.now() };
      said = words.sending; box.hidden = false; box.textContent = said;
      put(item).then(function () { return deliver(item); }).then(function (result) {
        said = '';
        if (result === 'sent') { location.assign('/visit/?done=' + (words.state || 'submitted')); return; }
        if (result === 'refused') { drop(item.token).then(function () { delete form.dataset.sent; form.submit(); }); return; }  /* 服务器再答一次，把要改的写在页面上 */
        if (result === 'offline') said = words.kept;
        form.elements.slip.value = fresh();
        form.querySelectorAll('.two input[type="text"]').forEach(function (input) { input.value = ''; });
        sending = false; button.disabled = false; delete form.dataset.sent;
        show();
      }).catch(function () { form.submit(); });  /* 存不进手机：照常提交 */
    });
  }

  /* 退出登录时不把页面留在手机里 */
  document.querySelectorAll('form[action="/logout/"]').forEach(function (out) {
    out.addEventListener('submit', function () { if (window.caches) caches.keys().then(function (names) { names.forEach(function (name) { if (name.indexOf('kc-visit-') === 0) caches.delete(name); }); }); });
  });
  window.addEventListener('online', function () { said = ''; empty(); });
  document.addEventListener('visibilitychange', function () { if (!document.hidden) empty(); });
  show().then(function (waiting) { if (waiting.length) empty(); });

  if ('serviceWorker' in navigator) {
    navigator.serviceWorker.register('/visit/worker.js', { scope: '/visit/' }).then(function () { return navigator.serviceWorker.ready; }).then(function (found) {
      navigator.serviceWorker.addEventListener('message', function (event) { if (event.data && event.data.did === 'kept') document.documentElement.dataset.offline = 'ready'; });
      var files = [].map.call(document.querySelectorAll('link[rel="stylesheet"], link[rel="icon"], script[src]'), function (one) { return one.href || one.src; });
      found.active.postMessage({ do: 'keep', files: files });
    }).catch(function () { /* 不安全的地址或旧浏览器：没有离线副本，其余照常 */ });
  }
})();
