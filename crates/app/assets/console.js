// Draws charts over the tables that every page shows without it. Colours follow the design and the scheme.
"use strict";

(() => {
  const drawn = [];
  const scheme = matchMedia("(prefers-color-scheme: dark)");

  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  // So many lines have a colour of their own; one more is that of all others together.
  const most = 6;
  const line = (place) => colour(place < most ? `--chart-${place + 1}` : "--ink");
  const language = document.documentElement.lang;

  const write = {
    count: (value) => value.toLocaleString(language),
    percent: (value) => `${value.toLocaleString(language, { maximumFractionDigits: 1 })}%`,
    won: (value) => (language === "ko" ? `${value.toLocaleString(language)}원` : `₩${value.toLocaleString(language)}`),
  };

  const dataset = (shape) => (set, place) => ({
    label: set.name,
    data: set.values,
    borderColor: line(place),
    backgroundColor: line(place),
    borderWidth: shape === "lines" ? 2 : 0,
    borderDash: place < most ? [] : [5, 4],
    borderRadius: 3,
    maxBarThickness: 36,
    pointRadius: set.values.length > 40 ? 0 : 2,
    pointHitRadius: 12,
    // Points at the edge, such as 100%, are shown as a whole.
    clip: 4,
    tension: 0.25,
    spanGaps: false,
    stack: shape === "stack" ? "all" : undefined,
  });

  const options = (data) => {
    const stacked = data.shape === "stack";
    const ticks = { color: colour("--soft"), maxRotation: 0, autoSkipPadding: 12, font: { size: 12 } };
    const written = write[data.unit];
    return {
      responsive: true,
      maintainAspectRatio: false,
      // Nothing moves: figures are there at once, and so they are for people who want no motion.
      animation: false,
      interaction: { mode: "index", intersect: false },
      scales: {
        x: { stacked, ticks, grid: { display: false }, border: { color: colour("--chart-grid") } },
        y: {
          stacked,
          beginAtZero: true,
          max: data.unit === "percent" ? 100 : undefined,
          ticks: { ...ticks, precision: 0, callback: (value) => written(value) },
          grid: { color: colour("--chart-grid") },
          border: { display: false },
        },
      },
      plugins: {
        legend: {
          position: "bottom",
          labels: { color: colour("--ink"), usePointStyle: true, boxHeight: 7 },
        },
        tooltip: { callbacks: { label: (item) => `${item.dataset.label} ${written(item.parsed.y)}` } },
      },
    };
  };

  const draw = (canvas) => {
    const data = JSON.parse(canvas.dataset.chart);
    if (data.sets.length === 0 || data.labels.length === 0) return;
    const longest = Math.max(...data.sets.map((set) => set.values.length));
    canvas.parentElement.hidden = false;
    const chart = new Chart(canvas, {
      type: data.shape === "lines" ? "line" : "bar",
      data: { labels: data.labels.slice(0, longest), datasets: data.sets.slice(0, most + 1).map(dataset(data.shape)) },
      options: options(data),
    });
    drawn.push({ chart, data });
    // The table stays within reach.
    canvas.closest("figure").querySelector("details").open = false;
  };

  const recolour = () => {
    for (const { chart, data } of drawn) {
      chart.data.datasets = data.sets.slice(0, most + 1).map(dataset(data.shape));
      chart.options = options(data);
      chart.update("none");
    }
  };

  if (typeof Chart === "undefined") return;
  document.querySelectorAll("canvas[data-chart]").forEach(draw);
  scheme.addEventListener("change", recolour);
})();
