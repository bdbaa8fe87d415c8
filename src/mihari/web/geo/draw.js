/** Drawing the window of the belt: inclination, and time, over longitude. Shapes come from the types. */
import { TYPE_STYLE } from '../app/palette.js';
import { eastOf, isFast, turned } from './belt.js';
import { axisText, colours, font } from './ink.js';

export const MARGIN = { left: 52, right: 14, top: 10, bottom: 24 };
const STEPS_DEG = [1, 2, 5, 10, 20];
const NAME_LENGTH = 22;
const DAY_MS = 86400000;

/** Scales of the chart of a window. */
export function scales(width, height, window, top, bottom) {
  const inner = { w: width - MARGIN.left - MARGIN.right, h: height - MARGIN.top - MARGIN.bottom };
  return {
    x: (deg) => MARGIN.left + (eastOf(deg, window.middle) / window.width + 0.5) * inner.w,
    deg: (x) => turned(window.middle + ((x - MARGIN.left) / inner.w - 0.5) * window.width),
    y: (value) => MARGIN.top + ((value - top) / (bottom - top)) * inner.h,
    inner,
  };
}

function frame(ctx, width, height, window, scale, c) {
  const step = STEPS_DEG.find((each) => window.width / each <= (width < 560 ? 6 : 12)) ?? 30;
  ctx.font = font(11);
  ctx.lineWidth = 1;
  ctx.textAlign = 'center';
  for (let deg = Math.ceil((window.middle - window.width / 2) / step) * step; deg <= window.middle + window.width / 2; deg += step) {
    const x = Math.round(MARGIN.left + ((deg - window.middle) / window.width + 0.5) * scale.inner.w) + 0.5;
    ctx.strokeStyle = c.line;
    ctx.beginPath();
    ctx.moveTo(x, MARGIN.top);
    ctx.lineTo(x, height - MARGIN.bottom);
    ctx.stroke();
    ctx.fillStyle = c.dim;
    ctx.textAlign = x > width - 24 ? 'right' : 'center';
    ctx.fillText(axisText(deg), x > width - 24 ? width - 2 : x, height - 7);
  }
}

function title(ctx, words, c) {
  ctx.font = font(11);
  ctx.textAlign = 'left';
  ctx.fillStyle = c['bg-panel'];
  ctx.globalAlpha = 0.85;
  ctx.fillRect(MARGIN.left + 2, MARGIN.top, ctx.measureText(words).width + 8, 17);
  ctx.globalAlpha = 1;
  ctx.fillStyle = c.dim;
  ctx.fillText(words, MARGIN.left + 6, MARGIN.top + 12);
}

function rule(ctx, width, y, words, c, strong = false) {
  ctx.strokeStyle = strong ? c['line-strong'] : c.line;
  ctx.beginPath();
  ctx.moveTo(MARGIN.left, Math.round(y) + 0.5);
  ctx.lineTo(width - MARGIN.right, Math.round(y) + 0.5);
  ctx.stroke();
  ctx.fillStyle = strong ? c.text : c.dim;
  ctx.textAlign = 'right';
  ctx.fillText(words, MARGIN.left - 6, y + 4);
}

const OUTLINES = { 1: [[0, -1.2], [1.1, 0.8], [-1.1, 0.8]], 3: [[0, -1.3], [1.3, 0], [0, 1.3], [-1.3, 0]] };
const CROSS = 2;
/** Who stands so near the longitude that is asked about has its name in the picture. */
const NAMED_DEG = 1;

/** One mark: the shape of the type; open for what stands, full for what drifts. */
function mark(ctx, x, y, size, type, full) {
  const { shape } = TYPE_STYLE[type] ?? TYPE_STYLE.UNKNOWN;
  ctx.beginPath();
  if (shape === CROSS) {
    ctx.moveTo(x - size, y - size);
    ctx.lineTo(x + size, y + size);
    ctx.moveTo(x + size, y - size);
    ctx.lineTo(x - size, y + size);
  } else if (OUTLINES[shape]) {
    for (const [dx, dy] of OUTLINES[shape]) ctx.lineTo(x + dx * size, y + dy * size);
    ctx.closePath();
  } else ctx.arc(x, y, size, 0, 2 * Math.PI);
  if (full && shape !== CROSS) ctx.fill();
  ctx.stroke();
}

