/** A page of one's own on the headless client. With `warm=0` nothing is connected before the click. */
import { connect } from '@lms-live/client';
import { createCall, type Call, type CallState } from '@lms-live/client/media';
import { run, type Page } from './parts/page.js';

let call: Call;

run({
  async prepare(page) {
    const isWarm = page.parameter('warm') === '1';
    const room = connect({ server: page.parameter('live'), token: page.parameter('token'), join: false });
    call = createCall(room, { warm: isWarm });
    call.subscribe((state) => show(state, page));
    await new Promise<void>((resolve) => {
      const stop = room.subscribe(({ connection, media }) => {
        if (connection.state !== 'online' || media.sessions.size < page.others) return;
        stop();
        resolve();
      });
    });
    await call.preview({ microphone: true, camera: true });
    await until(
      ({ camera, peers }) =>
        camera.phase === 'on' &&
        (!isWarm || (peers.length === page.others && peers.every(({ link }) => link === 'connected'))),
    );
  },
  join: () => call.join(),
});

function show({ peers }: CallState, page: Page): void {
  for (const { session, cameraTrack } of peers) if (cameraTrack) page.faces.show(session, cameraTrack);
}

function until(isSo: (state: CallState) => boolean): Promise<void> {
  return new Promise((resolve) => {
    const stop = call.subscribe(look);
    function look(state: CallState): void {
      if (!isSo(state)) return;
      stop();
      resolve();
    }
    look(call.getState());
  });
}
