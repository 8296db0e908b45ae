import { readFile } from 'node:fs/promises';

import { expect, it } from 'vitest';

import { errorPolicies } from '../../src/activities/error-policy.ts';

const page = await readFile(new URL('../../docs/failures.md', import.meta.url), 'utf8');

it.each(Object.entries(errorPolicies))(
  'docs/failures.md has the policy for the class "%s" as it is',
  (name, { type, retried, wait }) => {
    const rows = page.split('\n').map((line) => line.split('|').map((cell) => cell.trim()));
    const [, , , shownType, shownRetried] = rows.find((cells) => cells[1] === name) ?? [];
    expect(shownType).toBe(`\`${type}\``);
    expect(shownRetried).toContain(retried ? 'yes' : 'no');
    if (wait !== null) expect(shownRetried).toContain(variableOf(wait));
  },
);

/** `authRetrySeconds` is set by `AUTH_RETRY_SECONDS`. */
function variableOf(setting: string): string {
  return setting.replaceAll(/[A-Z]/gu, (letter) => `_${letter}`).toUpperCase();
}
