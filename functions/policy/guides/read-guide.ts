import type * as z from 'zod';
import { issueWords } from '../../shared/fault-words.ts';
import { isRecord } from '../../shared/records.ts';
import { strangeCharacter, strangeCharacterWords } from '../../shared/text.ts';
import type { Notice } from '../notice/notice-schema.ts';
import type { PolicyFault } from '../notice/policy-fault.ts';
import { checkGuide } from './check-guide.ts';
import { CheckedGuideSchema } from './checked-guide.ts';
import { CommonSchema, spreadCommon } from './common-parts.ts';
import { type Guide, GuideSchema } from './guide-schema.ts';

/**
 * Reads a guide as a file or a request holds it, with amounts in yuan.
 * @returns the guide with amounts in fen, if it has no fault; otherwise every fault of shape and of rules at once.
 */
export function readGuide(
  data: unknown,
  notice: Notice,
): { readonly guide: Guide | undefined; readonly faults: readonly PolicyFault[] } {
  const { kept, left } = beginning(data);
  const common = CommonSchema.optional().safeParse(isRecord(kept) ? kept['common'] : undefined, {
    error: missing,
  });
  const { document, faults: misspread, atTheirPlaces } = spreadCommon(kept);
  const { data: guide, error } = GuideSchema.safeParse(document, { error: missing });
  const rules = guide
    ? checkGuide(guide, notice)
    : CheckedGuideSchema.transform((checked) => checkGuide(checked, notice)).safeParse(document).data;
  const ofCommon = common.error
    ? shapeFaults(common.error).map((fault) => ({ ...fault, path: ['common', ...fault.path] }))
    : [];
  const ofItems = atTheirPlaces([...(error ? shapeFaults(error) : []), ...(rules ?? [])]);
  const faults = onceEach([...left, ...ofCommon, ...misspread, ...ofItems]);
  return { guide: faults.length === 0 ? guide : undefined, faults };
}

function onceEach(faults: readonly PolicyFault[]): PolicyFault[] {
  return [...new Map(faults.map((fault) => [JSON.stringify([fault.path, fault.message]), fault])).values()];
}

/** Values of a guide that are read: many times what a year needs, and few enough that all of them can be wrong. */
const mostValues = 16_000;
/** How deep they stand in each other. */
const deepest = 32;

/** A document up to so many values, composed, with the first place that was not read and texts that are none. */
function beginning(data: unknown): { readonly kept: unknown; readonly left: PolicyFault[] } {
  let values = 0;
  let isCut = false;
  const left: PolicyFault[] = [];
  const keep = (part: unknown, path: readonly (string | number)[]): unknown => {
    values += 1;
    if (typeof part === 'string') {
      const found = strangeCharacter(part, { lines: true });
      if (found) {
        const { zh, en } = strangeCharacterWords(found);
        left.push({ path, message: en, zh });
      }
      return part.normalize('NFC');
    }
    if (typeof part !== 'object' || part === null) return part;
    const kept: [string, unknown][] = [];
    for (const [key, value] of Object.entries(part)) {
      if (values >= mostValues || path.length >= deepest) {
        const message = `a guide has at most ${mostValues} values, ${deepest} in each other: what follows was not read`;
        const zh = `指南最多 ${mostValues} 个值、${deepest} 层，其后内容未读取`;
        if (!isCut) left.push({ path: [...path, Array.isArray(part) ? Number(key) : key], message, zh });
        isCut = true;
        break;
      }
      kept.push([key, keep(value, [...path, Array.isArray(part) ? Number(key) : key])]);
    }
    return Array.isArray(part) ? kept.map(([, value]) => value) : Object.fromEntries(kept);
  };
  return { kept: keep(data, []), left };
}

/** Says of a field that is not there, or blank, what it is, in place of the type that was expected. */
export const missing: z.core.$ZodErrorMap = (issue) => {
  const { input } = issue;
  if (input !== undefined && !(typeof input === 'string' && input.trim() === '')) return undefined;
  const field = issue.path?.at(-1);
  return field === 'zh' || field === 'en' ? 'the translation is missing' : 'is missing';
};

/** The words of a schema, or those of its kind; what is missing is told as the English does. */
function chineseOf(issue: z.core.$ZodIssue): string {
  if (issue.message === 'is missing') return '缺少必填内容';
  return issue.message === 'the translation is missing' ? '缺少译文' : issueWords(issue).zh;
}

/** What breaks a schema; an unknown field is pointed at itself, not at what holds it. */
export function shapeFaults(error: z.ZodError): PolicyFault[] {
  return error.issues.flatMap((issue) => {
    const path = issue.path.map((step) => (typeof step === 'number' ? step : String(step)));
    if (issue.code !== 'unrecognized_keys') {
      return [{ path, message: issue.message.split('\n').at(-1) ?? '', zh: chineseOf(issue) }];
    }
    return issue.keys.map((key) => ({
      path: [...path, key],
      message: `Unrecognized key: "${key}"`,
      zh: `未知字段“${key}”`,
    }));
  });
}
