import { describe, expect, test } from 'vitest';

import { readStarterConfig } from '../../src/config/starter.ts';
import { everyFormOf } from '../cloudflare/errors.ts';
import { minimal, problemsOf, token } from './environments.ts';

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
