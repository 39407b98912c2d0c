import { missingPeople, type RoomState } from '@lms-live/client';
import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { renderAvatar } from '../internal/avatar.js';
import { registerEnglish, type Localize } from '../internal/localize.js';
import { roleLabel } from '../internal/people-of.js';
import { missingStrings } from '../internal/strings/missing.js';

registerEnglish(missingStrings);

/**
 * Who of those whom the host expects is not here, for the staff.
 * @param wanted a part of the name, in lower case; empty: everyone
 */
export function renderMissing(localize: Localize, state: RoomState, wanted: string): TemplateResult | typeof nothing {
  const missing = missingPeople(state);
  if (!missing) return nothing;
  const { total, here, people } = missing;
  const shown = (count: number): string => count.toLocaleString(localize.lang());
  if (here === null)
    return html`<p class="section" part="missing">${localize.term('missingUnknown', shown(total))}</p>`;
  if (people.length === 0)
    return html`<p class="section" part="missing">${localize.term('missingNobody', shown(total))}</p>`;
  const found = people.filter(({ name }) => name.toLocaleLowerCase().includes(wanted));
  const summary = localize.term('missingCount', shown(here), shown(total), shown(people.length));
  return html`<details class="missing" part="missing" ?open=${wanted !== '' && found.length > 0}>
    <summary class="section">${summary}</summary>
    <ul>
      ${repeat(
        found,
        ({ participant }) => participant,
        ({ participant, name, role }) => {
          const badge = roleLabel(role, localize);
          return html`<li class="person">
            ${renderAvatar({ id: participant, name })}
            <span class="who">
              <bdi>${name}</bdi>${badge ? html`<span class="badge staff" part="badge">${badge}</span>` : nothing}
            </span>
          </li>`;
        },
      )}
    </ul>
  </details>`;
}
