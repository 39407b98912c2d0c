/* global window, document */
/**
 * For pictures of the documentation, in the page before its own scripts: a camera that shows a drawn person in a drawn room, since
 * made-up devices of browsers show a green test card. Everything behind the camera is the real thing.
 */
(() => {
  const SIZE = { width: 640, height: 360 };
  const FRAMES_PER_SECOND = 12;
  /** @type {{ wall: string, light: string, skin: string, hair: string, shirt: string, long: boolean }} */
  const look = window.drawnPerson;
  const { mediaDevices } = navigator;
  const asked = mediaDevices.getUserMedia.bind(mediaDevices);

  mediaDevices.getUserMedia = async (constraints = {}) => {
    const stream = await asked(constraints);
    if (!constraints.video) return stream;
    for (const track of stream.getVideoTracks()) {
      track.stop();
      stream.removeTrack(track);
      const drawn = drawnTrack();
      // The page finds the device that it has asked for.
      const settings = { ...track.getSettings(), ...SIZE };
      drawn.getSettings = () => settings;
      drawn.applyConstraints = () => Promise.resolve();
      stream.addTrack(drawn);
    }
    return stream;
  };

  const found = mediaDevices.enumerateDevices.bind(mediaDevices);
  const NAMES = { audioinput: 'Built-in microphone', videoinput: 'Built-in camera', audiooutput: 'Loudspeakers' };
  mediaDevices.enumerateDevices = async () =>
    (await found()).map(({ deviceId, groupId, kind }) => ({ deviceId, groupId, kind, label: NAMES[kind] }));

  function drawnTrack() {
    const canvas = Object.assign(document.createElement('canvas'), SIZE);
    const pen = canvas.getContext('2d');
    const [track] = canvas.captureStream(FRAMES_PER_SECOND).getVideoTracks();
    let step = 0;
    const draw = () => {
      paint(pen, step);
      step += 1;
      if (track.readyState === 'live') setTimeout(draw, 1_000 / FRAMES_PER_SECOND);
    };
    draw();
    return track;
  }

  function paint(pen, step) {
    const { width, height } = SIZE;
    const wall = pen.createLinearGradient(0, 0, width, height);
    wall.addColorStop(0, look.light);
    wall.addColorStop(1, look.wall);
    pen.fillStyle = wall;
    pen.fillRect(0, 0, width, height);
    // A window, and a shelf with books.
    pen.fillStyle = 'rgb(255 255 255 / 0.28)';
    pen.fillRect(46, 40, 104, 132);
    pen.fillStyle = look.wall;
    pen.fillRect(96, 40, 5, 132);
    pen.fillRect(46, 102, 104, 5);
    pen.fillStyle = 'rgb(0 0 0 / 0.16)';
    pen.fillRect(470, 118, 132, 7);
    [26, 20, 34, 18, 28].forEach((tall, index) => {
      pen.fillStyle = `rgb(255 255 255 / ${0.2 + 0.08 * index})`;
      pen.fillRect(482 + 21 * index, 118 - 44 - tall / 3, 15, 44 + tall / 3);
    });
    const sway = 3 * Math.sin(step / 9);
    const x = width / 2 + sway;
    pen.fillStyle = look.hair;
    if (look.long) round(pen, x - 82, 92, 164, 190, 74);
    pen.fillStyle = look.shirt;
    round(pen, x - 150, 268, 300, 200, 96);
    pen.fillStyle = look.skin;
    round(pen, x - 28, 214, 56, 84, 26);
    // The shadow of the chin.
    pen.fillStyle = 'rgb(60 20 10 / 0.2)';
    round(pen, x - 28, 214, 56, 84, 26);
    pen.fillStyle = look.skin;
    ellipse(pen, x, 168, 62, 76);
    pen.fillStyle = look.hair;
    pen.beginPath();
    pen.ellipse(x, 134, 68, 62, 0, Math.PI * 1.02, Math.PI * 1.98);
    pen.bezierCurveTo(x + 40, 118, x - 20, 104, x - 66, 140);
    pen.fill();
    pen.fillStyle = '#2b2320';
    const isBlinking = step % 53 < 2;
    for (const side of [-1, 1]) ellipse(pen, x + side * 24, 168, 5.5, isBlinking ? 1 : 6.5);
    pen.strokeStyle = '#8a4b3c';
    pen.lineWidth = 4;
    pen.lineCap = 'round';
    pen.beginPath();
    pen.arc(x, 196, 20, 0.2 * Math.PI, 0.8 * Math.PI);
    pen.stroke();
  }

  function ellipse(pen, x, y, radiusX, radiusY) {
    pen.beginPath();
    pen.ellipse(x, y, radiusX, radiusY, 0, 0, 2 * Math.PI);
    pen.fill();
  }

  function round(pen, x, y, width, height, radius) {
    pen.beginPath();
    pen.roundRect(x, y, width, height, radius);
    pen.fill();
  }
})();
