/* 规划室：条目与原句互相点亮，就地打开；窄屏一次看一栏；在结构里边打边找。没有脚本时都是普通链接。 */
(function () {
  'use strict';
  var room = document.querySelector('.room--plan');
  document.documentElement.classList.add('js');

  /* 422 和 409 也换上：表单里写着哪里不对。 */
  document.addEventListener('htmx:beforeSwap', function (event) {
    if (event.detail.xhr.status === 422 || event.detail.xhr.status === 409) { event.detail.shouldSwap = true; event.detail.isError = false; }
  });
  if (!room) return;

  var narrow = window.matchMedia('(max-width: 960px)');
  var rail = room.querySelector('.rail');

  function show(tab) {
    room.dataset.show = tab;
    document.querySelectorAll('.tabs a').forEach(function (link) {
      if (link.dataset.tab === tab) link.setAttribute('aria-current', 'true'); else link.removeAttribute('aria-current');
    });
  }
  show(room.dataset.show);
  document.querySelectorAll('.tabs a').forEach(function (link) {
    link.addEventListener('click', function (event) { event.preventDefault(); show(link.dataset.tab); });
  });

  function pieces(id) {
    return Array.prototype.filter.call(room.querySelectorAll('[data-of]'), function (piece) { return piece.dataset.of === id; });
  }
  function below(id) {
    return Array.prototype.filter.call(room.querySelectorAll('[data-of]'), function (piece) { return piece.dataset.of === id || piece.dataset.of.indexOf(id + '.') === 0; });
  }
  function row(id) { return document.getElementById('e-' + id); }

  /* 只在栏内滚动，页面不动。 */
  function within(box, item) {
    if (!item || getComputedStyle(box).overflowY !== 'auto') return;
    var outer = box.getBoundingClientRect(), inner = item.getBoundingClientRect();
    if (inner.top < outer.top + 8) box.scrollTop -= outer.top + 8 - inner.top;
    else if (inner.bottom > outer.bottom - 8) box.scrollTop += Math.min(inner.bottom - outer.bottom + 8, inner.top - outer.top - 8);
  }
  function into(piece) {
    if (!piece) return;
    var box = piece.getBoundingClientRect();
    if (box.top < 60 || box.bottom > window.innerHeight - 20) piece.scrollIntoView({ block: 'center' });
  }

  function light(id, on) {
    below(id).forEach(function (piece) { piece.classList.toggle('on', on); });
  }
  function hover(event, on) {
    var link = event.target.closest && event.target.closest('[data-entry], .sp');
    if (!link) return;
    if (link.dataset.entry) { light(link.dataset.entry, on); return; }
    var found = row(link.dataset.of);
    pieces(link.dataset.of).forEach(function (piece) { piece.classList.toggle('on', on); });
    if (found) { found.classList.toggle('on', on); if (on && !narrow.matches) within(rail, found); }
  }
  ['mouseover', 'focusin'].forEach(function (name) { room.addEventListener(name, function (event) { hover(event, true); }); });
  ['mouseout', 'focusout'].forEach(function (name) { room.addEventListener(name, function (event) { hover(event, false); }); });

  function plain() {
    room.querySelectorAll('mark').forEach(function (mark) {
      var piece = document.createElement(mark.dataset.of ? 'a' : 'span');
      if (mark.dataset.of) { piece.className = 'sp'; piece.dataset.of = mark.dataset.of; piece.href = '?entry=' + encodeURIComponent(mark.dataset.of) + '#e-' + mark.dataset.of; }
      piece.textContent = mark.textContent;
      mark.replaceWith(piece);
    });
    room.querySelectorAll('.lit').forEach(function (piece) { piece.classList.remove('lit'); });
  }
  function shut(except) {
    rail.querySelectorAll('.slot').forEach(function (slot) { if (slot !== except && !slot.querySelector('form.entry')) { slot.replaceChildren(); } });
    rail.querySelectorAll('.hit, .cur').forEach(function (item) {
      if (!except || !item.contains(except)) { item.classList.remove('hit', 'cur'); var link = item.querySelector('[aria-current]'); if (link) link.removeAttribute('aria-current'); }
    });
  }

  /* 点开的一条：再点一次收起。 */
  room.addEventListener('htmx:beforeRequest', function (event) {
    var link = event.target;
    if (!link.matches || !link.matches('[data-entry], [data-finding]')) return;
    var slot = event.detail.target;
    if (slot && slot.children.length && !slot.querySelector('form.entry')) { event.preventDefault(); shut(null); plain(); }
  });
  document.addEventListener('htmx:afterSwap', function (event) {
    var slot = event.detail.target;
    if (!slot || !slot.classList || !slot.classList.contains('slot')) return;
    var item = slot.parentElement, opened = slot.querySelector('[data-opened]');
    shut(slot);
    item.classList.add(item.closest('.finds') ? 'cur' : 'hit');
    if (!slot.querySelector('form.entry')) {
      var link = item.querySelector('a');
      link.setAttribute('aria-current', 'true');
      history.replaceState(null, '', link.getAttribute('href'));
    }
    if (opened) {
      plain();
      pieces(opened.dataset.opened).forEach(function (piece) { piece.classList.add('lit'); });
      if (!narrow.matches) into(pieces(opened.dataset.opened)[0]);
    }
    within(rail, item);
    var first = slot.querySelector('form.entry input[type="text"], form.entry textarea, form.entry select');
    if (first) first.focus();
  });

  /* 原句 → 条目。 */
  room.addEventListener('click', function (event) {
    var look = event.target.closest('[data-look]');
    if (look) {
      event.preventDefault();
      show('text');
      into(pieces(look.dataset.look)[0]);
      return;
    }
    var sentence = event.target.closest('.sp, mark[data-of]');
    if (!sentence || event.ctrlKey || event.metaKey || event.shiftKey) return;
    var found = row(sentence.dataset.of), link = found && found.querySelector('[data-entry]');
    if (!link) return;
    event.preventDefault();
    show('tree');
    var kin = found.closest('details');
    if (kin) kin.open = true;
    var slot = found.querySelector('.slot');
    if (!slot.children.length && window.htmx) link.click();
    if (narrow.matches || !window.htmx) found.scrollIntoView({ block: 'start' }); else within(rail, found);
    link.focus({ preventScroll: true });
  });

  /* 边打边找。 */
  var field = document.getElementById('f-q');
  if (field) {
    var none = rail.querySelector('.none');
    var filter = function () {
      var words = field.value.toLowerCase().split(/\s+/).filter(Boolean), any = false;
      rail.querySelectorAll('.kin').forEach(function (kin) {
        var left = 0;
        kin.querySelectorAll('.tree > li').forEach(function (item) {
          var text = (item.querySelector('a').textContent + ' ' + ((item.querySelector(':scope > .cap') || {}).textContent || '')).toLowerCase();
          var fits = words.every(function (word) { return text.indexOf(word) >= 0; });
          item.hidden = !fits;
          if (fits) left += 1;
        });
        kin.hidden = !left;
        any = any || left > 0;
      });
      if (none) none.hidden = any;
    };
    field.addEventListener('input', filter);
    field.form.addEventListener('submit', function (event) { if (!room.dataset.asked) { event.preventDefault(); filter(); } });
  }

  /* 目录：读到哪一节。 */
  var chapters = room.querySelectorAll('.toc a[href^="#"]');
  if (chapters.length && 'IntersectionObserver' in window) {
    var seen = function () {
      var last = null;
      chapters.forEach(function (link) {
        var head = document.getElementById(link.getAttribute('href').slice(1));
        if (head && head.getBoundingClientRect().top < window.innerHeight * 0.35) last = link;
      });
      chapters.forEach(function (link) { link.parentElement.classList.toggle('on', link === last); });
      if (last) within(room.querySelector('.toc'), last.parentElement);
    };
    var waiting = false;
    window.addEventListener('scroll', function () {
      if (waiting) return;
      waiting = true;
      requestAnimationFrame(function () { waiting = false; seen(); });
    }, { passive: true });
    seen();
  }

  /* 打开时带着一条：让它和它的原句都看得见。 */
  var hit = rail.querySelector('.hit, .cur');
  if (hit) { within(rail, hit); if (location.hash !== '#lit' && !narrow.matches) { var lit = document.getElementById('lit'); into(lit); } }
})();
