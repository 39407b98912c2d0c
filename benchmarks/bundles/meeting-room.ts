import '@lms-live/elements/define/meeting-room';
