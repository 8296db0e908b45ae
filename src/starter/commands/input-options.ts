/** The contract's inputs as options of `start` and `offboard`. */
import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';

import type { WorkflowKind } from '../../contract/names/ids.ts';
import { disablements, dnsProviderChoices, enablements } from '../../contract/names/vocabulary.ts';
import type { OffboardingInput } from '../../contract/schemas/offboarding.ts';
import type { OnboardingInput } from '../../contract/schemas/onboarding-input.ts';
import type { Problem } from '../../contract/schemas/parse.ts';
import type { StoryInput, StoryStart } from '../../client/domain-workflows.ts';
import { exitCodes } from '../../environment/exit-codes.ts';
import { StarterError } from './starter-error.ts';

type Field = Exclude<keyof OnboardingInput | keyof OffboardingInput, 'accountId' | 'emailDomain'>;

interface InputOption {
  option: Option;
  /** Where in the input its value goes. */
  path: readonly [Field] | readonly ['propagation' | 'polling' | 'pace' | 'approval', string];
}

function number(flag: string, description: string): Option {
  return new Option(`--${flag} <number>`, description).argParser((text) => {
    const value = Number(text);
    if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('It must be a number.');
    return value;
  });
}

const onboardingOptions: readonly InputOption[] = [
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
    option: number('confirm-within-seconds', 'disable it again unless somebody confirms in time that they can log in'),
    path: ['confirmWithinSeconds'],
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
];

const offboardingOptions: readonly InputOption[] = [
  {
    option: new Option(
      '--disablement <when>',
      'disable at once, or once somebody approves (default: automatic)',
    ).choices(disablements),
    path: ['disablement'],
  },
];

/** Of both stories. */
const storyOptions: readonly InputOption[] = [
  {
    option: number('approval-remind-every-seconds', 'ask for approval again this often (default: 86400, a day)'),
    path: ['approval', 'remindEverySeconds'],
  },
  {
    option: number('approval-expire-seconds', 'no approval by then is a no (default: 604800, a week)'),
    path: ['approval', 'expireSeconds'],
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

const optionsOf: Record<WorkflowKind, readonly InputOption[]> = {
  onboarding: [...onboardingOptions, ...storyOptions],
  offboarding: [...offboardingOptions, ...storyOptions],
};

const making = 'How the connector is made and enabled:';
const people = 'Asking and telling people:';
const trying = 'Retries and timeouts:';
/** Under which heading of the help: the same in every command, since commands share the options. */
const groups: Record<Field, string> = {
  dnsProvider: making,
  useFedrampLanguage: making,
  enablement: making,
  disablement: 'How the connector is disabled:',
  approval: people,
  confirmWithinSeconds: people,
  callbackUrl: people,
  propagation: 'Looking at DNS:',
  polling: 'Waiting for verification:',
  deadlineSeconds: trying,
  pace: trying,
};

export function addInputOptions(command: Command, story: WorkflowKind): Command {
  for (const { option, path } of optionsOf[story]) command.addOption(option.helpGroup(groups[path[0]]));
  return command;
}

/** @throws {StarterError} that lists everything wrong with the input */
export function readInput<Input extends StoryInput>(
  { name, parse }: StoryStart<Input>,
  accountId: string,
  emailDomain: string,
  options: Record<string, unknown>,
): Input {
  const parsed = parse({ accountId, emailDomain, ...collectInput(name, options) });
  if (parsed.ok) return parsed.input;
  throw refuseInput(parsed.problems);
}

/** The fields of the input that were given as options, not checked yet. */
export function collectInput(story: WorkflowKind, options: Record<string, unknown>): Record<string, unknown> {
  const candidate: Record<string, unknown> = {};
  for (const { option, path } of optionsOf[story]) {
    const value = options[option.attributeName()];
    if (value === undefined) continue;
    const [field, inner] = path;
    candidate[field] = inner === undefined ? value : Object.assign(candidate[field] ?? {}, { [inner]: value });
  }
  return candidate;
}

/** Lists everything that is wrong. */
export function refuseInput(problems: Problem[]): StarterError {
  const lines = problems.map(({ subject, problem, remedy }) => `  - ${subject}: ${problem}\n    → ${remedy}`);
  return new StarterError(exitCodes.usage, `Nothing was started:\n${lines.join('\n')}`);
}
