import { describe } from 'vitest';
import { transportContract } from './transport.contract.js';

describe('the transport on uWebSockets.js', () => transportContract('uws'));
