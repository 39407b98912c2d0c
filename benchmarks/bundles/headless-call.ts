export * from '@lms-live/client';
export * from '@lms-live/client/media';
