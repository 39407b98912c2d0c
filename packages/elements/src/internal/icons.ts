import { svg, html, type TemplateResult } from 'lit';

/** A drawing as Lucide has it: shapes and their attributes, on a field of 24 × 24. */
export type IconNode = readonly (readonly [tag: string, attributes: Readonly<Record<string, string | number>>])[];

const drawn = new WeakMap<IconNode, string>();

/** A drawing beside a word or in a labelled button: it says nothing to a screen reader. */
export function icon(node: IconNode): TemplateResult {
  let path = drawn.get(node);
  if (path === undefined) drawn.set(node, (path = node.map(([tag, at]) => toPath(tag, at)).join('')));
  return html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">${svg`<path d=${path}></path>`}</svg>`;
}

/** Every shape as path data, so that one template draws all icons. */
function toPath(tag: string, attributes: Readonly<Record<string, string | number>>): string {
  const of = (name: string): number => Number(attributes[name] ?? 0);
  switch (tag) {
    case 'circle':
      return `M${of('cx') - of('r')} ${of('cy')}a${of('r')} ${of('r')} 0 1 0 ${2 * of('r')} 0a${of('r')} ${of('r')} 0 1 0 ${-2 * of('r')} 0`;
    case 'line':
      return `M${of('x1')} ${of('y1')}L${of('x2')} ${of('y2')}`;
    case 'rect': {
      const r = of('rx');
      const [w, h] = [of('width') - 2 * r, of('height') - 2 * r];
      return `M${of('x') + r} ${of('y')}h${w}a${r} ${r} 0 0 1 ${r} ${r}v${h}a${r} ${r} 0 0 1 ${-r} ${r}h${-w}a${r} ${r} 0 0 1 ${-r} ${-r}v${-h}a${r} ${r} 0 0 1 ${r} ${-r}z`;
    }
    case 'polyline':
      return `M${String(attributes['points'])}`;
    default:
      // A path that begins with a relative move means it from the corner, not from where the last one ended.
      return `M0 0${String(attributes['d'])}`;
  }
}
