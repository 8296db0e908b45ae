import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, onTestFinished, test } from 'vitest';

import { readStarterConfig, readWorkerConfig } from '../../src/config/worker.ts';
import { ConfigError } from '../../src/environment/variables.ts';
import type { Environment } from '../../src/environment/variables.ts';
import { everyFormOf } from '../cloudflare/errors.ts';

const token = 'the-token-that-must-never-be-seen-anywhere';
const minimal = { CLOUDFLARE_API_TOKEN: token };

function problemsOf(environment: Environment, read: (environment: Environment) => unknown = readWorkerConfig) {
  try {
    read(environment);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    expect(everyFormOf(error)).not.toContain(token);
    for (const problem of error.problems) expect(error.message).toContain(problem);
    return error.problems;
  }
  throw new Error('The environment was accepted');
}

async function createFile(name: string, text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sso-config-'));
  onTestFinished(async () => await rm(folder, { recursive: true }));
  await writeFile(join(folder, name), text);
  return join(folder, name);
}

describe('the environment of a worker', () => {
  const defaults = {
    temporal: { connectionOptions: {}, address: 'localhost:7233', namespace: 'default' },
    cloudflare: {
      baseUrl: 'https://api.cloudflare.com/client/v4',
      readToken: expect.any(Function) as unknown,
      activitiesPerSecond: 3,
    },
    dns: { defaultProvider: 'cloudflare', nameServers: { kind: 'none' }, resolvers: 'default', rfc2136: null },
    callBacks: null,
    logLevel: 'INFO',
    metricsAddress: null,
  };

  test('needs nothing but a token', () => {
    expect(readWorkerConfig(minimal)).toEqual(defaults);
  });

  test('sets everything that it names', () => {
    const config = readWorkerConfig({
      ...minimal,
      TEMPORAL_ADDRESS: 'temporal.example.com:7233',
      TEMPORAL_NAMESPACE: 'sso',
      CLOUDFLARE_BASE_URL: 'https://gateway.example.com/client/v4',
      CLOUDFLARE_ACTIVITIES_PER_SECOND: '0.5',
      DNS_PROVIDER: 'auto',
      RFC2136_SERVER: '192.0.2.53',
      RFC2136_TSIG_KEY_FILE: import.meta.filename,
      DNS_NAMESERVERS: 'example.com=192.0.2.1:5353,[2001:db8::1]:5353;example.net=192.0.2.2',
      DNS_RESOLVERS: '192.0.2.53,[2001:db8::53]:5353',
      LOG_LEVEL: 'warn',
      METRICS_ADDRESS: '127.0.0.1:9464',
    });
    expect(config).toMatchObject({
      temporal: {
        connectionOptions: { address: 'temporal.example.com:7233' },
        address: 'temporal.example.com:7233',
        namespace: 'sso',
      },
      cloudflare: { baseUrl: 'https://gateway.example.com/client/v4', activitiesPerSecond: 0.5 },
      dns: {
        defaultProvider: 'auto',
        rfc2136: {
          server: { address: '192.0.2.53', port: 53 },
          authentication: { kind: 'tsig', keyFile: import.meta.filename },
        },
        nameServers: {
          kind: 'by-zone',
          zones: [
            {
              zone: 'example.com',
              servers: [
                { address: '192.0.2.1', port: 5353 },
                { address: '2001:db8::1', port: 5353 },
              ],
            },
            { zone: 'example.net', servers: [{ address: '192.0.2.2', port: 53 }] },
          ],
        },
        resolvers: [
          { address: '192.0.2.53', port: 53 },
          { address: '2001:db8::53', port: 5353 },
        ],
      },
      logLevel: 'WARN',
      metricsAddress: '127.0.0.1:9464',
    });
  });

  test('leaves out what is empty or white space', () => {
    const unset = { CLOUDFLARE_API_TOKEN_FILE: '', CLOUDFLARE_BASE_URL: ' ', CLOUDFLARE_ACTIVITIES_PER_SECOND: '' };
    const alsoUnset = { DNS_PROVIDER: '', DNS_NAMESERVERS: ' ', DNS_RESOLVERS: '', LOG_LEVEL: '', METRICS_ADDRESS: '' };
    expect(readWorkerConfig({ ...minimal, ...unset, ...alsoUnset })).toEqual(defaults);
  });

  test.each(['', ' ', '\n'])('leaves out a variable of Temporal that is %j', (nothing) => {
    const temporal = {
      TEMPORAL_ADDRESS: nothing,
      TEMPORAL_NAMESPACE: nothing,
      TEMPORAL_API_KEY: nothing,
      TEMPORAL_PROFILE: nothing,
      TEMPORAL_CONFIG_FILE: nothing,
      TEMPORAL_TLS: nothing,
      TEMPORAL_TLS_CLIENT_CERT_PATH: nothing,
    };
    expect(readWorkerConfig({ ...minimal, ...temporal })).toEqual(defaults);
  });

  test.each(['127.0.0.1:9464', '[::1]:9464', 'localhost:65535'])('takes %s for an address of metrics', (address) => {
    expect(readWorkerConfig({ ...minimal, METRICS_ADDRESS: address }).metricsAddress).toBe(address);
  });

  test('may name a TSIG key, or that Kerberos is used, for dynamic updates', () => {
    const tsig = readWorkerConfig({ ...minimal, RFC2136_TSIG_KEY_FILE: import.meta.filename }).dns.rfc2136;
    expect(tsig).toEqual({ server: null, authentication: { kind: 'tsig', keyFile: import.meta.filename } });
    const gss = readWorkerConfig({ ...minimal, RFC2136_GSS_TSIG: 'true', RFC2136_SERVER: '[2001:db8::1]:5353' }).dns;
    expect(gss.rfc2136).toEqual({
      server: { address: '2001:db8::1', port: 5353 },
      authentication: { kind: 'gss-tsig' },
    });
  });

  test.each([
    [{ RFC2136_TSIG_KEY_FILE: import.meta.filename, RFC2136_GSS_TSIG: 'true' }, 'set one of them, not both'],
    [{ RFC2136_SERVER: '192.0.2.1' }, 'RFC2136_TSIG_KEY_FILE: not set'],
    [{ DNS_PROVIDER: 'rfc2136' }, 'RFC2136_TSIG_KEY_FILE: not set'],
  ])('is refused when it says %j of dynamic updates', (environment, problem) => {
    expect(problemsOf({ ...minimal, ...environment })).toEqual([expect.stringContaining(problem)]);
  });

  test('may name one set of name servers for all domains', () => {
    const { dns } = readWorkerConfig({ ...minimal, DNS_NAMESERVERS: '127.0.0.1:5353' });
    expect(dns.nameServers).toEqual({ kind: 'all', servers: [{ address: '127.0.0.1', port: 5353 }] });
  });

  test.each(['TRACE', 'debug', 'Info', 'WARN', 'error'])('takes %s for a log level', (level) => {
    expect(readWorkerConfig({ ...minimal, LOG_LEVEL: level }).logLevel).toBe(level.toUpperCase());
  });

  test.each([
    'https://api.cloudflare.com/client/v4',
    'http://localhost:8080/client/v4',
    'http://127.0.0.1:8080/client/v4',
    'http://127.9.8.7/client/v4',
    'http://[::1]:8080/client/v4',
  ])('takes %s for a base URL', (baseUrl) => {
    expect(readWorkerConfig({ ...minimal, CLOUDFLARE_BASE_URL: baseUrl }).cloudflare.baseUrl).toBe(baseUrl);
  });

  test.each([
    'http://api.cloudflare.com/client/v4',
    'http://192.0.2.1/client/v4',
    'http://127.0.0.1.example.com/client/v4',
    'http://localhost.example.com/client/v4',
    'http://0.0.0.0/client/v4',
  ])('refuses %s, which would send the token unencrypted', (baseUrl) => {
    expect(problemsOf({ ...minimal, CLOUDFLARE_BASE_URL: baseUrl })).toEqual([
      'CLOUDFLARE_BASE_URL: plain http would send the API token unencrypted; use https',
    ]);
  });

  test.each([
    ['CLOUDFLARE_BASE_URL', 'api.cloudflare.com', 'is not an http(s) address'],
    ['CLOUDFLARE_BASE_URL', 'ftp://api.cloudflare.com', 'is not an http(s) address'],
    ['CLOUDFLARE_ACTIVITIES_PER_SECOND', 'many', 'is not a number above 0'],
    ['CLOUDFLARE_ACTIVITIES_PER_SECOND', '0', 'is not a number above 0'],
    ['CLOUDFLARE_ACTIVITIES_PER_SECOND', '-1', 'is not a number above 0'],
    ['CLOUDFLARE_ACTIVITIES_PER_SECOND', 'Infinity', 'is not a number above 0'],
    ['DNS_PROVIDER', 'azure', 'is not one of auto, cloudflare, rfc2136, route53, manual'],
    ['DNS_PROVIDER', 'Manual', 'is not one of auto, cloudflare, rfc2136, route53, manual'],
    ['RFC2136_SERVER', 'ns1.example.com', 'is not an IP address with an optional port'],
    ['RFC2136_TSIG_KEY_FILE', '/does/not/exist', 'no such file'],
    ['RFC2136_GSS_TSIG', 'yes', 'is not one of true, false'],
    ['DNS_NAMESERVERS', 'ns1.example.com', 'is not an IP address with an optional port'],
    ['DNS_NAMESERVERS', '192.0.2.1:99999', 'has no port from 1 to 65535'],
    ['DNS_NAMESERVERS', 'example.com=192.0.2.1;example.com=192.0.2.2', 'is listed twice'],
    ['DNS_RESOLVERS', '192.0.2.1,,192.0.2.2', 'has an empty place'],
    ['LOG_LEVEL', 'verbose', 'is not one of TRACE, DEBUG, INFO, WARN, ERROR'],
    ['METRICS_ADDRESS', '9464', 'is not host:port'],
    ['METRICS_ADDRESS', 'localhost:', 'is not host:port'],
    ['METRICS_ADDRESS', ':9464', 'is not host:port'],
    ['METRICS_ADDRESS', 'localhost:65536', 'is not host:port'],
    ['METRICS_ADDRESS', 'localhost:99999', 'is not host:port'],
    ['METRICS_ADDRESS', 'localhost:123456', 'is not host:port'],
  ])('refuses %s=%s and says that it %s', (variable, text, problem) => {
    const problems = problemsOf({ ...minimal, [variable]: text });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(new RegExp(`^${variable}: `, 'u'));
    expect(problems[0]).toContain(problem);
  });

  test('refuses a Temporal profile that no file has', () => {
    const problems = problemsOf({ ...minimal, TEMPORAL_PROFILE: 'production' });
    expect(problems).toEqual(["TEMPORAL_* or temporal.toml: Profile 'production' not found in config data"]);
  });

  test('is told everything that is wrong with it at once, each by its name', () => {
    const problems = problemsOf({
      TEMPORAL_PROFILE: 'production',
      CLOUDFLARE_API_TOKEN: `${token} ${token}`,
      CLOUDFLARE_BASE_URL: 'http://api.cloudflare.com',
      CLOUDFLARE_ACTIVITIES_PER_SECOND: 'many',
      DNS_PROVIDER: 'azure',
      DNS_NAMESERVERS: 'ns1.example.com',
      DNS_RESOLVERS: 'resolver.example.com',
      LOG_LEVEL: 'verbose',
      METRICS_ADDRESS: '9464',
    });
    expect(problems.map((problem) => problem.split(':')[0])).toEqual([
      'TEMPORAL_* or temporal.toml',
      'CLOUDFLARE_BASE_URL',
      'CLOUDFLARE_API_TOKEN',
      'CLOUDFLARE_ACTIVITIES_PER_SECOND',
      'DNS_PROVIDER',
      'DNS_NAMESERVERS',
      'DNS_RESOLVERS',
      'LOG_LEVEL',
      'METRICS_ADDRESS',
    ]);
  });
});

