/** The contract's input as options of `start`, one table. */
import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';

import { dnsProviderChoices, enablements } from '../contract.ts';
import type { OnboardingInput } from '../contract.ts';
import { parseInput } from '../input.ts';
import { exitCodes } from '../exit-codes.ts';
import { StarterError } from './starter-error.ts';

interface InputOption {
  option: Option;
  /** Where in the input its value goes. */
  path: readonly [keyof OnboardingInput] | readonly ['propagation' | 'polling' | 'pace' | 'approval', string];
}

function number(flag: string, description: string): Option {
  return new Option(`--${flag} <number>`, description).argParser((text) => {
    const value = Number(text);
    if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('It must be a number.');
    return value;
  });
}

const inputOptions: readonly InputOption[] = [
  {
    option: new Option(
      '--dns-provider <name>',
      "how the TXT value is published (default: the worker's DNS_PROVIDER)",
    ).choices(dnsProviderChoices),
    path: ['dnsProvider'],
  },
  {
    option: new Option('--fedramp-language', 'show the FedRAMP wording at log-in'),
    path: ['useFedrampLanguage'],
  },
  {
    option: new Option(
      '--enablement <when>',
      'enable at once when verified, or once somebody approves (default: automatic)',
    ).choices(enablements),
    path: ['enablement'],
  },
  {
    option: number('approval-remind-every-seconds', 'ask for approval again this often (default: 86400, a day)'),
    path: ['approval', 'remindEverySeconds'],
  },
  {
    option: number('approval-expire-seconds', 'no approval by then is a no (default: 604800, a week)'),
    path: ['approval', 'expireSeconds'],
  },
  {
    option: number('confirm-within-seconds', 'disable it again unless somebody confirms in time that they can log in'),
    path: ['confirmWithinSeconds'],
  },
  {
    option: new Option('--callback-url <url>', 'gets a signed event at each outcome, and when a human is needed'),
    path: ['callbackUrl'],
  },
  {
    option: number('deadline-seconds', 'give up after this long (default: 604800, a week)'),
    path: ['deadlineSeconds'],
  },
  {
    option: new Option('--propagation-check <how>', 'whether to ask the name servers (default: authoritative)').choices(
      ['authoritative', 'off'],
    ),
    path: ['propagation', 'check'],
  },
  {
    option: number('propagation-max-seconds', 'begin verification anyway after this long (default: 3600, an hour)'),
    path: ['propagation', 'maxSeconds'],
  },
  {
    option: number(
      'propagation-refresh-seconds',
      'while Cloudflare looks, ask the name servers again this often (default: 1800)',
    ),
    path: ['propagation', 'refreshSeconds'],
  },
  {
    option: number('polling-first-seconds', 'shortest wait between looks (default: 5)'),
    path: ['polling', 'firstSeconds'],
  },
  {
    option: number('polling-growth', 'each wait as a share of the time waited so far (default: 0.1)'),
    path: ['polling', 'growth'],
  },
  {
    option: number('polling-max-seconds', 'longest wait between looks (default: 900)'),
    path: ['polling', 'maxSeconds'],
  },
  {
    option: number('retry-first-seconds', 'first wait between tries of a failing call (default: 2)'),
    path: ['pace', 'retryFirstSeconds'],
  },
  { option: number('retry-max-seconds', 'longest such wait (default: 300)'), path: ['pace', 'retryMaxSeconds'] },
  {
    option: number('auth-retry-seconds', 'wait while the API token is refused in mid-run (default: 300)'),
    path: ['pace', 'authRetrySeconds'],
  },
  {
    option: number('throttled-seconds', 'wait after a 429 without Retry-After (default: 300)'),
    path: ['pace', 'throttledSeconds'],
  },
  {
    option: number('attempt-seconds', 'longest that one try may take (default: 60)'),
    path: ['pace', 'attemptSeconds'],
  },
  {
    option: number('heartbeat-seconds', 'a try that is silent for this long counts as dead (default: 20)'),
    path: ['pace', 'heartbeatSeconds'],
  },
  {
    option: number('undo-retry-seconds', 'wait between tries of a step of the undo (default: 60)'),
    path: ['pace', 'undoRetrySeconds'],
  },
];

const groups: Readonly<Record<string, string>> = {
  propagation: 'Looking at DNS:',
  polling: 'Waiting for verification:',
  pace: 'Retries and timeouts:',
};

export function addInputOptions(command: Command): Command {
  for (const { option, path } of inputOptions) {
    command.addOption(option.helpGroup(groups[path[0]] ?? 'How the connector is made and enabled:'));
  }
  return command;
}

/** @throws {StarterError} that lists everything wrong with the input */
export function readInput(accountId: string, emailDomain: string, options: Record<string, unknown>): OnboardingInput {
  const candidate: Record<string, unknown> = { accountId, emailDomain };
  for (const { option, path } of inputOptions) {
    const value = options[option.attributeName()];
    if (value === undefined) continue;
    const [field, inner] = path;
    candidate[field] = inner === undefined ? value : Object.assign(candidate[field] ?? {}, { [inner]: value });
  }
  const parsed = parseInput(candidate);
  if (parsed.ok) return parsed.input;
  const lines = parsed.problems.map(({ subject, problem, remedy }) => `  - ${subject}: ${problem}\n    → ${remedy}`);
  throw new StarterError(exitCodes.usage, `Nothing was started:\n${lines.join('\n')}`);
}
