import type { Scene } from './reads.js';

/** How it must not be: a page that makes elements of texts. That the others are found to be right is worth nothing where this one is, too. */
export function broken(): Promise<Scene> {
  return Promise.resolve({
    atOnce: 1,
    show: (texts) => {
      const [text = ''] = texts;
      if (!text.includes('<')) return Promise.resolve({ text: texts });
      // No policy lets a text become HTML here; this one is not asked.
      const element = document.createElement('img');
      element.setAttribute('src', 'data:,x');
      document.body.append(element);
      alert(1);
      return Promise.resolve({ text: ['x'] });
    },
  });
}
