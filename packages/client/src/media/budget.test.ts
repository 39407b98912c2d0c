import { describe, expect, test } from 'vitest';
import { shareBudget, STEPS, type Budget, type BudgetInput, type BudgetLink } from './budget.js';
import { EncodeStrain } from './budget-strain.js';

const link = (session: string, rest: Partial<BudgetLink> = {}): BudgetLink => ({
  session,
  view: 'small',
  isTried: true,
  availableBps: null,
  ...rest,
});
const links = (count: number): BudgetLink[] => Array.from({ length: count }, (_, index) => link(`s${index}`));

function share(input: Partial<BudgetInput>, before: Budget | null = null): Budget {
  return shareBudget(
    {
      links: [],
      isLone: (input.links?.length ?? 0) <= 1,
      screens: 0,
      quality: 'auto',
      isSaving: false,
      strain: 0,
      camera: null,
      ...input,
    },
    before,
  );
}

/** Height and frames of each link, like `180@15`. */
function sizes(budget: Budget): string[] {
  return [...budget.steps.values()].map((index) => `${STEPS[index]?.height}@${STEPS[index]?.framesPerSecond}`);
}

const pixelsPerSecond = (budget: Budget): number =>
  [...budget.steps.values()].reduce((sum, index) => {
    const { height = 0, framesPerSecond = 0 } = STEPS[index] ?? {};
    return sum + height * height * (16 / 9) * framesPerSecond;
  }, 0);

describe('the budget of a mesh', () => {
  test('gives one peer 720p, and more of them less and less', () => {
    expect(sizes(share({ links: links(1) }))).toEqual(['720@30']);
    expect(sizes(share({ links: links(2) }))).toEqual(['360@15', '360@15']);
    expect(new Set(sizes(share({ links: links(3) })))).toEqual(new Set(['270@15']));
    expect(new Set(sizes(share({ links: links(5) })))).toEqual(new Set(['180@15']));
  });

  test.each([2, 3, 4, 5])('encodes no more pixels for %i peers than it has', (count) => {
    for (const strain of [0, 1])
      expect(pixelsPerSecond(share({ links: links(count), strain }))).toBeLessThanOrEqual(7_000_000);
  });

  test('gives more to whom this camera is large, and nothing to whom it is not shown', () => {
    const budget = share({ links: [link('a', { view: 'large' }), link('b'), link('c'), link('d', { view: 'none' })] });
    expect(sizes(budget)).toEqual(['360@15', '180@15', '180@15']);
    expect(budget.cameras.has('d')).toBe(false);
  });

  test('gives one who alone looks no more than a call of several can bear', () => {
    expect(sizes(share({ links: links(1), isLone: false }))).toEqual(['360@24']);
  });

  test('halves at low quality, where data is saved, and for each degree of strain', () => {
    const whole = pixelsPerSecond(share({ links: links(2) }));
    for (const less of [{ quality: 'low' }, { isSaving: true }, { strain: 1 }] as const)
      expect(pixelsPerSecond(share({ links: links(2), ...less }))).toBeLessThanOrEqual(whole / 2 + 1);
    expect(new Set(sizes(share({ links: links(5), strain: 3 })))).toEqual(new Set(['90@10']));
  });

  test('sends no camera where sound alone is wanted', () => {
    expect(share({ links: links(2), quality: 'audio' }).cameras.size).toBe(0);
  });

  test('gives a screen every pixel at few frames, and the cameras what is left', () => {
    const two = share({ links: links(1), screens: 1 });
    expect(two.screen).toEqual({ maxBitrate: 2_000_000, maxFramerate: 15, scaleResolutionDownBy: 1 });
    expect(sizes(two)).toEqual(['360@24']);
    expect(share({ screens: 5 }).screen.maxFramerate).toBe(5);
  });

  test('scales by what the camera gives, upright ones by their area', () => {
    const { cameras } = share({ links: links(5), camera: { width: 1280, height: 720 } });
    expect(cameras.get('s0')).toEqual({ maxBitrate: 140_000, maxFramerate: 15, scaleResolutionDownBy: 4 });
    const upright = share({ links: links(5), camera: { width: 720, height: 1280 } });
    expect(upright.cameras.get('s0')?.scaleResolutionDownBy).toBe(4);
    const tiny = share({ links: links(1), camera: { width: 160, height: 120 } });
    expect(tiny.cameras.get('s0')?.scaleResolutionDownBy).toBe(1);
  });

  test('asks the camera for no more than the largest picture that is sent', () => {
    expect(share({ links: links(5) }).capture).toEqual({ width: 320, height: 180, framesPerSecond: 15 });
    expect(share({}).capture).toEqual({ width: 1280, height: 720, framesPerSecond: 30 });
  });

  test('begins with a picture that the browser sends at once, and leaves the camera as it is', () => {
    const untried = share({ links: [link('a', { isTried: false, availableBps: 300_000 })] });
    expect(sizes(untried)).toEqual(['360@24']);
    expect(untried.capture).toEqual({ width: 1280, height: 720, framesPerSecond: 30 });
    expect(sizes(share({ links: [link('a')] }, untried))).toEqual(['720@30']);
    const many = links(5).map((each) => ({ ...each, isTried: false }));
    expect(new Set(sizes(share({ links: many })))).toEqual(new Set(['180@15']));
  });

  test('follows what the network takes, up later than down', () => {
    const narrow = (availableBps: number, before: Budget | null = null): Budget =>
      share({ links: [link('a', { availableBps })] }, before);
    expect(sizes(narrow(300_000))).toEqual(['360@15']);
    const wide = narrow(1_200_000);
    expect(sizes(wide)).toEqual(['720@30']);
    expect(sizes(narrow(900_000, wide))).toEqual(['720@30']);
    expect(sizes(narrow(900_000))).toEqual(['540@30']);
    expect(sizes(narrow(800_000, wide))).toEqual(['540@30']);
    expect(sizes(narrow(1))).toEqual(['90@10']);
  });
});

describe('the strain of encoding', () => {
  const work = (frameMs: number): Parameters<EncodeStrain['look']>[0] => ({
    encodeMs: 30 * frameMs,
    frames: 30,
    dueFramesPerSecond: 30,
  });

  test('is believed after three heavy looks in a row, and no more than three degrees', () => {
    const strain = new EncodeStrain();
    for (const frameMs of [25, 25, 2, 25, 25]) strain.look(work(frameMs));
    expect(strain.degrees).toBe(0);
    strain.look(work(25));
    expect(strain.degrees).toBe(1);
    for (let look = 0; look < 30; look += 1) strain.look(work(25));
    expect(strain.degrees).toBe(3);
  });

  test('eases slowly, and counts no look at which nothing was encoded', () => {
    const strain = new EncodeStrain();
    for (let look = 0; look < 3; look += 1) strain.look(work(25));
    for (let look = 0; look < 14; look += 1) strain.look(work(2));
    strain.look({ encodeMs: 0, frames: 0, dueFramesPerSecond: 30 });
    expect(strain.degrees).toBe(1);
    strain.look(work(2));
    expect(strain.degrees).toBe(0);
  });

  test('is not mistaken for a camera that gives few frames in the dark', () => {
    const strain = new EncodeStrain();
    for (let look = 0; look < 9; look += 1) strain.look({ encodeMs: 30, frames: 8, dueFramesPerSecond: 30 });
    expect(strain.degrees).toBe(0);
  });
});
