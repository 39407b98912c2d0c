import { describePublic } from './testing/describe-public.js';

await describePublic(['chat']);
