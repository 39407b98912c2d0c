/** @packageDocumentation Registers `<lms-qa-panel>`. */
import { define } from '../internal/define.js';
import { LmsQaPanel } from '../qa-panel/qa-panel.js';

define('lms-qa-panel', LmsQaPanel);
