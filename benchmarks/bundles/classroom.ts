import '@lms-live/elements/define/classroom';
