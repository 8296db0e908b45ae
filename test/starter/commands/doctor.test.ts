import { describe, expect, it, vi } from 'vitest';

import { createWorld, testToken, waitOptions } from '../../support/onboarding-world.ts';
import type { World } from '../../support/onboarding-world.ts';
import { runStarter, runStarterProcess, unconfigured } from '../run-starter.ts';

async function doctor(
  world: World,
  args: string[] = [],
  environment: Record<string, string> = {},
  run: typeof runStarter | typeof runStarterProcess = runStarter,
) {
  const outcome = await run({ environment: { ...world.environment, ...environment } }, 'doctor', ...args);
  expect(outcome.stdout + outcome.stderr).not.toContain(testToken);
  return outcome;
}

/** The lines, without the widths, ports and ids that differ from run to run. */
function plain(stdout: string): string {
  return stdout
    .replaceAll(/(?<=\S) {2,}/gu, '  ')
    .replaceAll(/:\d{4,5}\b/gu, ':#')
    .replaceAll(/\b(?:[0-9a-f]{32}|test-[0-9a-f-]{36})\b/gu, 'id')
    .replaceAll(/version \S+\)/gu, 'version #)')
    .replaceAll(/polled by \S+/gu, 'polled by #');
}

describe('doctor', () => {
  it('ends with 0 where nothing is wrong, a line for each check', async () => {
    await using world = await createWorld();
    await world.startWorker();
    await vi.waitFor(async () => expect((await doctor(world)).code).toBe(0), waitOptions);
    const { code, stdout, stderr } = await doctor(world, ['Example.com']);
    expect(stderr).toBe('');
    expect(`\n${plain(stdout)}`).toMatchInlineSnapshot(`
      "
      ok  environment  every variable can be used
      ok  Temporal server  127.0.0.1:# answers (version #)
      ok  Temporal namespace  "id", which keeps ended runs for 1 day
      ok  search attributes  all exist
      ok  worker on sso-onboarding  polled by #
      ok  worker on sso-cloudflare  polled by #
      ok  Cloudflare account  id
      ok  API token  active, a user's, does not expire
      ok  Zero Trust organization  "Example Ltd"
      ok  identity provider  "Example Entra ID"; whether anybody can sign in through it cannot be checked from here
      ok  SSO connectors  the token can read them; only a run shows whether it can write them
      ok  connector of example.com  there is none; a run creates it
      ok  resolvers over UDP  answer from 127.0.0.1:#, 127.0.0.1:#
      ok  resolvers over TCP  answer from 127.0.0.1:#, 127.0.0.1:#
      ok  e-mail domain  example.com may be onboarded
      ok  zone of example.com  example.com, on ada.ns.cloudflare.test, bob.ns.cloudflare.test (according to the servers of DNS_NAMESERVERS)
      ok  name servers over UDP  answer from 127.0.0.1:#, 127.0.0.1:#
      ok  name servers over TCP  answer from 127.0.0.1:#, 127.0.0.1:#
      ok  DNS provider  cloudflare (DNS_PROVIDER, unless the input of a run says otherwise)
      ok  zone at cloudflare  example.com (id) fits, and the worker's credentials are accepted
      ok  TXT records at cloudflare  16 at example.com; only a run shows whether the token can add one

      Everything that was checked is ok.
      "
    `);
    expect(code).toBe(0);
  });

  it('has columns that stand below each other, and no colours', async () => {
    await using world = await createWorld();
    const { stdout } = await doctor(world, ['example.com']);
    const lines = stdout.split('\n').filter((line) => /^(?:ok|not ok|skipped) /u.test(line));
    for (const name of ['environment', 'identity provider', 'worker on sso-onboarding', 'name servers over TCP'])
      expect(lines.find((line) => line.includes(name))?.indexOf(name)).toBe('not ok'.length + 3);
    const find = (text: string) => lines.find((line) => line.includes(text))?.indexOf(text);
    expect(find('every variable can be used')).toBe(find('no worker polls for activities'));
    expect(stdout).not.toContain('\u001b');
  });

  it('ends with 1 where something is wrong, and says what to do next below it', async () => {
    await using world = await createWorld();
    world.simulator.account.patch({ identityProviders: [] });
    const environment = { TEMPORAL_NAMESPACE: 'missing', DNS_PROVIDER: 'pigeon' };
    const { code, stdout, stderr } = await doctor(world, ['example.com'], environment);
    expect(stderr).toBe('');
    expect(`\n${plain(stdout)}`).toMatchInlineSnapshot(`
      "
      not ok  DNS_PROVIDER  "pigeon" is not one of auto, cloudflare, rfc2136, route53, manual
               → correct it where the worker runs; docs/configuration.md describes each variable
      ok  Temporal server  127.0.0.1:# answers (version #)
      not ok  Temporal namespace  there is no namespace "missing"
               → set TEMPORAL_NAMESPACE, or create it:
                   temporal operator namespace create --retention 720h --namespace missing
      skipped  search attributes  the namespace cannot be used
      skipped  worker on sso-onboarding  the namespace cannot be used
      skipped  worker on sso-cloudflare  the namespace cannot be used
      ok  Cloudflare account  id
      ok  API token  active, a user's, does not expire
      ok  Zero Trust organization  "Example Ltd"
      not ok  identity provider  the Zero Trust organization has no identity provider
               → add one under Zero Trust → Settings → Authentication and test it; without one nobody could sign in
      ok  SSO connectors  the token can read them; only a run shows whether it can write them
      ok  connector of example.com  there is none; a run creates it
      ok  resolvers over UDP  answer from 127.0.0.1:#, 127.0.0.1:#
      ok  resolvers over TCP  answer from 127.0.0.1:#, 127.0.0.1:#
      ok  e-mail domain  example.com may be onboarded
      ok  zone of example.com  example.com, on ada.ns.cloudflare.test, bob.ns.cloudflare.test (according to the servers of DNS_NAMESERVERS)
      ok  name servers over UDP  answer from 127.0.0.1:#, 127.0.0.1:#
      ok  name servers over TCP  answer from 127.0.0.1:#, 127.0.0.1:#
      skipped  DNS provider  the variables of DNS providers cannot be used

      3 of 19 are not ok, and 4 skipped.
      "
    `);
    expect(code).toBe(1);
  });

  it('says that nsupdate has to be installed, where dynamic updates are configured', async () => {
    await using world = await createWorld();
    const environment = { PATH: '/nowhere', RFC2136_GSS_TSIG: 'true' };
    // The command is searched for in the PATH of the process.
    const { code, stdout } = await doctor(world, [], environment, runStarterProcess);
    expect(stdout).toMatch(/^not ok +nsupdate +it cannot be run\n +→ .*apt-get install bind9-dnsutils/mu);
    expect(code).toBe(1);
    expect((await doctor(world)).stdout).not.toContain('nsupdate');
  });

  it('writes one object with --json, and nothing else', async () => {
    await using world = await createWorld();
    world.simulator.account.patch({ organization: null });
    const { code, stdout } = await doctor(world, ['example.com', '--json']);
    expect(stdout.trimEnd().split('\n')).toHaveLength(1);
    expect(JSON.parse(stdout)).toMatchObject({
      ok: false,
      accountId: world.accountId,
      emailDomain: 'example.com',
      checks: expect.arrayContaining([
        { name: 'environment', state: 'ok', found: 'every variable can be used', next: null },
        {
          name: 'Zero Trust organization',
          state: 'not-ok',
          found: 'the account has no Zero Trust organization',
          next: 'create one in the Cloudflare dashboard under Zero Trust; dashboard SSO needs it',
        },
      ]) as unknown,
    });
    expect(code).toBe(1);
  });

  it('takes the account of --account before that of the environment', async () => {
    await using world = await createWorld();
    const other = 'f'.repeat(32);
    const { stdout } = await doctor(world, ['--account', other, '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ accountId: other });
  });

  it('explains whose environment it needs, and ends with 2 on wrong usage', async () => {
    const help = await runStarter(unconfigured, 'doctor', '--help');
    expect(help.stdout).toContain("Run it where the worker runs, with the worker's environment");
    expect(help.code).toBe(0);
    const wrong = await runStarter(unconfigured, 'doctor', 'example.com', '--colour');
    expect(wrong.stderr).toContain("unknown option '--colour'");
    expect(wrong.code).toBe(2);
  });
});
