import { readFile } from 'node:fs/promises';

import { expect, it } from 'vitest';

import { errorPolicies } from '../../src/activities/error-policy.ts';

const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');

it.each(Object.entries(errorPolicies))(
  'the README has the policy for the class "%s" as it is',
  (name, { type, retried, wait }) => {
    const row = readme.split('\n').find((line) => line.startsWith(`| ${name} |`)) ?? 'no row';
    const [, , , shownType, shownRetried] = row.split('|').map((cell) => cell.trim());
    expect(shownType).toBe(`\`${type}\``);
    expect(shownRetried).toContain(retried ? 'yes' : 'no');
    if (wait !== null) expect(shownRetried).toContain(wait);
  },
);
