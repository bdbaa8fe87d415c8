/** A canvas that keeps its size, its sharpness and the theme's colours. */
import { useEffect, useRef, useState } from 'preact';
import { state } from '../app/state.js';
import { useStore } from '../app/store.js';

/**
 * @param {(ctx: CanvasRenderingContext2D, width: number, height: number) => void} draw in CSS pixels
 * @param {any[]} inputs what a drawing depends on
 * @returns {{canvas: object, width: number, height: number}} `canvas` is the ref
 */
export function useCanvas(draw, inputs) {
  const canvas = useRef(null);
  const [size, setSize] = useState({ width: 0, height: 0 });
  const theme = useStore(state, (s) => s.theme);
  const [scheme, setScheme] = useState(0);
  useEffect(() => {
    const watcher = new ResizeObserver(([entry]) => {
      const { width, height } = entry.contentRect;
      setSize({ width: Math.floor(width), height: Math.floor(height) });
    });
    watcher.observe(canvas.current);
    const system = matchMedia('(prefers-color-scheme: light)');
    const changed = () => setScheme((n) => n + 1);
    system.addEventListener('change', changed);
    return () => { watcher.disconnect(); system.removeEventListener('change', changed); };
  }, []);
  useEffect(() => {
    const { width, height } = size;
    if (!width || !height) return;
    const ratio = window.devicePixelRatio || 1;
    canvas.current.width = Math.round(width * ratio);
    canvas.current.height = Math.round(height * ratio);
    const ctx = canvas.current.getContext('2d');
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    ctx.clearRect(0, 0, width, height);
    draw(ctx, width, height);
  }, [size, theme, scheme, ...inputs]);
  return { canvas, ...size };
}
