import type { QuestionItem, RoomState } from '@lms-live/client';
import { LIMITS } from '@lms-live/protocol';
import Archive from 'lucide/dist/esm/icons/archive.mjs';
import CircleCheck from 'lucide/dist/esm/icons/circle-check.mjs';
import MessageCircle from 'lucide/dist/esm/icons/message-circle.mjs';
import Pencil from 'lucide/dist/esm/icons/pencil.mjs';
import Radio from 'lucide/dist/esm/icons/radio.mjs';
import RefreshCw from 'lucide/dist/esm/icons/refresh-cw.mjs';
import Tag from 'lucide/dist/esm/icons/tag.mjs';
import Trash from 'lucide/dist/esm/icons/trash.mjs';
import UserPlus from 'lucide/dist/esm/icons/user-plus.mjs';
import { ask } from '../internal/dialog.js';
import type { LmsPanel, Perform } from '../internal/lms-panel.js';
import { openMenu, present, type MenuItem } from '../internal/menu.js';
import type { OpenForm } from './question-card.js';

interface MenuCase {
  readonly host: LmsPanel;
  readonly state: RoomState;
  readonly anchor: HTMLElement;
  readonly perform: Perform;
}

interface QuestionCase extends MenuCase {
  readonly question: QuestionItem;
  readonly openForm: (form: OpenForm) => void;
}

export function openQuestionMenu(given: QuestionCase): void {
  const { host, anchor, state } = given;
  const items = state.me?.grants.has('question.moderate') ? staffItems(given) : [];
  openMenu({
    anchor,
    label: host.localize.term('more'),
    items: [...items, ...commonItems(given)],
    signal: host.stay,
  });
}

function staffItems({ host, state, question, perform, openForm }: QuestionCase): MenuItem[] {
  const { localize } = host;
  const { id, handledBy, answer } = question;
  if (question.state === 'pending' || question.state === 'declined') return [];
  const change = (changes: { state?: 'open' | 'answering' | 'answered' | 'archived'; handling?: boolean }) => () =>
    void perform('question.change', { id, ...changes });
  const isMine = handledBy !== null && handledBy === state.me?.participant;
  const isOpen = question.state === 'open' || question.state === 'answering';
  return present([
    state.me?.grants.has('question.answer') && {
      label: localize.term(answer ? 'answerEdit' : 'answer'),
      icon: MessageCircle,
      run: () => openForm({ id, kind: 'answer' }),
    },
    question.state === 'open' && {
      label: localize.term('markAnswering'),
      icon: Radio,
      run: change({ state: 'answering' }),
    },
    question.state === 'answering' && {
      label: localize.term('stopAnswering'),
      icon: RefreshCw,
      run: change({ state: 'open' }),
    },
    isOpen && { label: localize.term('markAnswered'), icon: CircleCheck, run: change({ state: 'answered' }) },
    question.state === 'answered' && {
      label: localize.term('reopen'),
      icon: RefreshCw,
      run: change({ state: 'open' }),
    },
    isOpen && {
      label: localize.term(isMine ? 'release' : 'take'),
      icon: UserPlus,
      run: change({ handling: !isMine }),
    },
    {
      label: localize.term('labels'),
      icon: Tag,
      run: () => void changeLabels({ host, question, perform }),
    },
    question.state === 'archived'
      ? { label: localize.term('restore'), icon: RefreshCw, run: change({ state: answer ? 'answered' : 'open' }) }
      : { label: localize.term('archive'), icon: Archive, run: change({ state: 'archived' }) },
  ]);
}

function commonItems({ host, state, question, perform, openForm }: QuestionCase): MenuItem[] {
  const { localize } = host;
  const { id, own } = question;
  const moderates = state.me?.grants.has('question.moderate') ?? false;
  const isModerated = state.views.all.room.policy['questions.moderated'];
  const mayEdit = moderates || (own && (question.state === 'pending' || (question.state === 'open' && !isModerated)));
  return [
    ...(mayEdit
      ? [{ label: localize.term('edit'), icon: Pencil, run: () => openForm({ id, kind: 'edit' as const }) }]
      : []),
    {
      label: localize.term('removeQuestion'),
      icon: Trash,
      danger: true,
      run: () => void remove({ host, question, perform }),
    },
  ];
}

interface QuestionAct {
  readonly host: LmsPanel;
  readonly question: QuestionItem;
  readonly perform: Perform;
}

async function remove({ host, question, perform }: QuestionAct): Promise<void> {
  const { localize } = host;
  const answer = await ask({
    host,
    title: localize.term('removeQuestionTitle'),
    text: localize.term('removeQuestionText'),
    confirm: localize.term('removeQuestion'),
    cancel: localize.term('cancel'),
    danger: true,
    signal: host.stay,
  });
  if (answer !== null) void perform('question.remove', { id: question.id });
}

async function changeLabels({ host, question, perform }: QuestionAct): Promise<void> {
  const { localize } = host;
  const written = await ask({
    host,
    title: localize.term('labels'),
    confirm: localize.term('save'),
    cancel: localize.term('cancel'),
    field: { label: localize.term('labelsHint'), value: question.labels.join(', ') },
    signal: host.stay,
  });
  if (written === null) return;
  const labels = written
    .split(/[,،、]/u)
    .map((label) => label.trim().slice(0, LIMITS.maxLabelChars))
    .filter((label) => label !== '')
    .slice(0, LIMITS.maxLabels);
  void perform('question.change', { id: question.id, labels });
}

export async function declineQuestion({ host, question, perform }: QuestionAct): Promise<void> {
  const { localize } = host;
  const reason = await ask({
    host,
    title: localize.term('declineTitle'),
    text: question.text,
    confirm: localize.term('decline'),
    cancel: localize.term('cancel'),
    field: { label: localize.term('declineReason'), maxLength: LIMITS.maxReasonChars, multiline: true },
    signal: host.stay,
  });
  if (reason !== null) void perform('question.decline', { id: question.id, ...(reason === '' ? {} : { reason }) });
}

/** The switches of the questions. */
export function openSettingsMenu({ host, state, anchor, perform }: MenuCase): void {
  const { localize } = host;
  const { policy, fixed } = state.views.all.room;
  const title = localize.term('questionSettings');
  const SWITCHES = [
    ['questions.enabled', 'questionsOpen'],
    ['questions.moderated', 'moderated'],
    ['questions.anonymous', 'allowAnonymous'],
  ] as const;
  openMenu({
    anchor,
    label: title,
    title,
    signal: host.stay,
    items: SWITCHES.map(([key, name]) => ({
      label: localize.term(name),
      checked: policy[key],
      disabled: fixed.includes(key),
      run: () => void perform('room.change', { policy: { [key]: !policy[key] } }),
    })),
  });
}
