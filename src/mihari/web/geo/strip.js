/** How many objects stand over each degree of the whole belt, and the window on it: drawn, dragged, moved by keys. */
import { html, useRef } from 'preact';
import { number, t, useWords } from '../app/i18n.js';
import { useCanvas } from '../ui/canvas.js';
import { longitudeText } from '../ui/words.js';
import { density, eastOf, setWindow, turned } from './belt.js';
import { drawStrip, stripDeg, windowText } from './draw.js';

const KEY_DEG = { ArrowLeft: -1, ArrowRight: 1, PageDown: -30, PageUp: 30 };

export function Strip({ rows, window, anchor }) {
  useWords();
  const held = useRef(null);
  const { canvas, width } = useCanvas((ctx, w, h) => drawStrip(ctx, w, h, { rows, window, anchor }), [rows, window.middle, window.width, anchor]);
  const degAt = (event) => stripDeg(event.clientX - canvas.current.getBoundingClientRect().left, width);
  const onDown = (event) => {
    const deg = degAt(event);
    // Taken inside, the window keeps its place under the pointer; outside, it comes to the pointer.
    const inside = Math.abs(eastOf(deg, window.middle)) <= window.width / 2;
    held.current = inside ? eastOf(deg, window.middle) : 0;
    canvas.current.setPointerCapture(event.pointerId);
    if (!inside) setWindow({ middle: deg });
  };
  const onMove = (event) => held.current !== null && setWindow({ middle: turned(degAt(event) - held.current) });
  const onKey = (event) => {
    const step = KEY_DEG[event.key];
    if (step === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    setWindow({ middle: window.middle + step * (event.shiftKey ? 10 : 1) });
  };
  return html`<div class="geo-strip">
    <canvas ref=${canvas} tabindex="0" role="slider" aria-label=${t('geo.strip')} aria-valuemin="-180" aria-valuemax="180" aria-valuenow=${Math.round(window.middle)}
      aria-valuetext=${t('geo.strip.value', { window: windowText(window) })} data-testid="geo-strip" onKeyDown=${onKey} onPointerDown=${onDown} onPointerMove=${onMove} onPointerUp=${() => { held.current = null; }} onPointerCancel=${() => { held.current = null; }}></canvas>
    <p class="unseen">${crowded(rows)}</p>
  </div>`;
}

/** The summary of the strip in words. */
function crowded(rows) {
  const { kept, drifting } = density(rows);
  let most = 0;
  for (let k = 1; k < 360; k += 1) if (kept[k] + drifting[k] > kept[most] + drifting[most]) most = k;
  return t('geo.strip.summary', { n: rows.length, most: number(kept[most] + drifting[most]), at: longitudeText(most - 179.5, 0) });
}
