import { readFile } from 'node:fs/promises';

import { describe, expect, test } from 'vitest';

import { allVariableGroups, fillConfigurationPage, writeEnvExample } from '../../scripts/configuration-docs.ts';
import { fillContractPage } from '../../scripts/contract-docs.ts';
import type { ProcessName } from '../../src/environment/variables.ts';

const variables = allVariableGroups.flatMap((group) => group.variables);

async function readProjectFile(path: string): Promise<string> {
  return await readFile(new URL(`../../${path}`, import.meta.url), 'utf8');
}

/** Without what oxfmt adds to tables. */
function unpadded(text: string): string {
  return text.replaceAll(/ +/gu, ' ').replaceAll(/-{3,}/gu, '---');
}

describe('the files that "npm run docs" generates', () => {
  test('.env.example is up to date', async () => {
    expect(await readProjectFile('.env.example')).toBe(writeEnvExample());
  });

  test('docs/configuration.md is up to date', async () => {
    const page = await readProjectFile('docs/configuration.md');
    expect(unpadded(page)).toBe(unpadded(fillConfigurationPage(page)));
  });

  test('docs/contract.md is up to date', async () => {
    const page = await readProjectFile('docs/contract.md');
    expect(unpadded(page)).toBe(unpadded(fillContractPage(page)));
  });

  test('show no variable twice', () => {
    const names = variables.map(({ name }) => name);
    expect(names).toEqual([...new Set(names)]);
  });

  test('show no value of a secret', () => {
    const shown = variables.filter((variable) => variable.secret && (variable.default ?? variable.example) !== null);
    expect(shown).toEqual([]);
  });
});

/** The variables that docker-compose.yml gives a service. */
async function listPassedOn(service: string): Promise<string[]> {
  const [, block = ''] = (await readProjectFile('docker-compose.yml')).split(`\n  ${service}:\n`);
  const [, environment = ''] = /\n {4}environment:\n((?: {6}.*\n)+)/u.exec(block) ?? [];
  return environment.split('\n').flatMap((line) => /^ {6}(\w+):/u.exec(line)?.[1] ?? []);
}

describe('docker-compose.yml', () => {
  /** Its own Temporal server needs no key or settings file, and the token's file is mounted as a secret. */
  const left = new Set(['TEMPORAL_API_KEY', 'TEMPORAL_CONFIG_FILE', 'CLOUDFLARE_API_TOKEN']);

  test.each<ProcessName>(['worker', 'trigger'])(
    'passes on every variable of the %s, and none that is not declared',
    async (service) => {
      const passedOn = await listPassedOn(service);
      const own = variables.filter(({ name, readBy }) => readBy.includes(service) && !left.has(name));
      expect(passedOn).toEqual(expect.arrayContaining(own.map(({ name }) => name)));
      const declared = new Set(variables.map(({ name }) => name));
      expect(passedOn.filter((name) => !declared.has(name))).toEqual([]);
    },
  );
});
