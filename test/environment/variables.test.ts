import { describe, expect, test } from 'vitest';

import {
  ConfigError,
  declareChoice,
  declareNumber,
  declareParsed,
  readOrThrow,
  readVariable,
} from '../../src/environment/variables.ts';

const port = declareNumber({ name: 'PORT', meaning: '', readBy: ['worker'], default: 53, most: 100, unit: 'ports' });
const level = declareChoice({
  name: 'LEVEL',
  meaning: '',
  readBy: ['worker'],
  default: 'low',
  choices: ['low', 'high'],
});
const secret = declareParsed({ name: 'SECRET', meaning: '', readBy: ['worker'], secret: true }, () => {
  throw new TypeError('it cannot be used');
});

describe('a declared variable', () => {
  test.each([{}, { PORT: '' }, { PORT: ' \n' }])('has its default in %j', (environment) => {
    expect(readVariable(environment, port, [])).toBe(53);
  });

  test('is null where it has no default and is not set', () => {
    expect(readVariable({}, secret, [])).toBeNull();
  });

  test('is read without whitespace around it', () => {
    expect(readVariable({ PORT: ' 100\n', LEVEL: 'high' }, port, [])).toBe(100);
    expect(readVariable({ PORT: ' 100\n', LEVEL: 'high' }, level, [])).toBe('high');
  });

  test('says which values it accepts', () => {
    expect(port.accepts).toBe('ports, above 0, at most 100');
    expect(level.accepts).toBe('low, high');
  });

  test('is reported with all others that cannot be used, each by its name', () => {
    const environment = { PORT: '101', LEVEL: 'loud', SECRET: 'the-secret' };
    const read = () =>
      readOrThrow((problems) => {
        readVariable(environment, port, problems);
        readVariable(environment, level, problems);
        readVariable(environment, secret, problems);
      });
    expect(read).toThrow(
      new ConfigError([
        'PORT: "101" is not a number above 0 and at most 100',
        'LEVEL: "loud" is not one of low, high',
        'SECRET: it cannot be used',
      ]),
    );
  });
});
