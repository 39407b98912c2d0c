/** @packageDocumentation Registers `<lms-chat>`. */
import { LmsChat } from '../chat/chat.js';
import { define } from '../internal/define.js';

define('lms-chat', LmsChat);
