import { describe, expect, it } from 'vitest';
import { DEFAULT_POLICY, grantsOf, mediaRights, type MediaStanding, type PolicyValues, type Role } from '../index.js';

const may = (
  role: Role,
  more: Omit<Partial<MediaStanding>, 'policy'> & { readonly policy?: Partial<PolicyValues> } = {},
): string => {
  const { policy, ...rest } = more;
  const rights = mediaRights({
    grants: grantsOf(role),
    mode: 'video',
    ...rest,
    policy: { ...DEFAULT_POLICY, ...policy },
  });
  return Object.entries(rights)
    .flatMap(([source, allowed]) => (allowed ? [source] : []))
    .join(' ');
};

describe('what somebody may send', () => {
  it.each([
    ['instructor', 'audio video share'],
    ['assistant', 'audio video share'],
    ['student', 'audio video'],
    ['observer', ''],
    ['service', ''],
  ] as const)('is by role: %s', (role, rights) => {
    expect(may(role)).toBe(rights);
  });

  it('is for students what the policy says, and for staff everything', () => {
    expect(may('student', { policy: { 'media.students': 'audio' } })).toBe('audio');
    expect(may('student', { policy: { 'media.students': 'none' } })).toBe('');
    expect(may('student', { policy: { 'media.share': 'all' } })).toBe('audio video share');
    expect(may('assistant', { policy: { 'media.students': 'none', 'media.share': 'staff' } })).toBe(
      'audio video share',
    );
  });

  it('is without what staff have blocked, also for staff', () => {
    const media = { audio: false, video: true, share: false };
    expect(may('student', { media })).toBe('video');
    expect(may('assistant', { media })).toBe('video');
  });

  it('is what the mesh has room for', () => {
    expect(may('instructor', { mode: 'audio' })).toBe('audio share');
    expect(may('instructor', { mode: 'none' })).toBe('');
  });

  it('is what a token adds or takes away', () => {
    expect(may('observer', { grants: grantsOf('observer', { 'media.audio': true }) })).toBe('audio');
    expect(may('instructor', { grants: grantsOf('instructor', { 'media.video': false }) })).toBe('audio share');
  });
});
