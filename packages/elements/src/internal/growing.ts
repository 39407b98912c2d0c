import { noChange } from 'lit';
import { Directive, directive, type ElementPart } from 'lit/directive.js';

/** A text field that grows with its text, also where `field-sizing` is not known (Firefox and Safari before 26). */
class Growing extends Directive {
  render(_length: number): unknown {
    return noChange;
  }

  override update({ element }: ElementPart, [_length]: [number]): unknown {
    if (!CSS.supports('field-sizing', 'content')) {
      const { style, scrollHeight } = element as HTMLTextAreaElement;
      style.setProperty('height', 'auto');
      style.setProperty('height', `${scrollHeight}px`);
    }
    return noChange;
  }
}

/** @param length changes with the text, so that it is measured again */
export const growing = directive(Growing);
