/** What the elements show, as somebody reads it. The functions run in the page. */

/** A message as it stands in the list. */
export interface ShownMessage {
  readonly author: string;
  readonly text: string;
  /** Not confirmed yet. */
  readonly isPending: boolean;
  /** Marks below or above the text. */
  readonly marks: readonly string[];
}

export interface ShownQuestion {
  readonly id: string;
  readonly text: string;
  readonly author: string;
  /** Who asked, as only staff see it. */
  readonly staffNote: string;
  readonly badges: readonly string[];
  readonly votes: number;
  readonly hasVoted: boolean;
  readonly answer: string;
  /** Everything there is of it in the page. */
  readonly html: string;
}

export interface ShownPerson {
  readonly name: string;
  readonly badge: string;
  readonly isMe: boolean;
}

export function readMessages(): ShownMessage[] {
  const rows = document.querySelector('lms-chat')?.shadowRoot?.querySelectorAll('[part~="message"]') ?? [];
  return [...rows].map((row) => {
    const isPending = row.part.contains('message-pending');
    const label = row.getAttribute('aria-label') ?? '';
    const bubble = row.querySelector('.bubble');
    return {
      author: isPending ? 'You' : label.slice(0, label.lastIndexOf(',')),
      text: (row.querySelector('.text') ?? bubble)?.textContent.trim() ?? '',
      isPending,
      marks: [
        ...(bubble?.classList.contains('gone') ? ['deleted'] : []),
        ...(row.classList.contains('failed') ? ['failed'] : []),
        ...(row.querySelector('.foot [title="Pinned"]') ? ['pinned'] : []),
        ...(row.querySelector('.foot')?.textContent.includes('edited') ? ['edited'] : []),
        ...(row.querySelector('.mark') ? ['private'] : []),
      ],
    };
  });
}

export function readQuestions(): ShownQuestion[] {
  const cards = document.querySelector('lms-qa-panel')?.shadowRoot?.querySelectorAll('[part~="question"]') ?? [];
  return [...cards].map((card) => {
    const textOf = (css: string): string => card.querySelector(css)?.textContent.replace(/\s+/gu, ' ').trim() ?? '';
    return {
      id: card.getAttribute('data-id') ?? '',
      text: textOf('[part~="question-text"]'),
      author: textOf('[part~="author"]'),
      staffNote: textOf('.only-staff'),
      badges: [...card.querySelectorAll('.badges .badge')].map((badge) => badge.textContent.trim()),
      votes: Number(textOf('[part~="vote"]')),
      hasVoted: card.querySelector('[part~="vote"]')?.getAttribute('aria-pressed') === 'true',
      answer: textOf('[part~="answer"] .text'),
      html: new XMLSerializer().serializeToString(card),
    };
  });
}

export function readPeople(): ShownPerson[] {
  const rows = document.querySelector('lms-people')?.shadowRoot?.querySelectorAll('[part~="person"]') ?? [];
  return [...rows].map((row) => ({
    name: row.querySelector('[part~="name"]')?.textContent ?? '',
    badge: row.querySelector('[part~="badge"]')?.textContent.trim() ?? '',
    isMe: row.querySelector('.who')?.textContent.includes('(You)') ?? false,
  }));
}
