/** The globe's engine: scene, moments, when to draw. It reads the page's state and clock, and tells what it shows. */
import { Color, Matrix4, Scene, Vector3, WebGLRenderer } from 'three';
import { createStore } from '../app/store.js';
import { reducedMotion, token } from '../app/theme.js';
import { createCloud, drawnRows, seeing } from './cloud.js';
import { createEarth } from './earth.js';
import { createFrames } from './frames.js';
import { bindInput } from './input.js';
import { project } from './labels.js';
import { createMarks } from './marks.js';
import { createMotion } from './motion.js';
import { paintCloud, watchedRows } from './paint.js';
import { placesOf } from './pick.js';
import { createPointing } from './pointing.js';
import { shaderPositions } from './probe.js';
import { LEO_KM, createRig } from './camera.js';
import { pointSize } from './schemes.js';
import { earthFromInertial, sunDirection, turn } from './space.js';

const MSAA_MOST = 30000;
const REPAINT_MS = 3600000;
const BEGIN = { lon: (135 * Math.PI) / 180, lat: 0.4 };

/**
 * @param {{canvas: HTMLCanvasElement, place: HTMLElement, data: object, knots: object, state: object, clock: object,
 *   watch: object, options: {n: number, aa: boolean|null, dpr: number|null}, onFrame: (view: object) => void}} parts
 * @throws when the browser gives no WebGL 2
 */
