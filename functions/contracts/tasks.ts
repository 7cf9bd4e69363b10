import * as z from 'zod';
import { TaskIdSchema } from '../shared/schemas.ts';

export const reviewers = ['lead-reviewer', 'district-reviewer'] as const;

export const TaskParams = z.object({ taskId: TaskIdSchema });
