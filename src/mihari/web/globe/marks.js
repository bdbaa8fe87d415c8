/** Rings around the selected, the compared and the pointed-at object; lines of their ways; lines of the watch list. */
import { BufferAttribute, BufferGeometry, GLSL3, Points, RawShaderMaterial } from 'three';
import { stateBetween } from '../app/knots.js';
import { earthFixed, groundBelow, pathOf, periodOf } from './path.js';
import { createRibbon } from './ribbon.js';
import { markFragment, markVertex } from './shaders.js';

export const MARK_COLOURS = { selected: [255, 211, 61], compared: [224, 138, 184], hover: [255, 255, 255] };
const NAMES = ['selected', 'compared', 'hover'];
const LONGEST_S = 3 * 86400;
const AGAIN_MS = 250;
export const GROUP_MOST = 100;

export function createMarks({ shared, scene, earth }) {
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
  const made = { key: '', ms: NaN, wall: -Infinity, groupMs: NaN };
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

  const runOf = (state, ms, fixed) => {
    const period = periodOf(state);
    const span = Number.isFinite(period) ? Math.min(period, LONGEST_S) : 86400;
    const path = pathOf(state, span / 2, span / 2);
    return fixed ? earthFixed(path, ms) : path.places;
  };
  const attach = (line, fixed) => (fixed ? earth.group : scene).add(line.mesh);

  /** Lines: made anew when what they belong to, or the moment, has changed enough. */
  function draw({ rows, group, layers, frame, ms, cloud, tau, step }) {
    const key = JSON.stringify([rows.selected, rows.compared, [...layers].sort(), frame, cloud.data.version]) + group.key;
    const fixed = frame === 'earth';
    const wall = performance.now();
    const other = key !== made.key;
    const stale = !(Math.abs(ms - made.ms) < 60000) && wall - made.wall > AGAIN_MS;
    if (!other && !stale) return;
    Object.assign(made, { key, ms, wall });
    for (const name of ['selected', 'compared']) {
      const wanted = states[name] && layers.has('orbit');
      attach(lines[name], fixed);
      lines[name].set(wanted ? [runOf(states[name], ms, fixed)] : []);
    }
    track.set(states.selected && layers.has('track') ? [groundOf(states.selected, ms)] : []);
    if (other || Math.abs(ms - made.groupMs) > 1200000) {
      made.groupMs = ms;
      attach(lines.group, fixed);
      const found = layers.has('group') ? group.rows.slice(0, GROUP_MOST).map((row) => stateBetween(cloud.before, cloud.after, row, tau, step)) : [];
      lines.group.set(found.filter((state) => Number.isFinite(state[0])).map((state) => runOf(state, ms, fixed)));
    }
  }

  return {
    states, lines, track, read, draw,
    resize(width, height, ratio) {
      uniforms.ratio.value = ratio;
      for (const line of [...Object.values(lines), track]) line.uniforms.window.value.set(width, height);
    },
    dispose() {
      geometry.dispose();
      rings.material.dispose();
      for (const line of [...Object.values(lines), track]) line.dispose();
    },
  };
}

/** The ground below, from half a turn ago to one turn ahead. */
function groundOf(state, ms) {
  const period = periodOf(state);
  const span = Number.isFinite(period) ? Math.min(period, 86400) : 86400;
  return groundBelow(earthFixed(pathOf(state, span / 2, span), ms));
}