describe('the API token', () => {
  const { signal } = new AbortController();

  test('comes from its variable, without white space around it', async () => {
    const { cloudflare } = readWorkerConfig({ CLOUDFLARE_API_TOKEN: ` ${token}\n` });
    expect(await cloudflare.readToken(signal)).toBe(token);
  });

  test('comes from its file, without the line break at the end', async () => {
    const file = await createFile('token', `${token}\n`);
    const { cloudflare } = readWorkerConfig({ CLOUDFLARE_API_TOKEN_FILE: file });
    expect(await cloudflare.readToken(signal)).toBe(token);
  });

  test('is read from its file again each time, so that it can be rotated', async () => {
    const file = await createFile('token', `${token}\r\n`);
    const { cloudflare } = readWorkerConfig({ CLOUDFLARE_API_TOKEN_FILE: file });
    expect(await cloudflare.readToken(signal)).toBe(token);
    await writeFile(file, 'rotated\n');
    expect(await cloudflare.readToken(signal)).toBe('rotated');
  });

  test('is not read from its file for a call that has ended', async () => {
    const file = await createFile('token', token);
    const { cloudflare } = readWorkerConfig({ CLOUDFLARE_API_TOKEN_FILE: file });
    await expect(cloudflare.readToken(AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' });
  });

  test('must be there', () => {
    expect(problemsOf({})).toEqual([
      'CLOUDFLARE_API_TOKEN: not set; put an API token there, or the path of a file that holds one in CLOUDFLARE_API_TOKEN_FILE',
    ]);
  });

  test.each(['', ' \n'])('must be more than %j', (text) => {
    expect(problemsOf({ CLOUDFLARE_API_TOKEN: text })).toEqual([
      expect.stringMatching(/^CLOUDFLARE_API_TOKEN: not set/u),
    ]);
  });

  test('must come from one place alone', async () => {
    const file = await createFile('token', token);
    expect(problemsOf({ ...minimal, CLOUDFLARE_API_TOKEN_FILE: file })).toEqual([
      'CLOUDFLARE_API_TOKEN, CLOUDFLARE_API_TOKEN_FILE: set one of them, not both',
    ]);
  });

  test.each([
    ['a space', `${token} ${token}`],
    ['a line break', `${token}\n${token}`],
    ['a control character', `${token}\u0007`],
    ['a character that is not ASCII', `${token}é`],
  ])('must not hold %s, and is not repeated when it does', async (_, text) => {
    const inFile = { CLOUDFLARE_API_TOKEN_FILE: await createFile('token', text) };
    for (const environment of [{ CLOUDFLARE_API_TOKEN: text }, inFile]) {
      expect(problemsOf(environment)).toEqual([
        `${Object.keys(environment).join('')}: the token holds white space or characters that are not ASCII; copy it again`,
      ]);
    }
  });

  test('must be in its file', async () => {
    const file = await createFile('token', '\n');
    expect(problemsOf({ CLOUDFLARE_API_TOKEN_FILE: file })).toEqual(['CLOUDFLARE_API_TOKEN_FILE: the token is empty']);
  });

  test('must be in a file that is there', async () => {
    const missing = `${await createFile('token', token)}-of-another-name`;
    const problems = problemsOf({ CLOUDFLARE_API_TOKEN_FILE: missing });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/^CLOUDFLARE_API_TOKEN_FILE: ENOENT/u);
    expect(problems[0]).toContain(missing);
  });

  test('is not in the configuration that a debugger or a log may show', () => {
    expect(everyFormOf(readWorkerConfig(minimal))).not.toContain(token);
  });
});

describe('the environment of the starter', () => {
  test('needs nothing', () => {
    const config = readStarterConfig({});
    expect(config.accountId).toBeNull();
    expect(config.temporal).toMatchObject({ address: 'localhost:7233', namespace: 'default' });
  });

  test('may name the account', () => {
    const accountId = '0123456789abcdef0123456789abcdef';
    expect(readStarterConfig({ CLOUDFLARE_ACCOUNT_ID: accountId }).accountId).toBe(accountId);
    expect(readStarterConfig({ CLOUDFLARE_ACCOUNT_ID: ' ' }).accountId).toBeNull();
  });

  test('is not asked for a token, which the starter never sees', () => {
    expect(everyFormOf(readStarterConfig(minimal))).not.toContain(token);
  });

  test('is refused for a Temporal profile that no file has', () => {
    expect(problemsOf({ TEMPORAL_PROFILE: 'production' }, readStarterConfig)).toEqual([
      "TEMPORAL_* or temporal.toml: Profile 'production' not found in config data",
    ]);
  });
});

test.each([
  ['is not closed', `[profile.default]\napi_key = "${token}\n`],
  ['is not quoted', `[profile.default]\napi_key = ${token}\n`],
  ['has no equals sign', `[profile.default]\napi_key "${token}"\n`],
  ['is followed by more', `[profile.default]\napi_key = "${token}" x\n`],
  ['has an unknown escape', `[profile.default]\napi_key = "${token}\\q"\n`],
  ['stands there twice', `[profile.default]\r\napi_key = "${token}"\r\napi_key = "${token}"\r\n`],
  ['stands beside the fault', `[profile.default]\napi_key = "${token}"\naddress =\n`],
])('a Temporal file that cannot be parsed is not quoted when its API key %s', async (_, text) => {
  const file = await createFile('temporal.toml', text);
  for (const read of [readWorkerConfig, readStarterConfig]) {
    expect(problemsOf({ ...minimal, TEMPORAL_CONFIG_FILE: file }, read)).toEqual([
      expect.stringMatching(/^TEMPORAL_\* or temporal\.toml: not valid TOML at line \d+, column \d+$/u),
    ]);
  }
});

test('a Temporal file whose profile is a text is not quoted', async () => {
  const file = await createFile('temporal.toml', `[profile]\ndefault = "${token}"\n`);
  expect(problemsOf({ ...minimal, TEMPORAL_CONFIG_FILE: file })).toEqual([
    expect.stringMatching(/^TEMPORAL_\* or temporal\.toml: /u),
  ]);
});

test('a Temporal profile of a file gives the address and the namespace', async () => {
  const file = await createFile(
    'temporal.toml',
    '[profile.production]\naddress = "temporal.example.com:7233"\nnamespace = "sso"\n',
  );
  const { temporal } = readStarterConfig({ TEMPORAL_CONFIG_FILE: file, TEMPORAL_PROFILE: 'production' });
  expect(temporal).toMatchObject({ address: 'temporal.example.com:7233', namespace: 'sso' });
});

test('a Temporal variable that is empty leaves what the file says', async () => {
  const file = await createFile('temporal.toml', '[profile.default]\naddress = "temporal.example.com:7233"\n');
  const { temporal } = readStarterConfig({ TEMPORAL_CONFIG_FILE: file, TEMPORAL_PROFILE: '', TEMPORAL_ADDRESS: '' });
  expect(temporal).toMatchObject({ address: 'temporal.example.com:7233' });
});
