import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { Route53Client } from '@aws-sdk/client-route-53';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { createRoute53Provider } from '../../../../src/dns/providers/route53/provider.ts';
import { everyFormOf } from '../../../cloudflare/errors.ts';
import { patient, providerErrorOf } from '../calls.ts';
import { providerIn, startZone } from './zones.ts';
import { requireMoto, startMoto } from '../../servers/moto-process.ts';
import type { Moto } from '../../servers/moto-process.ts';

const hasMoto = requireMoto();
let moto: Moto;
beforeAll(async () => {
  if (hasMoto) moto = await startMoto();
});
afterAll(async () => await moto?.[Symbol.asyncDispose]());

const spf = '"v=spf1 -all"';
const source = JSON.stringify(
  fileURLToPath(new URL('../../../../src/dns/providers/route53/provider.ts', import.meta.url)),
);

describe.skipIf(!hasMoto)('credentials', () => {
  const actions =
    /route53:ListHostedZonesByName.*GetHostedZone.*ListResourceRecordSets.*ChangeResourceRecordSets.*GetChange/u;

  test('that AWS does not know: unauthorised, with the actions to allow', async () => {
    const { peer, target, written } = await startZone(moto, [spf]);
    const error = await providerErrorOf(providerIn(peer, 'AKIAOFSOMEBODYELSE00').publish(target, patient));
    expect(error).toMatchObject({ kind: 'unauthorised' });
    expect(error.message).toContain('InvalidClientTokenId');
    expect(error.remedy).toMatch(actions);
    expect(await written()).toMatchObject({ values: [spf] });
  });

  test.each([
    [403, 'ExpiredToken'],
    [403, 'SignatureDoesNotMatch'],
    [400, 'RequestExpired'],
    [401, 'Anything'],
  ])('HTTP %i, %s: unauthorised, and what was signed is not repeated', async (status, code) => {
    const { peer, provider, target } = await startZone(moto, [spf]);
    const message = 'The canonical string was x-amz-security-token:the-session-token';
    peer.fail('ChangeResourceRecordSets', { status, code, message });
    const error = await providerErrorOf(provider.publish(target, patient));
    expect(error).toMatchObject({ kind: 'unauthorised' });
    expect(error.message).toContain(code);
    expect(everyFormOf(error)).not.toContain('the-session-token');
  });

  test('that do not allow it: unauthorised, with what AWS says is missing', async () => {
    const { peer, provider, target } = await startZone(moto, [spf]);
    const message = 'User: arn:aws:iam::1:user/worker is not authorized to perform: route53:ChangeResourceRecordSets';
    peer.fail('ChangeResourceRecordSets', { status: 403, code: 'AccessDenied', message });
    const error = await providerErrorOf(provider.publish(target, patient));
    expect(error).toMatchObject({ kind: 'unauthorised' });
    expect(error.message).toContain(message);
  });

  test.each([
    [400, 'InvalidIdentityToken', 'unauthorised'],
    [400, 'Throttling', 'busy'],
    [500, 'InternalFailure', 'unavailable'],
  ])('that their own source does not give, HTTP %i, %s: %s', async (httpStatusCode, name, kind) => {
    const { peer, target } = await startZone(moto, [spf]);
    const error = Object.assign(new Error('no token'), { name, $fault: 'client', $metadata: { httpStatusCode } });
    const credentials = async () => await Promise.reject(error);
    const client = new Route53Client({ endpoint: peer.endpoint, region: 'us-east-1', maxAttempts: 1, credentials });
    const call = createRoute53Provider(client).find(target, patient);
    expect(await providerErrorOf(call)).toMatchObject({ kind });
    expect(peer.calls).toEqual([]);
  });

  test('that never come: out of time', async () => {
    const { peer, target } = await startZone(moto, [spf]);
    const { promise: never } = Promise.withResolvers<never>();
    const credentials = async () => await never;
    const client = new Route53Client({ endpoint: peer.endpoint, region: 'us-east-1', maxAttempts: 1, credentials });
    const call = createRoute53Provider(client).find(target, { ...patient, timeoutMilliseconds: 200 });
    expect(await providerErrorOf(call)).toMatchObject({ kind: 'unavailable' });
  });

  test('never stand in an error', async () => {
    const { peer, provider, target } = await startZone(moto, [spf]);
    const secret = peer.environment['AWS_SECRET_ACCESS_KEY'] ?? 'no secret';
    for (const fault of [
      { status: 400, code: 'Throttling' },
      { status: 400, code: 'InvalidInput' },
      'reset before',
    ] as const) {
      peer.fail('ChangeResourceRecordSets', fault);
      const error = await providerErrorOf(provider.publish(target, patient));
      expect(everyFormOf(error)).not.toContain(secret);
      expect(everyFormOf(error)).not.toContain('the-session-token');
    }
  });

  test('that are not there: unauthorised, and nobody is asked', async () => {
    const { peer, target } = await startZone(moto, [spf]);
    const script = `
      const { createRoute53Provider } = await import(${source});
      const options = { signal: new AbortController().signal, timeoutMilliseconds: 30000, mayHaveWritten: false, aboutToWrite() {} };
      const provider = createRoute53Provider();
      const shown = { apex: 'example.test', nameServers: ['ns-2048.awsdns-64.com'], source: 'discovered' };
      const wanted = { accountId: 'a', emailDomain: 'example.test', shown };
      const kind = await provider.publish(${JSON.stringify(target)}, options).catch((error) => error.kind);
      const claim = await provider.claim(wanted, options).catch((error) => error.kind);
      const finding = await provider.findZone(wanted, options);
      process.stdout.write(JSON.stringify({ kind, claim, problem: finding.problems[0].problem }));`;
    const { AWS_ACCESS_KEY_ID: _id, AWS_SECRET_ACCESS_KEY: _secret, ...rest } = peer.environment;
    const env = { PATH: process.env['PATH'], ...rest };
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], { env });
    expect(JSON.parse(stdout)).toEqual({
      kind: 'unauthorised',
      claim: 'unauthorised',
      problem: "Route 53's ListHostedZonesByName failed: CredentialsProviderError",
    });
    expect(peer.calls).toEqual([]);
  });
});
