import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonFault } from '../../src/config/json-fault.js';

const parses = (text: string) => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

describe('a fault of JSON', () => {
  it.each([
    ['', 1, 1, 'a value is missing'],
    ['{"a": 1,}', 1, 9, 'a name in double quotes is missing'],
    ['{"a": 1,\n  b: 2}', 2, 3, 'a name in double quotes is missing'],
    ['{"a" 1}', 1, 6, '`:` is missing'],
    ['{"a": }', 1, 7, 'a value is missing'],
    ['{"a": 1 "b": 2}', 1, 9, '`,` or `}` is missing'],
    ['[1, 2', 1, 6, '`,` or `]` is missing'],
    ['{\n\n"a": "x\n"}', 3, 6, 'this text does not end, or holds a character that must be escaped'],
    ['{"a": 1} x', 1, 10, 'nothing may follow here'],
    ['{"a": {"b": 1}, "c": 2,\n "a": 3}', 2, 2, 'this name came before'],
    ['// note\n{}', 1, 1, 'a value is missing'],
    ['['.repeat(100), 1, 34, 'it is nested too deep'],
  ])('in %j is at line %i, column %i', (text, line, column, why) =>
    expect(jsonFault(text)).toEqual({ line, column, why }),
  );

  it('takes names again in another object', () => {
    expect(jsonFault('[{"a": 1, "b": {"a": 2}}, {"a": 3}, [{"a": 1}]]')).toBeNull();
    expect(jsonFault('{"a": [{"a": 1}], "b": {"c": {}}, "c": 1}')).toBeNull();
  });

  it('is none in what is JSON', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), fc.constantFrom(0, 2, '\t'), (text, indent) => {
        expect(jsonFault(JSON.stringify(JSON.parse(text), null, indent))).toBeNull();
      }),
    );
  });

  it('is found wherever the engine finds one', () => {
    const edit = fc.record({
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      cut: fc.nat(3),
      put: fc.constantFrom('', '"', ',', '}', '\\', 'x', '1', ':'),
    });
    fc.assert(
      fc.property(fc.json({ maxDepth: 4 }), edit, (text, { at, cut, put }) => {
        const place = Math.floor(at * text.length);
        const edited = text.slice(0, place) + put + text.slice(place + cut);
        const fault = jsonFault(edited);
        if (!parses(edited)) expect(fault).not.toBeNull();
        else if (fault !== null) expect(fault.why).toBe('this name came before');
      }),
      { numRuns: 2_000 },
    );
  });
});
