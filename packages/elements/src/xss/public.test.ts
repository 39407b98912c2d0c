import { describePublic } from './testing/describe-public.js';

// The others are long enough for a file of their own.
await describePublic(['people', 'call', 'door', 'refused']);
