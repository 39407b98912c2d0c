/** Registers a tag unless the page has it already: loading the script twice is harmless. On a server nothing happens. */
export function define(tag: string, element: CustomElementConstructor): void {
  if (typeof customElements !== 'undefined' && !customElements.get(tag)) customElements.define(tag, element);
}
