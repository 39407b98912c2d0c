/** Everything that a text may have made of itself, seen from outside of the elements. */

/** Never set by an element but as said here. */
const LOADING = [
  'src',
  'srcset',
  'srcdoc',
  'href',
  'xlink:href',
  'action',
  'formaction',
  'background',
  'poster',
  'data',
  'ping',
];

/** What the stage is laid out with: numbers. */
const MEASURES = /^(?:(?:--[\w-]+|inline-size|block-size): -?[\d.]+(?:px)?;\s*)*$/u;

/** All elements under a root, with those in the shadow roots of ours. */
export function* elementsIn(root: ParentNode): Generator<Element> {
  for (const element of root.querySelectorAll('*')) {
    yield element;
    if (element.shadowRoot) yield* elementsIn(element.shadowRoot);
  }
}

/** The kinds of elements that are there: namespace and name. */
export function kindsIn(root: ParentNode): Set<string> {
  return new Set([...elementsIn(root)].map(kindOf));
}

/** Elements and attributes that no template of ours has. @param known the kinds that the same page has with plain texts */
export function foreignIn(root: ParentNode, known: ReadonlySet<string>): string[] {
  return [...elementsIn(root)].flatMap((element) => {
    const faults = element
      .getAttributeNames()
      .filter(
        (name) =>
          name.startsWith('on') ||
          (name === 'style' && !MEASURES.test(element.getAttribute(name) ?? '')) ||
          (LOADING.includes(name) && !isExpected(element, name)),
      )
      .map((name) => `${kindOf(element)}[${name}=${String(element.getAttribute(name))}]`);
    return known.has(kindOf(element)) ? faults : [...faults, kindOf(element)];
  });
}

/** What can be read of a root, with the shadow roots of ours, and nothing of style sheets. */
export function textOf(root: ParentNode): string {
  const parts: string[] = [];
  const walk = (node: Node): void => {
    if (node instanceof Text) parts.push(node.data);
    if (node instanceof HTMLStyleElement) return;
    if (node instanceof Element && node.shadowRoot) walk(node.shadowRoot);
    for (const child of node.childNodes) walk(child);
  };
  walk(root);
  return parts.join('');
}

function kindOf({ namespaceURI, localName }: Element): string {
  return `${namespaceURI?.split('/').at(-1) ?? ''}:${localName}`;
}

function isExpected(element: Element, name: string): boolean {
  if (name === 'href') return element instanceof HTMLAnchorElement && /^(?:https?|mailto):/u.test(element.protocol);
  return name === 'src' && element instanceof HTMLImageElement && /^https?:/u.test(new URL(element.src).protocol);
}