const looks = (row, c, selected, watched) => {
  if (row.norad_cat_id === selected) return { colour: c.text, size: 6, line: 3.5, over: 3 };
  if (watched.has(row.norad_cat_id)) return { colour: c['series-4'], size: 5, line: 2.8, over: 2 };
  return row.drifting ? { colour: c['series-2'], size: isFast(row) ? 3 : 4, line: isFast(row) ? 0.7 : 2, over: 1 } : { colour: c['series-1'], size: 3, line: 0.9, over: 0 };
};

/** Inclination over longitude. @returns {(x: number, y: number) => object|null} what lies at a point */
export function drawInclination(ctx, width, height, { rows, window, selected, watched, anchor, most, words }) {
  const c = colours();
  const scale = scales(width, height, window, most, 0);
  frame(ctx, width, height, window, scale, c);
  ctx.font = font(11);
  const step = most > 12 ? 5 : most > 5 ? 2 : 1;
  for (let deg = 0; deg <= most; deg += step) rule(ctx, width, scale.y(deg), `${deg}°`, c, deg === 0);
  anchorLine(ctx, height, window, scale, anchor, c);
  const placed = rows.map((row) => ({ row, x: scale.x(row.longitude_deg), y: scale.y(row.inclination_deg), look: looks(row, c, selected, watched) }));
  placed.sort((a, b) => a.look.over - b.look.over);
  ctx.save();
  ctx.beginPath();
  ctx.rect(MARGIN.left - 4, 0, scale.inner.w + 8, height);
  ctx.clip();
  for (const { row, x, y, look } of placed) {
    ctx.strokeStyle = look.colour;
    ctx.fillStyle = look.colour;
    ctx.lineWidth = 1.3;
    if (row.drifting) {
      // Where the drift takes it within six hours, so that one sees which way it goes.
      ctx.beginPath();
      ctx.moveTo(x, y);
      ctx.lineTo(x + (Math.max(-3, Math.min(3, row.drift_deg_day / 4)) / window.width) * scale.inner.w, y);
      ctx.stroke();
    }
    mark(ctx, x, y, look.size, row.object_type, row.drifting);
    if (look.over === 3) {
      ctx.strokeStyle = c.focus;
      ctx.lineWidth = 2;
      ctx.beginPath();
      ctx.arc(x, y, 11, 0, 2 * Math.PI);
      ctx.stroke();
    }
  }
  ctx.restore();
  title(ctx, words, c);
  const asked = (row) => anchor !== null && Math.abs(eastOf(row.longitude_deg, anchor)) <= NAMED_DEG;
  names(ctx, width, placed.filter((each) => each.look.over > 1 || asked(each.row)), c);
  return (x, y) => nearest(placed, x, y);
}

