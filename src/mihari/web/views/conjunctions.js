/** The conjunctions room: the list, and beside it the event or approach that is chosen. */
import { html } from 'preact';
import { ApproachPage } from '../conjunctions/approach.js';
import { EventPage } from '../conjunctions/event.js';
import { List } from '../conjunctions/list.js';
import { readApproach, readFilter } from '../conjunctions/rows.js';
import { useSource } from '../conjunctions/source.js';
import { useWords } from '../app/i18n.js';
import { state } from '../app/state.js';
import { useStore } from '../app/store.js';

/** Where the object's card would lie over the event, the object is left alone. */
const ROOM_FOR_BOTH = '(min-width: 821px)';

export function View() {
  useWords();
  const event = useStore(state, (s) => s.event);
  const filter = readFilter(useStore(state, (s) => s.listFilter));
  const source = useSource();
  const mode = source.data?.dataMode;
  const choose = (row) => state.set({
    event: row.id,
    ...(matchMedia(ROOM_FOR_BOTH).matches ? { selected: row.first.id, compared: row.second.id } : {}),
  });
  const approach = readApproach(event);
  return html`<div class="conj"><div class=${event ? 'conj-grid open' : 'conj-grid'}>
    <${List} source=${source} selected=${event} onSelect=${choose} />
    ${event && (approach
      ? html`<${ApproachPage} key=${event} id=${event} row=${source.approaches.find((each) => each.id === event)} run=${source.run} radiusM=${filter.radiusM} mode=${mode} />`
      : html`<${EventPage} key=${event} id=${event} mode=${mode} />`)}
  </div></div>`;
}
