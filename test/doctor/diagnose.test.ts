import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

import { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { describe, expect, inject, onTestFinished, test } from 'vitest';

import { createWorld } from '../support/onboarding-world.ts';
import { createWorkingWorld, domain, diagnoseIn, nowhere, textContaining } from './set-ups.ts';

describe.concurrent('a set-up that is whole', () => {
  test('is ok throughout, each thing with what was found', async () => {
    await using world = await createWorkingWorld();
    const diagnosis = await diagnoseIn(world.environment);
    expect(diagnosis.broken).toEqual([]);
    expect(diagnosis).toMatchObject({ ok: true, accountId: world.accountId, emailDomain: domain, skipped: [] });
    expect(diagnosis.checks.map(({ name }) => name)).toEqual([
      'environment',
      'Temporal server',
      'Temporal namespace',
      'search attributes',
      'worker on sso-onboarding',
      'worker on sso-cloudflare',
      'Cloudflare account',
      'API token',
      'Zero Trust organization',
      'identity provider',
      'SSO connectors',
      'connector of example.com',
      'resolvers over UDP',
      'resolvers over TCP',
      'e-mail domain',
      'zone of example.com',
      'name servers over UDP',
      'name servers over TCP',
      'DNS provider',
      'zone at cloudflare',
      'TXT records at cloudflare',
    ]);
    expect(diagnosis.check('identity provider')?.found).toContain('"Example Entra ID"');
    expect(diagnosis.check('connector of example.com')?.found).toContain('there is none');
  });

  test('writes nothing at Cloudflare', async () => {
    await using world = await createWorkingWorld();
    await diagnoseIn(world.environment);
    expect(world.simulator.log.list().filter(({ method }) => method !== 'GET')).toEqual([]);
  });

  test('is ok without a domain, and then says what was skipped', async () => {
    await using world = await createWorkingWorld();
    const diagnosis = await diagnoseIn(world.environment, { domain: null });
    expect(diagnosis).toMatchObject({ ok: true, emailDomain: null, skipped: ['e-mail domain'] });
  });

  test('shows the connector that is there, and where a run continues with it', async () => {
    await using world = await createWorkingWorld();
    await (await world.start(world.input())).result();
    const { check } = await diagnoseIn(world.environment, { domain: 'Example.COM.' });
    expect(check('connector of example.com')?.found).toMatch(/verified, enabled; a run has nothing left to do$/u);
  });

  test('has the choice of auto explained, down to the person who has to publish', async () => {
    await using world = await createWorkingWorld();
    const auto = await diagnoseIn({ ...world.environment, DNS_PROVIDER: 'auto' });
    expect(auto.check('DNS provider')?.found).toContain(
      'auto chooses cloudflare, because example.com is a zone of the Cloudflare',
    );

    world.simulator.account.patch({ zones: [{ name: domain, type: 'partial' }] });
    const manual = await diagnoseIn({ ...world.environment, DNS_PROVIDER: 'auto' });
    expect(manual.check('DNS provider')).toMatchObject({
      state: 'ok',
      found: textContaining('auto chooses manual, because example.com is on'),
      next: textContaining('"status example.com" says which'),
    });
  });
});

describe('a Temporal server that is not ready', () => {
  test('cannot be reached: what is behind it is skipped, and all the rest is checked', async () => {
    await using world = await createWorld();
    const { broken, skipped } = await diagnoseIn({ ...world.environment, TEMPORAL_ADDRESS: nowhere }, {}, 2000);
    expect(broken).toEqual([textContaining(`Temporal server: ${nowhere} cannot be reached`)]);
    expect(skipped).toEqual([
      'Temporal namespace',
      'search attributes',
      'worker on sso-onboarding',
      'worker on sso-cloudflare',
    ]);
  });

  test('takes connections and says nothing: it is given up in time', async () => {
    await using world = await createWorld();
    const mute = createServer(() => undefined).listen(0, '127.0.0.1');
    await once(mute, 'listening');
    onTestFinished(() => void mute.close());
    const bound = mute.address();
    const port = typeof bound === 'object' ? bound?.port : null;
    const { broken } = await diagnoseIn({ ...world.environment, TEMPORAL_ADDRESS: `127.0.0.1:${port}` }, {}, 2000);
    expect(broken).toEqual([textContaining(`Temporal server: 127.0.0.1:${port} cannot be reached`)]);
  });

  test('has no such namespace', async () => {
    await using world = await createWorld();
    const { broken, skipped } = await diagnoseIn({ ...world.environment, TEMPORAL_NAMESPACE: 'missing' });
    expect(broken).toEqual([
      'Temporal namespace: there is no namespace "missing" → set TEMPORAL_NAMESPACE, or create it:\n' +
        'temporal operator namespace create --retention 720h --namespace missing',
    ]);
    expect(skipped).toContain('search attributes');
  });

  test('has a namespace without the search attributes, and no worker', async () => {
    await using world = await createWorld();
    const connection = await Connection.connect({ address: inject('temporalAddress') });
    const namespace = `bare-${randomUUID()}`;
    await connection.workflowService.registerNamespace({
      namespace,
      workflowExecutionRetentionPeriod: msToTs('1 day'),
    });
    await connection.close();
    const { broken } = await diagnoseIn({ ...world.environment, TEMPORAL_NAMESPACE: namespace });
    expect(broken).toEqual([
      textContaining(`temporal operator search-attribute create --namespace ${namespace} --name SsoEmailDomain`),
      'worker on sso-onboarding: no worker polls for workflows and activities → start the worker where its environment is set: npm start',
      textContaining('worker on sso-cloudflare: no worker polls for activities'),
    ]);
  });
});

describe.concurrent('an environment with wrong variables', () => {
  test('has each of them named, and what does not need them is checked', async () => {
    await using world = await createWorkingWorld();
    const { broken, skipped, check } = await diagnoseIn({
      ...world.environment,
      CLOUDFLARE_API_TOKEN: '',
      DNS_PROVIDER: 'rfc2136',
      RFC2136_TSIG_KEY_FILE: '/nowhere/tsig.key',
      LOG_LEVEL: 'loud',
    });
    // Whether this machine has nsupdate is not the point.
    expect(broken.filter((line) => !line.startsWith('nsupdate'))).toEqual([
      textContaining('CLOUDFLARE_API_TOKEN: not set'),
      textContaining('RFC2136_TSIG_KEY_FILE: ENOENT'),
      textContaining('LOG_LEVEL: "loud" is not one of'),
    ]);
    expect(skipped).toContain('API token');
    expect(skipped).toContain('DNS provider');
    expect(check('worker on sso-onboarding')?.state).toBe('ok');
    expect(check('zone of example.com')?.state).toBe('ok');
  });

  test.each([
    [{ TEMPORAL_TLS_CLIENT_CERT_PATH: '/nowhere' }, 'Temporal server'],
    [{ DNS_RESOLVERS: 'nowhere' }, 'zone of example.com'],
    [{ CLOUDFLARE_BASE_URL: 'http://api.example.com' }, 'API token'],
  ])('with %j skips only what needs that', async (wrong, name) => {
    await using world = await createWorld();
    const { broken, skipped } = await diagnoseIn({ ...world.environment, ...wrong });
    expect(broken[0]).toContain('→ correct it where the worker runs');
    expect(skipped).toContain(name);
    expect(skipped).not.toContain('Cloudflare account');
    const others = ['Temporal server', 'zone of example.com', 'API token'].filter((other) => other !== name);
    for (const other of others) expect(skipped).not.toContain(other);
  });
});
