/** @packageDocumentation Registers `<lms-meeting-room>`. */
import { define } from '../internal/define.js';
import { LmsMeetingRoom } from '../meeting-room/meeting-room.js';

define('lms-meeting-room', LmsMeetingRoom);
