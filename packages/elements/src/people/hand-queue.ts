import { selectPeople, type RoomState } from '@lms-live/client';
import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import Hand from 'lucide/dist/esm/icons/hand.mjs';
import X from 'lucide/dist/esm/icons/x.mjs';
import { renderAvatar } from '../internal/avatar.js';
import { icon } from '../internal/icons.js';
import type { Perform } from '../internal/lms-panel.js';
import type { Localize } from '../internal/localize.js';

interface Queue {
  readonly localize: Localize;
  readonly state: RoomState;
  readonly perform: Perform;
}

/** Raised hands in their order; the staff lower each of them, everyone their own. */
export function renderHands({ localize, state, perform }: Queue): TemplateResult | typeof nothing {
  const { hands, people } = state.views.all;
  if (hands.length === 0) return nothing;
  const moderates = state.me?.grants.has('people.moderate') ?? false;
  const known = new Map(selectPeople(state, { all: true }).map((person) => [person.participant, person]));
  return html`<section class="hands" part="hands" aria-label=${localize.term('hands')}>
    <h3 class="section">${icon(Hand)} ${localize.term('hands')}</h3>
    <ol>
      ${repeat(
        hands,
        ({ participant }) => participant,
        ({ participant }) => {
          const name = known.get(participant)?.name ?? localize.term('someone');
          const isMe = participant === state.me?.participant;
          const lower = (): void => void perform('hand.lower', isMe ? {} : { participant });
          const label = localize.term('lowerHandOf', name);
          return html`<li class="person">
            ${renderAvatar({ id: participant, name, picture: people.get(participant)?.picture })}
            <span class="who"><bdi>${name}</bdi></span>
            ${
              moderates || isMe
                ? html`<button class="button icon-only small" aria-label=${label} title=${label} @click=${lower}>
                    ${icon(X)}
                  </button>`
                : nothing
            }
          </li>`;
        },
      )}
    </ol>
  </section>`;
}
