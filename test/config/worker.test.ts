import { describe, expect, test } from 'vitest';

import { readWorkerConfig } from '../../src/config/worker.ts';
import { minimal, problemsOf, token } from './environments.ts';

describe('the environment of a worker', () => {
  const providers = { cloudflare: null, route53: null, rfc2136: null, manual: null };
  const timings = {
    retry: {
      retryFirstSeconds: 2,
      retryMaxSeconds: 300,
      authRetrySeconds: 300,
      throttledRetrySeconds: 300,
      undoRetrySeconds: 60,
    },
    timeouts: { attemptSeconds: 60, heartbeatSeconds: 20 },
    polling: { firstSeconds: 5, growth: 0.1, maxSeconds: 900 },
    propagation: { maxSeconds: 3600, refreshSeconds: 1800 },
  };
  const defaults = {
    temporal: { connectionOptions: {}, address: 'localhost:7233', namespace: 'default' },
    cloudflare: {
      baseUrl: 'https://api.cloudflare.com/client/v4',
      readToken: expect.any(Function) as unknown,
      activitiesPerSecond: 3,
    },
    dns: { defaultProvider: 'cloudflare', nameServers: { kind: 'none' }, resolvers: 'default', providers },
    callBacks: null,
    timings,
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
        providers: {
          rfc2136: {
            server: { address: '192.0.2.53', port: 53 },
            authentication: { kind: 'tsig', keyFile: import.meta.filename },
          },
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

  test('leaves out what is empty or whitespace', () => {
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
    const tsig = readWorkerConfig({ ...minimal, RFC2136_TSIG_KEY_FILE: import.meta.filename }).dns.providers.rfc2136;
    expect(tsig).toEqual({ server: null, authentication: { kind: 'tsig', keyFile: import.meta.filename } });
    const gss = readWorkerConfig({ ...minimal, RFC2136_GSS_TSIG: 'true', RFC2136_SERVER: '[2001:db8::1]:5353' }).dns;
    expect(gss.providers.rfc2136).toEqual({
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

  test('reports everything that is wrong at once, each variable by its name', () => {
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
