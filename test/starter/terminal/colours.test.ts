import { stripVTControlCharacters } from 'node:util';

import { describe, expect, it, vi } from 'vitest';

import { requireInstalled } from '../../dns/servers/installed.ts';
import { createWorld, waitOptions } from '../../support/onboarding-world.ts';
import { startAtTerminal } from '../../support/terminal.ts';
import { runStarter } from '../run-starter.ts';

const green = '\u001b[32m';

describe('colours', () => {
  it('are not there on a pipe, but for FORCE_COLOR, and change nothing else; --json never has them', async () => {
    await using world = await createWorld();
    world.simulator.account.patch({ identityProviders: [] });
    const doctor = async (...more: string[]) => (await runStarter(world, 'doctor', 'example.com', ...more)).stdout;
    const plain = await doctor();
    expect(plain).not.toContain('\u001b');
    vi.stubEnv('FORCE_COLOR', '1');
    const coloured = await doctor();
    expect(coloured).toContain(`${green}ok     `);
    expect(coloured).toContain('\u001b[31mnot ok ');
    expect(stripVTControlCharacters(coloured)).toBe(plain);
    expect(await doctor('--json')).not.toContain('\u001b');
    vi.stubEnv('FORCE_COLOR', undefined);
  });

  it.runIf(requireInstalled('script'))('are there at a terminal, unless NO_COLOR is set', async () => {
    await using world = await createWorld();
    await world.startWorker();
    const handle = await world.start(world.input());
    await handle.result();
    const atTerminal = async (args: string, environment: Record<string, string> = {}) => {
      const command = `${process.execPath} src/starter.ts ${args}`;
      await using starter = startAtTerminal(command, { ...world.environment, ...environment });
      expect(await starter.exited).toBe(0);
      return starter.screen;
    };
    await vi.waitFor(async () => expect(await atTerminal('list')).toContain(`${green}enabled`), waitOptions);
    const status = await atTerminal('status example.com');
    expect(status).toContain(`phase         ${green}enabled`);
    expect(await atTerminal('status example.com', { NO_COLOR: '1' })).not.toContain('\u001b');
    expect(await atTerminal('status example.com --json')).not.toContain('\u001b');
  });
});
