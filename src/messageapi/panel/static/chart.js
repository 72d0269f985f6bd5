// Draws a figure's days as stacked bars with uPlot. The table behind it says the same to whoever does not see it.
(() => {
  "use strict";
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
  // light-dark() is resolved by the browser only where it is used as a colour.
  const resolved = (name) => {
    const probe = document.createElement("i");
    probe.style.color = `var(--${name})`;
    document.body.append(probe);
    const found = getComputedStyle(probe).color;
    probe.remove();
    return found || colour(name);
  };
  const counted = (value) => new Intl.NumberFormat(document.documentElement.lang).format(value);
  const dated = (seconds, options) => new Intl.DateTimeFormat(document.documentElement.lang, { timeZone: "UTC", ...options }).format(seconds * 1000);

  const stacked = (series) => {
    const sums = series[0].values.map(() => 0);
    return series.map((each) => each.values.map((value, at) => (sums[at] += value)));
  };

  // Labels stand under their day, the last one always.
  const labelled = (days, width) => {
    const step = Math.max(1, Math.ceil((days.length * 76) / width));
    return days.filter((_, at) => (days.length - 1 - at) % step === 0);
  };

  const tip = (plot, given, series) => {
    const box = document.createElement("div");
    box.className = "chart-tip";
    box.hidden = true;
    plot.over.append(box);
    return () => {
      const at = plot.cursor.idx;
      box.hidden = at == null || plot.cursor.left < 0;
      if (box.hidden) return;
      const head = document.createElement("b");
      head.textContent = dated(given.days[at], { weekday: "short", day: "numeric", month: "short" });
      const lines = series.map((each) => {
        const line = document.createElement("div");
        line.textContent = `${each.name}: ${counted(each.values[at])}`;
        return line;
      });
      box.replaceChildren(head, ...lines);
      const left = plot.valToPos(given.days[at], "x");
      const room = plot.over.clientWidth - box.offsetWidth;
      box.style.transform = `translate(${Math.max(0, Math.min(room, left + 12))}px, 4px)`;
    };
  };

  const draw = (figure) => {
    const given = JSON.parse(figure.dataset.chart);
    const box = figure.querySelector(".plot");
    const line = resolved("line");
    const faint = resolved("faint");
    const sums = stacked(given.series);
    const shown = [...given.series].map((each, at) => ({ ...each, sums: sums[at] })).reverse();
    let follow = () => {};
    const axis = { stroke: faint, font: '11px Inter, "Inter Stand-in", sans-serif', ticks: { show: false } };
    const plot = new uPlot({
      width: box.clientWidth,
      height: box.clientHeight,
      padding: [8, 18, 0, 0],
      legend: { show: false },
      cursor: { y: false, points: { show: false }, drag: { x: false, y: false } },
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), "Etc/UTC"),
      scales: { x: { time: true, range: (_, least, most) => [least - 43200, most + 43200] }, y: { range: (_, __, most) => [0, Math.max(4, most * 1.08)] } },
      axes: [
        { ...axis, size: 26, gap: 6, grid: { show: false }, splits: (u) => labelled(given.days, u.width), values: (_, ticks) => ticks.map((each) => dated(each, { day: "numeric", month: "short" })) },
        { ...axis, size: 44, grid: { stroke: line, width: 1 }, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 1e6, 1e7], values: (_, ticks) => ticks.map(counted) },
      ],
      series: [{}, ...shown.map((each) => ({ label: each.name, fill: resolved(`chart-${each.tone}`), width: 0, points: { show: false }, paths: uPlot.paths.bars({ size: [0.66, 26], radius: 0.16 }) }))],
      hooks: { setCursor: [() => follow()] },
    }, [given.days, ...shown.map((each) => each.sums)], box);
    follow = tip(plot, given, given.series);
    return plot;
  };

  for (const figure of document.querySelectorAll("[data-chart]")) {
    let plot = draw(figure);
    const box = figure.querySelector(".plot");
    new ResizeObserver(() => plot.setSize({ width: box.clientWidth, height: box.clientHeight })).observe(box);
    const again = () => { plot.destroy(); plot = draw(figure); };
    document.addEventListener("themed", again);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
  }
})();
