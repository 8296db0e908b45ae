import { expect, test } from 'vitest';

import { readStarterConfig } from '../../src/config/starter.ts';
import { readWorkerConfig } from '../../src/config/worker.ts';
import { createFile, minimal, problemsOf, token } from './environments.ts';

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
