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
