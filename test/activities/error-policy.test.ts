import { readFile } from 'node:fs/promises';

import { expect, it } from 'vitest';

import { errorPolicies } from '../../src/activities/error-policy.ts';

const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');

it.each(Object.entries(errorPolicies))(
  'the README has the policy for the class "%s" as it is',
  (name, { type, retried, wait }) => {
    const rows = readme.split('\n').map((line) => line.split('|').map((cell) => cell.trim()));
    const [, , , shownType, shownRetried] = rows.find((cells) => cells[1] === name) ?? [];
    expect(shownType).toBe(`\`${type}\``);
    expect(shownRetried).toContain(retried ? 'yes' : 'no');
    if (wait !== null) expect(shownRetried).toContain(wait);
  },
);
