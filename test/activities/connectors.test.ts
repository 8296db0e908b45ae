import { describe, expect, test } from 'vitest';

import { createConnectorActivities } from '../../src/activities/connectors.ts';
import { withDefaults } from '../../src/input.ts';
import { cloudflareAt } from '../cloudflare/clients.ts';
import { refusal, startScriptedServer, success } from '../cloudflare/scripted-server.ts';
import type { ScriptedAnswer } from '../cloudflare/scripted-server.ts';
import { failureOfActivity, runActivity } from './run-activity.ts';

const accountId = '0123456789abcdef0123456789abcdef';
const emailDomain = 'example.com';
const { pace } = withDefaults({ accountId, emailDomain }, 'cloudflare');
const readAt = '2026-03-01T09:00:00.000Z';

const documented = {
  id: 'one',
  created_on: '2026-03-01T09:00:01.000Z',
  email_domain: emailDomain,
  enabled: false,
  use_fedramp_language: false,
  verification: { code: 'cloudflare_dashboard_sso=abc', status: 'awaiting' },
};
const webPage: ScriptedAnswer = { status: 404, headers: { 'content-type': 'text/html' }, body: '<html></html>' };

async function startConnectors(...answers: ScriptedAnswer[]) {
  const peer = await startScriptedServer(...answers);
  const activities = createConnectorActivities(cloudflareAt(peer));
  return { ...activities, methods: () => peer.seen.map(({ method }) => method) };
}

describe('reading a connector', () => {
  const request = { accountId, connectorId: 'one', pace };

  test('finds it', async () => {
    const { getConnector } = await startConnectors(success(documented));
    expect(await runActivity(getConnector, request)).toMatchObject({ id: 'one', emailDomain });
  });

  test('sees that it has gone when the API says so', async () => {
    const { getConnector } = await startConnectors(refusal(404, { code: 7003 }));
    expect(await runActivity(getConnector, request)).toBeNull();
  });

  test.each<[string, ScriptedAnswer]>([
    ['a web page', webPage],
    ['nothing at all', { status: 404 }],
  ])('does not take a 404 with %s for its absence, and tries again', async (_, answer) => {
    const { getConnector } = await startConnectors(answer);
    const failure = await failureOfActivity(runActivity(getConnector, request));
    expect(failure).toMatchObject({ type: 'CloudflareUnavailable', nonRetryable: false });
  });
});

describe('creating a connector', () => {
  const request = { accountId, emailDomain, useFedrampLanguage: null, before: { connectors: [], readAt }, pace };
  const taken = refusal(409, { code: 1009, message: 'a connector for this domain exists' });

  test.each([
    [1, 'adopted'],
    [2, 'created'],
  ])('uses one that lands after the look; in attempt %d it counts as %s', async (attempt, origin) => {
    const { createConnector, methods } = await startConnectors(success([]), taken, success([documented]));
    const created = await runActivity(createConnector, request, { attempt });
    expect(created).toMatchObject({ connector: { id: 'one', emailDomain }, origin });
    expect(methods()).toEqual(['GET', 'POST', 'GET']);
  });

  test('fails as it was refused when none is to be seen', async () => {
    const { createConnector } = await startConnectors(success([]), taken, success([]));
    const failure = await failureOfActivity(runActivity(createConnector, request));
    expect(failure).toMatchObject({ type: 'CloudflareRefused', nonRetryable: true });
    expect(failure.message).toContain('a connector for this domain exists');
  });

  test('fails for the conflict when the late one does not fit the request', async () => {
    const late = success([{ ...documented, use_fedramp_language: true }]);
    const { createConnector } = await startConnectors(success([]), taken, late);
    const failure = await failureOfActivity(runActivity(createConnector, { ...request, useFedrampLanguage: false }));
    expect(failure).toMatchObject({ type: 'ConnectorConflict', nonRetryable: true });
  });

  test('leaves the second look to the next attempt when Cloudflare is in trouble', async () => {
    const { createConnector, methods } = await startConnectors(success([]), webPage, success([documented]));
    const failure = await failureOfActivity(runActivity(createConnector, request));
    expect(failure).toMatchObject({ type: 'CloudflareUnavailable', nonRetryable: false });
    expect(methods()).toEqual(['GET', 'POST']);
  });
});
