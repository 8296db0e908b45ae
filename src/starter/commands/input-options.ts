/** The inputs of the workflows as options of `start`, `offboard` and `bulk`. */
import type { Command } from 'commander';

import type { WorkflowKind } from '../../contract/names/ids.ts';
import { offboardingInputSchema } from '../../contract/schemas/offboarding.ts';
import type { OffboardingInput } from '../../contract/schemas/offboarding.ts';
import { onboardingInputSchema } from '../../contract/schemas/onboarding-input.ts';
import type { OnboardingInput } from '../../contract/schemas/onboarding-input.ts';
import type { Problem } from '../../contract/schemas/parse.ts';
import { exitCodes } from '../../environment/exit-codes.ts';
import { createSchemaOptions } from './schema-options.ts';
import type { SchemaOption } from './schema-options.ts';
import { StarterError } from './starter-error.ts';

type Field = Exclude<keyof OnboardingInput | keyof OffboardingInput, 'accountId' | 'emailDomain'>;

const connector = 'Connector:';
const people = 'Approval and events:';
const dns = 'DNS:';
const time = 'Time limits:';
/** The heading of each field in the help. */
const groups: Record<Field, string> = {
  useFedrampLanguage: connector,
  enablement: connector,
  disablement: connector,
  confirmWithinSeconds: connector,
  approval: people,
  callbackUrl: people,
  dnsProvider: dns,
  propagationCheck: dns,
  deadlineSeconds: time,
};

/** `accountId` is the option `--account`, `emailDomain` the argument. */
const omit = ['accountId', 'emailDomain'];

/** Built for each program, because an option belongs to one command. */
export function inputOptionsOf(kind: WorkflowKind): SchemaOption[] {
  const schema = kind === 'onboarding' ? onboardingInputSchema : offboardingInputSchema;
  return createSchemaOptions(schema, omit);
}

/** Adds the options, each under the heading of its field. */
export function addInputOptions(command: Command, inputOptions: readonly SchemaOption[]): Command {
  const headingOf: Readonly<Record<string, string>> = groups;
  for (const heading of new Set(Object.values(groups))) {
    const options = inputOptions.filter(({ path: [field] }) => headingOf[field] === heading);
    for (const { option } of options) command.addOption(option.helpGroup(heading));
  }
  return command;
}

/** The error that lists every problem of an input. */
export function inputError(problems: readonly Problem[]): StarterError {
  const lines = problems.map(({ subject, problem, remedy }) => `  - ${subject}: ${problem}\n    → ${remedy}`);
  return new StarterError(exitCodes.usage, `Nothing was started:\n${lines.join('\n')}`);
}
