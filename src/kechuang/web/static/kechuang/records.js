/* 台账：滑块走到有变动的日子；上传时看得见进度。没有脚本时，日期栏和普通表单照样可用。 */
(function () {
  'use strict';

  /* 滑块与日期栏说的是同一天 */
  function stops() {
    var box = document.querySelector('[data-stops]');
    if (!box) return null;
    return { box: box, days: box.dataset.stops.trim().split(/\s+/), range: box.querySelector('input'), told: box.querySelector('output'), day: document.getElementById('f-day') };
  }
  function tell(found) {
    var day = found.days[Number(found.range.value)];
    found.told.textContent = day;
    found.range.setAttribute('aria-valuetext', day);
  }
  function place(found) {
    var at = 0;
    found.days.forEach(function (day, number) { if (day <= found.day.value) at = number; });
    found.range.value = String(at);
    found.range.setAttribute('aria-valuetext', found.day.value);
    found.told.textContent = found.day.value;
  }
  function ready() {
    var found = stops();
    if (!found) return;
    found.box.hidden = false;
    place(found);
  }
  document.addEventListener('input', function (event) {
    if (event.target.id !== 'f-stop') return;
    var found = stops();
    tell(found);
  });
  document.addEventListener('change', function (event) {
    var found = stops();
    if (!found) return;
    if (event.target.id === 'f-stop') {
      var last = found.days.length - 1, at = Number(found.range.value);
      found.day.value = at === last ? found.day.max : found.days[at];
    }
    if (event.target.id === 'f-day') place(found);
  }, true);

  /* 表格换了，表单跟着它：日期、排序 */
  document.addEventListener('htmx:afterSwap', function (event) {
    if (event.target.id !== 'rows') return;
    var now = event.target.querySelector('.found'), found = stops();
    var day = document.getElementById('f-day'), sort = document.getElementById('f-sort');
    if (now && day) day.value = now.dataset.day;
    if (now && sort) sort.value = now.dataset.sort;
    if (found) place(found);
  });
  document.addEventListener('htmx:historyRestore', ready);
  ready();
})();

/* 上传：先看大小，再传，边传边说；断了就说断了。 */
(function () {
  'use strict';
  document.documentElement.classList.add('ready');
  function filled(words, values) {
    return words.replace(/\{(\w+)\}/g, function (whole, name) { return name in values ? String(values[name]) : whole; });
  }
  function megabytes(bytes) { return (bytes / 1048576).toFixed(1); }
  function judged(form) {
    var files = Array.prototype.slice.call(form.querySelector('input[type=file]').files);
    var size = files.reduce(function (sum, file) { return sum + file.size; }, 0);
    var told = form.querySelector('#up-told'), words = '';
    if (size > Number(form.dataset.most)) words = filled(told.dataset.large, { size: megabytes(size) });
    else if (files.length > Number(form.dataset.count)) words = told.dataset.many;
    told.textContent = words;
    form.querySelector('[data-go]').disabled = words !== '';
    return words === '' && files.length ? size : 0;
  }
  document.addEventListener('change', function (event) {
    var form = event.target.closest && event.target.closest('form[data-upload]');
    if (form && event.target.type === 'file') judged(form);
  });
  document.addEventListener('submit', function (event) {
    var form = event.target;
    if (!form.matches('form[data-upload]') || event.defaultPrevented || !window.FormData) return;
    event.preventDefault();
    var size = judged(form);
    if (!size) { delete form.dataset.sent; return; }
    var box = form.querySelector('.uploading'), bar = box.querySelector('progress'), words = box.querySelector('[role=status]');
    var told = form.querySelector('#up-told'), go = form.querySelector('[data-go]');
    var request = new XMLHttpRequest();
    function back(message) {
      box.hidden = true; go.disabled = false; delete form.dataset.sent;
      told.textContent = message;
    }
    box.hidden = false; go.disabled = true; bar.value = 0; told.textContent = '';
    words.textContent = filled(words.dataset.words, { percent: 0, size: megabytes(size) });
    box.querySelector('[data-abort]').onclick = function () { request.abort(); };
    request.upload.onprogress = function (at) {
      if (!at.lengthComputable) return;
      var percent = Math.floor(100 * at.loaded / at.total);
      bar.value = percent;
      words.textContent = percent < 100 ? filled(words.dataset.words, { percent: percent, size: megabytes(size) }) : words.dataset.wait;
    };
    request.onload = function () {
      var answer = null;
      try { answer = JSON.parse(request.responseText); } catch (error) { answer = null; }
      if (request.status === 200 && answer && answer.to) { window.location.assign(answer.to); return; }
      if (answer && answer.message) { back(answer.message); return; }
      HTMLFormElement.prototype.submit.call(form);  // 会话过期等：让浏览器照常提交，看服务器怎么说
    };
    request.onerror = function () { back(told.dataset.lost); };
    request.onabort = function () { back(''); };
    request.open('POST', form.action);
    request.setRequestHeader('X-Upload', '1');
    request.send(new FormData(form));
  });
})();
