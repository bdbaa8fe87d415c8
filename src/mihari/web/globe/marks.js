/** Rings around the selected, the compared and the pointed-at object; lines of their ways; lines of the watch list. */
import { BufferAttribute, BufferGeometry, GLSL3, Points, RawShaderMaterial } from 'three';
import { stateBetween } from '../app/knots.js';
import { earthFixed, groundBelow, pathOf, periodOf } from './path.js';
import { createTrack } from './track.js';
import { createRibbon } from './ribbon.js';
import { markFragment, markVertex } from './shaders.js';

export const MARK_COLOURS = { selected: [255, 211, 61], compared: [224, 138, 184], hover: [255, 255, 255] };
const NAMES = ['selected', 'compared', 'hover'];
/** Samples end short of the half revolution: so much further, the ring closes. */
const CLOSED = 1.02;
const LONGEST_S = 3 * 86400;
const AGAIN_MS = 250;
export const GROUP_MOST = 100;

export function createMarks({ shared, scene, earth, changed }) {
  const node = createTrack(() => {
    made.key = '';
    changed();
  });
  const geometry = new BufferGeometry();
  const position = new BufferAttribute(new Float32Array(9), 3);
  const tint = new BufferAttribute(new Uint8Array(12), 4, true);
  geometry.setAttribute('position', position);
  geometry.setAttribute('tint', tint);
  const uniforms = { ...shared, ratio: { value: 1 } };
  const rings = new Points(geometry, new RawShaderMaterial({
    glslVersion: GLSL3, vertexShader: markVertex, fragmentShader: markFragment, uniforms,
    transparent: true, depthTest: false, depthWrite: false,
  }));
  rings.renderOrder = 9;
  rings.frustumCulled = false;
  scene.add(rings);
  const colour = (name, alpha) => [...MARK_COLOURS[name].map((each) => each / 255), alpha];
  const ribbon = (paint, width, faint, order, more) => createRibbon(shared, { paint, width, faint, order, ...more });
  const lines = {
    group: ribbon([0.75, 0.82, 0.9, 0.5], 1, 0.2, 6),
    compared: ribbon(colour('compared', 0.95), 2, 0.22, 7),
    selected: ribbon(colour('selected', 0.95), 2, 0.22, 8),
  };
  const track = ribbon([1, 1, 1, 0.85], 1.6, 0, 4, { dashes: 90, fading: 1 });
  earth.group.add(track.mesh);
  const made = { key: '', ms: NaN, wall: -Infinity, groupMs: NaN, byNode: false };
  const states = { selected: null, compared: null, hover: null };
  const buffers = Object.fromEntries(NAMES.map((name) => [name, new Float64Array(6)]));

  /** States of the marked rows now; null where there is none. */
  function read(rows, cloud, tau, step) {
    NAMES.forEach((name, k) => {
      const row = rows[name];
      const state = row === null || row === undefined ? null : stateBetween(cloud.before, cloud.after, row, tau, step, buffers[name]);
      states[name] = state && Number.isFinite(state[0]) ? state : null;
      position.array.set(states[name] ? states[name].slice(0, 3) : [0, 0, 0], k * 3);
      tint.array.set([...MARK_COLOURS[name], states[name] ? 255 : 0], k * 4);
    });
    position.needsUpdate = true;
    tint.needsUpdate = true;
  }

  const runOf = (path, ms, fixed) => (fixed ? earthFixed(path, ms) : path.places);
  const half = (state) => Math.min(periodOf(state) || 86400, LONGEST_S) / 2;
  const turnOf = (state) => pathOf(state, half(state), half(state));
  const attach = (line, fixed) => (fixed ? earth.group : scene).add(line.mesh);

  /** Lines: made anew when what they belong to, or the moment, has changed enough. */
  function draw({ rows, group, layers, frame, ms, rate, cloud, tau, step }) {
    const key = JSON.stringify([rows.selected, rows.compared, [...layers].sort(), frame, cloud.data.version]) + group.key;
    const fixed = frame === 'earth';
    const wall = performance.now();
    const other = key !== made.key;
    const stale = !(Math.abs(ms - made.ms) < 60000) && wall - made.wall > AGAIN_MS;
    if (!other && !stale) return;
    Object.assign(made, { key, ms, wall });
    const { selected, compared } = states;
    const wholes = ['orbit', 'track'].some((name) => layers.has(name)) && selected
      ? node.around({ id: cloud.data.ids[rows.selected], ms, period: periodOf(selected), rate, version: cloud.data.version }, half(selected), half(selected) * 2)
      : null;
    made.byNode = wholes !== null;
    const way = selected && (wholes ?? pathOf(selected, half(selected), half(selected) * 2));
    attach(lines.selected, fixed);
    attach(lines.compared, fixed);
    lines.selected.set(selected && layers.has('orbit') ? [runOf(until(way, half(selected) * CLOSED), ms, fixed)] : []);
    lines.compared.set(compared && layers.has('orbit') ? [runOf(turnOf(compared), ms, fixed)] : []);
    track.set(selected && layers.has('track') ? [groundBelow(earthFixed(way, ms))] : []);
    if (other || Math.abs(ms - made.groupMs) > 1200000) {
      made.groupMs = ms;
      attach(lines.group, fixed);
      const found = layers.has('group') ? group.rows.slice(0, GROUP_MOST).map((row) => stateBetween(cloud.before, cloud.after, row, tau, step)) : [];
      lines.group.set(found.filter((state) => Number.isFinite(state[0])).map((state) => runOf(turnOf(state), ms, fixed)));
    }
  }

  return {
    states, lines, track, read, draw,
    /** Are the lines of the selected those of the node? Else they are computed here, from its state. */
    get byNode() { return made.byNode; },
    resize(width, height, ratio) {
      uniforms.ratio.value = ratio;
      for (const line of [...Object.values(lines), track]) line.uniforms.window.value.set(width, height);
    },
    dispose() {
      node.dispose();
      geometry.dispose();
      rings.material.dispose();
      for (const line of [...Object.values(lines), track]) line.dispose();
    },
  };
}

/** The part of a path up to so many seconds. */
function until({ seconds, places }, most) {
  const count = seconds.findLastIndex((each) => each <= most) + 1;
  return { seconds: seconds.subarray(0, count), places: places.subarray(0, count * 3) };
}
