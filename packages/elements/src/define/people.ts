/** @packageDocumentation Registers `<lms-people>`. */
import { define } from '../internal/define.js';
import { LmsPeople } from '../people/people.js';

define('lms-people', LmsPeople);
