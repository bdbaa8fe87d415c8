/** Names beside the selected, the compared and the first watched objects; moved without drawing the page again. */
import { nameOf } from '../app/catalogue.js';
import { stateBetween } from '../app/knots.js';
import { behindEarth } from './pick.js';

const MOST_WATCHED = 12;
const GAP_PX = 18;

/** @param {HTMLElement} place hidden from assistive software: the table and the summary say the same */
export function createLabels(place) {
  const made = [];
  const state = new Float64Array(6);
  const element = (k) => {
    if (!made[k]) {
      const box = document.createElement('div');
      box.append(document.createElement('bdi'));
      place.append(box);
      made[k] = { box, text: box.firstChild, row: null, kind: '' };
    }
    return made[k];
  };
  return {
    update({ cloud, shown, view, group }, { selected, compared }) {
      const rows = [];
      const { data } = cloud;
      for (const [id, kind] of [[selected, 'selected'], [compared, 'compared']]) {
        const row = id ? data.index.get(id) : undefined;
        if (row !== undefined) rows.push([row, kind]);
      }
      for (const row of group.rows.slice(0, MOST_WATCHED)) if (!rows.some(([each]) => each === row)) rows.push([row, 'watched']);
      const taken = [];
      rows.forEach(([row, kind], k) => {
        const label = element(k);
        if (label.row !== row || label.data !== data) label.text.textContent = nameOf(data, row).slice(0, 60);
        if (label.kind !== kind) label.box.className = `globe-label ${kind}`;
        Object.assign(label, { row, kind, data });
        const at = project(stateBetween(cloud.before, cloud.after, row, shown.tau, data.knotStepS, state), view);
        const crowded = at && kind === 'watched' && taken.some((each) => Math.abs(each.y - at.y) < GAP_PX && Math.abs(each.x - at.x) < 120);
        label.box.hidden = !at || crowded || (kind === 'watched' && at.behind);
        if (label.box.hidden) return;
        taken.push(at);
        label.box.classList.toggle('behind', at.behind);
        // Near the right edge the name stands to the left.
        const left = at.x > Math.max(view.width - 200, view.width / 2);
        label.box.style.transform = `translate(${(at.x + (left ? -14 : 14)).toFixed(1)}px, ${(at.y - 10).toFixed(1)}px)${left ? ' translateX(-100%)' : ''}`;
      });
      for (let k = rows.length; k < made.length; k += 1) made[k].box.hidden = true;
    },
  };
}

/** A place on the canvas, CSS px, and whether the Earth is before it; null outside the frame. */
export function project([x, y, z], { matrix, eye, width, height }) {
  const e = matrix.elements;
  const w = e[3] * x + e[7] * y + e[11] * z + e[15];
  if (!(w > 1)) return null;
  const px = (e[0] * x + e[4] * y + e[8] * z + e[12]) / w;
  const py = (e[1] * x + e[5] * y + e[9] * z + e[13]) / w;
  if (Math.abs(px) > 1 || Math.abs(py) > 1) return null;
  return { x: (px * 0.5 + 0.5) * width, y: (0.5 - py * 0.5) * height, behind: behindEarth(eye, x, y, z) };
}
