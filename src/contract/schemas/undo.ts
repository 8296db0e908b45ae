/** What a run has to undo, and what became of it. */
import { z } from 'zod';

import { undoKinds } from '../names/vocabulary.ts';
import { decisionSchema } from './answers.ts';
import { time } from './fields.ts';

const text = z.string();

/** One effect that the undo reverses. Entered before the effect, so that no crash can lose it. */
const undoStepSchema = z.object({
  kind: z.enum(undoKinds).describe('The step of the undo'),
  certain: z.boolean().describe('The effect reported back at its first attempt; false: a lost attempt may still act'),
  endedAt: time.nullable().describe('When the effect reported back or was given up; null: it is running'),
  state: z.enum(['to-do', 'undone', 'left']).describe('left: the effect stays'),
  note: text.nullable().describe('What was found, or why the effect stays'),
});
export type UndoStep = z.output<typeof undoStepSchema>;

export const undoCauseSchema = z.object({
  by: z.enum(['failure', 'cancel', 'deadline']).describe('What started it'),
  type: text.describe('The failure type'),
  message: text.describe('The failure message'),
});
export type UndoCause = z.output<typeof undoCauseSchema>;

export const undoStateSchema = z.object({
  steps: z.array(undoStepSchema).describe('In the order of the effects; undone in reverse'),
  cause: undoCauseSchema.nullable().describe('null: the undo has not begun'),
  givenUp: decisionSchema.nullable().describe('Who gave up the rest, and why; null: nobody'),
});

/** The details of the failure `Undone`. */
export const undoReportSchema = z
  .object({
    cause: undoCauseSchema.describe('Why the run stopped'),
    undone: z.array(text).describe('What was undone, in words'),
    left: z.array(text).describe('What stays, and why; empty unless somebody gave up or took over'),
    givenUp: decisionSchema.nullable().describe('Who gave up the rest, and why; null: nobody'),
  })
  .meta({
    title: 'Details of the failure Undone',
    description: 'The first element of the failure details. Later versions may add fields.',
  });
export type UndoReport = z.output<typeof undoReportSchema>;