export function createEngine({ canvas, place, data, knots, state, clock, watch, options, onFrame }) {
  const count = Math.min(data.count, options.n || data.count);
  const renderer = new WebGLRenderer({
    canvas, antialias: options.aa ?? count <= MSAA_MOST, depth: false, stencil: false, alpha: false, powerPreference: 'high-performance',
  });
  // Errors of shaders are for those who write them: asking the card for them stops it at each start.
  renderer.debug.checkShaderErrors = Boolean(options.check);
  renderer.sortObjects = true;
  const ratio = options.dpr ?? Math.min(window.devicePixelRatio || 1, 2);
  renderer.setPixelRatio(ratio);
  const info = createStore({ status: 'starting', ms: null, late: false, error: null, invalid: 0, shown: 0, uncovered: 0, drawn: count, hover: null, lost: false });
  const scene = new Scene();
  scene.matrixAutoUpdate = false;
  const shared = seeing();
  const rig = createRig();
  const turned = new Float64Array(9);
  const view = { matrix: new Matrix4(), eye: new Vector3(), width: 1, height: 1, fixed: turned };
  const out = [0, 0, 0];
  let changed = () => {};
  const earth = createEarth(() => changed());
  scene.add(earth.group);
  const marks = createMarks({ shared, scene, earth, changed: () => changed() });
  let cloud = null;
  let motion = null;
  let group = { key: '', rows: [] };
  let watchedSet = null;
  let repaint = true;
  let paintedMs = NaN;
  // Is the selected object still to be brought into the picture?
  let seek = Boolean(state.get().selected);
  const rowOf = (id) => (id ? cloud.data.index.get(id) ?? null : null);

  /** Take a catalogue; the one before stays in the picture until the first states of this one are here. */
  let next = null;
  function take(newData, newKnots) {
    next?.motion.dispose();
    next?.cloud.dispose();
    const rows = drawnRows(newData.count, options.n);
    const made = createCloud(newData, rows, shared);
    made.points.renderOrder = 5;
    next = { cloud: made, knots: newKnots, motion: createMotion({ knots: newKnots, cloud: made, changed: () => changed() }) };
    changed();
  }
  function adopt() {
    if (cloud) {
      scene.remove(cloud.points);
      cloud.dispose();
      motion.dispose();
    }
    cloud = next.cloud;
    motion = next.motion;
    next = null;
    scene.add(cloud.points);
    repaint = true;
    places.tau = NaN;
  }

  /** Positions of all rows at the drawn moment, for pointing and for the table. */
  const places = { out: null, k: null, tau: NaN };
  function allPlaces() {
    const { k, tau } = motion.shown;
    if (places.k !== k || places.tau !== tau || places.cloud !== cloud) {
      places.out = placesOf(cloud, tau, cloud.data.knotStepS, places.cloud === cloud ? places.out : undefined);
      Object.assign(places, { k, tau, cloud });
    }
    return places.out;
  }

  function paintNow(ms) {
    if (watchedSet !== watch.get().ids || group.data !== cloud.data) {
      watchedSet = watch.get().ids;
      group = watchedRows(cloud.data, watchedSet);
    }
    const painted = paintCloud(cloud, state.get(), watchedSet, ms);
    repaint = false;
    paintedMs = ms;
    info.set(painted);
  }

  const rowsMarked = () => {
    const { selected, compared } = state.get();
    return { selected: rowOf(selected), compared: rowOf(compared), hover: info.get().hover?.row ?? null };
  };

  /** Draw the moment. */
  function draw() {
    const rate = clock.get().rate;
    const wanted = clock.now();
    if (next) {
      next.motion.update(wanted, rate);
      if (next.cloud.bound !== null) adopt();
      else if (next.motion.shown.error) info.set({ error: next.motion.shown.error });
    }
    if (cloud) motion.update(wanted, rate);
    const drawn = motion?.shown;
    const ms = drawn?.ms ?? wanted;
    earthFromInertial(ms, turned);
    earth.group.matrix.set(turned[0], turned[3], turned[6], 0, turned[1], turned[4], turned[7], 0, turned[2], turned[5], turned[8], 0, 0, 0, 0, 1);
    earth.group.matrixWorldNeedsUpdate = true;
    const { frame, follow, layers: named } = state.get();
    const layers = new Set(named.split(','));
    rig.setFrame(frame === 'earth' ? 'earth' : 'inertial', turned);
    if (cloud) {
      // Ages grow with time: which step they are in, and what they no longer cover.
      if (repaint || !(Math.abs(ms - paintedMs) < REPAINT_MS)) paintNow(ms);
      const rows = rowsMarked();
      marks.read(rows, cloud, drawn.tau, cloud.data.knotStepS);
      rig.follow(Boolean(follow && marks.states.selected));
      if (seek && marks.states.selected) {
        seek = false;
        const at = project(marks.states.selected, view);
        if (!rig.following && (!at || at.behind || rig.isAway())) rig.show(marks.states.selected, turned, reducedMotion());
      }
      marks.draw({ rows, group, layers, frame, ms, rate, cloud, tau: drawn.tau, step: cloud.data.knotStepS });
      cloud.uniforms.size.value = pointSize(info.get().shown, Math.min(view.width, view.height), rig.closeness()) * ratio;
      cloud.uniforms.reference.value = Math.max(2000, rig.following ? rig.near : rig.distance - 5000);
      cloud.uniforms.low_fade.value = rig.lowFade();
      cloud.points.visible = !(drawn.error && Math.abs(wanted - ms) > 600000);
    }
    const eye = rig.place(turned, marks.states.selected);
    shared.eye.value.copy(eye);
    earth.uniforms.eye_fixed.value.set(...turn(turned, eye.x, eye.y, eye.z, out));
    earth.uniforms.sun.value.set(...turn(turned, ...sunDirection(ms), out));
    earth.uniforms.night.value = layers.has('night') ? 1 : 0;
    earth.grid.visible = layers.has('grid');
    if (earth.coast) earth.coast.visible = layers.has('coast');
    renderer.render(scene, rig.camera);
    view.matrix.multiplyMatrices(rig.camera.projectionMatrix, rig.camera.matrixWorldInverse);
    view.eye.copy(eye);
    if (cloud) {
      info.set({
        status: 'ready', ms, late: Math.abs(drawn.behindMs) > Math.max(1000, Math.abs(rate) * 500), error: drawn.error, invalid: cloud.invalid,
      });
      onFrame(engine);
      if (rate) pointing.again();
    }
    if (rig.isGliding()) changed();
  }

  const frames = createFrames({
    draw, isMoving: () => clock.get().rate !== 0,
    /** Nothing need be drawn before something has moved a third of a pixel. */
    pauseMs: () => Math.min(1000, (300 * rig.kmPerPixel(view.height)) / (8 * Math.abs(clock.get().rate))),
  });
  changed = frames.changed;
  const pointing = createPointing({
    cloudNow: () => cloud, allPlaces, momentNow: () => motion.shown.ms, view, info, state, changed,
  });

  const resize = () => {
    const { clientWidth: width, clientHeight: height } = place;
    if (!width || !height) return;
    Object.assign(view, { width, height });
    renderer.setSize(width, height, false);
    rig.resize(width, height);
    marks.resize(width, height, ratio);
    changed();
  };
  const theme = () => {
    renderer.setClearColor(new Color(token('--space') || '#03060b'), 1);
    changed();
  };
  const lose = (event) => {
    event.preventDefault();
    frames.stop();
    info.set({ lost: true });
  };
  const regain = () => {
    info.set({ lost: false });
    repaint = true;
    frames.start();
  };
  const watcher = new ResizeObserver(resize);
  watcher.observe(place);
  canvas.addEventListener('webglcontextlost', lose);
  canvas.addEventListener('webglcontextrestored', regain);
  const ends = [
    state.subscribe((now, before) => {
      if (['hidden', 'colourBy', 'watchOnly', 'theme'].some((key) => now[key] !== before[key])) repaint = true;
      if (now.theme !== before.theme) theme();
      if (now.selected !== before.selected) seek = Boolean(now.selected);
      changed();
    }),
    clock.subscribe(() => changed()),
    watch.subscribe(() => { repaint = true; changed(); }),
    bindInput(place, { rig, changed: () => changed(), onClick: pointing.onClick, onHover: pointing.onHover, keysOn: () => state.get().keys }),
  ];
  const engine = {
    info, rig, view, marks, take, changed: () => changed(), frames, renderer, allPlaces,
    get cloud() { return cloud; },
    /** The catalogue that is drawn, or about to be. */
    get data() { return (next?.cloud ?? cloud).data; },
    get shown() { return motion?.shown ?? null; },
    get group() { return group; },
    home() {
      rig.fit(LEO_KM);
      rig.over(BEGIN.lon, BEGIN.lat, turned);
      changed();
    },
    zoom(factor) {
      rig.zoom(factor);
      changed();
    },
    probe: (rows) => shaderPositions(renderer, cloud, rows, motion.shown.tau, cloud.data.knotStepS),
    dispose() {
      frames.stop();
      canvas.removeEventListener('webglcontextlost', lose);
      canvas.removeEventListener('webglcontextrestored', regain);
      pointing.dispose();
      watcher.disconnect();
      ends.forEach((end) => end());
      for (const part of [next, { cloud, motion }]) {
        part?.motion?.dispose();
        part?.cloud?.dispose();
      }
      marks.dispose();
      earth.dispose();
      renderer.dispose();
      renderer.forceContextLoss();
    },
  };
  theme();
  resize();
  earthFromInertial(clock.now(), turned);
  rig.setFrame(state.get().frame === 'earth' ? 'earth' : 'inertial', turned);
  rig.over(BEGIN.lon, BEGIN.lat, turned);
  take(data, knots);
  frames.start();
  return engine;
}
