import { readdirSync, readFileSync } from 'node:fs';
import { LineCounter, parseDocument } from 'yaml';
import type * as z from 'zod';
import { CalendarSchema } from '../functions/policy/calendar/calendar-schema.ts';
import { checkCalendar } from '../functions/policy/calendar/check-calendar.ts';
import type { Guide } from '../functions/policy/guides/guide-schema.ts';
import { missing, readGuide, shapeFaults } from '../functions/policy/guides/read-guide.ts';
import { type Matching, MatchingSchema, type Policy } from '../functions/policy/guides/schema.ts';
import { checkNotice } from '../functions/policy/notice/check-notice.ts';
import { type Notice, NoticeSchema } from '../functions/policy/notice/notice-schema.ts';
import type { PolicyFault } from '../functions/policy/notice/policy-fault.ts';
import { type Retention, RetentionSchema } from '../functions/policy/retention/retention-schema.ts';

/** What became of a file: its data if it has no fault, else every fault as `file:line: path: rule`. */
interface ReadFile<T> {
  readonly data: T | undefined;
  readonly faults: readonly string[];
}

/**
 * Reads, checks and compiles the policy files. Amounts come out in fen.
 * @param directory URL of the folder that holds notice.yaml, matching.yaml, retention.yaml, guides/ and calendars/. Default: this folder.
 * @throws Error that lists every fault with file, line, path and rule.
 */
export function compilePolicy(directory: URL = new URL('./', import.meta.url)): Policy {
  const faults: string[] = [];
  const textOf = (file: string) => readFileSync(new URL(file, directory), 'utf8');
  const taken = <T>(read: ReadFile<T>): T[] => {
    faults.push(...read.faults);
    return read.data === undefined ? [] : [read.data];
  };
  const filesIn = (folder: string) =>
    readdirSync(new URL(folder, directory))
      .filter((file) => file.endsWith('.yaml'))
      .sort()
      .map((file) => `${folder}${file}`);

  const [notice] = taken(readNoticeText(textOf('notice.yaml'), 'notice.yaml'));
  const [matching] = taken(readMatchingText(textOf('matching.yaml'), 'matching.yaml'));
  const [retention] = taken(readRetentionText(textOf('retention.yaml'), 'retention.yaml'));
  const guides = filesIn('guides/').flatMap((file) =>
    notice ? taken(readGuideText(textOf(file), file, notice)) : [],
  );
  const calendars = filesIn('calendars/').flatMap((file) => taken(readCalendarText(textOf(file), file)));
  faults.push(
    ...twice(guides, (guide) => `guides/: the version ${guide.version} stands in two files`),
    ...twice(calendars, (calendar) => `calendars/: the year ${calendar.year} stands in two files`),
  );
  if (faults.length > 0 || !notice || !matching || !retention)
    throw new Error(`the policy files have faults:\n${faults.join('\n')}`);
  return { notice, matching, retention, calendars, guides };
}

/**
 * Reads a guide's YAML against the notice.
 * @param file what the faults call it.
 */
export function readGuideText(text: string, file: string, notice: Notice): ReadFile<Guide> {
  return readYaml(text, file, (data) => {
    const { guide, faults } = readGuide(data, notice);
    return { data: guide, faults };
  });
}

/** Reads the notice's YAML. */
export function readNoticeText(text: string, file: string): ReadFile<Notice> {
  return readYaml(text, file, (data) => parsed(NoticeSchema, data, checkNotice));
}

/** Reads the YAML on when names are alike. */
export function readMatchingText(text: string, file: string): ReadFile<Matching> {
  return readYaml(text, file, (data) => parsed(MatchingSchema, data, () => []));
}

/** Reads the YAML on how long personal data are kept. */
export function readRetentionText(text: string, file: string): ReadFile<Retention> {
  return readYaml(text, file, (data) => parsed(RetentionSchema, data, () => []));
}

/** Reads a calendar's YAML. */
export function readCalendarText(text: string, file: string): ReadFile<z.output<typeof CalendarSchema>> {
  return readYaml(text, file, (data) => parsed(CalendarSchema, data, checkCalendar));
}

function parsed<S extends z.ZodType>(
  schema: S,
  data: unknown,
  check: (data: z.output<S>) => readonly PolicyFault[],
): { data: z.output<S> | undefined; faults: readonly PolicyFault[] } {
  const result = schema.safeParse(data, { error: missing });
  return { data: result.data, faults: result.success ? check(result.data) : shapeFaults(result.error) };
}

/** Reads YAML and gives each fault its line. What is no YAML is not looked into: its meaning would be guessed. */
function readYaml<T>(
  text: string,
  file: string,
  read: (data: unknown) => { data: T | undefined; faults: readonly PolicyFault[] },
): ReadFile<T> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const at = (offset: number) => `${file}:${lines.linePos(offset).line}`;
  if (document.errors.length > 0) {
    const faults = document.errors.map((error) => `${at(error.pos[0])}: ${error.message.split('\n')[0]}`);
    return { data: undefined, faults };
  }
  let value: unknown;
  try {
    value = document.toJS();
  } catch (error) {
    return {
      data: undefined,
      faults: [`${file}: ${error instanceof Error ? error.message : String(error)}`],
    };
  }
  const { data, faults } = read(value);
  return {
    data: faults.length === 0 ? data : undefined,
    faults: faults.map(({ path, message }) => {
      const place = placeOf(value, path);
      return `${at(nearestNode(document, path))}: ${place ? `${place}: ` : ''}${message}`;
    }),
  };
}

/** A path as a person reads it: entries of a list go by their id where they have one. */
function placeOf(value: unknown, path: PolicyFault['path']): string {
  let node = value;
  const names = path.map((step) => {
    node = typeof node === 'object' && node !== null ? Reflect.get(node, step) : undefined;
    const id = typeof step === 'number' && typeof node === 'object' && node ? Reflect.get(node, 'id') : step;
    return String(id ?? step);
  });
  return names.join('.');
}

/** Offset of the deepest node that exists on a path. */
function nearestNode(document: ReturnType<typeof parseDocument>, path: PolicyFault['path']): number {
  for (let length = path.length; length > 0; length -= 1) {
    const node = document.getIn(path.slice(0, length), true);
    if (typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range)) {
      return Number(node.range[0]);
    }
  }
  return 0;
}

/** What stands more than once, said once. */
function twice<T>(entries: readonly T[], say: (entry: T) => string): string[] {
  const said = entries.map(say);
  return [...new Set(said.filter((line, index) => said.indexOf(line) < index))];
}
