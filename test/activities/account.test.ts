import { describe, expect, test } from 'vitest';

import { createAccountActivities } from '../../src/activities/account.ts';
import { cloudflareAt, token } from '../cloudflare/clients.ts';
import { everyFormOf } from '../cloudflare/errors.ts';
import { startAccount } from '../cloudflare/simulated-account.ts';
import { failureOfActivity, runActivity, retry } from './run-activity.ts';

const accountId = '0123456789abcdef0123456789abcdef';
const request = { accountId };

/** An account that is asked with these tokens, one a call, the last of them again and again. */
async function startWithTokens(...tokens: [string, ...string[]]) {
  const account = await startAccount();
  const rest: string[] = [...tokens];
  const readToken = async () => await Promise.resolve((rest.length > 1 ? rest.shift() : rest[0]) ?? '');
  return { account, ...createAccountActivities(cloudflareAt(account, { readToken }), retry) };
}

describe('checking the account', () => {
  test('finds nothing wrong with one that is ready', async () => {
    const { checkAccount } = await startWithTokens(token);
    expect(await runActivity(checkAccount, request)).toEqual([]);
  });

  test.each([
    ['is empty', ''],
    ['holds a line break', `${token}\n${token}`],
  ])('answers with the problem when the token %s, and asks nobody', async (_, unusable) => {
    const { account, checkAccount } = await startWithTokens(unusable);
    const problems = await runActivity(checkAccount, request);
    expect(problems).toEqual([
      {
        subject: 'API token',
        problem: expect.stringContaining('there is no API token to send') as unknown,
        remedy: expect.stringContaining('CLOUDFLARE_API_TOKEN') as unknown,
      },
    ]);
    expect(everyFormOf(problems)).not.toContain(token);
    expect(account.log.list()).toEqual([]);
  });

  test('names each thing that it could not read when the token goes after the first call', async () => {
    const { checkAccount } = await startWithTokens(token, '');
    const problems = await runActivity(checkAccount, request);
    expect(problems.map(({ subject }) => subject)).toEqual(['Zero Trust organization', 'SSO connectors']);
    for (const { problem } of problems) expect(problem).toContain('there is no API token to send');
  });

  test('retries after an HTML page with status 403: that is an outage, not a refusal', async () => {
    const { account, checkAccount } = await startWithTokens(token);
    account.faults.add({ when: 'before', times: 'forever', fault: { html: 403 } });
    const failure = await failureOfActivity(runActivity(checkAccount, request));
    expect(failure).toMatchObject({ type: 'CloudflareUnavailable', nonRetryable: false });
  });
});
