/** @packageDocumentation Registers every element. */
import './chat.js';
import './classroom.js';
import './meeting-room.js';
import './people.js';
import './qa-panel.js';
import './room.js';
