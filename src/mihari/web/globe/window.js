/** `window.mihari.globe`: what tests and people with a console may ask of the globe. */
import { clock, state } from '../app/state.js';
import { isoUtc } from '../app/time.js';

/** @returns {() => void} the end of it */
export function publish(engine) {
  const globe = {
    /** What is shown now, by the node's numbers and words. */
    state() {
      const { info, shown, rig, cloud, marks } = engine;
      const { hover, error, ...rest } = info.get();
      return {
        ...rest, error: error?.message ?? null, hover: hover ? cloud.data.ids[hover.row] : null, knot: shown?.k ?? null, tauS: shown?.tau ?? null,
        shownUtc: shown?.ms ? isoUtc(shown.ms) : null, wantedUtc: isoUtc(clock.now()), version: cloud?.data.version ?? null,
        camera: { frame: rig.frame, longitudeRad: rig.lon, latitudeRad: rig.lat, distanceKm: rig.distance, following: rig.following },
        selectedKm: marks.states.selected ? [...marks.states.selected].slice(0, 3) : null, selected: state.get().selected,
        linesByNode: marks.byNode,
        lines: Object.fromEntries([...Object.entries(marks.lines), ['track', marks.track]].map(([name, line]) => [name, line.mesh.visible])),
      };
    },
    stats: () => ({ ...engine.frames.stats(), objects: engine.cloud?.rows.length ?? 0, shown: engine.info.get().shown, ...engine.renderer.info.memory, calls: engine.renderer.info.render.calls }),
    /** Inertial positions, km, that the shader gives to rows of the catalogue at the moment drawn. */
    shaderPositions: (rows) => engine.probe([...rows]),
    /** Where one looks from. */
    camera: engine.rig,
  };
  window.mihari = Object.assign(window.mihari ?? {}, { globe });
  return () => { delete window.mihari.globe; };
}
