import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';

import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';

import {
  checkNsupdate,
  formatTxtStrings,
  sendDnsUpdate,
  splitTxtValue,
} from '../../../../src/dns/providers/rfc2136/nsupdate.ts';
import type { UpdateAuthentication } from '../../../../src/dns/providers/rfc2136/nsupdate.ts';
import type { SocketAddress } from '../../../../src/dns/wire/socket-address.ts';
import { everyFormOf } from '../../../cloudflare/errors.ts';
import { patient, providerErrorOf } from '../calls.ts';
import { listNsupdates, recordsAt, startPrimary, writeKey, zoneOf } from './zones.ts';
import { requireInstalled } from '../../servers/installed.ts';
import { startLossyRelay } from '../../servers/lossy-relay.ts';
import type { Named } from '../../servers/named.ts';

const adding = ['update add example.test. 60 TXT "added"'];
const updateAt = (primary: SocketAddress, commands: readonly string[] = adding) => ({
  primary,
  zone: 'example.test',
  name: 'example.test',
  commands,
});

describe.skipIf(!requireInstalled('named', 'nsupdate', 'dig'))('nsupdate', () => {
  let named: Named;
  let tsig: UpdateAuthentication;
  beforeAll(async () => {
    named = await startPrimary(
      zoneOf('example.test'),
      zoneOf('anybody.test', [], { update: 'none', extra: 'allow-update { any; };' }),
    );
    tsig = { kind: 'tsig', keyFile: named.keyFile };
  });
  afterAll(async () => {
    await named[Symbol.asyncDispose]();
  });

  async function keyFileOf(text: string): Promise<UpdateAuthentication> {
    const keyFile = join(named.folder, `${crypto.randomUUID()}.key`);
    await writeFile(keyFile, text);
    return { kind: 'tsig', keyFile };
  }

  test('can be run here', async () => {
    expect(await checkNsupdate(patient)).toMatchObject({ ok: true });
  });

  test('changes the zone', async () => {
    await sendDnsUpdate(updateAt(named, ['update add changed.example.test. 60 TXT "a"']), tsig, patient);
    expect(await recordsAt(named, 'changed.example.test')).toStrictEqual(['60 "a"']);
  });

  test.each([
    ['is no key file', () => 'hello c2VjcmV0c2VjcmV0'],
    ['is empty', () => ''],
    ['has a secret that is not in base64', () => 'key "k" { algorithm hmac-sha256; secret "!!c2VjcmV0c2VjcmV0"; };'],
    ['names no algorithm', () => 'key "k" { secret "c2VjcmV0c2VjcmV0"; };'],
    ['names an unknown algorithm', () => 'key "k" { algorithm hmac-foo; secret "c2VjcmV0c2VjcmV0"; };'],
    ['has a secret of an impossible length', () => 'key "k" { algorithm hmac-sha256; secret "c2VjcmV0c2VjcmV0c"; };'],
  ])('is not left to send unsigned what a key file that %s should have signed', async (_, text) => {
    const update = { ...updateAt(named, ['update add anybody.test. 60 TXT "added"']), zone: 'anybody.test' };
    const error = await providerErrorOf(sendDnsUpdate(update, await keyFileOf(text()), patient));
    expect(error).toMatchObject({ kind: 'unauthorised' });
    expect(error.remedy).toContain('tsig-keygen');
    expect(everyFormOf(error)).not.toContain('c2VjcmV0c2VjcmV0');
    expect(await recordsAt(named, 'anybody.test')).toStrictEqual([]);
  });

  test.each(['', '.missing'])('says so when the key file cannot be read ("%s")', async (suffix) => {
    const keyFile = suffix === '' ? named.folder : named.keyFile + suffix;
    const error = await providerErrorOf(sendDnsUpdate(updateAt(named), { kind: 'tsig', keyFile }, patient));
    expect(error).toMatchObject({ kind: 'unauthorised' });
    expect(error.message).toMatch(/^the key file \S+ cannot be read \((?:EISDIR|ENOENT)\)$/u);
  });

  test('says so when there is no Kerberos ticket', async () => {
    const error = await providerErrorOf(sendDnsUpdate(updateAt(named), { kind: 'gss-tsig' }, patient));
    expect(error).toMatchObject({ kind: 'unauthorised' });
    expect(error.message).toContain('got no Kerberos ticket that it accepts: GSSAPI error');
    expect(error.remedy).toContain('KRB5CCNAME');
  });

  test('says so when nothing listens', async () => {
    const error = await providerErrorOf(sendDnsUpdate(updateAt({ address: '127.0.0.1', port: 1 }), tsig, patient));
    expect(error).toMatchObject({ kind: 'unavailable' });
    expect(error.message).toBe('the primary 127.0.0.1:1 cannot be reached over TCP (no connection)');
  });

  test('says so when the connection is closed without an answer', async () => {
    await using server = createServer((socket) => socket.resetAndDestroy()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const bound = server.address();
    if (bound === null || typeof bound === 'string') throw new TypeError('A TCP server has a port');
    const error = await providerErrorOf(
      sendDnsUpdate(updateAt({ address: '127.0.0.1', port: bound.port }), tsig, patient),
    );
    expect(error).toMatchObject({ kind: 'unavailable' });
    expect(error.message).toContain('cannot be reached over TCP');
  });

  test('says so when no answer comes in time, and is then gone', async () => {
    await using relay = await startLossyRelay(named);
    relay.tcp.freeze('everything');
    const shortTimeout = { ...patient, timeoutMilliseconds: 600 };
    const error = await providerErrorOf(sendDnsUpdate(updateAt(relay.server), tsig, shortTimeout));
    expect(error).toMatchObject({ kind: 'unavailable' });
    expect(error.message).toContain('no answer within 0.6 s');
    expect(await listNsupdates()).toStrictEqual([]);
  });

  test('is killed by an abort, which rejects with its own reason, and shows no secret while it runs', async () => {
    await using relay = await startLossyRelay(named);
    relay.tcp.freeze('answers');
    const stop = new AbortController();
    const reason = new Error('The work was cancelled');
    // So long that it ends in time only when it is killed.
    const longTimeout = { signal: stop.signal, timeoutMilliseconds: 600_000 };
    const commands = ['update add slow.example.test. 60 TXT "a"'];
    const outcome = sendDnsUpdate(updateAt(relay.server, commands), tsig, longTimeout).then(
      () => 'it succeeded',
      (error: unknown) => error,
    );
    await vi.waitFor(async () => expect(await recordsAt(named, 'slow.example.test')).toHaveLength(1), 10_000);
    const [line, ...others] = await listNsupdates();
    expect(others).toStrictEqual([]);
    expect(line).toContain(named.keyFile);
    expect(line).not.toContain(named.secret);

    stop.abort(reason);
    expect(await outcome).toBe(reason);
    expect(await listNsupdates()).toStrictEqual([]);
  });

  test('is not started for work that is already cancelled', async () => {
    const reason = new Error('The work was cancelled');
    const outcome = sendDnsUpdate(updateAt(named), tsig, { ...patient, signal: AbortSignal.abort(reason) });
    await expect(outcome).rejects.toBe(reason);
  });

  test('keeps the secret out of its refusals', async () => {
    const wrong = Buffer.alloc(32, 7).toString('base64');
    const keyFile = await writeKey(named, { secret: wrong });
    const error = await providerErrorOf(sendDnsUpdate(updateAt(named), { kind: 'tsig', keyFile }, patient));
    expect(everyFormOf(error)).not.toContain(wrong);
  });
});

describe('a machine without nsupdate', () => {
  test('says which package has it', async () => {
    vi.stubEnv('PATH', '/nowhere');
    try {
      expect(await checkNsupdate(patient)).toMatchObject({
        ok: false,
        remedy: expect.stringContaining('apt-get install bind9-dnsutils') as unknown,
      });
    } finally {
      vi.unstubAllEnvs();
    }
  });
});

test('a value is cut into as few strings of at most 255 bytes as can be', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 1200 }), (value) => {
      const strings = splitTxtValue(value);
      expect(Buffer.concat(strings).equals(Buffer.from(value, 'utf8'))).toBe(true);
      expect(strings.slice(0, -1).every(({ length }) => length === 255)).toBe(true);
      expect(strings.at(-1)?.length).toBeLessThanOrEqual(255);
    }),
  );
});

test('an empty value is one empty string', () => {
  expect(formatTxtStrings(splitTxtValue(''))).toBe('""');
});

test('what could mean something else is written as the number of its byte', () => {
  const strings = [Buffer.from('v=spf1 "x" \\'), Buffer.from([0, 10, 127, 255])];
  expect(formatTxtStrings(strings)).toBe(String.raw`"v=spf1\032\034x\034\032\092" "\000\010\127\255"`);
});
