import '@lms-live/elements/define';
