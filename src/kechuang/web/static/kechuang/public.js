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

/* 地图：按年份播放，只换格子、圆和年份字，表格和地址不动。 */
(function () {
  'use strict';
  var button = document.querySelector('[data-play]'), held = document.getElementById('d-map');
  if (!button || !held) { return; }
  var data = JSON.parse(held.textContent), timer = null, bar = document.querySelector('[data-years]');
  button.hidden = false;
  function level(node, n) {
    var names = (node.getAttribute('class') || '').split(' ').filter(function (name) { return !/^s\d$/.test(name); });
    node.setAttribute('class', names.concat('s' + n).join(' '));
  }
  function show(year) {
    document.querySelectorAll('[data-code]').forEach(function (node) {
      var code = node.getAttribute('data-code'), said = node.querySelector('[data-said]');
      level(node, data.level[year][code]);
      if (said) { said.textContent = data.said[year][code]; }
      if (node.tagName === 'circle') {
        node.setAttribute('r', data.r[year][code]);
        var title = node.querySelector('title'); if (title) { title.textContent = title.textContent.split(' ')[0] + ' ' + data.said[year][code]; }
      }
    });
    document.querySelectorAll('[data-shown]').forEach(function (node) { node.textContent = year; });
    bar.querySelectorAll('[data-year]').forEach(function (link) {
      if (link.dataset.year === year) { link.setAttribute('aria-current', 'page'); } else { link.removeAttribute('aria-current'); }
    });
  }
  function stop() { clearInterval(timer); timer = null; button.textContent = data.words.play; }
  button.addEventListener('click', function () {
    if (timer) { stop(); return; }
    var at = 0;
    button.textContent = data.words.stop;
    show(data.years[at]);
    timer = setInterval(function () {
      at += 1;
      if (at >= data.years.length) { stop(); return; }
      show(data.years[at]);
    }, 1200);
  });
})();
