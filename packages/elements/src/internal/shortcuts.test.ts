import { expect, waitUntil } from '@open-wc/testing';
import '../define/classroom.js';
import type { LmsClassroom } from '../classroom/classroom.js';
import { $, all, appears, createClass, gone, press, rendered, settled, write, type Person } from './testing/class.js';
import { FakeCall } from './testing/fake-call.js';
import type { LmsElement } from './lms-element.js';

interface Seat {
  readonly classroom: LmsClassroom;
  readonly stage: LmsElement;
  readonly call: FakeCall;
}

/** Somebody in a class, with a call that writes down what it is asked for. */
async function sit(person: Person, properties: Partial<LmsClassroom> = {}): Promise<Seat> {
  const given = createClass();
  const calls: FakeCall[] = [];
  const classroom = document.createElement('lms-classroom');
  const { server } = given;
  Object.assign(classroom, {
    server: server.url,
    token: server.tokenFor(person),
    locale: 'en',
    environment: given.environment(person),
    panel: 'none',
    makeCall: (room: ConstructorParameters<typeof FakeCall>[0]) => {
      const call = new FakeCall(room);
      calls.push(call);
      return call;
    },
    ...properties,
  });
  classroom.style.setProperty('width', '1200px');
  classroom.style.setProperty('max-width', 'none');
  const place = document.createElement('div');
  place.className = 'test-place';
  place.append(classroom);
  document.body.append(place);
  await settled(classroom);
  await classroom.join();
  await appears(classroom, '.rail');
  const stage = $<LmsElement>(classroom, 'lms-meeting-room');
  await appears(stage, '[data-control=microphone]');
  const [call] = calls;
  if (!call) throw new Error('there is no call');
  call.asked.length = 0;
  return { classroom, stage, call };
}

/** Waits, on a slow machine too. */
const until = (isSo: () => boolean | undefined, message?: string): Promise<void> =>
  waitUntil(() => isSo() === true, message, { timeout: 4_000 });

const isHeard = ({ call }: Seat): boolean => call.getState().microphone.isHeard;
const release = (key: string): void =>
  void document.body.dispatchEvent(new KeyboardEvent('keyup', { key, bubbles: true, composed: true }));

