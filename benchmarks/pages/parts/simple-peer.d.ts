/** The file of simple-peer that runs in a browser as it is; the package has no types of its own. */
declare module 'simple-peer/simplepeer.min.js' {
  export default class SimplePeer {
    constructor(options: {
      readonly initiator: boolean;
      readonly stream: MediaStream;
      readonly config: RTCConfiguration;
    });
    signal(signal: unknown): void;
    on(event: 'signal', listener: (signal: unknown) => void): void;
    on(event: 'stream', listener: (stream: MediaStream) => void): void;
    destroy(): void;
  }
}
