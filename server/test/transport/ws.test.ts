import { describe } from 'vitest';
import { transportContract } from './transport.contract.js';

describe('the transport on ws', () => transportContract('ws'));
