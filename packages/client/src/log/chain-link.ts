import {
  bodyDigestInput,
  genesisInput,
  linkInput,
  toChainHash,
  toHex,
  type EventFrame,
  type LogIdentity,
} from '@lms-live/protocol';

export type Sha256 = (bytes: Uint8Array) => Promise<Uint8Array>;

export interface ChainLink {
  /** The hash before the event, or, for the first event, which log it is in. */
  readonly previous: string | LogIdentity;
  readonly frame: EventFrame;
  /** The exact text of the body, as the server stored and hashed it. */
  readonly bodyText: string;
}

/** Whether an event continues the chain: its hash is that of the hash before it and of what it says. */
export async function continuesChain({ previous, frame, bodyText }: ChainLink, sha256: Sha256): Promise<boolean> {
  const before = typeof previous === 'string' ? previous : toChainHash(await sha256(genesisInput(previous)));
  // An erased event has no salt any more: the digest of what it was stands for it.
  const digest = frame.salt === undefined ? frame.digest : toHex(await sha256(bodyDigestInput(frame.salt, bodyText)));
  if (digest === undefined) return false;
  return toChainHash(await sha256(linkInput(before, { ...frame, digest }))) === frame.hash;
}
