import { type DynamoDBDocumentClient, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { stateKey } from '../applications/application-store.ts';
import type { WorkCalendar } from '../calendar/work-calendar.ts';
import type { Notice } from '../policy/schema.ts';
import type { Clock } from '../shared/clock.ts';
import { shanghaiDate } from '../shared/clock.ts';
import { log } from '../shared/log.ts';

/** Said once of each task before it is due, and week after week while it is overdue. */
export const ReminderSchema = z.object({
  about: z.enum(['due-soon', 'overdue']),
  number: z.int().min(1),
  at: z.string(),
  taskId: z.string(),
  applicationId: z.string(),
  department: z.string(),
  step: z.int().min(1),
  kind: z.enum(['recommend', 'opinion', 'approve']),
  dueAt: z.string(),
  assignee: z.string().optional(),
});
export type Reminder = z.output<typeof ReminderSchema>;

/** What an open task's entry in the inbox has to show. */
const OpenTaskSchema = ReminderSchema.omit({ about: true, number: true, at: true }).extend({
  status: z.literal('open'),
  remindAt: z.string().optional(),
});
type OpenTask = z.output<typeof OpenTaskSchema>;

const weekMs = 7 * 86_400_000;
