/** @packageDocumentation Registers `<lms-classroom>` and the stage in it; its other parts are registered when they are first opened. */
import { LmsClassroom } from '../classroom/classroom.js';
import { define } from '../internal/define.js';
import './meeting-room.js';

define('lms-classroom', LmsClassroom);
