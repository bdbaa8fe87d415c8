/**
 * The close-up in three dimensions. The first object is the origin, so 32-bit floats are good to a ten-millionth of the
 * window; differences of positions were made by the node in double precision. Radial is up, transverse to the right,
 * normal towards the eye's back: right-handed.
 */
import {
  BufferGeometry, Color, Float32BufferAttribute, Line, LineBasicMaterial, Mesh, MeshBasicMaterial, OrbitControls,
  PerspectiveCamera, Points, Scene, ShaderMaterial, SphereGeometry, Vector3, WebGLRenderer,
} from 'three';
import { clock } from '../app/state.js';
import { token } from '../app/theme.js';
import { niceLength } from './plane.js';
import { fineUtc } from './rows.js';
import { lengthText } from './words.js';

const AXES = [['R', [1, 0, 0], '--series-3'], ['T', [0, 1, 0], '--series-2'], ['N', [0, 0, 1], '--series-4']];
const EYES = { free: [0.7, 0.55, 1.1], rt: [0, 0, 1.5], rn: [1.5, 0, 0], tn: [0, 1.5, 0.001] };
const TURN = 0.12;

/** Radial, transverse, normal, m, as the scene's axes in its unit. */
const place = ([r, tr, n], unit) => new Vector3(tr / unit, r / unit, -n / unit);

/** Where the second object is at an offset, m: between two samples on the straight line; null outside or without states. */
export function positionAt(found, offset) {
  const { offset_s: times, position_rtn_m: positions } = found;
  if (!(offset >= times[0] && offset <= times.at(-1))) return null;
  const step = times[1] - times[0];
  const k = Math.min(Math.max(Math.floor((offset - times[0]) / step), 0), times.length - 2);
  const [before, after] = [positions[k], positions[k + 1]];
  if (!before || !after) return null;
  const part = (offset - times[k]) / step;
  return before.map((each, i) => each + part * (after[i] - each));
}

export function createScene(box, found, { radiusM }) {
  const known = found.position_rtn_m.filter(Boolean);
  const unit = Math.max(...known.map((each) => Math.hypot(...each)), 1);
  const tcaMs = fineUtc(found.tca_utc);
  const colour = (name) => new Color(token(name));
  const renderer = new WebGLRenderer({ antialias: true, alpha: true });
  renderer.setPixelRatio(Math.min(devicePixelRatio, 2));
  box.append(renderer.domElement);
  const scene = new Scene();
  const camera = new PerspectiveCamera(45, 1, 0.0005, 100);
  const controls = new OrbitControls(camera, renderer.domElement);
  controls.enableDamping = false;
  controls.minDistance = 0.002;
  controls.maxDistance = 20;

  const stroke = (points, name, Kind = Line) => {
    const geometry = new BufferGeometry().setFromPoints(points);
    scene.add(new Kind(geometry, new LineBasicMaterial({ color: colour(name) })));
  };
  const labels = new Map();
  const label = (key, at, text, name, shift = [0, 0]) => {
    const element = document.createElement('span');
    element.className = 'closeup-label';
    element.setAttribute('aria-hidden', 'true');
    element.textContent = text;
    element.style.color = token(name);
    box.append(element);
    labels.set(key, { element, at, shift });
  };
  const reach = 0.42 * unit;
  for (const [letter, direction, name] of AXES) {
    const end = place(direction.map((each) => each * reach), unit);
    stroke([new Vector3(), end], name);
    label(letter, end.clone().multiplyScalar(1.05), letter, name, [-8, -9]);
  }
  stroke(known.map((each) => place(each, unit)), '--series-1');
  const miss = place(found.closest.miss_rtn_m, unit);
  stroke([new Vector3(), miss], '--focus');
  label('miss', miss.clone().multiplyScalar(0.5), lengthText(found.closest.miss_distance_m), '--focus', [8, 6]);
  // A ring in the transverse-normal plane says how long things are.
  const bar = niceLength(unit);
  const ring = Array.from({ length: 97 }, (_, k) => place([0, bar * Math.cos((k * Math.PI) / 48), bar * Math.sin((k * Math.PI) / 48)], unit));
  stroke(ring, '--line-strong');
  label('ring', place([0, -bar, 0], unit), lengthText(bar), '--dim', [-58, -8]);
  if (radiusM) {
    const hull = new Mesh(new SphereGeometry(radiusM / unit, 24, 16), new MeshBasicMaterial({ color: colour('--series-2'), transparent: true, opacity: 0.35, depthWrite: false }));
    scene.add(hull);
  }
  dots(scene, [new Vector3()], colour('--text'), 9);
  label('first', new Vector3(), '1', '--text', [-20, -22]);
  const second = dots(scene, [miss], colour('--series-1'), 11);
  label('second', miss.clone(), '2', '--series-1', [6, -24]);

  let frame = 0;
  const draw = () => {
    frame = 0;
    const at = positionAt(found, (clock.now() - tcaMs) / 1000);
    const where = at ? place(at, unit) : null;
    second.visible = where !== null;
    if (where) second.position.copy(where);
    labels.get('second').at = where;
    renderer.render(scene, camera);
    put(labels, camera, box);
    if (clock.get().rate !== 0 && (where || soon(found, tcaMs))) ask();
  };
  const ask = () => {
    if (!frame) frame = requestAnimationFrame(draw);
  };
  const fit = () => {
    const { clientWidth: wide, clientHeight: high } = box;
    if (!wide || !high) return;
    renderer.setSize(wide, high);
    camera.aspect = wide / high;
    camera.updateProjectionMatrix();
    ask();
  };
  const look = (name) => {
    camera.position.set(...EYES[name]);
    controls.target.set(0, 0, 0);
    controls.update();
    ask();
  };
  const watcher = new ResizeObserver(fit);
  watcher.observe(box);
  controls.addEventListener('change', ask);
  const end = clock.subscribe(ask);
  fit();
  look('free');
  return {
    look,
    /** Arrows turn, plus and minus come nearer and farther. @returns whether the key was ours */
    key(name) {
      const turns = { ArrowLeft: [-TURN, 0], ArrowRight: [TURN, 0], ArrowUp: [0, -TURN], ArrowDown: [0, TURN] };
      const nearer = { '+': 0.8, '=': 0.8, '-': 1.25, '−': 1.25 }[name];
      if (nearer) camera.position.multiplyScalar(nearer);
      else if (turns[name]) turn(camera, ...turns[name]);
      else return false;
      controls.update();
      ask();
      return true;
    },
    dispose() {
      end();
      watcher.disconnect();
      cancelAnimationFrame(frame);
      controls.dispose();
      scene.traverse((each) => { each.geometry?.dispose(); each.material?.dispose(); });
      renderer.dispose();
      box.replaceChildren();
    },
  };
}