describe('the keys of a class', () => {
  beforeEach(() => {
    localStorage.clear();
    (document.activeElement as HTMLElement | null)?.blur();
  });

  it('turn microphone, camera and screen on and off', async () => {
    const seat = await sit('teacher');
    const before = isHeard(seat);
    press(document.body, 'm');
    expect(isHeard(seat)).to.equal(!before);
    press(document.body, 'M');
    expect(isHeard(seat)).to.equal(before);
    press(document.body, 'v');
    press(document.body, 's');
    expect(seat.call.asked.filter((asked) => /^(camera|screen)/u.test(asked))).to.deep.equal([
      'camera off',
      'screen on',
    ]);
  });

  it('raise a hand and open the reactions', async () => {
    const { classroom, stage } = await sit('anna');
    press(document.body, 'h');
    await until(() => classroom.connection.state?.views.all.hands.length === 1);
    press(document.body, 'r');
    await appears(stage, '[part~=reactions]');
  });

  it('work on keyboards of other scripts, by the place of the key', async () => {
    const seat = await sit('teacher');
    const before = isHeard(seat);
    press(document.body, 'ة', { code: 'KeyM' });
    expect(isHeard(seat)).to.equal(!before);
  });

  it('open and close the panels, and put the focus where one writes', async () => {
    const { classroom } = await sit('anna');
    const opened = press(document.body, 'c');
    expect(opened.defaultPrevented).to.equal(true);
    expect(classroom.panel).to.equal('chat');
    const chat = await appears<LmsElement>(classroom, 'lms-chat');
    await until(() => chat.renderRoot.querySelector('textarea')?.matches(':focus') === true);
    $<HTMLTextAreaElement>(chat, 'textarea').blur();
    press(document.body, 'q');
    expect(classroom.panel).to.equal('questions');
    (document.activeElement as HTMLElement | null)?.blur();
    press(document.body, 'p');
    expect(classroom.panel).to.equal('people');
    await rendered(classroom);
    (document.activeElement as HTMLElement | null)?.blur();
    press(document.body, 'p');
    expect(classroom.panel).to.equal('none');
  });

  it('do nothing while somebody types', async () => {
    const seat = await sit('teacher', { panel: 'chat' });
    const before = isHeard(seat);
    const chat = await appears<LmsElement>(seat.classroom, 'lms-chat');
    const field = await appears<HTMLTextAreaElement>(chat, 'textarea');
    write(field, 'Mm');
    for (const key of ['m', 'v', 's', 'h', 'c', ' ', '?']) expect(press(field, key).defaultPrevented).to.equal(false);
    expect(isHeard(seat)).to.equal(before);
    expect(seat.classroom.panel).to.equal('chat');
    expect(all(seat.classroom, 'dialog')).to.have.lengthOf(0);
  });

  it('leave alone what is pressed with Ctrl, Alt or Meta, and what is held', async () => {
    const seat = await sit('teacher');
    const before = isHeard(seat);
    for (const held of [{ ctrlKey: true }, { altKey: true }, { metaKey: true }, { repeat: true }])
      expect(press(document.body, 'm', held).defaultPrevented).to.equal(false);
    expect(isHeard(seat)).to.equal(before);
  });

  it('leave alone the keys of the page while the focus is elsewhere', async () => {
    const seat = await sit('teacher');
    const before = isHeard(seat);
    const elsewhere = document.createElement('button');
    seat.classroom.parentElement?.append(elsewhere);
    elsewhere.focus();
    press(elsewhere, 'm');
    expect(isHeard(seat)).to.equal(before);
    elsewhere.blur();
    press(document.body, 'm');
    expect(isHeard(seat)).to.equal(!before);
  });

  it('can be turned off', async () => {
    const seat = await sit('teacher', { noShortcuts: true });
    const before = isHeard(seat);
    for (const key of ['m', 'c', '?', ' ']) press(document.body, key);
    expect(isHeard(seat)).to.equal(before);
    expect(seat.classroom.panel).to.equal('none');
    expect(all(seat.classroom, '[aria-keyshortcuts]')).to.have.lengthOf(0);
    expect(all(seat.stage, '[aria-keyshortcuts]')).to.have.lengthOf(0);
    expect(all(seat.classroom, '.help')).to.have.lengthOf(0);
  });

  it('let one talk while muted for as long as the space bar is held', async () => {
    const seat = await sit('teacher');
    await seat.call.setMicrophone(false);
    await rendered(seat.stage);
    expect(press(document.body, ' ').defaultPrevented).to.equal(true);
    expect(isHeard(seat)).to.equal(true);
    expect(press(document.body, ' ', { repeat: true }).defaultPrevented).to.equal(true);
    release(' ');
    expect(isHeard(seat)).to.equal(false);
    press(document.body, ' ');
    window.dispatchEvent(new Event('blur'));
    expect(isHeard(seat)).to.equal(false);
    release(' ');
    await seat.call.setMicrophone(true);
    expect(press(document.body, ' ').defaultPrevented).to.equal(false);
    release(' ');
    expect(isHeard(seat)).to.equal(true);
  });

  it('let one talk from the stage, which has the focus after joining', async () => {
    const seat = await sit('teacher');
    await seat.call.setMicrophone(false);
    const stage = await appears(seat.stage, '.stage');
    stage.focus();
    expect(stage.matches(':focus')).to.equal(true);
    press(stage, ' ');
    expect(isHeard(seat)).to.equal(true);
    release(' ');
    expect(isHeard(seat)).to.equal(false);
  });

  it('leave the space bar to a button that has the focus', async () => {
    const seat = await sit('teacher');
    await seat.call.setMicrophone(false);
    await rendered(seat.stage);
    const button = $(seat.classroom, '#tab-chat');
    button.focus();
    expect(press(button, ' ').defaultPrevented).to.equal(false);
    expect(isHeard(seat)).to.equal(false);
  });

  it('do not unmute whoever may not speak', async () => {
    const seat = await sit('anna');
    await seat.call.setMicrophone(false);
    seat.call.set({ may: { audio: false, video: true, share: false } });
    await rendered(seat.stage);
    press(document.body, ' ');
    press(document.body, 'm');
    expect(isHeard(seat)).to.equal(false);
  });

  it('are listed in a sheet, which Escape closes and nothing else', async () => {
    const { classroom } = await sit('anna', { panel: 'chat', locale: 'de' });
    press(document.body, '?', { shiftKey: true });
    const sheet = await appears<HTMLDialogElement>(classroom, 'dialog.keys');
    expect(sheet.open).to.equal(true);
    expect(sheet.textContent).to.include('Tastenkürzel').and.to.include('Leertaste');
    expect([...sheet.querySelectorAll('kbd')].map(({ textContent }) => textContent)).to.deep.equal([
      ...['M', 'Leertaste', 'V', 'S', 'H', 'R', 'C', 'Q', 'P', 'L', 'F', 'Esc', '?'],
    ]);
    await expect(classroom).to.be.accessible();
    press(sheet, 'm');
    expect(press(sheet, 'Escape').defaultPrevented).to.equal(false);
    sheet.close();
    await gone(classroom, 'dialog.keys');
    expect(classroom.panel).to.equal('chat');
  });

  it('stop with the element', async () => {
    const seat = await sit('teacher');
    const before = isHeard(seat);
    seat.classroom.remove();
    press(document.body, 'm');
    expect(seat.call.asked.filter((asked) => asked.startsWith('microphone'))).to.deep.equal([]);
    expect(isHeard(seat)).to.equal(before);
  });
});
