/* 公众页面的少量脚本：边打边找；地图按年份播放。没有脚本时，表单和年份链接照样可用。 */
(function () {
  'use strict';
  var form = document.querySelector('[data-find]');
  if (form) {
    form.hidden = false;
    var list = document.querySelector(form.dataset.find), none = document.querySelector('[data-none]');
    var input = form.querySelector('input');
    var find = function () {
      var words = input.value.toLowerCase().trim().split(/\s+/), any = false;
      list.querySelectorAll('[data-words]').forEach(function (row) {
        var hit = words.every(function (word) { return row.dataset.words.indexOf(word) >= 0; });
        row.hidden = !hit; any = any || hit;
      });
      list.querySelectorAll('[data-group]').forEach(function (group) { group.hidden = !group.querySelector('[data-words]:not([hidden])'); });
      if (none) { none.hidden = any; }
    };
    input.addEventListener('input', find);
    form.addEventListener('submit', function (event) { if (location.protocol === 'file:') { event.preventDefault(); find(); } });
  }
})();

/* 地图：拖动年份（方向键也行）或播放，只换格子、圆和年份字，表格和地址不动。要求少动的人，播放改为一步一年。 */
(function () {
  'use strict';
  var button = document.querySelector('[data-play]'), held = document.getElementById('d-map');
  if (!button || !held) { return; }
  var data = JSON.parse(held.textContent), timer = null, bar = document.querySelector('[data-years]');
  var slide = bar.querySelector('[data-slide]'), said = document.querySelector('[data-told]');
  var calm = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
  button.classList.remove('later'); slide.parentNode.classList.remove('later'); slide.max = data.years.length - 1;
  var first = bar.querySelector('[aria-current]');
  slide.value = first ? data.years.indexOf(first.dataset.year) : data.years.length - 1;
  if (calm) { button.textContent = data.words.next; }
  function level(node, n) {
    var names = (node.getAttribute('class') || '').split(' ').filter(function (name) { return !/^s\d$/.test(name); });
    node.setAttribute('class', names.concat('s' + n).join(' '));
  }
  function show(at) {
    var year = data.years[at];
    document.querySelectorAll('[data-code]').forEach(function (node) {
      var code = node.getAttribute('data-code'), text = node.querySelector('[data-said]');
      level(node, data.level[year][code]);
      if (text) { text.textContent = data.said[year][code]; }
      if (node.tagName === 'circle') {
        node.setAttribute('r', data.r[year][code]);
        var title = node.querySelector('title'); if (title) { title.textContent = node.getAttribute('data-name') + ' ' + data.said[year][code]; }
      }
    });
    document.querySelectorAll('[data-shown]').forEach(function (node) { node.textContent = year; });
    bar.querySelectorAll('[data-year]').forEach(function (link) {
      if (link.dataset.year === year) { link.setAttribute('aria-current', 'page'); } else { link.removeAttribute('aria-current'); }
    });
    slide.value = at; slide.setAttribute('aria-valuetext', year);
    if (!timer) { said.textContent = year; }
  }
  function stop() { clearInterval(timer); timer = null; button.textContent = data.words.play; }
  slide.addEventListener('input', function () { if (timer) { stop(); } show(+slide.value); });
  button.addEventListener('click', function () {
    if (calm) { show((+slide.value + 1) % data.years.length); return; }
    if (timer) { stop(); return; }
    var at = 0;
    button.textContent = data.words.stop;
    timer = setInterval(function () {
      at += 1;
      if (at >= data.years.length) { stop(); return; }
      show(at);
    }, 1200);
    show(at);
  });
  document.addEventListener('keydown', function (event) { if (event.key === 'Escape' && timer) { stop(); } });
})();
