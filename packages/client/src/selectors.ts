/** What elements show, out of the state: pure, and the same object for the same parts of the state. */
export { selectMessages, selectPendingMessages } from './selectors/messages.js';
export { missingPeople, type Missing } from './selectors/missing.js';
export { selectName } from './selectors/name.js';
export { selectPeople, type PersonItem } from './selectors/people.js';
export { permission, type Action } from './selectors/permission.js';
export { selectQuestions, type QuestionLists } from './selectors/questions.js';
