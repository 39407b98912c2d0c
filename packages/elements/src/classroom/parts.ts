import type { PanelName } from './tabs.js';

/** What every part of a class with looks has. */
const COMMON = [
  ...['base', 'header', 'bar', 'empty', 'complaint', 'menu', 'dialog'],
  ...['waiting', 'error', 'error-code', 'skeleton', 'avatar'],
];

const PARTS = {
  stage: [
    ...COMMON,
    ...['present', 'pre-join', 'preview', 'devices', 'device-problem', 'join-button', 'stage', 'tiles', 'tile'],
    ...['tile-own', 'tile-other', 'plate', 'alone', 'sharing', 'tap-to-hear', 'lobby', 'note', 'controls', 'control'],
    ...['password-form', 'note-form', 'door-note', 'door-message', 'reason', 'start-button'],
    ...['leave-button', 'reactions', 'notice', 'elsewhere', 'farewell'],
  ],
  chat: [
    ...COMMON,
    ...['log', 'day', 'message', 'message-own', 'message-other', 'message-pending', 'bubble', 'author', 'badge'],
    ...['quote', 'private', 'link', 'mode', 'pins', 'jump', 'typing', 'composer', 'notice', 'draft', 'input'],
    ...['private-toggle', 'send-button'],
  ],
  questions: [
    ...COMMON,
    ...['ask', 'input', 'ask-button', 'notice', 'question', 'question-open', 'question-answering'],
    ...['question-answered', 'question-archived', 'question-pending', 'question-declined', 'question-text'],
    ...['author', 'vote', 'label', 'answer', 'link'],
  ],
  people: [
    ...COMMON,
    ...['hand-button', 'class-menu-button', 'locked', 'lobby', 'hands', 'search', 'person', 'name', 'media'],
    ...['banned', 'badge', 'note', 'declined', 'missing', 'start-button'],
  ],
} as const satisfies Record<'stage' | Exclude<PanelName, 'extra'>, readonly string[]>;

/** `base:chat__base, …`: the parts of a part, for the page to style. */
export function exportedParts(of: keyof typeof PARTS): string {
  return PARTS[of].map((part) => `${part}:${of}__${part}`).join(', ');
}
