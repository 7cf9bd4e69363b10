import * as z from 'zod';
import { both, lineOf, textOf } from './text.ts';
import { earlierCode, plainCode } from './uscc.ts';

/** Pieces that several contracts share. */

export const UlidSchema = z.string().regex(/^[0-9A-HJKMNP-TV-Z]{26}$/, {
  error: both('编号为 26 位（ULID）', 'an id has 26 characters (ULID)'),
});

/**
 * GB 32100-2015: length and alphabet. What only differs in writing is put right, so that one enterprise has one code at
 * every door. The check character is a matter of confirmation, see `uscc.ts`.
 */
export const UsccSchema = z
  .string()
  .overwrite(plainCode)
  .check((context) => {
    const earlier = earlierCode(context.value);
    if (!earlier) return;
    const { rule, zh, en } = earlier;
    const input = context.value;
    context.issues.push({ code: 'custom', input, message: en, params: { rule, zh }, continue: false });
  })
  .regex(/^[0-9A-HJ-NP-RTUW-Y]{18}$/, {
    error: both(
      '统一社会信用代码为 18 位数字或大写字母，不含 I、O、S、V、Z（GB 32100-2015）',
      'a unified social credit code has 18 characters of 0-9 and A-Z without I, O, S, V, Z (GB 32100-2015)',
    ),
  });

export const DateSchema = z.iso.date();
export const InstantSchema = z.iso.datetime();

/** Names of items, pools, topics and the like: lower-case words and digits with hyphens. */
export const SlugSchema = z
  .string()
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, {
    error: both('标识为小写字母、数字和连字符', 'a name has lower-case letters and digits with hyphens'),
  })
  .max(64);

/** A task's id: application, submission, step, department and attempt. */
export const TaskIdSchema = z.string().regex(/^[0-9A-Z]{26}\.\d+\.\d+\.[a-z0-9-]+\.\d+$/, {
  error: both('应为任务编号', 'it is the id of a task'),
});

/** An invitation's id: the application, and what stands for the expert. */
export const InvitationIdSchema = z.string().regex(/^[0-9A-HJKMNP-TV-Z]{26}\.[0-9a-f]{16}$/, {
  error: both('应为邀请编号', 'it is the id of an invitation'),
});

/** What the system gave out and takes back as it is: ids of many forms, hashes, versions, receipts. */
export const GivenSchema = z.string().regex(/^[\x21-\x7E]{0,200}$/, {
  error: both('应原样填写系统给出的内容', 'it is sent back as the system gave it'),
});

/** Subject of a token: the id that the identity provider gives to a person. */
export const PersonIdSchema = lineOf(1, 128).regex(/^\S+$/, {
  error: both('账号不含空格', 'an account has no spaces'),
});

/** A cursor is base64url. */
export const CursorTextSchema = z.string().regex(/^[A-Za-z0-9_-]{1,2000}$/, {
  error: both('分页游标无效：请使用本列表返回的 nextCursor', 'the cursor is not one that this listing gave'),
});

/** Page of a listing: hand `nextCursor` back as `cursor` for the next one. */
export const PageQuerySchema = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: CursorTextSchema.optional(),
});
export const pageOf = <S extends z.ZodType>(item: S) =>
  z.object({ items: z.array(item), nextCursor: z.string().optional() });

/** Optimistic locking: the ETag of the version that the change is based on. */
export const IfMatchSchema = z.object({
  'if-match': z.string().regex(/^"\d+"$/, {
    error: both('应原样填写收到的 ETag，如 "3"', 'If-Match holds one ETag as it was given, e.g. "3"'),
  }),
});

/** Repeating a request under the same key gives the same answer and no second effect. */
export const IdempotencyKeySchema = z.object({
  'idempotency-key': z.string().regex(/^[A-Za-z0-9_-]{8,64}$/, {
    error: both(
      '应为 8 至 64 位字母、数字、连字符或下划线',
      'Idempotency-Key has 8 to 64 letters, digits, - or _',
    ),
  }),
});

/** A fact that an applicant states; its type is set by the guide. Money is in fen. */
export const FactValueSchema = z.union([
  z.string().max(500),
  z.int(),
  z.boolean(),
  z.array(z.string().trim().min(1).max(200)).max(50),
]);
export const FactsSchema = z.record(z.string().max(64), FactValueSchema);

/** Facts as they are stated: what is kept of them, the above, was checked when it came. */
export const StatedFactsSchema = z.record(
  z.string().regex(/^[\w-]{1,64}$/),
  z.union([textOf(0, 500), z.int(), z.boolean(), z.array(textOf(1, 200)).max(50)]),
);
export type Facts = z.output<typeof FactsSchema>;

/** Why somebody asks for something, refuses it or returns it, in a sentence or a few. */
export const ReasonTextSchema = textOf(2, 500);

/** What an official says to others, in Chinese and perhaps in English; items that keep it take 400 KB in all. */
export function remarkOf(longest: number) {
  const text = textOf(1, longest);
  return z.object({ zh: text, en: text.optional() });
}
