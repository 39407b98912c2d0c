/** @packageDocumentation Registers `<lms-room>`. */
import { define } from '../internal/define.js';
import { LmsRoom } from '../room/room.js';

define('lms-room', LmsRoom);
