/** The worker's environment, part by part, so that one wrong variable does not hide what the others lead to. */
import { accountIdVariable, readCloudflare } from '../config/cloudflare.ts';
import { readDnsServers } from '../config/dns-servers.ts';
import { defaultProvider, readPublishing } from '../config/publishing.ts';
import { readTemporal } from '../config/temporal.ts';
import { readWorker } from '../config/worker.ts';
import { listWantedProviders } from '../dns/providers/registry.ts';
import { textOf } from '../environment/variables.ts';
import type { Environment } from '../environment/variables.ts';
import { notOk, ok } from './check.ts';
import type { Check } from './check.ts';

export type ReadEnvironment = ReturnType<typeof readEnvironment>;

/** `null`: a variable of that part cannot be used. */
export function readEnvironment(environment: Environment) {
  function readPart<Part>(read: (environment: Environment, problems: string[]) => Part): Part | null {
    const own: string[] = [];
    const part = read(environment, own);
    return own.length === 0 ? part : null;
  }
  const problems: string[] = [];
  readWorker(environment, problems);
  return {
    checks: judgeVariables(problems),
    temporal: readPart(readTemporal),
    cloudflare: readPart(readCloudflare),
    lookUps: readPart(readDnsServers),
    publishing: readPart(readPublishing),
    /** The DNS providers that the variables ask for, well configured or not. */
    wantedProviders: listWantedProviders(environment, textOf(environment, defaultProvider) ?? null),
    /** The default account; `null`: none is set. */
    accountId: textOf(environment, accountIdVariable) ?? null,
  };
}

/** Each problem begins with its variable. */
function judgeVariables(problems: readonly string[]): Check[] {
  if (problems.length === 0) return [ok('environment', 'every variable can be used')];
  return problems.map((problem) => {
    const [variable = '', ...rest] = problem.split(': ');
    return notOk(
      variable,
      rest.join(': '),
      'correct it where the worker runs; docs/configuration.md describes each variable',
    );
  });
}
