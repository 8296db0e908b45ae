/** What each operation of the trigger does, once it is known who asks. */
import { WorkflowNotFoundError } from '@temporalio/client';
import type { WorkflowExecutionDescription, WorkflowHandle } from '@temporalio/client';
import type { UpdateDefinition } from '@temporalio/common';
import { z } from 'zod';

import { deliverStory } from '../client/deliver-event.ts';
import { viewOnboarding } from '../client/run-view.ts';
import { sendUpdate } from '../client/send-update.ts';
import { firstRunOf, startOrJoin } from '../client/start-run.ts';
import { offboarding, onboarding, storyOf } from '../client/domain-workflows.ts';
import type { StoryInput, StoryStart } from '../client/domain-workflows.ts';
import { approveUpdate, checkNowSignal, confirmUpdate, rejectUpdate } from '../contract/handlers.ts';
import { workflowIdFor } from '../contract/names/ids.ts';
import type { WorkflowKind } from '../contract/names/ids.ts';
import type { Answer } from '../contract/schemas/answers.ts';
import { parse } from '../contract/schemas/parse.ts';
import { clashes } from '../messages/refusals.ts';
import { whyNotLookNow } from '../messages/looks.ts';
import { nounOf } from '../messages/run-titles.ts';
import { normaliseEmailDomain } from '../domains/email-domain.ts';
import { AdapterError } from './adapter.ts';
import { bulkHandlers } from './bulk-handlers.ts';
import { accountOf, known, parseJson, requireAccount } from './call.ts';
import type { Call, Handler } from './call.ts';
import type { Caller } from './callers.ts';
import { HttpProblem } from './http-problem.ts';
import { buildOpenApi } from './openapi.ts';
import { approvalSchema, confirmationSchema } from './operations.ts';
import type { Accepted, OperationId } from './operations.ts';

/** Made once: anybody may ask for it. */
const openApi = buildOpenApi();

export const handlers: Record<OperationId, Handler> = {
  async startOnboarding(call) {
    await start(call, onboarding);
  },

  async startOffboarding(call) {
    await start(call, offboarding);
  },

  async readOnboarding(call) {
    const view = await viewOnboarding(call.client, targetOf(call).workflowId);
    if (view === null) throw notFound();
    await call.reply.send(view);
  },

  async checkNow(call) {
    const { handle, description } = await runningOf(call);
    const obstacle = whyNotLookNow(storyOf(description.type));
    if (obstacle !== null) throw new HttpProblem(409, obstacle);
    await handle.signal(checkNowSignal);
    await call.reply.code(202).send();
  },

  async answerApproval(call) {
    const { answer, story, ...said } = parseBody(approvalSchema, call.body);
    await update(call, answer === 'approve' ? approveUpdate : rejectUpdate, said, story);
  },

  async confirm(call) {
    await update(call, confirmUpdate, parseBody(confirmationSchema, call.body), 'onboarding');
  },

  async cancelOnboarding(call) {
    const { handle } = await runningOf(call);
    await handle.cancel();
    await call.reply.code(202).send();
  },

  ...bulkHandlers,

  async readOpenApi({ reply }) {
    await reply.send(openApi);
  },
};

async function start<Input extends StoryInput>(call: Call, story: StoryStart<Input>): Promise<void> {
  const { client, reply } = call;
  const { caller, eventId } = known(call);
  const event = parseJson(call.body);
  const candidate = adapt(caller, event);
  if (candidate === null) {
    await reply.code(204).send();
    return;
  }
  const parsed = story.parse(candidate);
  if (!parsed.ok) throw new HttpProblem(422, 'The input cannot be used', parsed.problems);
  const { input } = parsed;
  requireAccount(caller, input.accountId);
  const outcome =
    eventId === null
      ? await startOrJoin(client, story, input)
      : await deliverStory(client, { caller: caller.name, eventId }, story, input);
  if (outcome.kind === 'other') throw new HttpProblem(409, clashes[outcome.because]);
  if (outcome.kind === 'id-reused')
    throw new HttpProblem(409, 'This webhook-id belongs to an event that said something else');
  await reply.code(202).header('location', locationOf(input)).send(toAccepted(input, outcome.kind));
}

const ofABody = { subject: 'body', remedy: 'correct it and send it again; /openapi.json has its form' };

function parseBody<Body>(schema: z.ZodType<Body>, body: Buffer): Body {
  const parsed = parse(schema, parseJson(body), ofABody);
  if (parsed.ok) return parsed.input;
  throw new HttpProblem(422, 'The body cannot be used', parsed.problems);
}

function adapt({ adapter }: Caller, event: unknown): unknown {
  if (adapter === null) return event;
  try {
    return adapter.toInput(event);
  } catch (error) {
    if (error instanceof AdapterError)
      throw new HttpProblem(422, `The event does not fit the adapter: ${error.message}`);
    throw error;
  }
}

function toAccepted({ accountId, emailDomain }: StoryInput, outcome: Accepted['outcome']): Accepted {
  return { accountId, emailDomain, workflowId: workflowIdFor(accountId, emailDomain), outcome };
}

function locationOf({ accountId, emailDomain }: StoryInput): string {
  return `/onboardings/${encodeURIComponent(emailDomain)}?account=${accountId}`;
}

const targetSchema = z.object({ domain: z.string() });

/** Which domain in which account. */
function targetOf(call: Call): { workflowId: string } {
  const accountId = accountOf(call);
  const domain = normaliseEmailDomain(targetSchema.parse(call.request.params).domain);
  if (!domain.ok) throw new HttpProblem(422, domain.reason);
  return { workflowId: workflowIdFor(accountId, domain.emailDomain) };
}

/** The server takes a cancellation of a run that has ended without a word, so its state is asked for first. */
async function runningOf(call: Call): Promise<{ handle: WorkflowHandle; description: WorkflowExecutionDescription }> {
  const handle = call.client.workflow.getHandle(targetOf(call).workflowId);
  const description = await handle.describe().catch(toNotFound);
  if (description.status.name !== 'RUNNING') throw new HttpProblem(409, 'It has ended');
  return { handle, description };
}

async function update<Result>(
  call: Call,
  definition: UpdateDefinition<Result, [Answer]>,
  { by, reason, runId }: { by?: string | undefined; reason: string; runId?: string | undefined },
  story: WorkflowKind,
): Promise<void> {
  const { caller } = known(call);
  const { handle, description } = await runningOf(call);
  const running = storyOf(description.type);
  if (running !== story)
    throw new HttpProblem(409, `What is under way is an ${nounOf(running)}, and this answers an ${nounOf(story)}`);
  // Who says so is who could prove it; whom they speak for is their word.
  const decision = { by: by === undefined ? caller.name : `${by} (by way of ${caller.name})`, reason };
  // Between this look and the answer another run may have begun.
  const answer = { ...decision, runId: runId ?? firstRunOf(description) };
  const outcome = await sendUpdate(call.client, handle, definition, answer).catch(toNotFound);
  switch (outcome.kind) {
    case 'done':
      await call.reply.send(outcome.result);
      return;
    case 'refused':
      throw new HttpProblem(409, outcome.reason);
    case 'under-way':
      await call.reply.code(202).send();
      return;
    case 'not-recorded':
      throw new HttpProblem(503, 'Not recorded: no worker took it in time');
  }
}

function notFound(): HttpProblem {
  return new HttpProblem(404, 'Nothing is known of this domain');
}

function toNotFound(error: unknown): never {
  throw error instanceof WorkflowNotFoundError ? notFound() : error;
}
