import { html, nothing, render, type TemplateResult } from 'lit';
import { ifDefined } from 'lit/directives/if-defined.js';
import { dialogStyles } from './dialog.styles.js';
import { adopt } from './overlay.js';

export interface DialogOptions {
  /** The element in whose shadow root it stands. */
  readonly host: HTMLElement & { readonly shadowRoot: ShadowRoot | null };
  readonly title: string;
  readonly text?: string;
  readonly confirm: string;
  readonly cancel: string;
  readonly danger?: boolean;
  readonly field?: DialogField;
  readonly signal: AbortSignal;
}

export interface DialogField {
  readonly label: string;
  readonly value?: string;
  readonly maxLength?: number;
  /** Given: a choice; else a line, or with `multiline` a text. */
  readonly choices?: readonly (readonly [value: string, label: string])[];
  readonly multiline?: boolean;
  readonly required?: boolean;
}

/** Asks something in a modal `<dialog>`. @returns what was written or chosen (empty without a field), or null when it was cancelled */
export async function ask(options: DialogOptions): Promise<string | null> {
  const { host, title, text, confirm, cancel, danger, field, signal } = options;
  const root = host.shadowRoot;
  const frame = root?.querySelector('.root');
  if (!root || !frame || signal.aborted) return null;
  adopt(root, [dialogStyles]);
  const dialog = document.createElement('dialog');
  dialog.setAttribute('aria-labelledby', 'dialog-title');
  dialog.setAttribute('part', 'dialog');
  render(
    html`<form method="dialog">
      <h3 id="dialog-title">${title}</h3>
      ${text ? html`<p>${text}</p>` : nothing} ${field ? renderField(field) : nothing}
      <div class="buttons">
        <button class="button" type="button" @click=${() => dialog.close()}>${cancel}</button>
        <button class="button ${danger ? 'danger' : 'primary'}" value="confirmed">${confirm}</button>
      </div>
    </form>`,
    dialog,
  );
  frame.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    const done = new AbortController();
    const finish = (value: string | null): void => {
      done.abort();
      dialog.remove();
      resolve(value);
    };
    dialog.addEventListener('keydown', (event) => event.key === 'Escape' && event.stopPropagation(), {
      signal: done.signal,
    });
    dialog.addEventListener(
      'close',
      () => {
        const written = dialog.querySelector<HTMLInputElement>('.field')?.value.trim() ?? '';
        finish(dialog.returnValue === 'confirmed' ? written : null);
      },
      { signal: done.signal },
    );
    signal.addEventListener('abort', () => finish(null), { signal: done.signal });
  });
}

function renderField(field: DialogField): TemplateResult {
  const { label, value = '', maxLength, choices, multiline, required } = field;
  if (choices)
    return html`<label
      >${label}
      <select class="field">
        ${choices.map(([choice, shown]) => html`<option value=${choice} ?selected=${choice === value}>${shown}</option>`)}
      </select></label
    >`;
  return html`<label
    >${label}
    ${
      multiline
        ? html`<textarea
            class="field"
            rows="3"
            .value=${value}
            maxlength=${ifDefined(maxLength)}
            ?required=${required}
          ></textarea>`
        : html`<input class="field" .value=${value} maxlength=${ifDefined(maxLength)} ?required=${required} />`
    }</label
  >`;
}
