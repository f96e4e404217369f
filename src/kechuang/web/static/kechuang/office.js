/* 页面的少量脚本：防止重复提交；会话过期时文字不丢。 */
(function () {
  'use strict';
  document.addEventListener('submit', function (event) {
    var form = event.target;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = '1';
    setTimeout(function () { delete form.dataset.sent; }, 8000);
  });
  window.addEventListener('pageshow', function () {
    document.querySelectorAll('form[data-sent]').forEach(function (form) { delete form.dataset.sent; });
  });
})();

/* 可左右滚动的表：键盘也能到达。 */
(function () {
  'use strict';
  function reach() {
    document.querySelectorAll('.scroll').forEach(function (box) {
      if (box.scrollWidth > box.clientWidth + 1) box.tabIndex = 0;
      else if (!box.hasAttribute('role')) box.removeAttribute('tabindex');
    });
  }
  reach();
  document.querySelectorAll('.scroll[data-end]').forEach(function (box) { // 年份多时先看最近的
    var way = getComputedStyle(box).direction === 'rtl' ? -1 : 1;
    box.scrollLeft = way * (box.scrollWidth - box.clientWidth);
  });
  window.addEventListener('resize', reach);
  document.addEventListener('htmx:afterSwap', reach);
})();
