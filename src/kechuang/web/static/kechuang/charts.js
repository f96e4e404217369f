/* 科创图表主题：颜色全部取自 tokens.css；提供目标走势图。
   画布渲染、富文本提示：不写行内样式，适合严格的内容安全策略。 */
(function (w) {
  'use strict';
  var root = document.documentElement;
  function t(name) { return getComputedStyle(root).getPropertyValue(name).trim(); }
  function resolve(name) { var v = t(name), m = /^var\((--[\w-]+)\)$/.exec(v); return m ? t(m[1]) : v; }
  function fan(a) { return 'rgba(' + t('--c-fan') + ',' + a + ')'; }

  function theme() {
    var ink3 = t('--ink-3'), rule = t('--rule'), font = t('--sans');
    var axis = {
      axisLine: { show: false, lineStyle: { color: t('--rule-2') } }, axisTick: { show: false },
      axisLabel: { color: ink3, fontSize: 12 }, splitLine: { show: false, lineStyle: { color: rule, width: 1 } }
    };
    return {
      backgroundColor: 'transparent', animation: false,
      textStyle: { fontFamily: font, color: t('--ink-2'), fontSize: 12 },
      color: [resolve('--c-actual'), t('--c-path'), t('--watch-fill'), t('--late')],
      categoryAxis: Object.assign({}, axis, { axisLine: { show: true, lineStyle: { color: t('--ink-2') } } }),
      valueAxis: Object.assign({}, axis, { splitLine: { show: true, lineStyle: { color: rule } } }),
      tooltip: {
        renderMode: 'richText', confine: true, backgroundColor: t('--surface'), borderColor: t('--rule-2'), borderWidth: 1,
        padding: [8, 12], textStyle: { color: t('--ink'), fontSize: 13, fontFamily: font }, shadowBlur: 0, extraCssText: ''
      },
      line: { symbol: 'circle', symbolSize: 6, lineStyle: { width: 2.25 } }
    };
  }

  function number(v, d) {
    var text = Math.abs(v).toLocaleString('en-US', { minimumFractionDigits: d.decimals || 0, maximumFractionDigits: d.decimals == null ? 4 : d.decimals });
    return (v < 0 ? '−' : '') + text + (d.shown || '');
  }

  /* 目标的走势：实际值、规划路径、目标；有预测时加中位数和三层色带。d.words 是两种语言的字。 */
  function pathChart(d, narrow) {
    if (!d.years) { return {}; }
    if (narrow && d.years.length > 7) { /* 窄屏略去最早的年份，给右侧直接标注让位 */
      var cut = d.years.length - 7;
      d = Object.assign({}, d, { years: d.years.slice(cut), actual: d.actual.slice(cut), path: d.path.slice(cut), from: d.from === undefined ? undefined : d.from - cut });
    }
    var actual = resolve('--c-actual'), ink = t('--ink'), ink3 = t('--ink-3'), paper = t('--paper');
    var N = d.years.length, series = [], labels = [];
    function at(i, v, text, o) {
      labels.push({ value: [i, v], symbolSize: 0.1, label: Object.assign({ show: true, position: 'right', distance: 10, formatter: text, fontSize: 12, color: ink3 }, o) });
    }
    if (d.bands && d.from >= 0) {
      var start = d.from;
      var pad = function (a) { return d.years.map(function (y, i) { return i < start ? null : a[i - start]; }); };
      var b = d.bands, edges = [b[2].lo, b[1].lo, b[0].lo, b[0].hi, b[1].hi, b[2].hi], alpha = [0, 0.11, 0.22, 0.38, 0.22, 0.11];
      edges.forEach(function (e, k) {
        var diff = k === 0 ? e : e.map(function (v, i) { return v === null || edges[k - 1][i] === null ? null : +(v - edges[k - 1][i]).toFixed(9); });
        series.push({ type: 'line', stack: 'fan', data: pad(diff), symbol: 'none', silent: true, lineStyle: { opacity: 0 },
          areaStyle: { color: k === 0 ? 'transparent' : fan(alpha[k]), origin: k === 0 ? 'start' : 'auto' }, z: 1 });
      });
      series.push({ type: 'line', data: pad(d.median), symbol: 'none', silent: true, lineStyle: { width: 1.5, color: actual }, z: 4 });
      var last = d.median.length - 1;
      while (last > 0 && d.median[last] === null) { last -= 1; }
      var end = start + last;
      at(end, b[2].hi[last], '95%', {}); at(end, b[1].hi[last], '80%', {});
      at(end, d.median[last], d.words.median + (narrow ? '\n' : ' ') + number(d.median[last], d), { color: actual, fontWeight: 700 });
    }
    series.push({ type: 'line', data: d.path, symbol: 'none', silent: true, connectNulls: true, lineStyle: { width: 1.5, type: [5, 4], color: resolve('--c-path') }, z: 3 });
    series.push({ type: 'line', data: d.actual, symbol: 'circle', symbolSize: 6, lineStyle: { width: 2.5, color: actual }, itemStyle: { color: actual }, connectNulls: false, z: 5 });
    var now = -1;
    d.actual.forEach(function (v, i) { if (v !== null) { now = i; } });
    if (now >= 0) {
      if (d.provisional) {
        series.push({ type: 'scatter', silent: true, z: 6, data: [{ value: [now, d.actual[now]], symbolSize: 9, itemStyle: { color: paper, borderColor: actual, borderWidth: 2 } }] });
      }
      at(now, d.actual[now], d.words.actual + ' ' + number(d.actual[now], d), { position: 'bottom', align: 'left', distance: 12, color: ink });
    }
    var due = d.goalYear ? d.years.indexOf(d.goalYear) : N - 1;
    if (d.goal !== null && d.goal !== undefined && due >= 0) {
      series.push({ type: 'scatter', silent: true, z: 7, data: [{ value: [due, d.goal], symbolSize: 11, itemStyle: { color: paper, borderColor: ink, borderWidth: 2 } }] });
      at(due, d.goal, d.words.goal + (narrow ? '\n' : ' ') + number(d.goal, d), { color: ink, fontWeight: 700 });
    }
    series.push({ type: 'scatter', silent: true, z: 8, data: labels, name: 'labels' });
    var all = d.actual.concat(d.path, [d.goal]).concat(d.bands ? d.bands[2].lo.concat(d.bands[2].hi) : []).filter(function (v) { return v !== null && v !== undefined; });
    var zero = d.zero;
    return {
      grid: { left: 8, right: narrow ? 112 : 160, top: 18, bottom: 26, containLabel: true },
      xAxis: { type: 'category', data: d.years, boundaryGap: false, axisLabel: { hideOverlap: true } },
      yAxis: { type: 'value', scale: !zero, splitNumber: 5, axisLabel: { formatter: function (v) { return v.toLocaleString('en-US') + (d.shown === '%' ? '%' : ''); } } },
      tooltip: { trigger: 'axis', axisPointer: { type: 'line', lineStyle: { color: ink3 } }, formatter: function (ps) {
        var i = ps[0].dataIndex, out = [String(d.years[i])], k = i - d.from;
        if (d.actual[i] !== null) { out.push(d.words.actual + '　' + number(d.actual[i], d)); }
        if (d.path[i] !== null) { out.push(d.words.path + '　' + number(d.path[i], d)); }
        if (d.bands && k > 0 && d.median[k] !== null) {
          out.push(d.words.median + '　' + number(d.median[k], d), '80%　' + number(d.bands[1].lo[k], d) + '–' + number(d.bands[1].hi[k], d));
        }
        return out.join('\n'); } },
      series: series
    };
  }

  /* 右侧的直接标注不互相遮盖：自上而下排开，至少隔一行。 */
  function spread(c) {
    var all = (c.getOption().series || []).filter(function (s) { return s.name === 'labels'; })[0];
    if (!all) { return; }
    var data = all.data, right = data.filter(function (one) { return one.label.position === 'right'; });
    right.forEach(function (one) { one.y = c.convertToPixel({ seriesIndex: 0 }, one.value)[1]; });
    right.sort(function (a, b) { return a.y - b.y; });
    var floor = -Infinity;
    right.forEach(function (one) {
      var at = Math.max(one.y + (one.label.offset ? one.label.offset[1] : 0), floor);
      one.label = Object.assign({}, one.label, { offset: [0, at - one.y] });
      floor = at + (one.label.formatter.indexOf('\n') < 0 ? 16 : 32);
    });
    c.setOption({ series: [{ name: 'labels', data: data }] });
  }

  var kinds = { path: pathChart };
  function draw() {
    echarts.registerTheme('kechuang', theme());
    Array.prototype.forEach.call(document.querySelectorAll('[data-chart]'), function (box) {
      var old = echarts.getInstanceByDom(box); if (old) old.dispose();
      var d = JSON.parse(document.getElementById(box.getAttribute('data-source')).textContent);
      var c = echarts.init(box, 'kechuang', { renderer: 'canvas' });
      c.setOption(kinds[box.getAttribute('data-chart')](d, box.clientWidth < 520));
      spread(c);
    });
  }
  if (w.echarts) {
    draw();
    w.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
    var width = 0, wait;
    new ResizeObserver(function () {
      var now = root.clientWidth; if (now === width) return;
      width = now; clearTimeout(wait); wait = setTimeout(draw, 60);
    }).observe(root);
  }
  w.kechuang = { draw: draw };
})(window);
