/* global window, document, customElements, HTMLScriptElement, matchMedia, getComputedStyle */
/**
 * Three small things that a class page does by itself: it says so when the script of the live server does not come,
 * keeps its badge true by the state of the class, and on a narrow screen shows one part at a time, by tabs.
 */

// Capture: a script that fails to load tells only itself.
window.addEventListener(
  'error',
  (event) => {
    const script = event.target;
    if (script instanceof HTMLScriptElement && script.type === 'module') showUnreachable();
  },
  true,
);

document.addEventListener('DOMContentLoaded', () => {
  const page = document.querySelector('.class-page');
  const tabs = page?.querySelector('[data-tabs]');
  if (page && tabs) setUpTabs(page, tabs);
  if (page) void followClass(page);
});

/** The words of the badge for each state of a class, as `badge` in `class-row.ts` has them. */
const BADGES = {
  scheduled: ['', 'Scheduled'],
  open: ['', 'Opening'],
  live: ['live', 'Live'],
  held: ['held', 'Paused'],
  ended: ['', 'Over'],
};

/** By the state and not by events: no event tells that a class which was paused goes on. */
async function followClass(page) {
  const room = page.querySelector('lms-room, lms-classroom, lms-meeting-room');
  await customElements.whenDefined(room.localName);
  // Its connection is made of all its attributes at once, in its first update.
  await room.updateComplete;
  const { client } = room;
  if (!client) return;
  let shown;
  const show = ({ views }) => {
    const { id, state } = views.all.room;
    // Nothing is known of a class yet, or nothing new.
    if (id === '' || state === shown) return;
    shown = state;
    showBadge(page, state);
  };
  client.subscribe(show);
  show(client.getState());
}

function showBadge(page, state) {
  const [look, text] = BADGES[state] ?? [];
  if (text === undefined) return;
  let badge = page.querySelector('.badge');
  if (!badge) {
    badge = document.createElement('span');
    page.querySelector('.crumbs').append(badge);
  }
  badge.className = `badge ${look}`;
  badge.textContent = text;
}

function showUnreachable() {
  const show = () => {
    document.querySelector('.unreachable')?.removeAttribute('hidden');
    document.querySelector('.class-page')?.setAttribute('data-unreachable', '');
  };
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', show);
  else show();
}

/** Tabs as the ARIA practices have them, and only where the layout is narrow: elsewhere everything is on the page at once. */
function setUpTabs(page, list) {
  const narrow = matchMedia('(width < 60rem)');
  const tabs = [...list.querySelectorAll('[data-shows]')];
  const panelOf = (tab) => page.querySelector(`[data-panel="${tab.dataset.shows}"]`);

  function select(chosen) {
    page.dataset.shown = chosen.dataset.shows;
    for (const tab of tabs) {
      tab.setAttribute('aria-selected', String(tab === chosen));
      tab.tabIndex = tab === chosen ? 0 : -1;
    }
  }

  function applyRoles() {
    for (const tab of tabs) {
      const panel = panelOf(tab);
      tab.id = `tab-${tab.dataset.shows}`;
      panel.id = `panel-${tab.dataset.shows}`;
      tab.setAttribute('aria-controls', panel.id);
      setOrRemove(list, 'role', narrow.matches && 'tablist');
      setOrRemove(tab, 'role', narrow.matches && 'tab');
      setOrRemove(panel, 'role', narrow.matches && 'tabpanel');
      setOrRemove(panel, 'aria-labelledby', narrow.matches && tab.id);
    }
  }

  list.addEventListener('click', (event) => {
    const tab = event.target.closest('[data-shows]');
    if (tab) select(tab);
  });
  list.addEventListener('keydown', (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const last = tabs.length - 1;
    const at = tabs.indexOf(document.activeElement);
    const forward = getComputedStyle(list).direction === 'rtl' ? -1 : 1;
    let to;
    if (step) to = (at + step * forward + tabs.length) % tabs.length;
    else if (event.key === 'Home') to = 0;
    else if (event.key === 'End') to = last;
    else return;
    event.preventDefault();
    tabs[to].focus();
    select(tabs[to]);
  });

  narrow.addEventListener('change', applyRoles);
  applyRoles();
  select(tabs.find((tab) => tab.dataset.shows === page.dataset.shown) ?? tabs[0]);
}

function setOrRemove(element, name, value) {
  if (value) element.setAttribute(name, value);
  else element.removeAttribute(name);
}