/** Longitude over time: a line for each object, the future below. @returns {(x: number, y: number) => object|null} */
export function drawTime(ctx, width, height, { rows, window, selected, watched, anchor, times, nowMs, words }) {
  const c = colours();
  const [first, last] = [times[0], times.at(-1)];
  const scale = scales(width, height, window, first, last);
  frame(ctx, width, height, window, scale, c);
  ctx.font = font(11);
  for (let day = Math.ceil((first - nowMs) / DAY_MS); day <= (last - nowMs) / DAY_MS; day += 1) {
    rule(ctx, width, scale.y(nowMs + day * DAY_MS), day ? `${day > 0 ? '+' : '−'}${Math.abs(day)} d` : '0', c, day === 0);
  }
  anchorLine(ctx, height, window, scale, anchor, c);
  ctx.save();
  ctx.beginPath();
  ctx.rect(MARGIN.left, MARGIN.top, scale.inner.w, scale.inner.h);
  ctx.clip();
  const placed = rows.map((row) => ({ row, x: scale.x(row.longitude_deg), y: scale.y(nowMs), look: looks(row, c, selected, watched) }));
  placed.sort((a, b) => a.look.over - b.look.over);
  for (const { row, look } of placed) {
    ctx.strokeStyle = look.colour;
    ctx.lineWidth = look.line;
    ctx.globalAlpha = look.over ? 1 : 0.75;
    ctx.beginPath();
    let before = null;
    row.series_deg.forEach((deg, k) => {
      if (deg === null) before = null;
      else {
        const [x, y] = [scale.x(deg), scale.y(times[k])];
        // A jump over the far side of the Earth is no movement across the window.
        if (before === null || Math.abs(x - before) > scale.inner.w) ctx.moveTo(x, y);
        else ctx.lineTo(x, y);
        before = x;
      }
    });
    ctx.stroke();
  }
  ctx.globalAlpha = 1;
  ctx.restore();
  title(ctx, words, c);
  names(ctx, width, placed.filter((each) => each.look.over > 1 && Math.abs(eastOf(each.row.longitude_deg, window.middle)) <= window.width / 2), c);
  return (x, y) => nearest(placed.map(({ row }) => ({ row, x: xAt(row, scale, times, first + ((y - MARGIN.top) / scale.inner.h) * (last - first)), y })), x, y);
}

/** Where a line is at a moment, between its points; NaN where it has a gap. */
function xAt(row, scale, times, ms) {
  const place = Math.max(0, Math.min(times.length - 2, Math.floor(((ms - times[0]) / (times.at(-1) - times[0])) * (times.length - 1))));
  const [before, after] = [row.series_deg[place], row.series_deg[place + 1]];
  if (before === null || after === null) return NaN;
  return scale.x(before + eastOf(after, before) * ((ms - times[place]) / (times[place + 1] - times[place])));
}

function anchorLine(ctx, height, window, scale, anchor, c) {
  if (anchor === null || Math.abs(eastOf(anchor, window.middle)) > window.width / 2) return;
  ctx.strokeStyle = c.focus;
  ctx.setLineDash([4, 4]);
  ctx.lineWidth = 1;
  ctx.beginPath();
  ctx.moveTo(scale.x(anchor), MARGIN.top);
  ctx.lineTo(scale.x(anchor), height - MARGIN.bottom);
  ctx.stroke();
  ctx.setLineDash([]);
}

/** Names beside their marks, those that would lie over another left out: the table has them all. */
function names(ctx, width, placed, c) {
  ctx.font = font(12);
  const taken = [];
  for (const { row, x, y, look } of [...placed].reverse()) {
    const letters = Array.from(row.object_name ?? String(row.norad_cat_id));
    const text = letters.length > NAME_LENGTH ? `${letters.slice(0, NAME_LENGTH - 1).join('')}…` : letters.join('');
    const wide = ctx.measureText(text).width;
    const left = x + 10 + wide > width - MARGIN.right ? x - 10 - wide : x + 10;
    const box = [left - 3, y - 16, wide + 6, 18];
    if (taken.some((each) => box[0] < each[0] + each[2] && each[0] < box[0] + box[2] && box[1] < each[1] + each[3] && each[1] < box[1] + box[3])) continue;
    taken.push(box);
    ctx.fillStyle = c['bg-panel'];
    ctx.globalAlpha = 0.85;
    ctx.fillRect(...box);
    ctx.globalAlpha = 1;
    ctx.fillStyle = c.text;
    ctx.textAlign = 'left';
    ctx.fillText(text, left, y - 3);
  }
}

/** What lies within a dozen pixels of a point. */
function nearest(placed, x, y, reach = 12) {
  let found = null;
  let least = reach * reach;
  for (const each of placed) {
    const distance = (each.x - x) ** 2 + (each.y - y) ** 2;
    if (distance <= least) [found, least] = [each, distance];
  }
  return found;
}
