import { expect } from '@open-wc/testing';
import { callBoxes, CORNERS, focusBoxes, gridBoxes, type Box, type Space } from './layout.js';

const SPACES: readonly Space[] = [
  { width: 264, height: 520 },
  { width: 380, height: 700 },
  { width: 740, height: 260 },
  { width: 820, height: 900 },
  { width: 1400, height: 760 },
];
/** Of what is computed in floating point. */
const ROUNDING_PX = 0.01;
const CONTROLS = { width: 300, height: 60 };

function overlap(a: Box, b: Box): boolean {
  return (
    a.x + a.width > b.x + ROUNDING_PX &&
    b.x + b.width > a.x + ROUNDING_PX &&
    a.y + a.height > b.y + ROUNDING_PX &&
    b.y + b.height > a.y + ROUNDING_PX
  );
}

function isInside(box: Box, space: Space): boolean {
  return (
    box.x >= -ROUNDING_PX &&
    box.y >= -ROUNDING_PX &&
    box.x + box.width <= space.width + ROUNDING_PX &&
    box.y + box.height <= space.height + ROUNDING_PX
  );
}

describe('the places of the tiles', () => {
  for (const space of SPACES)
    for (let count = 1; count <= 12; count += 1)
      it(`of ${count} lie inside ${space.width} × ${space.height} and over nobody else`, () => {
        for (const boxes of [gridBoxes(count, space), focusBoxes(count, space)]) {
          expect(boxes).to.have.lengthOf(count);
          const shown = boxes.filter((box) => box !== null);
          for (const [index, box] of shown.entries()) {
            expect(isInside(box, space), JSON.stringify(box)).to.equal(true);
            for (const other of shown.slice(index + 1)) expect(overlap(box, other)).to.equal(false);
          }
        }
      });

  it('are the largest that a grid can have: two side by side on a wide stage, one above the other on a tall one', () => {
    const [left, right] = gridBoxes(2, { width: 1200, height: 600 });
    expect(left?.y).to.equal(right?.y);
    const [top, bottom] = gridBoxes(2, { width: 360, height: 640 });
    expect(top?.x).to.equal(bottom?.x);
    expect(top?.y).not.to.equal(bottom?.y);
  });

  it('of a short last row stand in its middle', () => {
    const space = { width: 1200, height: 680 };
    const [first, second, third] = gridBoxes(3, space);
    expect(first?.y).to.equal(second?.y);
    expect((third?.x ?? 0) + (third?.width ?? 0) / 2).to.be.closeTo(space.width / 2, ROUNDING_PX);
  });

  it('give what is looked at most of the stage', () => {
    for (const space of SPACES) {
      const [main, ...strip] = focusBoxes(5, space);
      for (const box of strip)
        expect((main?.width ?? 0) * (main?.height ?? 0)).to.be.greaterThan(2 * (box ? box.width * box.height : 0));
    }
  });

  it('put oneself into each corner of a call, never under the controls', () => {
    for (const space of SPACES)
      for (const corner of CORNERS) {
        const [other, own] = callBoxes(2, space, { corner, controls: CONTROLS });
        expect(other).to.deep.equal({ x: 0, y: 0, ...space });
        if (!own) throw new Error('nobody is there');
        expect(isInside(own, space)).to.equal(true);
        const bar = { x: (space.width - CONTROLS.width) / 2, y: space.height - CONTROLS.height - 20, ...CONTROLS };
        expect(overlap(own, bar), `${corner} in ${space.width}`).to.equal(false);
      }
  });

  it('are none where there is nobody', () => {
    expect(gridBoxes(0, SPACES[0] as Space)).to.deep.equal([]);
    expect(focusBoxes(0, SPACES[0] as Space)).to.deep.equal([]);
  });
});
