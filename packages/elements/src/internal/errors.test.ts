import { encodeServerFrame, ERRORS, type ErrorCode } from '@lms-live/protocol';
import type { SocketLike } from '@lms-live/client';
import { expect, waitUntil } from '@open-wc/testing';
import { ar } from '../translations/ar.js';
import { de } from '../translations/de.js';
import { es } from '../translations/es.js';
import { fr } from '../translations/fr.js';
import { chatStrings } from './strings/chat.js';
import { commonStrings } from './strings/common.js';
import { doorStrings } from './strings/door.js';
import { doorkeeperStrings } from './strings/doorkeeper.js';
import { meetingRoomStrings } from './strings/meeting-room.js';
import { missingStrings } from './strings/missing.js';
import { moderationStrings } from './strings/moderation.js';
import { peopleStrings } from './strings/people.js';
import { qaPanelStrings } from './strings/qa-panel.js';
import { createClass, rendered, settled, textOf } from './testing/class.js';

/** Codes that end the connection for good: what the door says. */
const FINAL = (Object.keys(ERRORS) as ErrorCode[]).filter((code) => (ERRORS[code].close ?? 0) >= 4500);

/** A server that refuses everybody. */
function refusing(code: ErrorCode): (url: string, protocol: string) => SocketLike {
  return () => {
    const socket: SocketLike & { readyState: number } = {
      readyState: 0,
      bufferedAmount: 0,
      onopen: null,
      onmessage: null,
      onclose: null,
      onerror: null,
      send() {
        const { message, help, retryable, close } = ERRORS[code];
        const frame = encodeServerFrame({ frame: 'refused', code, message, help, retryable });
        queueMicrotask(() => {
          socket.onmessage?.({ data: frame });
          socket.readyState = 3;
          socket.onclose?.({ code: close ?? 4501, reason: code });
        });
      },
      close() {
        socket.readyState = 3;
      },
    };
    queueMicrotask(() => {
      socket.readyState = 1;
      socket.onopen?.();
    });
    return socket;
  };
}

describe('what goes wrong', () => {
  for (const code of FINAL)
    it(`is said for ${code} in English and in German`, async () => {
      const given = createClass();
      const chat = document.createElement('lms-chat');
      chat.locale = 'en';
      const { server } = given;
      const environment = { ...given.environment('anna'), openSocket: refusing(code) };
      Object.assign(chat, { server: server.url, token: server.tokenFor('anna'), environment });
      const told: string[] = [];
      chat.addEventListener('lms-error', ({ detail }) => told.push(detail.code));
      document.body.append(chat);
      await settled(chat);
      await waitUntil(() => chat.matches(':state(failed)') || chat.matches(':state(ended)'), 'it fails');
      await rendered(chat);
      if (code === 'room_ended') expect(textOf(chat)).to.include('The class is over');
      if (chat.matches(':state(failed)')) {
        expect(textOf(chat)).to.include(ERRORS[code].message);
        expect(textOf(chat)).to.include(code);
        expect(told).to.deep.equal([code]);
        chat.locale = 'de';
        await waitUntil(() => textOf(chat).includes(de[`error_${code}`]), 'it is said in German');
      }
      chat.remove();
    });
});

describe('translations', () => {
  const english = {
    ...commonStrings,
    ...chatStrings,
    ...qaPanelStrings,
    ...peopleStrings,
    ...meetingRoomStrings,
    ...moderationStrings,
    ...doorStrings,
    ...doorkeeperStrings,
    ...missingStrings,
  };
  it('give no key to two sentences', () => {
    const parts = [commonStrings, chatStrings, qaPanelStrings, peopleStrings, meetingRoomStrings, moderationStrings];
    const all = [...parts, doorStrings, doorkeeperStrings, missingStrings].flatMap((part) => Object.entries(part));
    const first = new Map([...all].reverse());
    expect(all.filter(([key, sentence]) => first.get(key) !== sentence).map(([key]) => key)).to.deep.equal([]);
  });

  for (const translation of [ar, de, es, fr])
    it(`are complete and not English in ${translation.$code}`, () => {
      for (const [key, value] of Object.entries(english)) {
        const translated = translation[key as keyof typeof english];
        expect(typeof translated, key).to.equal(typeof value);
        if (typeof value === 'function') expect(translated.length, key).to.be.at.most(value.length);
      }
      for (const code of Object.keys(ERRORS) as ErrorCode[])
        expect(translation[`error_${code}`], code).to.be.a('string').and.not.equal(ERRORS[code].message);
    });
});
