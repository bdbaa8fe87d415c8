/** Drawing the strip: how many objects stand over each degree of the whole belt, and where the window is. */
import { density, turned } from './belt.js';
import { axisText, colours, font } from './ink.js';

const STRIP = { left: 14, right: 14, top: 4, bottom: 18 };

/** Where a longitude lies on the strip that shows all 360 degrees, and the way back. */
export const stripX = (deg, width) => STRIP.left + ((deg + 180) / 360) * (width - STRIP.left - STRIP.right);
export const stripDeg = (x, width) => ((x - STRIP.left) / (width - STRIP.left - STRIP.right)) * 360 - 180;

export function drawStrip(ctx, width, height, { rows, window, anchor }) {
  const c = colours();
  const floor = height - STRIP.bottom;
  const { kept, drifting } = density(rows);
  const most = Math.max(4, ...kept.map((each, k) => each + drifting[k]));
  const step = (width - STRIP.left - STRIP.right) / 360;
  ctx.fillStyle = c['accent-bg'];
  for (const [from, to] of pieces(window.middle - window.width / 2, window.middle + window.width / 2)) {
    ctx.fillRect(stripX(from, width), STRIP.top, stripX(to, width) - stripX(from, width), floor - STRIP.top);
  }
  const bar = Math.max(step - (step > 2 ? 0.6 : 0), 0.8);
  for (let k = 0; k < 360; k += 1) {
    const x = stripX(k - 180, width);
    const low = ((floor - STRIP.top) * kept[k]) / most;
    const high = ((floor - STRIP.top) * drifting[k]) / most;
    ctx.fillStyle = c['series-1'];
    ctx.fillRect(x, floor - low, bar, low);
    ctx.fillStyle = c['series-2'];
    ctx.fillRect(x, floor - low - high, bar, high);
  }
  ctx.strokeStyle = c.accent;
  ctx.lineWidth = 2;
  for (const [from, to] of pieces(window.middle - window.width / 2, window.middle + window.width / 2)) {
    ctx.strokeRect(stripX(from, width), STRIP.top, stripX(to, width) - stripX(from, width), floor - STRIP.top);
  }
  if (anchor !== null) {
    ctx.fillStyle = c.focus;
    ctx.fillRect(stripX(turned(anchor), width) - 1, STRIP.top, 2, floor - STRIP.top);
  }
  ctx.fillStyle = c.dim;
  ctx.font = font(11);
  const every = width < 600 ? 60 : 30;
  for (let deg = -180; deg <= 180; deg += every) {
    ctx.textAlign = deg === -180 ? 'left' : deg === 180 ? 'right' : 'center';
    ctx.fillText(axisText(deg), deg === -180 ? 2 : deg === 180 ? width - 2 : stripX(deg, width), height - 4);
    ctx.fillRect(stripX(deg, width), floor, 1, 3);
  }
}

/** A window as one or two pieces of the line from -180 to 180. */
function pieces(west, east) {
  if (west < -180) return [[west + 360, 180], [-180, east]];
  return east > 180 ? [[west, 180], [-180, east - 360]] : [[west, east]];
}
