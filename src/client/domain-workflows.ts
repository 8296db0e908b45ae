/** The inputs of a domain's two workflows: how they are checked, and when two of them are the same. */
import { isDeepStrictEqual } from 'node:util';

import type { DomainRequest } from '../contract/handlers.ts';
import type { WorkflowKind } from '../contract/names/ids.ts';
import { offboardingInputSchema } from '../contract/schemas/offboarding.ts';
import type { OffboardingSettings } from '../contract/schemas/offboarding.ts';
import { onboardingInputSchema } from '../contract/schemas/onboarding-input.ts';
import type { ParsedOnboardingInput } from '../contract/schemas/onboarding-input.ts';
import { parse } from '../contract/schemas/parse.ts';
import type { Parsed } from '../contract/schemas/parse.ts';

/** A request whose domain is in normal form and whose defaults are filled in. */
export type ParsedRequest =
  | { kind: 'onboarding'; input: ParsedOnboardingInput }
  | { kind: 'offboarding'; input: OffboardingSettings };

export function parseRequest(kind: WorkflowKind, candidate: unknown): Parsed<ParsedRequest> {
  return kind === 'onboarding'
    ? withKind(kind, parse(onboardingInputSchema, candidate))
    : withKind(kind, parse(offboardingInputSchema, candidate));
}

function withKind<Kind extends WorkflowKind, Input>(
  kind: Kind,
  parsed: Parsed<Input>,
): Parsed<{ kind: Kind; input: Input }> {
  return parsed.ok ? { ok: true, value: { kind, input: parsed.value } } : parsed;
}

/** Whether an input of unknown origin asks for the same as the request, after defaults. */
export function isSameInput({ kind, input }: DomainRequest, other: unknown): boolean {
  const [one, another] = [parseRequest(kind, input), parseRequest(kind, other)];
  return one.ok && another.ok && isDeepStrictEqual(one.value.input, another.value.input);
}