/** The window begins within a few seconds of the page's time. */
function soon(found, tcaMs) {
  const { rate } = clock.get();
  const begin = tcaMs + found.offset_s[rate > 0 ? 0 : found.offset_s.length - 1] * 1000;
  const wait = (begin - clock.now()) / rate;
  return wait > 0 && wait < 5000;
}

function turn(camera, around, up) {
  const { x, y, z } = camera.position;
  const far = Math.hypot(x, y, z);
  const azimuth = Math.atan2(x, z) + around;
  const polar = Math.min(Math.max(Math.acos(y / far) + up, 0.01), Math.PI - 0.01);
  camera.position.set(far * Math.sin(polar) * Math.sin(azimuth), far * Math.cos(polar), far * Math.sin(polar) * Math.cos(azimuth));
}

/** Round dots of a size on the screen, whatever the distance. */
function dots(scene, at, colour, size) {
  const geometry = new BufferGeometry();
  geometry.setAttribute('position', new Float32BufferAttribute([0, 0, 0], 3));
  const material = new ShaderMaterial({
    // Colours are kept linear; this shader writes them as they are seen.
    uniforms: { colour: { value: colour.clone().convertLinearToSRGB() }, size: { value: size * Math.min(devicePixelRatio, 2) } },
    vertexShader: 'uniform float size; void main() { gl_Position = projectionMatrix * modelViewMatrix * vec4(position, 1.0); gl_PointSize = size; }',
    fragmentShader: 'uniform vec3 colour; void main() { if (length(gl_PointCoord - 0.5) > 0.5) discard; gl_FragColor = vec4(colour, 1.0); }',
    depthTest: false, transparent: true,
  });
  const points = new Points(geometry, material);
  points.position.copy(at[0]);
  points.frustumCulled = false;
  scene.add(points);
  return points;
}

/** Put the labels where their points are on the screen. */
function put(labels, camera, box) {
  for (const { element, at, shift } of labels.values()) {
    const seen = at?.clone().project(camera);
    element.hidden = !seen || Math.abs(seen.z) > 1;
    if (!element.hidden) element.style.transform = `translate(${((seen.x + 1) / 2) * box.clientWidth + shift[0]}px, ${((1 - seen.y) / 2) * box.clientHeight + shift[1]}px)`;
  }
}
